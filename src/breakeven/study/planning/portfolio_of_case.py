"""A case as a portfolio: its workloads, API models, fleets, gates, limits and team, priced by the study's lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from breakeven.numbers.inputs import expected
from breakeven.numbers.operations import Value
from breakeven.plan.criteria import Quality, criteria
from breakeven.plan.portfolio import Api, HeldFleet, PlanGate, Portfolio, Team
from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.case.schema import Workload as StatedWorkload
from breakeven.study.case.terms.migration import PlanFleet
from breakeven.study.case.terms.serving import Purchase, SelfHosting
from breakeven.study.planning.asked import asked_of_bought, asked_of_fleet, gates_of_fleet
from breakeven.study.planning.costs import FleetCosts, committed_unit, derived, fleet_costs, hosted_bills
from breakeven.study.planning.workloads import (
    BLOCKS,
    UNKNOWN_ITEM,
    by_month,
    hosted_at,
    number,
    plan_workloads,
    points,
    stated_workloads,
)
from breakeven.study.register import full_model
from breakeven.study.resolve.resolve import Resolved, resolve
from breakeven.study.resolve.serving.promises import promise_of
from breakeven.study.resolve.serving.readiness_inputs import builders, platform_work

MOST_UNITS = 512
MOST_NAMED = 40  # workloads in a notice
HELD = ("rented", "owned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A portfolio and the quality test of its moves."""

    portfolio: Portfolio
    quality: Quality


def planned(
    case: Case, *, max_parallel: int | None = None, left: Callable[[], float] = lambda: float("inf")
) -> Planned:
    """Everything the plan needs of a case; `max_parallel` cut-overs a month instead of the case's.

    `left`: seconds that the command still has. Raises `Problem` when they are over before all is priced.
    """
    return planned_of(resolve(case), max_parallel=max_parallel, left=left)


def planned_of(
    base: Resolved, *, max_parallel: int | None = None, left: Callable[[], float] = lambda: float("inf")
) -> Planned:
    """The same of a case that is resolved already."""
    case = base.case
    stated = stated_workloads(case, base)
    fleets, costs, asked = _fleets(base, stated, left)
    values, months = expected(base.inputs), case.file.horizon_months
    shared = max((cost.shared.tolist() for cost in costs), default=[0.0] * months)
    if any(max(abs(cost.shared - np.array(shared))) > 0.01 * max(shared, default=0.0) for cost in costs):
        base_notice = ["The fleets' shared costs differ; the dearest is counted."]
    else:
        base_notice = []
    discount = full_model().evaluate(values, ["discount_factor"])["discount_factor"]
    drill = criteria()["drill"]
    apis, committed = tuple(_apis(case, base, stated)), tuple(_committed(case, base))
    bought = {api.name: api.name for api in apis}
    bought |= {fleet.name: fleet.name.partition(" at ")[2] for fleet in committed}
    portfolio = Portfolio(
        name=case.file.name,
        currency=case.file.currency,
        workloads=tuple(plan_workloads(case, base, stated, costs)),
        apis=apis,
        fleets=(*fleets, *committed),
        block_share=tuple(np.diff((0.0, *BLOCKS)).tolist()),
        discount=tuple(by_month(discount, months).tolist()),
        team=_team(case, base, max_parallel),
        gates=(*asked_of_bought(case, bought), *asked),
        shared_cost=tuple(shared),
        shared_effort=platform_work(base.inputs)[0] if case.file.cutover_month is None else 0.0,
        shared_opening_cost=max((cost.once for cost in costs), default=0.0),
        canary_share=number(values["canary_share"]),
        drill_share=drill["hours"] / drill["every_months"] / number(values["hours_per_month"]),
        fallback_commitment=number(values["fallback_commitment_per_month"]),
        minimum_bill=minimum_bill(values, months),
        days_per_month=number(values["days_per_month"]),
        notices=(*_notices(case, base, stated), *base_notice),
    )
    return Planned(portfolio=portfolio, quality=_quality(case))


def _quality(case: Case) -> Quality:
    """The test with the numbers that the case states."""
    said, own = case.file.migration, Quality()
    return Quality(
        margin=own.margin if said.quality_margin is None else said.quality_margin,
        standard_deviation=own.standard_deviation if said.quality_deviation is None else said.quality_deviation,
        judged_share=own.judged_share if said.judged_share is None else said.judged_share,
    )


