"""Frozen values: what no formula of a cell can say, what made it, and whether it was made from the present inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from breakeven.report.pages.parts.answer import headline, reason
from breakeven.report.pages.parts.evidence import how_sure, owned_bases
from breakeven.report.pages.parts.sentences import turns, utilization, volumes
from breakeven.report.workbook.canvas import BAD, GOOD, Book, Page, height, words
from breakeven.report.workbook.groups import Group
from breakeven.report.workbook.inputs_sheet import CHANGED, FIRST_GROUP, RANGE_CHANGED
from breakeven.report.workbook.layout import FIRST_INPUT, FIRST_MONTH, FLEETS, FROZEN, INPUTS, Layout
from breakeven.report.workbook.names import area, quoted
from breakeven.report.workbook.names import cell as cell_at
from breakeven.report.workbook.option_sheet import FIRST_FLEET, fleets_as_written, frozen_fleet
from breakeven.study.study import OptionStudy

STATUS, VALUE, MADE_BY = 1, 2, 3  # columns
FIRST_STATUS = 4  # row
STALE, CURRENT = "STALE", "current"
MOST_FLIPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One frozen value: what it is, its value in words, what made it, and the group whose inputs it rests on."""

    what: str
    value: str
    made_by: str
    group: str = "judgement"


def write_fleets(book: Book, layout: Layout, groups: Sequence[Group]) -> None:
    """Write the Fleets sheet: replicas of every option by month; the option sheets read these cells."""
    page, text, made = book.page(FLEETS), words()["frozen"], {group.option: group for group in groups}
    page.text(0, 0, words()["fleets"]["title"], "title")
    page.text(1, 0, words()["fleets"]["note"], "note")
    page.heads(FIRST_FLEET - 1, {0: text["fleets"], STATUS: text["status"], 2: "", 3: ""})
    for month in range(layout.months):
        page.sheet.write_number(FIRST_FLEET - 1, FIRST_MONTH + month, month + 1, book.look("head"))
    for option in layout.options:
        row = FIRST_FLEET + option
        page.text(row, 0, layout.named(option))
        if option in made:
            page.formula(row, STATUS, f"={made[option].name}", CURRENT, "status")
        else:
            page.text(row, STATUS, text["stated" if layout.basis.columns[option].fixed else "nothing_held"], "faint")
        for month, replicas in enumerate(fleets_as_written(layout, option)):
            look = "frozen" if frozen_fleet(layout, option) else "faint"
            page.number(row, FIRST_MONTH + month, replicas, look, "#,##0")
    page.sheet.set_column(0, 0, 46)
    page.sheet.set_column(1, 1, 11)
    page.sheet.set_column(2, FIRST_MONTH - 1, 2)
    page.sheet.set_column(FIRST_MONTH, FIRST_MONTH + layout.months, 6)
    page.sheet.freeze_panes(FIRST_FLEET, 1)
    page.sheet.print_area(0, 0, FIRST_FLEET + len(layout.sheets) - 1, FIRST_MONTH + layout.months - 1)
    page.paper()
    stale_colours(page, (0, STATUS, FIRST_FLEET + len(layout.sheets), STATUS))


def write_frozen(book: Book, layout: Layout, groups: Sequence[Group]) -> None:
    """Write the sheet: what was made together with its status, then every value."""
    page, text = book.page(FROZEN), words()["frozen"]
    page.text(0, 0, text["title"], "title")
    page.text(1, 0, text["note"], "note")
    page.text(2, 0, text["again"].format(file=layout.basis.header.file), "note")
    _statuses(page, layout, groups, FIRST_STATUS)
    at = FIRST_STATUS + len(groups) + 2
    page.heads(at, dict(enumerate(text["heads"])))
    last = at
    for last, item in enumerate(items(layout), at + 1):
        page.text(last, 0, item.what, "wrap")
        page.formula(last, STATUS, f"=status_of_{item.group}", CURRENT, "status")
        page.text(last, VALUE, item.value, "frozen_wrap")
        page.text(last, MADE_BY, item.made_by, "note_wrap")
        page.sheet.set_row(last, height((item.value, 80), (item.made_by, 50), (item.what, 56)))
    for column, width in enumerate((56, 11, 90, 56)):
        page.sheet.set_column(column, column, width)
    page.sheet.freeze_panes(FIRST_STATUS, 1)
    page.sheet.print_area(0, 0, last, MADE_BY)
    page.paper(tall=1)
    stale_colours(page, (0, STATUS, last, STATUS))


