"""Plan against actual on a page: what it cost, why it was not the plan, and whether to decide again."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from breakeven.report.wording import label, money, percent, plain, sentence
from breakeven.study.questions.tracked import Crossed, Tracked
from breakeven.study.questions.tracked_month import Step, TrackedMonth

MONEY_STEPS = {"api_bill", "elsewhere_bill", "gpu_rent", "host_and_storage", "egress", "self_hosting"}
NAMES = {
    "volume": "volume", "output share": "share of output", "api_bill": "API bill: prices and terms",
    "gpu_rent": "GPU rent", "host_and_storage": "hosts and storage", "egress": "traffic",
    "self_hosting": "serving, all of it", "elsewhere_bill": "bill of the other host: prices and terms",
}  # fmt: skip
SHARES = {"output share", "cached_share"}


def track_page(found: Tracked) -> Group:
    """The answer, the months, the reasons, the decision."""
    parts: list[RenderableType] = [Text(headline(found), style="bold"), Text(), _months(found), Text()]
    for month in found.months:
        parts += [_steps(month, found.currency), Text()]
    parts += [Text(each, style="bold yellow" if found.reopen else "") for each in decision(found)]
    parts += [Text(each, style="dim") for each in found.notices]
    return Group(*parts)


def headline(found: Tracked) -> str:
    """All months together in one sentence."""
    plan, actual = found.planned_so_far, found.paid_so_far
    gap = actual - plan
    many = f"{found.months[0].month} to {found.months[-1].month}" if len(found.months) > 1 else found.months[0].month
    more = "more" if gap > 0 else "less"
    share = f" ({percent(abs(gap) / plan)} {more})" if plan > 0 else ""
    return f"{found.option}, {many}: {money(actual, found.currency)} instead of {money(plan, found.currency)}{share}."


def _months(found: Tracked) -> Table:
    made = Table(box=None, pad_edge=False)
    for heading in ("month", "plan", "actual", "gap", "used", "cached", "not measured"):
        made.add_column(heading, justify="left" if heading in {"month", "not measured"} else "right")
    for each in found.months:
        amounts = (money(value, found.currency) for value in (each.plan, each.actual, each.gap))
        used, cached = ("" if value is None else percent(value) for value in (each.utilization, each.cached_share))
        made.add_row(each.month, *amounts, used, cached, ", ".join(NAMES.get(name, name) for name in each.as_planned))
    return made


def _steps(month: TrackedMonth, currency: str) -> Table:
    """Why a month is not the plan, one measured number after the other; the parts add up to the gap."""
    made = Table(box=None, pad_edge=False, title=f"{month.month}: why", title_justify="left", title_style="bold")
    for heading in ("", "planned", "measured", "changes the month by"):
        made.add_column(heading, justify="left" if not heading else "right")
    for step in month.steps:
        made.add_row(named(step.name), *_values(step, currency), money(step.changes, currency))
    made.add_row("together", "", "", money(month.gap, currency), style="bold")
    return made


def _values(step: Step, currency: str) -> tuple[str, str]:
    planned, measured = (shown(step.name, value, currency) for value in (step.planned, step.measured))
    return planned, measured


def shown(name: str, value: float, currency: str) -> str:
    """A planned or measured number of a step."""
    if name in MONEY_STEPS:
        return money(value, currency)
    return percent(value) if name in SHARES else f"{plain(value)} M tokens"


def named(name: str) -> str:
    """What a step is called."""
    return sentence(NAMES.get(name, label(name)))


def decision(tracked: Tracked) -> Iterator[str]:
    """Whether the decision should be looked at again, and why."""
    if tracked.planned_utilization is not None:
        yield f"Planned use of the fleet: {percent(tracked.planned_utilization)}."
    before, after = (money(worth, tracked.currency) for worth in (tracked.worth_before, tracked.worth_after))
    turned = f"was {tracked.verdict_before} and is {tracked.verdict_after}"
    same = f"stays {tracked.verdict_after}"
    yield f"With what was measured it is worth {after} instead of {before}; the verdict " + (
        f"{turned}." if tracked.verdict_before != tracked.verdict_after else f"{same}."
    )
    if tracked.best[0] != tracked.best[1]:
        yield f"The best option was {tracked.best[0]} and is {tracked.best[1]}."
    for crossing in tracked.crossed:
        yield crossed(crossing)
    yield (
        "Reopen the decision: `breakeven decide` with what was measured."
        if tracked.reopen
        else "Nothing that was measured turns the decision."
    )


def crossed(each: Crossed) -> str:
    """A flip that was crossed, in a sentence."""
    name = "Volume over the plan" if each.name == "volume_scale" else sentence(label(each.name))
    beyond = f"{plain(each.measured)} measured lies beyond {plain(each.turns_at)}"
    return f"{name}: {beyond}, where the answer turns for {each.option}."
