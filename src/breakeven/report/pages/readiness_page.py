"""Readiness on a page: the heat map, what it forbids, what is missing, the playbooks, the cheapest way on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from breakeven.decision.readiness.delivery import Delivery
from breakeven.decision.readiness.questionnaire import Effort, Level, questionnaire
from breakeven.decision.readiness.readiness import PRODUCTION, DimensionReadiness, Readiness
from breakeven.decision.readiness.readiness_path import Path
from breakeven.report.wording import allowed, counted, money, month_shortly, percent, plain, sentence
from breakeven.study.resolve.serving.readiness_inputs import Examined

STYLES: dict[Level, str] = {
    "red": "bold white on red",
    "yellow": "bold black on yellow",
    "green": "bold black on green",
}
LETTERS: dict[Level, str] = {"red": " R ", "yellow": " Y ", "green": " G "}
NOTHING_LEFT = "Nothing is left of it on the cheapest way."
NOT_STATED = (
    "The case has no readiness section, so no evidence is shown and everything is red. A study takes readiness as "
    "not examined until there is one: `breakeven readiness {file} --ask` goes through the questions."
)


def readiness_page(found: Examined, *, name: str, file: str, currency: str) -> Group:
    """The whole page, the answer first."""
    its = found.readiness
    return Group(*_top(found, name, file), *heat_map(its), *_ways(its, currency), *_dimensions(its), *_rest(found))


def cell(level: Level) -> Text:
    """A colour with its letter, so that it reads without colours."""
    return Text(LETTERS[level], style=STYLES[level])


def headline(its: Readiness) -> str:
    """What is allowed today, and when production may start."""
    if its.largest_share == 1:
        return f"READINESS · {allowed(its.allows)}: production may start now"
    earliest = month_shortly(its.as_of, its.earliest_start_month)
    return f"READINESS · today {allowed(its.allows)}; all of the traffic not before {earliest}"


def _top(examined: Examined, name: str, file: str) -> Iterator[RenderableType]:
    readiness = examined.readiness
    yield Text(headline(readiness), style="bold")
    asked = len(questionnaire().items)
    yield Text(
        f"{name} as of {readiness.as_of} · {examined.answered} of {asked} questions answered · "
        f"questionnaire {readiness.version}",
        style="dim",
    )
    if not examined.stated:
        yield Text(NOT_STATED.format(file=file), style="yellow")
    yield from (Text(f"{sentence(forbid)}.") for forbid in readiness.forbids)


def heat_map(readiness: Readiness) -> Iterator[RenderableType]:
    """Groups with the worst colour of their dimensions, and each dimension with what its colour means."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))
    table.add_column("")
    table.add_column("what is asked of", no_wrap=True)
    table.add_column("why this colour", ratio=1)
    for group in readiness.groups:
        mine = [rated for rated in readiness.dimensions if rated.group == group.id]
        if len(mine) > 1:
            because = f"{group.level}, by {', '.join(group.because)}"
            table.add_row(cell(group.level), Text(group.title, style="bold"), Text(because, style="bold"))
        for dimension in mine:
            star = " *" if dimension.blocks_cut_over else ""
            indent = "  " if len(mine) > 1 else ""
            table.add_row(
                cell(dimension.level), f"{indent}{dimension.number} {dimension.title}{star}", means(dimension)
            )
    yield Text()
    yield table
    yield Text("R red, Y yellow, G green; * while red, no production traffic at all", style="dim")


def means(one: DimensionReadiness) -> str:
    """What a colour says: of red only what is not shown, because nobody has looked at what there is instead."""
    return f"not shown: {one.next_means}" if one.level == "red" else one.level_means


def effort(work: Effort) -> str:
    """Person-months, with their range."""
    return f"{plain(work.likely)} person-months ({plain(work.low)} to {plain(work.high)})"


def months(count: float) -> str:
    """A number of months on the calendar."""
    return counted(count, "month")


def _ways(readiness: Readiness, currency: str) -> Iterator[RenderableType]:
    """The cheapest way to the next gate in full, the others in a line."""
    for i, path in enumerate(readiness.paths):
        cost = f", {money(readiness.remediation_cost, currency)} once" if path.gate == PRODUCTION else ""
        start = month_shortly(readiness.as_of, path.start_month)
        way = f"{effort(path.effort)}{cost}; {months(path.months)}, so from {start}"
        yield Text()
        yield Text.assemble((f"{'Next gate' if i == 0 else 'Then'}: {path.gate}", "bold"), f" · {way}")
        if i == 0:
            yield Padding(_to_show(path), (0, 0, 0, 2))


def _to_show(path: Path) -> Table:
    """The evidence to gain, cheapest way, the least work first."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("item", no_wrap=True)
    table.add_column("what to show", ratio=1)
    table.add_column("person-months", justify="right", no_wrap=True)
    for each in sorted(path.missing, key=lambda one: one.effort.likely):
        table.add_row(each.item, each.question, f"{plain(each.effort.likely)}")
    return table


def _dimensions(its: Readiness) -> Iterator[RenderableType]:
    """Reasons and playbook of every dimension that is not green."""
    for each in its.dimensions:
        if each.playbook:
            yield Text()
            yield Text.assemble(cell(each.level), (f" {each.number} {each.title}", "bold"))
            yield Padding(_dimension(each), (0, 0, 0, 4))


def _dimension(one: DimensionReadiness) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1, 0, 0))
    table.add_column(width=8, style="dim", no_wrap=True)
    table.add_column(ratio=1)
    for evidence in {shown.item: shown for shown in one.evidence}.values():  # the highest level of each
        table.add_row("shown", f"{evidence.item} ({evidence.level}): {evidence.because}")
    for because in dict.fromkeys(missing_item.because for missing_item in one.missing):
        names = ", ".join(missing_item.item for missing_item in one.missing if missing_item.because == because)
        table.add_row("missing", f"{names}: {because}")
    for rule in one.rules:
        table.add_row("rule", rule)
    for number, step in enumerate(one.playbook, 1):
        left = f"{effort(step.effort)}, {months(step.months)}." if step.brings else NOTHING_LEFT
        table.add_row(f"step {number}", f"{step.do} {left}")
    return table


def _rest(found: Examined) -> Iterator[RenderableType]:
    """What was measured, and what was set aside."""
    if found.delivery is not None:
        yield Text()
        yield Text.assemble(("Deliveries", "bold"), f" · {measured(found.delivery)}")
    for notice in found.notices:
        yield Text(f"Note: {notice}")


def measured(delivery: Delivery) -> str:
    """The four measures in one line."""
    known: tuple[tuple[float | None, Callable[[float], str]], ...] = (
        (delivery.deployments_per_week, lambda value: f"{plain(value)} deployments a week"),
        (delivery.lead_time_hours, lambda value: f"lead time {plain(value)} hours"),
        (delivery.change_fail_share, lambda value: f"{percent(value)} of changes failed"),
        (delivery.recovery_hours, lambda value: f"recovery {plain(value)} hours"),
    )
    sentences = [say(value) for value, say in known if value is not None]
    open_ones = f", {delivery.open_incidents} still open" if delivery.open_incidents else ""
    rows = f"{counted(delivery.deployments, 'deployment')} and {counted(delivery.incidents, 'incident')}{open_ones}"
    rows = f"{rows} in {counted(delivery.days, 'day')}"
    return f"{rows}: {'; '.join(sentences) or 'too few to say'}"