def stale_colours(page: Page, place: tuple[int, int, int, int]) -> None:
    """Red where a status says STALE, green where it says current; the word says it without colour too."""
    for word, colour in ((STALE, BAD), (CURRENT, GOOD)):
        style = page.book.workbook.add_format({"bg_color": colour, "bold": word == STALE})
        rule = {"type": "text", "criteria": "begins with", "value": word, "format": style}
        page.sheet.conditional_format(*place, rule)


def _statuses(page: Page, layout: Layout, groups: Sequence[Group], at: int) -> None:
    """One status a group: STALE when an input that made it is another now."""
    text = words()["frozen"]
    page.heads(at, {0: text["groups"], STATUS: text["status"], VALUE: text["rests_on"]})
    last = layout.input_rows[-1].row
    columns = {"likely": area(FIRST_INPUT, CHANGED, last, CHANGED)}
    columns["range"] = area(FIRST_INPUT, RANGE_CHANGED, last, RANGE_CHANGED)
    sheet = quoted(INPUTS)
    for i, group in enumerate(groups):
        row = at + 1 + i
        reached = area(FIRST_INPUT, FIRST_GROUP + i, last, FIRST_GROUP + i)
        sums = [f"SUMPRODUCT({sheet}!{columns['likely']},{sheet}!{reached})"]
        sums += [f"SUMPRODUCT({sheet}!{columns['range']},{sheet}!{reached})"] if group.ranges else []
        page.text(row, 0, title_of(layout, group))
        page.formula(row, STATUS, f'=IF({"+".join(sums)}>0,"{STALE}","{CURRENT}")', CURRENT, "status")
        page.text(row, VALUE, text["many_inputs"].format(count=len(group.inputs)), "beside")
        page.book.define(group.name, quoted(FROZEN), cell_at(row, STATUS, fixed=True))


def title_of(layout: Layout, group: Group) -> str:
    """A group in words."""
    if group.option is not None:
        return str(words()["frozen"]["fleet_of"].format(name=layout.named(group.option)))
    return str(words()["frozen"][group.key])


def items(layout: Layout) -> Iterator[Item]:
    """Every value that is frozen and not a fleet."""
    study, text = layout.study, words()["frozen"]
    yield Item(what=text["verdict"], value=f"{headline(study)} {reason(study)}", made_by=text["by_judge"])
    for option in study.options:
        yield from _of_option(layout, option)
    if layout.frozen_lines:
        yield Item(what=text["sums"], value=text["sums_value"], made_by=text["by_sums"], group="sums")
    for workload in layout.basis.demand.workloads[:20]:
        speeds = "{:,.0f} to {:,.0f}, likely {:,.0f}".format(
            *(workload.replica_tokens_per_second[i] for i in (0, 2, 1))
        )
        made_by = f"{workload.throughput_because.rstrip('.')}. {text['by_capacity']}"
        yield Item(what=text["speed"].format(name=workload.name), value=speeds, made_by=made_by)


def _of_option(layout: Layout, option: OptionStudy) -> Iterator[Item]:
    study, text = layout.study, words()["frozen"]
    name = layout.named(study.options.index(option) + 1)
    yield Item(what=f"{name}: {text['class']}", value=option.verdict, made_by=text["by_judge"])
    yield Item(what=f"{name}: {text['chance']}", value=how_sure(study, option), made_by=text["by_draws"])
    yield Item(what=f"{name}: {text['volumes']}", value=volumes(study, option), made_by=text["by_tracing"])
    yield Item(what=f"{name}: {text['flips']}", value=turns(study, option, MOST_FLIPS), made_by=text["by_tracing"])
    yield Item(what=f"{name}: {text['used']}", value=utilization(option), made_by=text["by_tracing"])
    if bases := owned_bases(study, option):
        yield Item(what=f"{name}: {text['bases']}", value=bases, made_by=text["by_ladder"])
    if option.depth.locked_at_half is not None:
        locked = option.depth.locked_at_half
        best = text["locked"].format(best=locked.best_replicas, locked=locked.locked_replicas)
        yield Item(what=f"{name}: {text['half']}", value=best, made_by=text["by_ladder"])