def _apis(case: Case, base: Resolved, stated: Sequence[StatedWorkload]) -> Iterator[Api]:
    """Every hosted model that some workload uses or may use, with the bill of each workload there."""
    bills: dict[str, dict[str, tuple[float, ...]]] = {}
    for workload, bill in zip(stated, hosted_bills(base), strict=True):
        bills.setdefault(hosted_at(case, workload), {})[workload.name] = tuple(bill.tolist())
    for rank in range(max((len(workload.other_models) for workload in stated), default=0)):
        other = [
            workload.model_copy(
                update={
                    "hosted_model": workload.other_models[rank],
                    "input_price_per_mtok": None,
                    "output_price_per_mtok": None,
                }
            )
            if rank < len(workload.other_models)
            else workload
            for workload in stated
        ]
        if any(workload.api_spend_per_month is not None for workload in other):
            fix = "State its tokens: spend at one model says nothing of the bill at another."
            raise Problem("other_models need volumes in tokens", where=case.place("workloads"), fix=fix)
        for workload, bill in zip(other, hosted_bills(derived(base, workloads=tuple(other))), strict=True):
            bills.setdefault(hosted_at(case, workload), {})[workload.name] = tuple(bill.tolist())
    limits = {limit.hosted_model: limit for limit in case.file.api_limits}
    for name, bill_of in bills.items():
        limit = limits.get(name)
        yield Api(
            name=name,
            monthly_cost=bill_of,
            tokens_per_minute=limit.tokens_per_minute if limit else None,
            requests_per_minute=limit.requests_per_minute if limit else None,
            promise=promise_of(case),
        )


def _fleets(
    base: Resolved, stated: Sequence[StatedWorkload], left: Callable[[], float]
) -> tuple[list[HeldFleet], list[FleetCosts], list[PlanGate]]:
    """Every fleet in every way to hold it, and what is asked of each."""
    case = base.case
    fleets: list[HeldFleet] = []
    costs: list[FleetCosts] = []
    asked: list[PlanGate] = []
    for i, one in enumerate(case.file.fleets or (PlanFleet(name="own fleet"),)):
        filled = filled_in(case, one)
        ways = [way for way in filled.purchase if way.mode in HELD] or [Purchase(mode="rented")]
        for way in ways:
            if left() <= 0:
                raise Problem(
                    f"the time limit was over with {len(fleets)} fleets priced for {len(stated)} workloads",
                    fix="Allow more seconds with --time-limit, or list fewer fleets.",
                )
            plain = tuple(workload.model_copy(update={"tokens_per_second": None}) for workload in case.file.workloads)
            parts: dict[str, Any] = {"self_hosting": filled.model_copy(update={"purchase": (way,)})}
            if case.file.fleets:
                parts |= {"workloads": plain, "gates": tuple(gates_of_fleet(base, i))}
            resolved = _resolved(base, i, parts)
            priced = fleet_costs(resolved)
            name = one.name if len(ways) == 1 else f"{one.name}, {way.name or way.mode}"
            held = _fleet(name, one, way, priced, stated)
            fleets.append(replace(held, promise=promise_of(resolved.case), model=resolved.serving.model.key))
            costs.append(priced)
            asked += asked_of_fleet(resolved, one, name)
    return fleets, costs, asked


def filled_in(case: Case, one: PlanFleet) -> SelfHosting:
    """A fleet with what it leaves out: that of self_hosting, but for files that are of another model."""
    said = {name: getattr(one, name) for name in SelfHosting.model_fields if name in one.model_fields_set}
    own = case.file.self_hosting
    other = one.model not in (None, own.model or case.file.open_model)
    return own.model_copy(update=(dict.fromkeys(("config", "measured")) if other else {}) | said)


def _resolved(base: Resolved, index: int, parts: dict[str, Any]) -> Resolved:
    """The case with one of its fleets; what is wrong with that is told at the fleet."""
    try:
        return derived(base, **parts)
    except Problem as problem:
        if not base.case.file.fleets:
            raise
        raise Problem(problem.what, where=base.case.place("fleets", index), fix=problem.fix) from None


