"""One sheet an option: one row a line (of one workload, where it varies by workload), one column a month."""

from __future__ import annotations

import numpy as np

from breakeven.numbers.explain import formula as in_words
from breakeven.numbers.lines import Line
from breakeven.numbers.operations import MONTH, WORKLOAD, Value
from breakeven.report.workbook.addresses import Addresses
from breakeven.report.workbook.canvas import PRINTED_MONTHS, Book, Page, number_format, words
from breakeven.report.workbook.engine_values import element
from breakeven.report.workbook.formulas import Spot, formula
from breakeven.report.workbook.groups import decided
from breakeven.report.workbook.layout import (
    FIRST_LINE,
    FIRST_MONTH,
    FLEET,
    FLEETS,
    ONCE,
    Layout,
    LineRow,
)
from breakeven.report.workbook.names import cell as cell_at
from breakeven.report.workbook.names import quoted

RESULTS = frozenset({"monthly_cost", "saving", "net_present_value", "api_bill", "own_cost", "one_time_cost", "volume"})
FIRST_FLEET = 4  # the first row of the Fleets sheet


def write_option(book: Book, layout: Layout, option: int) -> None:
    """Write one option's sheet."""
    page, text, column = book.page(layout.sheets[option]), words()["option"], layout.basis.columns[option]
    page.text(0, 0, layout.named(option), "title")
    page.text(1, 0, text["modes"]["hybrid" if column.hybrid else column.mode], "note")
    page.heads(FIRST_LINE - 1, {0: text["line"], 1: text["unit"], 2: text["meaning"], ONCE: text["once"]})
    for month in range(layout.months):
        page.sheet.write_number(FIRST_LINE - 1, FIRST_MONTH + month, month + 1, book.look("head"))
    end = FIRST_MONTH + layout.months
    page.text(FIRST_LINE - 1, end, text["formula"], "head")
    for row in layout.line_rows:
        if row.line is None:
            for at in range(end + 1):
                page.text(row.row, at, row.heading if at == 0 else "", "heading")
        else:
            _write_row(page, layout, option, row)
    _fold(page, layout, option)
    _finish(page, layout, end)


def _finish(page: Page, layout: Layout, end: int) -> None:
    sheet, last = page.sheet, layout.line_rows[-1].row
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 17)
    sheet.set_column(2, 2, 50)
    sheet.set_column(ONCE, end - 1, 12)
    sheet.set_column(end, end, 80)
    sheet.freeze_panes(FIRST_LINE, 1)
    sheet.print_area(0, 0, last, FIRST_MONTH + min(layout.months, PRINTED_MONTHS) - 1)
    page.paper(tall=1)


def _fold(page: Page, layout: Layout, option: int) -> None:
    """Lines that are no money, or none here, are folded: on screen one press away, and not printed."""
    folded = False
    for row in layout.line_rows:
        was, folded = folded, row.line is not None and not shown(layout, row.line, option)
        page.sheet.set_row(row.row, None, None, {"level": 1, "hidden": True} if folded else {"collapsed": was})


def shown(layout: Layout, line: Line, option: int) -> bool:
    """Whether a line is seen at once: the results, the fleet, and what costs anything in this option."""
    if line.name in RESULTS or line.name == FLEET:
        return True
    return line.unit in ("USD", "USD/month") and bool(np.any(np.rint(layout.engine.of_option(line.name, option))))


def _write_row(page: Page, layout: Layout, option: int, row: LineRow) -> None:
    line = row.line
    assert line is not None
    page.text(row.row, 0, name_of(layout, row), "bold" if line.name in RESULTS else "plain")
    page.text(row.row, 1, line.unit.replace("USD", page.book.currency) if line.unit != "1" else "", "faint")
    page.text(row.row, 2, words()["option"]["needed"] if row.needed else line.meaning, "faint")
    for month in range(layout.months if MONTH in layout.engine.axes(line.name) else 1):
        _write_cell(page, layout, row, Spot(option=option, workload=row.workload, month=month))
    page.text(row.row, FIRST_MONTH + layout.months, said(layout, row, option), "beside")


def said(layout: Layout, row: LineRow, option: int) -> str:
    """The formula in words, or what stands instead of one."""
    line = row.line
    assert line is not None
    if line.name == FLEET and not row.needed:
        return str(words()["option"]["fleet" if frozen_fleet(layout, option) else "fleet_follows"])
    return str(words()["option"]["frozen_sum"]) if line.name in layout.frozen_lines else in_words(line, {})


def name_of(layout: Layout, row: LineRow) -> str:
    """A row's name: the line, and which workload of it."""
    assert row.line is not None
    name = row.line.name.replace("_", " ")
    if row.needed:
        return str(words()["option"]["needed_name"])
    return f"{name} · {layout.workload(row.workload)}" if WORKLOAD in layout.engine.axes(row.line.name) else name


def _write_cell(page: Page, layout: Layout, row: LineRow, spot: Spot) -> None:
    line = row.line
    assert line is not None
    column = layout.column(line.name, spot.month)
    number = number_format(line.name, line.unit.replace("USD", page.book.currency), page.book.currency)
    look = "bold" if line.name in RESULTS else "plain"
    value = value_at(layout.engine.needed if row.needed else layout.engine.values[line.name], spot)
    if line.name == FLEET and not row.needed:
        page.formula(row.row, column, fleet(layout, spot), value, look, number)
    elif line.name in layout.frozen_lines:
        page.number(row.row, column, value, "frozen", number)
    else:
        page.formula(row.row, column, printed(layout, line, spot), value, look, number)


def printed(layout: Layout, line: Line, spot: Spot) -> str:
    """The line's own expression as the formula of one cell."""
    return formula(line.formula, spot, Addresses(layout=layout, home=spot.option))


def value_at(value: Value, spot: Spot) -> float:
    """The engine's value of one cell."""
    return element(value, option=spot.option, workload=spot.workload, month=spot.month)


def frozen_fleet(layout: Layout, option: int) -> bool:
    """Whether the option's replicas were decided: by the engine, or by the case."""
    return option in decided(layout) or layout.basis.columns[option].fixed


def fleet(layout: Layout, spot: Spot) -> str:
    """Replicas of one month: as decided, or what demand asks for where the half-utilization test sizes again."""
    needed = cell_at(layout.needed_row, layout.column(FLEET, spot.month))
    if not frozen_fleet(layout, spot.option):
        return f"={needed}"
    kept = f"{quoted(FLEETS)}!{cell_at(FIRST_FLEET + spot.option, FIRST_MONTH + spot.month)}"
    column = layout.basis.columns[spot.option]
    return f"={kept}" if column.hybrid or column.fixed else f"=IF(switch_sized_again=1,{needed},{kept})"


def fleets_as_written(layout: Layout, option: int) -> list[float]:
    """The decided replicas, month by month."""
    return [element(np.asarray(layout.basis.fleets), option=option, month=month) for month in range(layout.months)]
