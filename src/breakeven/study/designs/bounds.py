"""What a design could be worth at best, for all designs of a model in one evaluation of the cost model's own lines.

Two bounds, neither below what the design is worth once it is replayed. The first lets every replica be busy all the
time; the second gives it the best fleet by month at a speed that no promise leaves more of (`ceilings`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from math import inf
from typing import Literal

import numpy as np

from breakeven.capacity.fit.replica import Replica
from breakeven.capacity.speed.ceiling import Asked, ceilings
from breakeven.capacity.speed.published import Lengths
from breakeven.decision.comparison import CRITERION, by_option, decide_fleets, of_options, values_without_idle
from breakeven.decision.hybrid.tranches import best_path, worth_of_path
from breakeven.facts import catalog
from breakeven.facts.precisions import precision_named
from breakeven.facts.records import Measurement, OpenModel
from breakeven.numbers.inputs import Input, mean_value
from breakeven.numbers.operations import OPTION, STEP, Value, along, pick
from breakeven.study.case.case import Case
from breakeven.study.case.terms.serving import Operations, Promised, Purchase
from breakeven.study.designs.catalogue import ways_of
from breakeven.study.designs.design import Design, Way, pinned
from breakeven.study.judge.assess import comparison_of
from breakeven.study.judge.basis import basis_of
from breakeven.study.judge.bought import with_bought
from breakeven.study.judge.uses import judged_columns
from breakeven.study.modes import BY_TOKEN, HELD
from breakeven.study.register import full_model
from breakeven.study.resolve.demand import Logged
from breakeven.study.resolve.resolve import Resolved, resolve
from breakeven.study.resolve.serving.fleet import details_of, lengths_of
from breakeven.study.resolve.serving.fleets_by_month import kept
from breakeven.study.resolve.serving.options import PRICES, Option, options
from breakeven.study.resolve.serving.promises import as_promise

OPERATIONS = ("self_hosting", "operations")  # shared: only where the case says that there is somebody to share with
SPEED = "replica_tokens_per_second"
PLACEHOLDER = 1.0  # price and speed of the reference: each column has its own
NEITHER_PRICE_NOR_NAME = {
    "price_per_gpu_hour": PLACEHOLDER, "price_per_gpu": PLACEHOLDER, "name": None, "source": "", "date": "unknown",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A design and a way to run it: a column of the field."""

    design: Design
    way: Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """All candidates of one model as options side by side; `values` are the mean point, at the highest speeds."""

    model: OpenModel
    candidates: tuple[Candidate, ...]
    values: Mapping[str, Value]
    keeps: tuple[bool, ...]
    months: int
    bought: float  # what the best way to buy by the token is worth
    groups: Mapping[tuple[str, int, str], tuple[int, ...]]  # candidates by what decides the cost of a replica


def field_of(
    case: Case, model: OpenModel, designs: Sequence[Design], log: Logged | None, promise: Promised | None = None
) -> Field:
    """The candidates of these designs, which are of one model. Raises `Problem` where the case cannot be resolved.

    `promise`: what all keep; None: their highest speeds are those that no promise exceeds.
    """
    ways = {key: ways_of(case, catalog.gpu(key)) for key in dict.fromkeys(design.gpu for design in designs)}
    kinds = {_kind(way) for some in ways.values() for way in some}
    listed = sorted(kinds, key=lambda way: way.model_dump_json())
    every = pinned(case, designs[0], listed, operations=operations_of(case), tokens_per_second=PLACEHOLDER)
    reference = resolve(every, read=log)
    places = {_kind(option.purchase): i for i, option in enumerate(reference.options) if i}
    own: dict[str, list[tuple[int, Option]]] = defaultdict(list)
    for key, some in ways.items():
        asked = pinned(
            case, next(design for design in designs if design.gpu == key), some, operations=operations_of(case)
        )
        for option in options(asked, catalog.gpu(key))[1:]:
            place = places.get(_kind(option.purchase))
            if place is not None and (_operations(case, option) != "shared" or case.given(*OPERATIONS)):
                own[key].append((place, option))
    stays = kept([option.mode for option in reference.options], reference.comparison.values)
    columns = [(i, place, option) for i, design in enumerate(designs) for place, option in own[design.gpu]]
    candidates = tuple(Candidate(design=designs[i], way=_way(case, option)) for i, _, option in columns)
    groups: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for i, candidate in enumerate(candidates):
        groups[_cost_of(candidate)].append(i)
    return Field(
        model=model,
        candidates=candidates,
        groups={cost: tuple(members) for cost, members in groups.items()},
        values=values_without_idle(_values(reference, columns, designs, _speeds(reference, model, designs, promise))),
        keeps=tuple(stays[place] for _, place, _ in columns),
        months=case.file.horizon_months,
        bought=_bought(reference),
    )


def _bought(reference: Resolved) -> float:
    """What the best way to buy these weights, or today's model, is worth that no gate forbids."""
    basis = with_bought(basis_of(reference, version("breakeven")))
    comparison = comparison_of(basis)
    worth = comparison.evaluate([CRITERION])[CRITERION]
    may = [each.verdict != "fail" for each in judged_columns(basis)]
    own = [i for i, each in enumerate(basis.columns) if each.mode in BY_TOKEN and may[i]]
    return max((comparison.month(worth, i, 0) for i in own), default=-inf)


def operations_of(case: Case) -> Operations | Literal["every"]:
    """Who answers at night, as the case says, else every way."""
    return case.file.self_hosting.operations if case.given(*OPERATIONS) else "every"


