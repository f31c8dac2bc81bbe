"""The front door: a case in, a study out. Nothing is printed, nothing is read but the case's own files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from breakeven.decision.answers.halves import half_tests
from breakeven.decision.answers.rivals import Rival
from breakeven.decision.answers.unsaid import Side
from breakeven.decision.comparison import Comparison, without_idle
from breakeven.decision.finance.outages import ServiceLevels, service_levels
from breakeven.decision.readiness.gates import Constraint, cost_of_gates, least_relaxations
from breakeven.decision.risk.curvature import bends
from breakeven.decision.risk.regret import robust_choice
from breakeven.decision.risk.sensitivity import tornado
from breakeven.numbers.inputs import expected, middle, uncertain
from breakeven.numbers.operations import Value, pick
from breakeven.shipped import shipped
from breakeven.study.judge.answer import Classed, verdict
from breakeven.study.judge.bought import called
from breakeven.study.judge.chance import SCENARIOS, Chance, Worth, chance, worth_of_columns
from breakeven.study.judge.choices import basis_with_all, choices_of
from breakeven.study.judge.financials import financials
from breakeven.study.judge.left_open import best_of_sides, left_open, side_of
from breakeven.study.judge.option_study import option_study
from breakeven.study.judge.timing import timing
from breakeven.study.judge.uses import all_uses, binding_gates, bought_from
from breakeven.study.judge.ways_to_buy import rivals_beside
from breakeven.study.register import full_model
from breakeven.study.resolve.resolve import Resolved
from breakeven.study.study import Basis, LeftOut, OptionStudy, Row, Study

NEARLY = 0.05  # an option within this share of the best value may be preferred for being less regretted


def judged_case(found: Resolved, *, choices: bool = True) -> tuple[Study, Chance]:
    """The study of a case that is resolved already, and the draws that it stands on.

    `choices`: with what the case left open that is no input; each alternative is resolved anew, so who does not show
    them leaves them out.
    """
    study, drawn = judged_on(basis_with_all(found))
    return with_choices(study, found) if choices else study, drawn


def with_choices(study: Study, found: Resolved) -> Study:
    """The study with what its case left open that is no input, and what the alternatives would give."""
    it, comparison = study.verdict.best_option, without_idle(comparison_of(study.basis))
    choices = choices_of(found, side_of(study.basis, it), worth_by_side, basis=study.basis)
    if not choices:
        return study
    basis = replace(study.basis, choices=choices)
    return replace(study, basis=basis, unsaid=left_open(basis, comparison, it, study.tornado))


def worth_by_side(basis: Basis) -> dict[Side, float | None]:
    """The best of each side of a basis."""
    return best_of_sides(basis, without_idle(comparison_of(basis)))


def comparison_of(basis: Basis) -> Comparison:
    """The options of a basis side by side. Fleets of hybrids, and those the case states, stay as they are."""
    return Comparison(
        model=full_model(),
        names=tuple(each.name for each in basis.columns),
        values=expected(basis.inputs),
        fleets=basis.fleets,
        months=basis.header.horizon_months,
        fixed=frozenset(i for i, each in enumerate(basis.columns) if each.hybrid or each.fixed),
    )


def judge(basis: Basis, *, scenarios: int = SCENARIOS) -> Study:
    """The study that follows from a basis, and from nothing else. `scenarios` 0 leaves the draws out."""
    return judged_on(basis, scenarios=scenarios)[0]


def go_on() -> None:
    """Nobody wants it to stop."""


def judged_on(basis: Basis, *, scenarios: int = SCENARIOS, between: Callable[[], None] = go_on) -> tuple[Study, Chance]:
    """The study, and the draws that it stands on. `between` is called before each larger part; it may raise to stop."""
    comparison = without_idle(comparison_of(basis))
    month = basis.header.month - 1
    got = comparison.evaluate()
    drawn = chance(basis, comparison, scenarios=scenarios)
    between()
    worth = drawn.worth(worth_of_columns(comparison))
    forced = drawn.forced(worth)
    flat = worth_of_columns(comparison, hosted_price_change_per_month=0.0)
    worths = [Worth(expected=float(a), at_flat_prices=float(b)) for a, b in zip(worth, flat, strict=True)]
    options: list[OptionStudy] = []
    for option, tests in enumerate(half_tests(comparison, month)[1:], 1):
        is_forced = option == forced
        options.append(
            option_study(basis, comparison, got, option, drawn, tests=tests, worth=worths[option], forced=is_forced)
        )
        between()
    hosted = comparison.month(got["monthly_cost"], 0, month)
    near, usable = NEARLY * float(worth.max()), allowed(options, drawn)
    robust = robust_choice(comparison, tolerance=near, allowed=usable, expected=worth)
    judged = verdict(basis, options, drawn.gates, robust.recommended)
    bars = tornado(comparison, judged.best_option, basis.inputs)
    beside = rivals_beside(basis, comparison, got)
    study = Study(
        basis=basis,
        hosted_monthly_cost=hosted,
        hosted_cost_per_mtok=comparison.month(got["cost_per_mtok"], 0, month),
        volume_mtok=comparison.month(got["volume"], 0, month),
        table=table(comparison, got, month),
        options=tuple(options),
        verdict=judged,
        not_covered=left_out(basis, hosted),
        uncertainty=drawn.uncertainty,
        means={name: middle(name, basis.inputs[name]) for name in uncertain(basis.inputs)},
        tornado=bars,
        curvature=bends(comparison, judged.best_option, basis.inputs) if scenarios else (),
        unsaid=left_open(basis, comparison, judged.best_option, bars),
        timing=timing(basis, comparison, judged.best_option, way_back=drawn.gates[0].verdict != "fail"),
        robust=robust,
        cost_of_gates=constraints(basis, worth.tolist(), beside),
        rivals=beside,
        financials=financials(basis, comparison, got, basis.finance),
        service_levels=levels_of_service(basis, comparison, got),
        least_relaxations=least_relaxations(basis.gates, all_uses(basis)),
    )
    return study, drawn


def constraints(basis: Basis, worth: Sequence[float], beside: Sequence[Rival]) -> tuple[Constraint, ...]:
    """What each failed gate costs, of all that one could do without it: hosts that it keeps out of the table too.

    These are worth what they are at the mean point, and more or less by as much as a host of the table is in the draws.
    """
    columns = {column.name: i for i, column in enumerate(basis.columns)}
    hosts = [
        (way, row.net_present_value)
        for way, row in zip(basis.rivals, beside[1:], strict=True)
        if way.kind == "same weights"
    ]
    drawn = [worth[columns[called(basis, way)]] - point for way, point in hosts if called(basis, way) in columns]
    out = [(bought_from(basis, way), point) for way, point in hosts if called(basis, way) not in columns]
    uses = [*all_uses(basis), *(host_uses for host_uses, _ in out)]
    known = [*worth, *(point + sum(drawn[:1]) for _, point in out)]
    return cost_of_gates(binding_gates(basis), uses, [0.0 - column_worth for column_worth in known])


def levels_of_service(basis: Basis, comparison: Comparison, got: Mapping[str, Value]) -> ServiceLevels | None:
    """What the API's outages cost in the named month and what its contract pays for them."""
    if basis.sla is None:
        return None
    month = basis.header.month - 1
    loss_per_hour = float(np.max(basis.inputs["loss_per_outage_hour"].likely))
    return service_levels(basis.sla, comparison.month(got["api_bill"], 0, month), loss_per_hour)


