"""What single workloads say of themselves, as inputs over the workload axis, and the load curve over the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from breakeven.demand.demand import Demand
from breakeven.numbers.distributions import Distribution
from breakeven.numbers.inputs import Input, KnownFrom, known_from, mixed
from breakeven.numbers.operations import STEP, WORKLOAD, Value, along, pick
from breakeven.study.case.case import Case
from breakeven.study.register import register, stated_input
from breakeven.study.resolve.demand import Use

BY_WORKLOAD = {  # input -> the key of a workload that states it
    "batch_share": "batch_share",
    "growth_per_month": "growth_per_month",
    "migration_cost_per_workload": "migration_cost",
    "cached_share": "cached_share",
}


def workload_inputs(case: Case, workloads: Sequence[Use], base: Mapping[str, Input]) -> dict[str, Input]:
    """What the case states of single workloads; one that says nothing takes what holds for all (`base`)."""
    by_name = {}
    for name, field in BY_WORKLOAD.items():
        values = [getattr(use.stated, field) for use in workloads]
        if any(value is not None for value in values):
            usual, default = base[name], register()[name]
            filled = [pick(usual.likely, workload=i) if value is None else value for i, value in enumerate(values)]
            known = [
                known_from(usual, workload=i)
                if value is None
                else KnownFrom(kind=default.kind, source=case.source(*use.at, field))
                for i, (use, value) in enumerate(zip(workloads, values, strict=True))
            ]
            by_name[name] = mixed(stated_input(default, name, along(WORKLOAD, filled)), WORKLOAD, known)
    return by_name


def measured_cache(demand: Demand) -> dict[str, Input]:
    """The cached share that the log shows, workload by workload."""
    shares = [workload.cached_share_of_input for workload in demand.workloads]
    default = register()["cached_share"]
    if demand.workloads[0].kind != "measured" or all(share is None for share in shares):
        return {}
    filled = along(WORKLOAD, [default.likely if share is None else share for share in shares])
    known = [
        known_from(default) if share is None else KnownFrom(kind=workload.kind, source=workload.source)
        for workload, share in zip(demand.workloads, shares, strict=True)
    ]
    return {"cached_share": mixed(replace(default, likely=filled, low=None, high=None), WORKLOAD, known)}


def demand_inputs(demand: Demand) -> dict[str, Input]:
    """Volumes over the workload axis, the load curve over the step axis."""
    curve = demand.load_curve
    known = [KnownFrom(kind=workload.kind, source=workload.source) for workload in demand.workloads]

    def volumes(name: str, values: Sequence[float]) -> Input:
        return mixed(replace(register()[name], likely=along(WORKLOAD, values)), WORKLOAD, known)

    def shape(name: str, value: Value) -> Input:
        return replace(register()[name], likely=value, low=None, high=None, kind=curve.kind, source=curve.source)

    return {
        "input_mtok_per_month": volumes("input_mtok_per_month", [w.input_mtok_per_month for w in demand.workloads]),
        "output_mtok_per_month": volumes("output_mtok_per_month", [w.output_mtok_per_month for w in demand.workloads]),
        "load_over_mean": shape("load_over_mean", along(STEP, curve.load_over_mean)),
        "block_share": shape("block_share", along(STEP, curve.share_of_time)),
        "peak_over_mean": shape("peak_over_mean", curve.p99_over_mean),
        **volume_range(demand),
    }


def volume_range(demand: Demand) -> dict[str, Input]:
    """How far all volumes together may turn out otherwise; nothing where the demand does not say."""
    one = demand.workloads[0]
    if not one.low_share < 1 < one.high_share:
        return {}
    known = register()["volume_scale"]
    spread: Distribution = "lognormal" if one.low_share > 0 else "triangular"
    return {
        "volume_scale": replace(
            known, low=one.low_share, high=one.high_share, distribution=spread, kind=one.kind, source=one.source
        )
    }
