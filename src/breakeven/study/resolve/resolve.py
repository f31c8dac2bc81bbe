"""A case, resolved: every input with its value and source, the options, the fleets. The edge of the pure part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from breakeven.decision.answers.rivals import RivalTerms
from breakeven.decision.comparison import Comparison
from breakeven.decision.readiness.gates import Gate
from breakeven.demand.demand import Demand
from breakeven.numbers.inputs import Input, Source, expected
from breakeven.numbers.operations import MONTH, OPTION, WORKLOAD, Value, along
from breakeven.problems import Notice, Problem
from breakeven.study.case.case import Case
from breakeven.study.case.schema import Quantity, Stated
from breakeven.study.design_choice import DesignChoice
from breakeven.study.modes import BOUGHT, FLEETS
from breakeven.study.register import compounding, full_model, register, stated_input
from breakeven.study.resolve.buying.agreements import sla_inputs, sla_notices
from breakeven.study.resolve.buying.counted import counted_inputs, counted_notices
from breakeven.study.resolve.buying.gates import KeptOnApi, as_kept, gates_of, kept_on_api, stated_gates
from breakeven.study.resolve.buying.hosted import case_input, hosted_inputs, price_of
from breakeven.study.resolve.buying.rivals import rivals
from breakeven.study.resolve.buying.same_weights import other_models, quality_notice
from breakeven.study.resolve.buying.spend import Bill, at_spend
from breakeven.study.resolve.currency import defaults, in_unit_of
from breakeven.study.resolve.demand import Logged, Use, aside_notices, demand_of, logged, uses
from breakeven.study.resolve.serving.closed_api import closed_notices, closed_to, on_our_own
from breakeven.study.resolve.serving.fleet import Serving, fleet_inputs, serving
from breakeven.study.resolve.serving.fleets_by_month import fleets_that_follow
from breakeven.study.resolve.serving.operations import operations_by_option, operations_inputs
from breakeven.study.resolve.serving.options import Option, option_inputs, options
from breakeven.study.resolve.serving.readiness_inputs import (
    Examined,
    built_by,
    cut_over_month,
    examine,
    readiness_inputs,
    readiness_notices,
)
from breakeven.study.resolve.serving.stakes import as_stated
from breakeven.study.resolve.workloads import demand_inputs, measured_cache, workload_inputs

SECTIONS = ("people", "platform", "compliance", "refresh", "one_time", "assumptions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Everything `assess` needs."""

    case: Case
    demand: Demand
    inputs: Mapping[str, Input]
    options: tuple[Option, ...]
    serving: Serving
    comparison: Comparison
    other_models: tuple[str, ...]
    rivals: tuple[RivalTerms, ...]
    cut_over: int  # the first month of our own fleet, from 1
    gates: tuple[Gate, ...]
    kept: KeptOnApi
    examined: Examined | None  # readiness; None: the case says nothing of it
    notices: tuple[Notice, ...]
    log: Logged | None = None
    chosen: DesignChoice | None = None  # how the design was found, where the case left it open


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What holds of a case whatever would serve it: its demand, its bill, its team."""

    case: Case
    log: Logged | None
    workloads: tuple[Use, ...]
    demand: Demand
    bill: Bill
    base: dict[str, Input]
    stated: dict[str, Input]
    examined: Examined | None
    built: int
    cut_over: int


def ground_of(case: Case, set_aside_to: Path | None = None, *, read: Logged | None = None) -> Ground:
    """The demand and the bill of a case; `read`: what its log shows, when it has been read already."""
    log = logged(case, set_aside_to) if read is None else read
    measured = log.demand if log else None
    workloads = uses(case, measured)
    prices = [price_of(case, use) for use in workloads]
    stated = overrides(case)
    team = _team(case)
    stated_inputs = {**team, **as_stated({*team, *stated}), **stated}
    base = {**defaults(case), **hosted_inputs(case, prices), **operations_inputs(case), **stated_inputs}
    built = built_by(case, base)
    examined = examine(case, float(base["engineer_cost_per_year"].likely)) if case.file.readiness else None
    bill = Bill(case=case, workloads=workloads, prices=prices, base=base)
    demand = demand_of(case, measured, workloads, bill.of_list_price)
    return Ground(
        case=case,
        log=log,
        workloads=workloads,
        demand=demand if measured else at_spend(bill, demand),
        bill=bill,
        base=base,
        stated=stated,
        examined=examined,
        built=built,
        cut_over=cut_over_month(case, examined, built),
    )


def resolve(case: Case, set_aside_to: Path | None = None, *, read: Logged | None = None) -> Resolved:
    """Fill in everything the case leaves open, from its log, the facts and the register, each with its source.

    `read`: what the case's log shows, when it has been read already.
    """
    ground = ground_of(case, set_aside_to, read=read)
    demand, base, stated, examined = ground.demand, ground.base, ground.stated, ground.examined
    cut_over, replica = ground.cut_over, serving(case, ground.demand, ground.workloads, ground.log)
    kept = kept_on_api(stated_gates(case, replica.model, replica.precision), ground.workloads)
    workloads = as_kept(ground.workloads, kept)
    bill = replace(ground.bill, workloads=workloads)
    ways = rivals(bill, demand, replica.model, ground.workloads)
    gates = gates_of(case, workloads, replica.model, ways, precision=replica.precision)
    closed = closed_to(gates, workloads)
    columns = options(case, replica.gpu, nights_on_api=closed is None)
    inputs = in_unit_of(
        case,
        {
            **base,
            **_time(case, columns, cut_over),
            **readiness_inputs(examined),
            **demand_inputs(demand),
            **fleet_inputs(case, columns, replica),
            **_structure(case, columns, workloads, kept),
            **_committed(case, columns),
            **measured_cache(demand),
            **stated,
            **operations_by_option(case, columns, stated),
            **option_inputs(columns, base, stated, case.source("self_hosting")),
            **workload_inputs(case, workloads, base | (measured_cache(demand) | stated)),
            **sla_inputs(case, [option.mode for option in columns], base),
        },
    )
    inputs = inputs | counted_inputs(bill, demand, inputs)
    inputs = inputs | on_our_own(closed, columns, workloads, inputs)
    inputs = inputs | compounding(inputs, case.file.horizon_months)
    return Resolved(
        case=case,
        demand=demand,
        inputs=inputs,
        options=columns,
        serving=replica,
        comparison=_comparison(case, columns, expected(inputs)),
        other_models=other_models(workloads, replica.model),
        cut_over=cut_over,
        rivals=ways,
        gates=gates,
        kept=kept,
        examined=examined,
        log=ground.log,
        notices=tuple(
            dict.fromkeys(
                [
                    *quality_notice(bill, replica.model),
                    *readiness_notices(case, examined, ground.built),
                    *closed_notices(closed, inputs),
                    *_notices(bill, demand, columns, replica),
                ]
            )
        ),
    )


def _notices(bill: Bill, demand: Demand, columns: Sequence[Option], replica: Serving) -> Iterator[Notice]:
    """What every stage wants said."""
    yield from aside_notices(demand)
    yield from bill.case.notices
    yield from sla_notices(bill.case)
    yield from counted_notices(bill.case)
    for price in bill.prices:
        yield from price.notices
    for option in columns:
        yield from option.notices
    yield from (Notice(what=notice) for notice in replica.fit.notices)
    yield from _speed_notices(demand, replica)
    unsaid = (
        notice for notice in demand.notices if not (demand.set_aside and "set aside" in notice)
    )  # told above, with why
    yield from (Notice(what=notice) for notice in unsaid)


def _speed_notices(demand: Demand, replica: Serving) -> Iterator[Notice]:
    """What to know of the speed, once each, with the workloads where it is not said of all."""
    told: dict[str, list[str]] = {}
    for workload, band in zip(demand.workloads, replica.bands, strict=True):
        for notice in band.notices:
            told.setdefault(notice, []).append(workload.name)
    for notice, names in told.items():
        whose = "" if len(names) == len(demand.workloads) else f" for {', '.join(names)}"
        yield Notice(what=f"Speed of a replica{whose}: {notice}")


def _comparison(case: Case, columns: Sequence[Option], values: Mapping[str, Value]) -> Comparison:
    months, stated = case.file.horizon_months, case.file.self_hosting.replicas
    fleets = fleets_that_follow([each.mode for each in columns], values, months)
    if stated is not None:
        held = along(OPTION, [float(each.holds_gpus) for each in columns])
        fleets = np.where(held > 0, float(stated), fleets)
    return Comparison(
        model=full_model(), names=tuple(each.name for each in columns), values=values, fleets=fleets, months=months
    )


def _constant(name: str, value: object) -> Input:
    return replace(register()[name], likely=value)


def _time(case: Case, columns: Sequence[Option], cut_over: int) -> dict[str, Input]:
    """The month axis: elapsed months, payment at the month's end, the cut-over. Who buys waits for no readiness."""
    months = np.arange(case.file.horizon_months)
    starts = [case.file.cutover_month or 1 if option.mode in BOUGHT else cut_over for option in columns]
    start = cut_over - 1 if len({*starts}) == 1 else along(OPTION, [option - 1.0 for option in starts])
    times = {
        "months_elapsed": _constant("months_elapsed", along(MONTH, months)),
        "years_elapsed": _constant("years_elapsed", along(MONTH, months / 12)),
        "months_to_payment": _constant("months_to_payment", along(MONTH, months + 1)),
        "first_month": _constant("first_month", (along(MONTH, months) == start) * 1.0),
        "live": _constant("live", (along(MONTH, months) >= start) * 1.0),
    }
    if case.file.discount_rate_per_year is not None:
        rate = case.file.discount_rate_per_year
        times["discount_rate_per_year"] = case_input(case, "discount_rate_per_year", rate, "discount_rate_per_year")
    return times


