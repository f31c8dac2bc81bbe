"""The workloads of a case as the plan sees them: load in blocks, growth, points of complexity, work to move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from breakeven.demand.demand import LoadCurve
from breakeven.demand.shape.profiles import profile
from breakeven.numbers.inputs import expected
from breakeven.numbers.operations import Value, pick
from breakeven.plan.portfolio import Workload
from breakeven.study.case.case import Case
from breakeven.study.case.schema import Workload as StatedWorkload
from breakeven.study.case.terms.migration import Complexity
from breakeven.study.planning.costs import FleetCosts, base_volumes
from breakeven.study.resolve.demand import DEFAULT_PROFILE, shape_of
from breakeven.study.resolve.resolve import Resolved

BLOCKS = (0.01, 0.05, 0.20, 0.50, 1.0)  # upper edges, as shares of the time; the busiest first
UNKNOWN_ITEM = 2  # what an item of complexity counts that nobody has rated
SHADOW_DAYS = (14.0, 28.0)


def stated_workloads(case: Case, base: Resolved) -> list[StatedWorkload]:
    """The workloads as the case lists them; those of the log where it lists none."""
    return list(case.file.workloads) or [StatedWorkload(name=each.name) for each in base.demand.workloads]


def number(value: Value) -> float:
    return float(np.asarray(value, dtype=float).ravel()[-1])


def by_month(value: Value, months: int) -> np.ndarray:
    """The last option's numbers by month."""
    return np.array(pick(value, option=-1, month=range(months)), dtype=float)


def points(stated: StatedWorkload) -> tuple[float, int]:
    """Points of complexity of a workload, and how many of its items nobody has rated."""
    items = (stated.complexity or Complexity()).model_dump()
    unknown = sum(value is None for value in items.values())
    return float(sum(UNKNOWN_ITEM if value is None else value for value in items.values())), unknown


def plan_workloads(
    case: Case, base: Resolved, stated: Sequence[StatedWorkload], costs: Sequence[FleetCosts]
) -> Iterator[Workload]:
    values, months = expected(base.inputs), case.file.horizon_months
    count = len(stated)
    volumes = base_volumes(values, count, months)
    migration = np.ravel(values["migration_cost_per_workload"]) * np.ones(count)
    per_second = number(values["tokens_per_mtok"]) / number(values["seconds_per_month"])
    days = case.file.migration.shadow_days or float(np.clip(number(values["shadow_days"]), *SHADOW_DAYS))
    back = max((each.exit_once for each in costs), default=0.0) / max(sum(not s.stays_on_api for s in stated), 1)
    for i, each in enumerate(stated):
        volume, demand = volumes[i], base.demand.workloads[i]
        rate = float(volume[0]) * per_second
        kappa = points(each)[0]
        effort = each.effort_person_months
        yield Workload(
            name=each.name,
            load=tuple((rate * _shape(case, base, each)).tolist()),
            growth=tuple((volume / volume[0] if volume[0] else np.ones(months)).tolist()),
            today=hosted_at(case, each),
            complexity=kappa,
            effort_person_months=kappa * case.file.migration.person_months_per_point if effort is None else effort,
            migration_cost=float(migration[i]),
            exit_cost=back,
            shadow_days=days,
            shadow_share=number(values["shadow_share"]),
            requests_per_load=demand.requests_per_month / (volume[0] * number(values["tokens_per_mtok"]))
            if volume[0]
            else 0.0,
            after=each.comes_after,
            may_burst=each.may_burst,
            stays_on_api=each.stays_on_api,
        )


def hosted_at(case: Case, each: StatedWorkload) -> str:
    """The name of the API model it is on."""
    return each.hosted_model or case.file.hosted_model or f"{each.name}: stated prices"


def _shape(case: Case, base: Resolved, each: StatedWorkload) -> np.ndarray:
    """Load over its mean in each block: the log's for all workloads, else that of the workload's own profile."""
    curve = base.demand.load_curve
    if case.file.log is None:
        curve = profile(shape_of(each.load_profile) or shape_of(case.file.load_profile) or DEFAULT_PROFILE).load_curve
    return blocks_of(curve)


def blocks_of(curve: LoadCurve) -> np.ndarray:
    """The exact mean load of each planning block."""
    upto = np.concatenate([[0.0], np.cumsum(curve.share_of_time)]) / sum(curve.share_of_time)
    work = np.concatenate([[0.0], np.cumsum(np.array(curve.load_over_mean) * np.array(curve.share_of_time))])
    edges = np.array((0.0, *BLOCKS))
    return np.asarray(np.diff(np.interp(edges, upto, work)) / np.diff(edges) / work[-1])