def _operations(case: Case, option: Option) -> Operations:
    said = option.purchase.operations or case.file.self_hosting.operations
    return "business-hours" if said == "every" else said


def _way(case: Case, option: Option) -> Way:
    return Way(purchase=option.purchase.model_copy(update={"operations": None}), operations=_operations(case, option))


def _kind(purchase: Purchase) -> Purchase:
    """The way to get GPUs without its price."""
    return purchase.model_copy(update=NEITHER_PRICE_NOR_NAME)


def _speeds(reference: Resolved, model: OpenModel, designs: Sequence[Design], promise: Promised | None) -> np.ndarray:
    """Tokens/s that no replica exceeds (designs, workloads)."""
    case, demand = reference.case, reference.demand
    kept = as_promise(promise) if promise else None
    asked = [
        Asked(
            replica=Replica(
                model=model,
                gpu=catalog.gpu(design.gpu),
                precision=precision_named(design.precision),
                gpus=design.gpus_per_replica,
                layout=design.layout,
            ),
            lengths=Lengths(mean_input_tokens=ins, mean_output_tokens=outs),
            details=details_of(pinned(case, design, ()), demand, i, reference.log),
        )
        for design in designs
        for i, (ins, outs) in enumerate(lengths_of(demand))
    ]
    return np.asarray(ceilings(asked, _published(), kept).reshape(len(designs), -1))


@cache
def _published() -> Mapping[tuple[str, str], Sequence[Measurement]]:
    """Published measurements by model and GPU."""
    found: dict[tuple[str, str], list[Measurement]] = defaultdict(list)
    for each in catalog.published_throughput():
        found[each.model, each.gpu].append(each)
    return found


def _values(
    reference: Resolved, columns: Sequence[tuple[int, int, Option]], designs: Sequence[Design], speeds: np.ndarray
) -> dict[str, Value]:
    """The reference's mean point with a column for each candidate, at its own price, size and highest speed."""
    order = [0, *(place for _, place, _ in columns)]
    values = {name: of_options(value, order) for name, value in reference.comparison.values.items()}
    held = np.concatenate([np.full((1, speeds.shape[1]), PLACEHOLDER), speeds[[i for i, _, _ in columns]]])
    sizes = [1.0, *(float(designs[i].gpus_per_replica) for i, _, _ in columns)]
    values[SPEED] = held.T[None, :, :, None, None]
    values["gpus_per_replica"] = along(OPTION, sizes)
    for name in dict.fromkeys(PRICES.values()):
        prices = [option.price if PRICES.get(option.mode) == name else None for _, _, option in columns]
        if any(price is not None for price in prices):
            values[name] = along(OPTION, [0.0, *(_mean(name, price) for price in prices)])
    return values


def _mean(name: str, price: Input | None) -> float:
    return 0.0 if price is None else float(mean_value(name, price))


def at_full_use(field: Field) -> np.ndarray:
    """What each candidate is worth if its replicas were always busy, or if it held none: the better (candidates,)."""
    level = {
        "usable_share": 1.0,
        "peak_over_mean": 1.0,
        "load_over_mean": along(STEP, [1.0]),
        "block_share": along(STEP, [1.0]),
        "spare_replicas": 0.0,
    }
    values = {**field.values, **level}
    load = np.asarray(full_model().evaluate(values, ["load"])["load"] * values["holds_fleet"])
    gpus = load * values["gpus_per_replica"]
    busy = {"replicas": load, "gpus_billed": gpus, "nodes": gpus / values["gpus_per_node"]}
    return np.asarray(np.maximum(_worth({**values, **busy}), _worth({**field.values, "replicas": 0.0})))


def _worth(values: Mapping[str, Value]) -> np.ndarray:
    worth = full_model().evaluate(values, [CRITERION])[CRITERION]
    return np.asarray(by_option(worth, np.shape(values["gpus_per_replica"])[OPTION], 1)[0, 1:])


def alike(field: Field, candidate: int) -> tuple[int, ...]:
    """The candidates that differ from this one in nothing but the speed of a replica, itself included."""
    return field.groups[_cost_of(field.candidates[candidate])]


def _cost_of(candidate: Candidate) -> tuple[str, int, str]:
    """What decides the cost of a replica."""
    return candidate.design.gpu, candidate.design.gpus_per_replica, repr(candidate.way)


def at_best_fleet(field: Field, candidate: int, others: Sequence[int] = ()) -> float:
    """What one candidate is worth with the better of a fleet for all and the best base with burst.

    With `others` that are `alike`: what none of them exceeds, all as fast as the fastest.
    """
    model, keeps = full_model(), field.keeps[candidate]
    values = {name: of_options(value, [0, candidate + 1]) for name, value in field.values.items()}
    if others:
        speeds = of_options(field.values[SPEED], [0, *(other + 1 for other in others)])
        values[SPEED] = np.concatenate([speeds[:, :, :1], speeds[:, :, 1:].max(axis=2, keepdims=True)], axis=2)
    held = along(OPTION, [0.0, float(keeps)])
    whole = pick(decide_fleets(model, values, field.months, keeps=held), option=1, month=range(field.months))
    paths = [np.asarray(whole, dtype=float)]
    if field.candidates[candidate].way.purchase.mode in HELD:
        paths.append(best_path(model, values, 1, field.months, keeps=keeps))
    return max(worth_of_path(model, values, 1, path) for path in paths)
