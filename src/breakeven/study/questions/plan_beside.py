"""The plan and the verdict on one footing: a plan may buy the same weights at a host, as the verdict may.

Its cost there is that of the study's own column, workload by workload: today's bill until the cut-over, then the
host's list price, and the cost of moving it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from breakeven.decision.readiness.gates import Use, answer, host_of
from breakeven.facts.catalog import open_model
from breakeven.numbers.inputs import expected
from breakeven.numbers.operations import Value, pick
from breakeven.plan.criteria import Quality
from breakeven.plan.plan import Plan, make_plan
from breakeven.plan.portfolio import Api, PlanGate, Portfolio
from breakeven.plan.program import Limits
from breakeven.study.case.case import Case
from breakeven.study.judge.assess import judged_case
from breakeven.study.judge.bought import called
from breakeven.study.judge.uses import ELSEWHERE
from breakeven.study.planning.portfolio_of_case import planned_of
from breakeven.study.register import full_model
from breakeven.study.resolve.buying.gates import is_quality
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

    What is asked of the open model is asked of our own fleets too; what a fleet of the case says of the quality of
    these weights holds at every host. Targets that the portfolio has stay as they are.
    """
    basis = study.basis
    columns = [i for i, each in enumerate(basis.columns) if i and each.mode == "endpoint"]
    hosts = (replace(_api(folio, basis, i), promise=promise_of(case)) for i in columns)
    apis = tuple(api for api in hosts if api.monthly_cost and api.name not in folio.api)
    asked = (*_asked_of_fleets(folio, basis), *_asked_there(basis, apis), *_judged_on_a_fleet(case, basis, apis))
    return replace(folio, apis=(*folio.apis, *apis), gates=(*folio.gates, *asked))


def _api(folio: Portfolio, basis: Basis, column: int) -> Api:
    """One host: what each workload that may move costs there, by month."""
    values = expected(basis.inputs)
    got = values | full_model().evaluate(values | {"replicas": basis.fleets}, ["base_list_cost"])
    months, scale = range(folio.months), _number(values["volume_scale"])
    live = np.array(pick(got["live"], option=column, month=months)) > 0
    listed = np.asarray(got["base_list_cost"], dtype=float)
    moving = values["migration_cost_per_workload"]
    costs = {}
    for i, each in enumerate(folio.workloads):
        if each.stays_on_api or each.today not in folio.api:
            continue
        there = np.array(pick(listed, workload=i, option=column, month=months)) * scale
        paid = np.where(live, there, folio.api[each.today].monthly_cost[each.name])
        paid[0] += float(pick(moving, workload=i, option=column, month=0)) / folio.discount[0]
        costs[each.name] = tuple(paid.tolist())
    name, began = basis.columns[column].name, int(np.argmax(live)) if live.any() else 0
    served_as = next((each.model for each in basis.rivals if called(basis, each) == name), "")
    return Api(name=name, monthly_cost=costs, moves_in=began, served_as=served_as)


def _number(value: Value) -> float:
    return float(np.ravel(np.asarray(value, dtype=float))[-1])


def _asked_of_fleets(folio: Portfolio, basis: Basis) -> Iterator[PlanGate]:
    """What is asked of the open model although the case says nothing of it."""
    known = {(gate.name, gate.workload) for gate in folio.gates}
    for gate in basis.gates:
        if gate.side == "open model" and (gate.name, gate.workload) not in known:
            yield PlanGate(name=gate.name, verdict=gate.verdict, workload=gate.workload, evidence=gate.evidence)


def _judged_on_a_fleet(case: Case, basis: Basis, apis: Sequence[Api]) -> Iterator[PlanGate]:
    """What the case says of the quality of the same weights on a fleet of its own."""
    for fleet in case.file.fleets:
        model = fleet.model or case.file.self_hosting.model or case.file.open_model
        if model is None or open_model(model).key != open_model(basis.serving.open_model).key:
            continue
        for own in (gate for gate in fleet.gates if is_quality(gate.name)):
            for api in apis:
                yield PlanGate(
                    name=own.name, verdict=own.verdict, workload=own.workload, target=api.name, evidence=own.evidence
                )


def _asked_there(basis: Basis, apis: Sequence[Api]) -> Iterator[PlanGate]:
    """What is asked of each workload at each host."""
    hosts = {host_of(each.hosted_model) for each in basis.demand.workloads}
    host = {each.name: each.host or each.name for each in basis.columns}
    for api in apis:
        at = host[api.name]
        for name in api.monthly_cost:
            use = Use(workload=name, sides=ELSEWHERE, host=at, as_today=at in hosts)
            for gate in basis.gates:
                if (verdict := answer(gate, use, basis.gates)) is not None:
                    yield PlanGate(
                        name=gate.name, verdict=verdict, workload=name, target=api.name, evidence=gate.evidence
                    )
