"""The plan as a document that a gateway carries out: routes, ramps, checks and triggers. Its page: reference/plan-file.

Months count from 1. Shares are of a workload's traffic. Nothing in it needs the case to be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from breakeven.capacity.promise.promise import Promise
from breakeven.plan.criteria import criteria
from breakeven.plan.fallback import Need
from breakeven.plan.phases import Phase, mirrored_per_month
from breakeven.plan.plan import Plan
from breakeven.plan.portfolio import Workload
from breakeven.plan.program import Proof
from breakeven.plan.reasons import Reason

FORMAT = "breakeven plan 1"
KEYS = ("format", "name", "as_of", "currency", "months", "money", "search", "targets", "workloads", "phases", "checks")


def document(plan: Plan, *, as_of: str) -> dict[str, Any]:
    """The whole plan as plain data."""
    folio = plan.portfolio
    return {
        "format": FORMAT,
        "name": folio.name,
        "as_of": as_of,
        "currency": folio.currency,
        "months": folio.months,
        "money": _money(plan),
        "search": {
            "stopped_early": plan.stopped,
            "assignment": _proof(plan.placed.proof),
            "schedule": _proof(plan.scheduled.proof),
        },
        "targets": [*_apis(plan), *_fleets(plan)],
        "workloads": [_workload(plan, workload.name) for workload in folio.workloads],
        "phases": [_phase(phase) for phase in plan.phases],
        "checks": _checks(plan),
        "fallback": _fallback(plan),
        "complexity": None if plan.curve is None else _plain(asdict(plan.curve)),
        "monthly_shares": _shares(plan),
        "constraints": [asdict(constraint_cost) for constraint_cost in plan.constraint_costs],
        "pairs": [asdict(pair) for pair in plan.pairs],
        "notices": list(plan.notices),
    }


def _money(plan: Plan) -> dict[str, Any]:
    return {
        "baseline": _cents(plan.baseline),
        "plan": _cents(plan.scheduled.price.total),
        "saving": _cents(plan.saving),
        "paid_once": _cents(plan.scheduled.price.once),
        "settled_month": plan.settled_month + 1,
        "saving_in_settled_month": _cents(plan.monthly_saving),
        "monthly": [_cents(amount) for amount in plan.scheduled.price.monthly],
        "monthly_baseline": [_cents(amount) for amount in plan.baseline_monthly],
    }


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "end": proof.end,
        "gap": round(proof.gap, 6) if proof.gap < 1 else None,
        "cost": _cents(proof.cost),
        "bound": _cents(proof.bound) if abs(proof.bound) < 1e18 else None,
    }


def _apis(plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "name": api.name,
            "kind": "api",
            "served_as": api.served_as or None,
            "promise": _promise(api.promise),
            "tokens_per_minute": api.tokens_per_minute,
            "requests_per_minute": api.requests_per_minute,
        }
        for api in plan.portfolio.apis
    ]


def _fleets(plan: Plan) -> list[dict[str, Any]]:
    units = {fleet.name: fleet for fleet in plan.scheduled.price.fleets}
    return [
        {
            "name": fleet.name,
            "kind": fleet.kind,
            "promise": _promise(fleet.promise),
            "used": fleet.name in units,
            "held": fleet.held,
            "spare_units": fleet.spare_units,
            "units": list(units[fleet.name].units) if fleet.name in units else [],
        }
        for fleet in plan.portfolio.fleets
    ]


def _promise(promise: Promise | None) -> dict[str, Any] | None:
    return None if promise is None else asdict(promise)


def _moves_in(plan: Plan, name: str) -> int | None:
    """The month, from 0, in which a workload leaves what serves it today, for a fleet or for another API model."""
    target = plan.placed.target[name]
    if (api := plan.portfolio.api.get(target)) is not None and target != plan.portfolio.workload[name].today:
        return api.moves_in or 0
    return plan.scheduled.starts.get(name)


def _shadow(plan: Plan, one: Workload, month: int) -> dict[str, Any]:
    """Its shadow run; the pairs of a day are those that the quality test looks at."""
    mirrored = mirrored_per_month(plan.portfolio, one, month) / plan.portfolio.days_per_month
    pairs = round(float(mirrored) * plan.quality.judged_share, 1)
    return {"days": one.shadow_days, "share": one.shadow_share, "pairs_per_day": pairs or None}


def _workload(plan: Plan, name: str) -> dict[str, Any]:
    folio, start = plan.portfolio, _moves_in(plan, name)
    one, target = folio.workload[name], plan.placed.target[name]
    back = folio.fallback(name)
    moves = start is not None
    stays = target in folio.fleet and folio.fleet[target].moves and not moves
    phase = next(
        (
            planned_phase.name
            for planned_phase in plan.phases
            if planned_phase.kind != "prepare" and name in planned_phase.workloads
        ),
        None,
    )
    reason = next((why for why in plan.reasons if why.workload == name), None)
    return {
        "name": name,
        "phase": phase,
        "today": one.today,
        "primary": (back or one.today) if stays else target,
        "fallback": back,
        "canary_share": folio.canary_share if target in folio.fleet and moves and back else 0.0,
        "may_burst": one.may_burst and back is not None,
        "cut_over_month": None if start is None else start + 1,
        "shadow": None if start is None else _shadow(plan, one, start),
        "ramp": list(criteria()["ramp"]) if moves else [],
        "complexity": one.complexity,
        "effort_person_months": one.effort_person_months,
        "after": list(one.after),
        "unanswered_gates": list(folio.unknown(name, target)),
        "why": None if reason is None else _reason(reason),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "kind": reason.why,
        "binding": list(reason.binding),
        "instead": reason.instead,
        "moving_costs": None if reason.moving_costs is None else _cents(reason.moving_costs),
        "unlocked": None if reason.unlocked is None else _cents(reason.unlocked),
        "others_fixed": reason.others_fixed,
    }


def _phase(phase: Phase) -> dict[str, Any]:
    return {
        "name": phase.name,
        "kind": phase.kind,
        "months": [phase.first_month, phase.last_month],
        "workloads": list(phase.workloads),
        "saving_in_settled_month": _cents(phase.monthly_saving),
        "saving_over_horizon": _cents(phase.horizon_saving),
        "complexity": phase.complexity,
        "effort_person_months": round(phase.effort_person_months, 4),
        "headroom": {name: round(free, 4) for name, free in (phase.headroom or {}).items()},
        "exit_price": _cents(phase.exit_price),
        "shadow_days": phase.shadow_days,
        "samples": [
            {"workload": s.workload, "pairs_needed": s.needed, "pairs_in_shadow": s.judged, "reached": s.reached}
            for s in phase.samples
        ],
    }


def _checks(plan: Plan) -> dict[str, Any]:
    """What lets a step of the ramp go on, and what sends it back."""
    numbers = criteria()
    return {
        "entry": dict(numbers["entry"]),
        "exit": dict(numbers["exit"]),
        "rollback": _plain(numbers["rollback"]),
        "quality": {
            "margin": plan.quality.margin,
            "standard_deviation": plan.quality.standard_deviation,
            "type_one_error": plan.quality.type_one_error,
            "power": plan.quality.power,
            "pairs": plan.quality.sample,
            "judged_share": plan.quality.judged_share,
        },
        "drill": dict(numbers["drill"]),
    }


def _fallback(plan: Plan) -> dict[str, Any] | None:
    back = plan.fallback
    if back is None:
        return None
    return {
        "canary_cost_per_month": _cents(back.canary_cost),
        "drill_cost_per_month": _cents(back.drill_cost),
        "commitment_per_month": _cents(back.commitment),
        "drill_months": list(back.drill_months),
        "drill_hours": back.drill_hours,
        "without": list(back.without),
        "quota": [_need(need) for need in back.needs],
    }


def _need(need: Need) -> dict[str, Any]:
    return {
        "api": need.api,
        "lost_fleet": need.lost_fleet,
        "tokens_per_minute": round(need.tokens_per_minute),
        "requests_per_minute": round(need.requests_per_minute, 1),
        "limit_tokens_per_minute": need.limit_tokens_per_minute,
        "limit_requests_per_minute": need.limit_requests_per_minute,
        "enough": need.enough,
    }


def _shares(plan: Plan) -> dict[str, Any] | None:
    """The assignment that may change by month: its cost, and the share of each target by month."""
    if plan.shares is None:
        return None
    return {
        **_proof(plan.shares.proof),
        "shares": {
            name: {target: [round(share, 4) for share in by_month] for target, by_month in targets.items()}
            for name, targets in plan.shares.shares.items()
        },
    }


def _cents(value: float) -> float:
    return round(float(value), 2) + 0.0


def _plain(value: Any) -> Any:
    """Tuples and mappings of any kind as lists and dicts."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
