"""The Inputs sheet: one row an input (or element of one), its range, where it is from, and whether it was changed."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf
from textwrap import shorten

import numpy as np

from breakeven.numbers.inputs import Input, home, known_from, mean_value, middle
from breakeven.numbers.operations import AXES, MONTH, OPTION, STEP, WORKLOAD
from breakeven.report.wording import label
from breakeven.report.workbook.addresses import HIGH, LIKELY, LOW, USED
from breakeven.report.workbook.canvas import PRINTED_MONTHS, Book, Page, number_format, words
from breakeven.report.workbook.engine_values import element
from breakeven.report.workbook.groups import Group
from breakeven.report.workbook.layout import FIRST_INPUT, FIRST_MONTH, INPUTS, MONTHS, InputRow, Layout
from breakeven.report.workbook.names import cell as cell_at
from breakeven.report.workbook.names import letters, quoted
from breakeven.study.case.sections import bounds

UNIT, KIND, SOURCE, DATE, NAME, MADE_LIKELY, MADE_LOW, MADE_HIGH, CHANGED, RANGE_CHANGED, FIRST_GROUP = range(5, 16)
SWITCHED = {"volume_scale": "*switch_demand", "replica_tokens_per_second": "*switch_speed"}
MOST_LETTERS = 60  # of a source; the sheet of the sources has it whole
WIDTHS = (46, 13, 13, 13, 13, 22, 11, 50, 11, 30, 13, 13, 13, 9, 9)


def write_inputs(book: Book, layout: Layout, groups: Sequence[Group]) -> None:
    """Write the sheet."""
    page, text = book.page(INPUTS), words()["inputs"]
    page.text(0, 0, text["title"], "title")
    page.text(1, 0, text["note"], "note")
    page.text(2, 0, text["switch_note"], "note")
    if layout.frozen_lines:
        page.text(3, 0, words()["too_many"].format(count=len(layout.basis.demand.workloads)), "bold")
    page.heads(FIRST_INPUT - 1, dict(enumerate(text["heads"])))
    page.heads(FIRST_INPUT - 1, {FIRST_GROUP + i: group.key.replace("_", " ") for i, group in enumerate(groups)})
    for row in layout.input_rows:
        if row.heading:
            for column in range(FIRST_GROUP):
                page.text(row.row, column, row.heading if column == 0 else "", "heading")
        else:
            _write_row(page, layout, row)
            for i, group in enumerate(groups):
                page.number(row.row, FIRST_GROUP + i, float(group.reached_by(row, layout)), "faint")
    _finish(page, len(groups), layout)


def _finish(page: Page, groups: int, layout: Layout) -> None:
    sheet, last = page.sheet, layout.input_rows[-1].row
    fixed = [row.row for row in layout.input_rows if row.heading][1]
    for column, width in enumerate((*WIDTHS, *[9] * groups)):
        sheet.set_column(column, column, width)
    sheet.set_column(MADE_LIKELY, FIRST_GROUP + groups, 11, None, {"level": 1})
    sheet.freeze_panes(FIRST_INPUT, 1)
    sheet.autofilter(FIRST_INPUT - 1, 0, last, DATE)
    sheet.print_area(0, 0, fixed - 1, DATE)  # what a person may change
    page.paper(title_rows=(FIRST_INPUT - 1, FIRST_INPUT - 1), portrait=True)
    changed = {"type": "formula", "criteria": f"=${letters(CHANGED)}{FIRST_INPUT + 1}=1"}
    sheet.conditional_format(
        FIRST_INPUT, 0, last, 0, {**changed, "format": page.book.workbook.add_format({"bg_color": "#FFE699"})}
    )


def _write_row(page: Page, layout: Layout, row: InputRow) -> None:
    one, at = layout.basis.inputs[row.name], row.row
    number = number_format(row.name, one.unit, page.book.currency)
    page.text(at, 0, full_label(layout, row))
    _write_value(page, layout, row, number)
    page.text(at, UNIT, one.unit if one.unit != "1" else "", "beside")
    option, workload, step = row.index
    known = known_from(one, option=option, workload=workload, step=step)
    page.text(at, KIND, known.kind)
    page.text(at, SOURCE, shorten(known.source.title, MOST_LETTERS, placeholder=" …"), "faint")
    page.text(at, DATE, known.source.date, "faint")
    page.text(at, NAME, layout.names[row.name], "faint")


def _write_value(page: Page, layout: Layout, row: InputRow, number: str) -> None:
    one, at = layout.basis.inputs[row.name], row.row
    if row.by_month:
        page.text(at, LIKELY, words()["inputs"]["by_month"], "faint")
        page.formula(at, CHANGED, _months_changed(layout, row), 0, "faint")
        return
    value = value_of(one, row)
    page.number(at, LIKELY, value, "input", number)
    _validate(page, layout, row)
    page.number(at, MADE_LIKELY, value, "faint", number)
    ranged = one.uncertain
    if ranged:
        _write_range(page, layout, row, number)
    moved = "CHOOSE(switch_scenario,{0},{1},{2},{0})" if ranged else "{0}"
    cells = [cell_at(at, column) for column in (LIKELY, LOW, HIGH)]
    page.formula(at, USED, f"={moved.format(*cells)}{SWITCHED.get(row.name, '')}", value, "plain", number)
    page.formula(at, CHANGED, _changed(at, [(LIKELY, MADE_LIKELY)]), 0, "faint")
    if (row.name in layout.engine.values and not layout.engine.axes(row.name)) or row.name not in layout.engine.values:
        page.book.define(layout.names[row.name], quoted(INPUTS), cell_at(at, USED, fixed=True))


def _write_range(page: Page, layout: Layout, row: InputRow, number: str) -> None:
    """Low and high: typed where the range belongs to this element, in proportion to it elsewhere."""
    one, at = layout.basis.inputs[row.name], row.row
    home = home_of(layout, row.name)
    assert one.low is not None
    assert one.high is not None
    if at == home:
        for column, made, end in ((LOW, MADE_LOW, one.low), (HIGH, MADE_HIGH, one.high)):
            page.number(at, column, end, "input", number)
            page.number(at, made, end, "faint", number)
        page.formula(at, RANGE_CHANGED, _changed(at, [(LOW, MADE_LOW), (HIGH, MADE_HIGH)]), 0, "faint")
        return
    option, workload, step = row.index
    own = known_from(one, option=option, workload=workload, step=step)
    if own.low is not None and own.high is not None:
        for column, end in ((LOW, own.low), (HIGH, own.high)):
            page.number(at, column, end, "plain", number)
        return
    value, mean, cell = value_of(one, row), middle(row.name, one), cell_at(at, LIKELY)
    for column, end in ((LOW, one.low), (HIGH, one.high)):
        first, middle_of_it = (cell_at(home, place, fixed=True) for place in (column, LIKELY))
        if one.low < 0:
            page.formula(at, column, f"={first}-{middle_of_it}+{cell}", end - mean + value, "plain", number)
        else:
            page.formula(at, column, f"={first}/{middle_of_it}*{cell}", end * (value / mean), "plain", number)


def home_of(layout: Layout, name: str) -> int:
    """The row of the element that an input's range belongs to."""
    one = layout.basis.inputs[name]
    rows = [each for each in layout.input_rows if each.name == name]
    place = np.unravel_index(home(one), np.shape(one.likely) or (1,) * len(AXES))
    index = tuple(int(place[axis]) for axis in (OPTION, WORKLOAD, STEP))
    return next((each.row for each in rows if each.index == index), rows[0].row)