def allowed(found: Sequence[Classed], drawn: Chance) -> list[bool]:
    """Finalists that may be recommended: no failed gate, no fleet too small. Buying stays when nothing else does."""
    own = [each.verdict != "INFEASIBLE" and drawn.compared(i) for i, each in enumerate(found, 1)]
    return [drawn.gates[0].verdict != "fail" or not any(own), *own]


def rows() -> dict[str, Any]:
    """The rows of the side-by-side table, as data."""
    found: dict[str, Any] = shipped("study/table.yaml")
    return found


def lines_of_table() -> tuple[str, ...]:
    """The lines that have a row in it."""
    form = rows()
    return (*(name for lines in form["groups"].values() for name in lines), *form["of_which"])


def table(comparison: Comparison, got: Mapping[str, Value], month: int) -> tuple[Row, ...]:
    """Every cost of the named month, a row a line, a value an option."""
    form = rows()
    made = []
    for group, lines in form["groups"].items():
        made += [_row(comparison, got, month, (name, label, group, False)) for name, label in lines.items()]
        made += [
            _row(comparison, got, month, (name, part["label"], group, True))
            for name, part in form["of_which"].items()
            if part["of"] == group
        ]
    return tuple(made)


def _row(comparison: Comparison, got: Mapping[str, Value], month: int, what: tuple[str, str, str, bool]) -> Row:
    name, label, group, of_which = what
    sign = -1.0 if name in rows()["negative"] else 1.0
    values = (sign * pick(got[name], option=range(len(comparison.names)), month=month)).tolist()
    return Row(line=name, label=label, group=group, values=tuple(values), of_which=of_which)


def left_out(basis: Basis, hosted: float) -> tuple[LeftOut, ...]:
    """Spend outside the model, with its share of the bill."""
    whole = hosted + sum(spend for _, spend in basis.not_covered)
    return tuple(
        LeftOut(what=what, spend_per_month=spend, share_of_bill=spend / whole if whole else 0.0)
        for what, spend in basis.not_covered
    )
