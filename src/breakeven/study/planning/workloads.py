"""The workloads of a case as the plan sees them: load in blocks, growth, points of complexity, work to move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from breakeven.decision.comparison import BASELINE
from breakeven.demand.demand import LoadCurve
from breakeven.demand.shape.profiles import profile
from breakeven.numbers.inputs import expected
from breakeven.numbers.operations import Value, pick
from breakeven.plan.portfolio import Workload
from breakeven.study.case.case import Case
from breakeven.study.case.schema import Workload as StatedWorkload
from breakeven.study.case.terms.migration import Complexity
from breakeven.study.planning.costs import FleetCosts, base_volumes
from breakeven.study.register import full_model
from breakeven.study.resolve.demand import DEFAULT_PROFILE, shape_of
from breakeven.study.resolve.resolve import Resolved

BLOCKS = (0.01, 0.05, 0.10, 0.20, 0.35, 0.60, 1.0)  # upper edges, as shares of the time; the busiest first
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
    batch = np.ravel(values["batch_share"]) * np.ones(count)
    online = online_price_shares(values, count)
    busy = volumes[:, 0] / costs[0].replica_tokens_per_second if costs else volumes[:, 0]
    moving = busy * np.array([not workload.stays_on_api for workload in stated])
    shapes = leveled(np.array([_shape(case, base, workload) for workload in stated]), batch, moving)
    migration = np.ravel(values["migration_cost_per_workload"]) * np.ones(count)
    per_second = number(values["tokens_per_mtok"]) / number(values["seconds_per_month"])
    days = case.file.migration.shadow_days or float(np.clip(number(values["shadow_days"]), *SHADOW_DAYS))
    back = max((workload.exit_once for workload in costs), default=0.0) / max(
        sum(not s.stays_on_api for s in stated), 1
    )
    for i, workload in enumerate(stated):
        volume, demand = volumes[i], base.demand.workloads[i]
        rate = float(volume[0]) * per_second
        kappa = points(workload)[0]
        effort = workload.effort_person_months
        yield Workload(
            name=workload.name,
            load=tuple((rate * shapes[i]).tolist()),
            growth=tuple((volume / volume[0] if volume[0] else np.ones(months)).tolist()),
            today=hosted_at(case, workload),
            complexity=kappa,
            effort_person_months=kappa * case.file.migration.person_months_per_point if effort is None else effort,
            migration_cost=float(migration[i]),
            exit_cost=back,
            burst_price_share=online[i],
            shadow_days=days,
            shadow_share=number(values["shadow_share"]),
            requests_per_load=demand.requests_per_month / (volume[0] * number(values["tokens_per_mtok"]))
            if volume[0]
            else 0.0,
            after=workload.comes_after,
            may_burst=workload.may_burst,
            stays_on_api=workload.stays_on_api,
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


def online_price_shares(values: Mapping[str, Value], count: int) -> list[float]:
    """What a token bought online costs over the mean one of each workload, at list price; 1 where all is batched."""
    got = full_model().evaluate(values, ["base_interactive_list_cost", "base_list_cost"])
    online, mean = (
        pick(got[name], workload=range(count), option=BASELINE, month=0)
        for name in ("base_interactive_list_cost", "base_list_cost")
    )
    part = mean * (1 - np.ravel(values["batch_share"]) * np.ones(count))
    return [float(each) for each in np.divide(online, part, out=np.ones(count), where=part > 0)]


def leveled(shapes: np.ndarray, batch_shares: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The shapes (workloads, blocks) where batch work waits for the blocks in which all of them together are quiet.

    It fills these up to one level, every workload's batch work alike. Of any fleet that serves all, what the sum leaves
    above its capacity is what bursts when interactive work goes first and batch work takes what is free, as the
    decision has it. `weights`: mean load of each workload; one of 0 stays as it is.
    """
    widths, parts = np.diff((0.0, *BLOCKS)), batch_shares * weights
    if not parts.sum():
        return shapes
    interactive = shapes * (1 - batch_shares[:, None])
    together = weights @ interactive
    order = np.argsort(together)
    lowest, held = together[order], np.cumsum(together[order] * widths[order])
    wide = np.cumsum(widths[order])
    upto = int(np.argmax(wide * np.append(lowest[1:], np.inf) - held >= parts.sum()))  # blocks under water
    level = (float(parts.sum()) + float(held[upto])) / float(wide[upto])
    filled = np.maximum(level - together, 0.0) / parts.sum()  # of a unit of batch work, in each block
    return np.where(weights[:, None] > 0, interactive + batch_shares[:, None] * filled, shapes)