def value_of(one: Input, row: InputRow) -> float:
    """Where one element stands: at its mean if it is drawn, else as it is."""
    option, workload, step = row.index
    return element(mean_value(row.name, one), option=option, workload=workload, step=step)


def full_label(layout: Layout, row: InputRow) -> str:
    """What an element is called: the input, and which option, workload or step of it."""
    one = layout.basis.inputs[row.name]
    shape = np.shape(one.likely) or (1,) * len(AXES)
    option, workload, step = row.index
    parts = [
        layout.named(option) if shape[OPTION] > 1 else "",
        layout.workload(workload) if shape[WORKLOAD] > 1 else "",
        f"{step + 1}" if shape[STEP] > 1 else "",
    ]
    sentence = ", ".join(filter(None, parts))
    return f"{label(row.name)}{f' · {sentence}' if sentence else ''}"


def _changed(row: int, pairs: Sequence[tuple[int, int]]) -> str:
    tests = ",".join(f"{cell_at(row, now)}<>{cell_at(row, made)}" for now, made in pairs)
    return f"=IF(OR({tests}),1,0)"


def _months_changed(layout: Layout, row: InputRow) -> str:
    now = layout.monthly[row.name, row.index]
    made, last = now + len(layout.monthly) + 2, FIRST_MONTH + layout.engine.size(row.name, MONTH) - 1
    cells = [f"{cell_at(each, FIRST_MONTH, fixed=True)}:{cell_at(each, last, fixed=True)}" for each in (now, made)]
    return f"=IF(SUMPRODUCT(--({quoted(MONTHS)}!{cells[0]}<>{quoted(MONTHS)}!{cells[1]}))>0,1,0)"