def _fleet(name: str, one: PlanFleet, way: Purchase, priced: FleetCosts, stated: Sequence[StatedWorkload]) -> HeldFleet:
    serves = [i for i, workload in enumerate(stated) if one.workloads is None or workload.name in one.workloads]
    per_unit = priced.replicas_per_unit
    most = MOST_UNITS if one.maximum_replicas is None else max(one.maximum_replicas // per_unit, 0)
    return HeldFleet(
        name=name,
        load_per_unit_load={stated[i].name: 1 / float(priced.replica_tokens_per_second[i]) for i in serves},
        unit_cost=tuple(priced.unit.tolist()),
        node_cost=tuple(priced.node.tolist()),
        units_per_node=priced.units_per_node,
        usable_per_unit=priced.usable_share * per_unit,
        marginal_cost={stated[i].name: tuple(priced.marginal[i].tolist()) for i in serves},
        exit_cost=priced.termination,
        minimum_units=priced.minimum_replicas / per_unit,
        maximum_units=most,
        spare_units=priced.spare_replicas / per_unit,
        operations_fte=one.operations_fte,
        held=way.mode == "owned" or way.reserved_share > 0,
    )


def _committed(case: Case, base: Resolved) -> Iterator[HeldFleet]:
    """Committed units, no more than today's, for the workloads on the hosted model of the first."""
    held = case.file.hosted.committed
    if held is None:
        return
    stated = stated_workloads(case, base)
    model = hosted_at(case, stated[0])
    unit, share = committed_unit(base)
    unit[: int(held.months or 0)] = 0.0  # paid whatever the plan does
    names = [workload.name for workload in stated if hosted_at(case, workload) == model]
    index = {workload.name: i for i, workload in enumerate(base.demand.workloads)}
    yield HeldFleet(
        name=f"committed units at {model}",
        kind="committed",
        load_per_unit_load={name: float(share[index[name]]) for name in names},
        unit_cost=tuple(unit.tolist()),
        usable_per_unit=1.0,
        maximum_units=int(held.units),
        held=not held.months,  # when a contract ends, as many go on as pay
    )


def minimum_bill(values: Mapping[str, Value], months: int) -> tuple[float, ...]:
    """What is owed to today's API at least, by month; nothing where no minimum is."""
    owed = by_month(values["minimum_bill"], months)
    return tuple(owed.tolist()) if owed.any() else ()


def _team(case: Case, base: Resolved, max_parallel: int | None) -> Team:
    """Who moves workloads, from which month on."""
    months, terms = case.file.horizon_months, case.file.migration
    people = builders(case, platform_work(base.inputs)[1])
    ready = base.examined.readiness if base.examined else None
    earliest = max(case.file.cutover_month or 1, ready.earliest_start_month if ready else 1) - 1
    return Team(
        person_months=(float(people),) * months,
        parallel_migrations=max_parallel or terms.max_parallel,
        earliest_month=earliest,
        because=f"readiness allows production from month {ready.earliest_start_month}" if ready else "",
    )


def _notices(case: Case, base: Resolved, stated: Sequence[StatedWorkload]) -> Iterator[str]:
    unrated = [
        f"{workload.name} ({count})"
        for workload in stated
        if (count := points(workload)[1]) and not workload.stays_on_api
    ]
    if unrated:
        more = f" and {len(unrated) - MOST_NAMED:,} more" if len(unrated) > MOST_NAMED else ""
        named = ", ".join(unrated[:MOST_NAMED])
        yield f"Items of complexity that nobody has rated count {UNKNOWN_ITEM} of 3: {named}{more}."
    if any(workload.effort_person_months is None for workload in stated if not workload.stays_on_api):
        rate = case.file.migration.person_months_per_point
        yield f"Where no effort is stated it is {rate:g} person-months a point of complexity (assumed)."
    if case.file.migration.person_months_per_month is None:
        yield "Those who run the platform move the workloads: migration.person_months_per_month is not stated."
    ways = [way for part in (case.file.self_hosting, *case.file.fleets) for way in part.purchase]
    if ways and not any(way.mode in HELD for way in ways):
        yield "The case lists no GPUs that are rented or owned: the plan takes rent at the published price."
    if base.examined is None:
        yield "Readiness has not been examined (`breakeven readiness`): the plan takes the team as ready."
    if case.file.hosted.minimum_bill_per_month:
        yield (
            "The committed minimum of the API bill is in what the plan costs. The search does not see it: a plan that "
            "moves later or less may be cheaper."
        )
    if case.file.hosted.committed is not None:
        yield "Committed units are a choice on both sides: what today's models cost is with as many as pay."
        if case.file.hosted.committed.months:
            yield "Units that a contract still binds are paid in any case: until it ends they stand on neither side."
    if case.file.hosted.tiers:
        yield "Volume tiers are shared out at today's volume: what stays on the API may lose its tier."
    yield from (notice.what for notice in base.notices if "Readiness moves" in notice.what)