def _structure(case: Case, columns: Sequence[Option], workloads: Sequence[Use], kept: KeptOnApi) -> dict[str, Input]:
    """Which option does what."""
    moves = [0.0 if option.mode == "hosted" else 1.0 for option in columns]
    own = [0.0 if option.mode in BOUGHT else 1.0 for option in columns]
    fleet = [1.0 if option.mode in FLEETS else 0.0 for option in columns]
    stays = along(WORKLOAD, [0.0 if use.stated.stays_on_api else 1.0 for use in workloads])
    if not np.any(stays):
        raise Problem(
            "every workload stays on the API", where=case.place("workloads"), fix="Leave at least one that may move."
        )
    ours = along(OPTION, own) * along(WORKLOAD, [float(use.name in kept.from_ours) for use in workloads])
    return {
        "is_baseline": _constant("is_baseline", along(OPTION, [1.0, *([0.0] * (len(columns) - 1))])),
        "self_hosts": _constant("self_hosts", along(OPTION, own)),
        "holds_fleet": _constant("holds_fleet", along(OPTION, fleet)),
        "moved": _constant("moved", along(OPTION, moves) * stays * (1.0 - ours)),
    }


def _committed(case: Case, columns: Sequence[Option]) -> dict[str, Input]:
    """Committed units belong to the option that buys everything."""
    held = case.file.hosted.committed
    if held is None:
        return {}
    units = along(OPTION, [held.units, *([0.0] * (len(columns) - 1))])
    return {"committed_units": case_input(case, "committed_units", units, "hosted", "committed")}


def _team(case: Case) -> dict[str, Input]:
    if case.file.team is None:
        return {}
    return {"run_fte": case_input(case, "run_fte", case.file.team, "team")}


def overrides(case: Case) -> dict[str, Input]:
    """What the case's sections say of single inputs."""
    return {
        name: override(case, name, value, section)
        for section in SECTIONS
        for name, value in getattr(case.file, section).items()
    }


def override(case: Case, name: str, value: Quantity, section: str) -> Input:
    """One stated input: a number, or a number with its range."""
    default, source = register()[name], case.source(section, name)
    if isinstance(value, Stated):
        named = Source(title=value.source or source.title, date=value.date if value.source else source.date)
        if value.low is None or value.high is None:
            return replace(stated_input(default, name, value.likely), kind=value.kind, source=named)
        return replace(
            default,
            likely=value.likely,
            low=value.low,
            high=value.high,
            kind=value.kind,
            source=named,
            distribution="triangular",
        )
    return replace(stated_input(default, name, value), source=source)