def _validate(page: Page, layout: Layout, row: InputRow) -> None:
    """What may be typed into the cell, and what it means."""
    limits, one = bounds(row.name), layout.basis.inputs[row.name]
    rule: dict[str, object] = {
        "validate": "decimal",
        "criteria": ">" if limits.open_below else ">=",
        "value": limits.least,
    }
    if not isinf(limits.greatest) and not limits.open_below:
        rule = {"validate": "decimal", "criteria": "between", "minimum": limits.least, "maximum": limits.greatest}
    sentence = words()["inputs"]["above" if limits.open_below else "from"].format(least=limits.least)
    if not isinf(limits.greatest):
        sentence += words()["inputs"]["to"].format(greatest=limits.greatest)
    message = f"{one.meaning or label(row.name)}. {sentence}"[:255]
    title = label(row.name)[:32]
    page.sheet.data_validation(
        row.row, LIKELY, row.row, LIKELY,
        {**rule, "input_title": title, "input_message": message, "error_title": title, "error_message": sentence},
    )  # fmt: skip


def write_months(book: Book, layout: Layout) -> None:
    """The Months sheet: inputs that vary by month, and below them how the engine had them."""
    page, text = book.page(MONTHS), words()["months"]
    page.text(0, 0, text["title"], "title")
    page.text(1, 0, text["note"], "note")
    rows = [input_row for input_row in layout.input_rows if input_row.by_month]
    first = min(layout.monthly.values(), default=4)
    page.heads(first - 1, {0: text["head"], 1: text["unit"], 2: "", 3: ""})
    for month in range(layout.months):
        page.sheet.write_number(first - 1, FIRST_MONTH + month, month + 1, book.look("head"))
    below = len(rows) + 2
    page.text(first + below - 1, 0, text["made_from"], "heading")
    for row in rows:
        one, at = layout.basis.inputs[row.name], layout.monthly[row.name, row.index]
        number = number_format(row.name, one.unit, book.currency)
        option, workload, step = row.index
        for look, down in (("input", 0), ("faint", below)):
            page.text(at + down, 0, full_label(layout, row))
            page.text(at + down, 1, one.unit if one.unit != "1" else "", "faint")
            for month in range(layout.engine.size(row.name, MONTH)):
                value = element(one.likely, option=option, workload=workload, step=step, month=month)
                page.number(at + down, FIRST_MONTH + month, value, look, number)
    page.sheet.set_column(0, 0, 46)
    page.sheet.set_column(1, 1, 12)
    page.sheet.set_column(2, 3, 2)
    page.sheet.set_column(FIRST_MONTH, FIRST_MONTH + layout.months, 9)
    page.sheet.freeze_panes(first, FIRST_MONTH)
    page.sheet.print_area(0, 0, first + below + len(rows), FIRST_MONTH + min(layout.months, PRINTED_MONTHS) - 1)
    page.paper(tall=1)
