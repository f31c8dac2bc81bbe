"""Buying as options: today's model on the best contract for it and on today's, and the same weights at other hosts.

Of the hosts with a list price, two come into question: the cheapest that no gate forbids, and the cheapest that needs
no vetting first. Any other is dearer at every volume. Endpoints that the case lists are all held beside each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from breakeven.decision.answers.rivals import PRICES, RivalTerms, bought_at
from breakeven.decision.comparison import BASELINE, of_options
from breakeven.decision.hybrid.units import cheapest_units, with_units
from breakeven.decision.readiness.gates import Judged, host_of, judge_gates
from breakeven.numbers.inputs import Input, KnownFrom, Source, all_known_from, expected, likely, with_elements
from breakeven.numbers.operations import OPTION, WORKLOAD, Value, along, pick
from breakeven.study.judge.uses import bought_from
from breakeven.study.register import full_model
from breakeven.study.study import Basis, Column

CHOSEN = Source(title="chosen: the number that is worth most for what the option still buys", date="")
BEST_CONTRACT = "{name}, re-contracted"
AS_TODAY = "hosted as today"  # key of today's contract, where another is the first column
NOT_THERE = ("canary_share", "committed_units")  # of today's API, where the work is bought elsewhere


def with_bought(basis: Basis) -> Basis:
    """The basis with a column for every other way to buy that comes into question, right after the first."""
    return on_the_best_contract(with_hosts(basis))


def with_hosts(basis: Basis) -> Basis:
    """The basis with a column for each host that comes into question, right after the first."""
    terms = [*promoted(basis)]
    if not terms:
        return basis
    columns = [
        Column(
            name=called(basis, way), mode="endpoint", host=host_of(way.model), key=f"endpoint {way.name or way.model}"
        )
        for way in terms
    ]
    wide = with_copies(basis, columns)
    options: list[RivalTerms | None] = [None] * len(wide.columns)
    options[1 : 1 + len(terms)] = terms
    moves = along(WORKLOAD, [0.0 if workload.stays_on_api else 1.0 for workload in basis.demand.workloads])
    bought = bought_at(likely(wide.inputs), options, moves)
    buys = along(OPTION, [float(option is not None) for option in options])
    count = len(options)
    none = {name: np.where(buys > 0, 0.0, widened(wide.inputs[name].likely, count)) for name in NOT_THERE}
    changed = bought | none | {"moved": np.where(buys > 0, moves, widened(wide.inputs["moved"].likely, count))}
    inputs = {name: replace(wide.inputs[name], likely=value) for name, value in changed.items()}
    prices = {name: with_elements(inputs[name], priced_at(inputs[name], options, moves)) for name in PRICES}
    return replace(wide, inputs={**wide.inputs, **inputs, **prices})


def priced_at(one: Input, options: Sequence[RivalTerms | None], moves: Value) -> np.ndarray:
    """How a price is known, by workload and option: as today's, or from the list of who sells it."""
    today = np.array(all_known_from(one)[0], dtype=object) if one.known_from is None else one.known_from
    found = np.array(np.broadcast_to(today, np.shape(one.likely)))
    for i, each in enumerate(options):
        if each is not None:
            theirs = KnownFrom(kind="published", source=each.source)
            found[:, np.ravel(moves) > 0, i] = theirs
    return found


def promoted(basis: Basis) -> Iterator[RivalTerms]:
    """The terms that become columns: endpoints that the case lists, and the hosts that come into question."""
    fair = [each for each in basis.rivals if each.kind == "same weights"]
    yield from (each for each in fair if each.name)
    judged = [(each, judge_gates(basis.gates, bought_from(basis, each))) for each in fair if not each.name]
    allowed = [pair for pair in judged if pair[1].verdict != "fail"]
    vetted = [pair for pair in allowed if not asks_for_host(pair[1])]
    if vetted and vetted[0][0].prices == allowed[0][0].prices:
        allowed = vetted  # at the same price nobody has to be vetted first
    yield from {each.model: each for each, _ in (*allowed[:1], *vetted[:1])}.values()


def asks_for_host(judged: Judged) -> bool:
    """Whether a host has to be vetted first."""
    return any(each.startswith("host ") for each in judged.first)


def called(basis: Basis, terms: RivalTerms) -> str:
    """What the column is called."""
    return terms.name or f"{basis.serving.open_model} at {host_of(terms.model)}"


def on_the_best_contract(basis: Basis) -> Basis:
    """The first column with the number of committed units that is cheapest; today's beside it where it is dearer."""
    if not np.any(basis.inputs["committed_units"].likely):
        return basis
    months, values = basis.header.horizon_months, expected(basis.inputs)
    best = cheapest_units(full_model(), values, months)
    today = pick(values["committed_units"], option=BASELINE, month=range(months))
    bound = pick(values["units_under_contract"], month=range(months))
    if np.array_equal(np.maximum(best, bound), np.maximum(today, bound)):
        return basis
    first = basis.columns[BASELINE]
    wide = with_copies(basis, [replace(first, key=AS_TODAY)])
    wide = replace(wide, columns=(replace(first, name=BEST_CONTRACT.format(name=first.name)), *wide.columns[1:]))
    chosen = replace(
        wide.inputs["committed_units"],
        likely=with_units(likely(wide.inputs), BASELINE, best)["committed_units"],
        source=CHOSEN,
    )
    return replace(wide, inputs={**wide.inputs, "committed_units": chosen})


def with_copies(basis: Basis, columns: Sequence[Column]) -> Basis:
    """The basis with further columns after the first, each a copy of it."""
    order = [BASELINE, *([BASELINE] * len(columns)), *range(1, len(basis.columns))]
    inputs = {name: reordered(one, order) for name, one in basis.inputs.items()}
    return replace(
        basis,
        columns=(basis.columns[0], *columns, *basis.columns[1:]),
        inputs=inputs | {"is_baseline": replace(inputs["is_baseline"], likely=baseline_of(len(order)))},
        fleets=widened(basis.fleets, len(basis.columns))[..., order, :, :],
    )


def baseline_of(count: int) -> Value:
    """1 for the first of so many options."""
    return along(OPTION, [1.0, *([0.0] * (count - 1))])


def widened(value: Value, count: int) -> np.ndarray:
    """A value with as many options as there are columns."""
    held = np.asarray(value, dtype=float)
    shape = (*held.shape[:OPTION], count, *held.shape[OPTION + 1 :]) if held.ndim else (1, 1, count, 1, 1)
    return np.array(np.broadcast_to(held, shape))


def reordered(one: Input, order: Sequence[int]) -> Input:
    """An input with its option axis in the order of the new columns."""
    return replace(one, likely=of_options(one.likely, order), known_from=of_options(one.known_from, order))
