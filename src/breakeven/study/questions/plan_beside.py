"""The plan and the verdict on one footing: a plan may buy the same weights at a host, as the verdict may.

Its cost there is that of the study's own column, workload by workload: today's bill until the cut-over, then the
host's list price, and the cost of moving it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from breakeven.decision.answers.rivals import RivalTerms, ways_to_buy
from breakeven.decision.comparison import Comparison
from breakeven.decision.readiness.gates import ELSEWHERE, Use, answer, host_of, judge_gates
from breakeven.numbers.inputs import expected
from breakeven.numbers.operations import WORKLOAD, Value, along, pick
from breakeven.plan.criteria import Quality
from breakeven.plan.plan import Plan, make_plan
from breakeven.plan.portfolio import Api, PlanGate, Portfolio
from breakeven.plan.program import Limits
from breakeven.study.case.case import Case
from breakeven.study.judge.assess import judged_case
from breakeven.study.judge.bought import called
from breakeven.study.judge.uses import bought_from, kept_where_it_is
from breakeven.study.planning.portfolio_of_case import planned_of
from breakeven.study.register import full_model
from breakeven.study.resolve.resolve import Resolved
from breakeven.study.resolve.serving.promises import promise_of
from breakeven.study.study import Basis, Study

GAP = 0.001  # as the command has it where nobody says otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCase:
    """A case that can be planned, and the verdict on it."""

    portfolio: Portfolio
    quality: Quality
    study: Study


def planned_case(
    found: Resolved, *, max_parallel: int | None = None, left: Callable[[], float] = lambda: float("inf")
) -> PlannedCase:
    """A resolved case judged and priced; see `planned_of`."""
    priced, study = planned_of(found, max_parallel=max_parallel, left=left), judged_case(found)[0]
    return PlannedCase(
        portfolio=with_same_weights(priced.portfolio, study, found.case), quality=priced.quality, study=study
    )


def migration(found: Resolved, *, seconds: float) -> tuple[Plan, Study]:
    """What `breakeven plan` gives of a resolved case: the plan, and the verdict that stands above it.

    The search ends after `seconds` with the best that was found. Raises `Problem`.
    """
    priced = planned_case(found)
    plan = make_plan(priced.portfolio, limits=Limits(gap=GAP, seconds=seconds), quality=priced.quality)
    return plan, priced.study


def with_same_weights(folio: Portfolio, study: Study, case: Case) -> Portfolio:
    """The portfolio with every host that stands in the study's table as a target, and the gates that are asked there.

    Targets that the portfolio has stay as they are.
    """
    basis = study.basis
    apis = tuple(api for api in _hosts(folio, basis, case) if api.monthly_cost and api.name not in folio.api)
    return replace(folio, apis=(*folio.apis, *apis), gates=(*folio.gates, *_asked_there(basis, apis)))


def _hosts(folio: Portfolio, basis: Basis, case: Case) -> Iterator[Api]:
    """Every host that comes into question: what each workload that may move costs there, by month; also one that a gate
    keeps where it is, so that the price of the gate is known.
    """
    ways = _ways(basis)
    if not ways:
        return
    kept, columns = kept_where_it_is(basis), {column.name: i for i, column in enumerate(basis.columns)}
    changed = [float(workload.name in kept) for workload in folio.workloads]
    there = [replace(way, changes=tuple(np.maximum(way.changes, changed).tolist())) for way in ways.values()]
    comparison = Comparison(
        model=full_model(),
        names=tuple(columns),
        values=expected(basis.inputs),
        fleets=basis.fleets,
        months=folio.months,
    )
    moves = along(WORKLOAD, [float(not workload.stays_on_api) for workload in folio.workloads])
    bought = ways_to_buy(comparison, there, moves)
    listed = np.asarray(bought.evaluate(["base_list_cost"])["base_list_cost"], dtype=float)
    for option, name in enumerate(ways, start=1):
        if name in columns:
            live = np.array(pick(basis.inputs["live"].likely, option=columns[name], month=range(folio.months))) > 0
        else:
            live = np.arange(folio.months) >= (case.file.cutover_month or 1) - 1
        costs = {
            workload.name: _paid(
                folio, bought, pick(listed, workload=i, option=option, month=range(folio.months)), live, (i, option)
            )
            for i, workload in enumerate(folio.workloads)
            if not workload.stays_on_api and workload.today in folio.api
        }
        yield Api(
            name=name,
            monthly_cost=costs,
            moves_in=int(np.argmax(live)) if live.any() else 0,
            served_as=there[option - 1].model,
            promise=promise_of(case),
        )


def _ways(basis: Basis) -> dict[str, RivalTerms]:
    """The hosts of the table by name, and the cheapest where a gate keeps it out of the table."""
    columns = {each.name for each in basis.columns if each.mode == "endpoint"}
    known = {called(basis, way): way for way in basis.rivals}
    found = {name: known[name] for name in (each.name for each in basis.columns) if name in columns & known.keys()}
    hosts = [(name, way) for name, way in known.items() if way.kind == "same weights" and not way.name]
    for name, way in hosts[:1]:
        if name not in found and judge_gates(basis.gates, bought_from(basis, way)).verdict == "fail":
            found[name] = way
    return found


def _paid(
    folio: Portfolio, bought: Comparison, listed: np.ndarray, live: np.ndarray, moves: tuple[int, int]
) -> tuple[float, ...]:
    """What a workload costs at a host, by month: today's bill until it is there, and the cost of moving it once.

    `listed`: its bill there at the planned volume; `live`: the months in which it is there; `moves`: the places of the
    workload and of the host.
    """
    values, workload = bought.values, folio.workloads[moves[0]]
    paid = np.where(
        live, listed * _number(values["volume_scale"]), folio.api[workload.today].monthly_cost[workload.name]
    )
    moving = pick(values["migration_cost_per_workload"], workload=moves[0], option=moves[1], month=0)
    paid[0] += float(moving) / folio.discount[0]
    return tuple(paid.tolist())


def _number(value: Value) -> float:
    return float(np.ravel(np.asarray(value, dtype=float))[-1])


def _asked_there(basis: Basis, apis: Sequence[Api]) -> Iterator[PlanGate]:
    """What is asked of each workload at each host."""
    hosts = {host_of(workload.hosted_model) for workload in basis.demand.workloads}
    host = {name: host_of(way.model) or name for name, way in _ways(basis).items()}
    for api in apis:
        at = host[api.name]
        for name in api.monthly_cost:
            use = Use(workload=name, sides=ELSEWHERE, host=at, as_today=at in hosts)
            for gate in basis.gates:
                if (verdict := answer(gate, use, basis.gates)) is not None:
                    yield PlanGate(
                        name=gate.name, verdict=verdict, workload=name, target=api.name, evidence=gate.evidence
                    )
