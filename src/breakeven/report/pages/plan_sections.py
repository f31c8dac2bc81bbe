"""The lower part of the plan's page: complexity, what belongs together, constraints, the way back, the checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from breakeven.plan.criteria import criteria
from breakeven.plan.fallback import Need
from breakeven.plan.plan import Plan
from breakeven.report.wording import few, money, percent, plain

LABEL = 14
MOST_NAMED = 20  # workloads in a sentence
MOST_NOTES = 30
BAR = 24


def sections(plan: Plan, words: Mapping[str, Any], width: int) -> Iterator[RenderableType]:
    """Everything below the picture, a label and its sentences each."""
    sentences = [
        ("Complexity", [_claim(plan, words)]),
        ("", [_curve(plan)]),
        ("Together", [_pair(plan, words)]),
        ("Constraints", [_constraints(plan, words)]),
        ("Way back", list(_way_back(plan, words))),
        ("Shadow", list(_shadow(plan, words))),
        ("Checks", list(_checks(plan, words))),
        ("Monthly", [_shares(plan, words)]),
        ("Notes", [words["stopped"] if plan.stopped else "", *_notes(plan, words)]),
    ]
    for label, parts in sentences:
        yield from _labelled(label, [part for part in parts if part], width)


def _notes(plan: Plan, words: Mapping[str, Any]) -> Iterator[str]:
    """The notices, the first of them where there is one for every workload."""
    yield from plan.notices[:MOST_NOTES]
    if len(plan.notices) > MOST_NOTES:
        yield words["more"].format(count=f"{len(plan.notices) - MOST_NOTES:,}")


def _labelled(label: str, parts: list[str], width: int) -> Iterator[RenderableType]:
    for number, each in enumerate(parts):
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(width=LABEL - 1)
        grid.add_column(ratio=1, overflow="fold", max_width=max(width - LABEL, 20))
        grid.add_row(Text(label if number == 0 else "", style="bold"), Text(each))
        yield Padding(grid, 0)


def _claim(plan: Plan, words: Mapping[str, Any]) -> str:
    """The rule of thumb, measured."""
    curve, says = plan.curve, words["claim"]
    if curve is None:
        return ""
    if curve.claim_holds is None or curve.saving_at_a_fifth is None:
        return str(says["none"])
    needed = dict(curve.needed)
    asked = {name: _share(needed.get(share)) for name, share in (("sixty", 0.6), ("eighty", 0.8))}
    key = "holds" if curve.claim_holds else "fails"
    unproven = "" if curve.proven else says["unproven"]
    return str(says[key].format(fifth=percent(curve.saving_at_a_fifth), **asked)) + unproven


def _share(value: float | None) -> str:
    return "more than all" if value is None else percent(value)


def _curve(plan: Plan) -> str:
    """The curve as bars, a line a point."""
    points = plan.curve.points if plan.curve else ()
    currency = plan.portfolio.currency
    lines = [
        f"{percent(each.complexity_share):>6}  {'█' * round(BAR * each.saving_share):<{BAR}}  "
        f"{percent(each.saving_share):>6}  {money(each.saving, currency)}"
        for each in points
    ]
    return "\n".join([f"of all points{'':<{BAR - 3}}of the saving, before the schedule", *lines]) if lines else ""


def _pair(plan: Plan, words: Mapping[str, Any]) -> str:
    """The pairs that a ranking would miss, at most three."""
    currency = plan.portfolio.currency
    return " ".join(
        words["pair"].format(
            first=pair.first,
            second=pair.second,
            fleet=pair.fleet,
            both=money(pair.saving_both, currency),
            one=money(pair.saving_first, currency),
            two=money(pair.saving_second, currency),
        )
        for pair in plan.pairs[:3]
    )


def _constraints(plan: Plan, words: Mapping[str, Any]) -> str:
    """What each constraint costs; those that cost nothing are left out."""
    dear = [each for each in plan.constraint_costs if each.cost is not None and each.cost >= 0.5]
    return " ".join(
        words["constraint"][each.kind].format(name=each.name, cost=money(each.cost or 0.0, plan.portfolio.currency))
        for each in sorted(dear, key=lambda one: -(one.cost or 0.0))
    )


def _way_back(plan: Plan, words: Mapping[str, Any]) -> Iterator[str]:
    back, says, currency = plan.fallback, words["fallback"], plan.portfolio.currency
    if back is None:
        return
    commitment = says["commitment"].format(money=money(back.commitment, currency)) if back.commitment else ""
    yield says["costs"].format(
        canary=percent(back.canary_share),
        canary_cost=money(back.canary_cost, currency),
        drill_cost=money(back.drill_cost, currency),
        commitment=commitment,
    )
    yield says["drills"].format(hours=f"{back.drill_hours:g}", month=back.drill_months[0])
    for need in back.needs:
        yield says["need"].format(
            api=need.api,
            tokens=plain(need.tokens_per_minute),
            requests=says["requests"].format(count=plain(need.requests_per_minute)) if need.requests_per_minute else "",
            lost=says["lost"].format(fleet=need.lost_fleet) if need.lost_fleet else "",
            enough=_enough(need, says),
        )
    if back.without:
        yield says["without"].format(names=few(back.without, MOST_NAMED))


def _shares(plan: Plan, words: Mapping[str, Any]) -> str:
    """What more freedom would be worth."""
    if plan.shares is None or plan.placed.price is None:
        return ""
    currency, once = plan.portfolio.currency, plan.placed.price.total
    cost = min(plan.shares.proof.cost, once)
    return str(
        words["shares"].format(
            cost=money(cost, currency), once=money(once, currency), saved=money(once - cost, currency)
        )
    )


def _enough(need: Need, says: Mapping[str, Any]) -> str:
    if need.enough is None:
        return str(says["unknown"])
    limits = [
        f"{plain(limit)} {unit}"
        for limit, unit in (
            (need.limit_tokens_per_minute, "tokens"),
            (need.limit_requests_per_minute, "requests"),
        )
        if limit is not None
    ]
    return str(says["enough" if need.enough else "short"].format(limit=" and ".join(limits)))


def _shadow(plan: Plan, words: Mapping[str, Any]) -> Iterator[str]:
    samples = [sample for phase in plan.phases for sample in phase.samples]
    if not samples:
        return
    days = max(phase.shadow_days for phase in plan.phases)
    sentence = words["shadow"].format(
        days=f"{days:g}", margin=percent(plan.quality.margin), pairs=f"{plan.quality.sample:,}"
    )
    unknown = [sample.workload for sample in samples if sample.days_needed is None]
    short = [
        f"{sample.workload} ({sample.days_needed:.0f} days)"
        for sample in samples
        if sample.days_needed is not None and not sample.reached
    ]
    ends = [words["shadow_short"].format(names=few(short, MOST_NAMED))] if short else []
    ends += [words["shadow_unknown"].format(names=few(unknown, MOST_NAMED))] if unknown else []
    yield f"{sentence}: {'; '.join(ends or [words['shadow_enough']])}."


def _checks(plan: Plan, words: Mapping[str, Any]) -> Iterator[str]:
    if not plan.scheduled.starts:
        return
    numbers = criteria()
    ends, back = numbers["exit"], numbers["rollback"]
    yield words["ramp"].format(steps=", ".join(f"{number:.0%}".replace("%", " %") for number in numbers["ramp"]))
    yield words["entry"].format(**numbers["entry"])
    yield words["exit"].format(
        margin=percent(plan.quality.margin),
        cost=percent(ends["unit_cost_over_plan"]),
        minutes=ends["route_back_minutes"],
        days=ends["days_without_severe_incident"],
    )
    burns = (back["slo_burn_fast"], back["slo_burn_slow"])
    fast, slow = (f"{burn['times']:g} x over {burn['hours']} h" for burn in burns)
    yield words["rollback"].format(
        hours=back["quality_window_hours"],
        fast=fast,
        slow=slow,
        errors=f"{back['error_over_baseline']['times']:g} x",
        error_minutes=back["error_over_baseline"]["minutes"],
        unit=percent(back["unit_cost_over_plan"]["times"]),
        unit_days=back["unit_cost_over_plan"]["days"],
        breaches=back["on_call_breaches_in_a_row"],
    )
