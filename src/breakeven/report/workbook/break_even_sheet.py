"""Break-evens, live: one row a replica count, with the volume at which its month breaks even and whether that holds."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.numbers.operations import WORKLOAD
from breakeven.report.pages.parts.sentences import volumes
from breakeven.report.workbook.addresses import Addresses
from breakeven.report.workbook.canvas import Book, Page, number_format, words
from breakeven.report.workbook.formulas import Spot, formula
from breakeven.report.workbook.frozen_sheet import CURRENT, stale_colours
from breakeven.report.workbook.layout import EVENS, STEPS, Layout
from breakeven.report.workbook.steps import (
    ASKED,
    AT_LEFT,
    AT_RIGHT,
    COUNT,
    CRITERION,
    LEFT,
    POINT,
    POINTS,
    REACH,
    RIGHT,
    SERVING,
    SETTLED,
    StepAddresses,
    Steps,
    blocks,
    value_in,
)

LAST = POINTS - 1
CHART_DATA = 12  # first column of the numbers behind the chart
CHART_ROWS = 17


def write_break_evens(book: Book, layout: Layout) -> None:
    """Write the table and, on the sheet behind it, the lines at every count and volume."""
    page, behind, text = book.page(EVENS), book.page(STEPS), words()["evens"]
    page.text(0, 0, text["title"], "title")
    page.text(1, 0, text["note"].format(month=layout.basis.header.month), "note")
    page.text(2, 0, text["note_engine"], "note")
    behind.text(0, 0, text["steps_title"], "title")
    behind.text(1, 0, text["steps_note"].format(month=layout.basis.header.month), "note")
    at, breaks = 4, []
    for block in [] if layout.frozen_lines else blocks(layout):
        breaks.append(at)
        _block(behind, block)
        at = _table(page, block, at)
    if layout.frozen_lines:
        page.text(4, 0, text["none"], "bold")
    _widths(page, behind)
    page.sheet.print_area(0, 0, at, 9)
    page.sheet.set_h_pagebreaks(breaks[2::2])
    behind.sheet.hide()  # a sheet that is hidden is not printed


def _widths(page: Page, behind: Page) -> None:
    """How both sheets lie on screen and on paper."""
    page.sheet.set_column(0, 0, 20)
    page.sheet.set_column(1, 9, 17)
    page.sheet.set_column(CHART_DATA - 2, CHART_DATA - 1, 3)
    page.sheet.set_column(CHART_DATA, CHART_DATA + 2, 14)
    page.paper(portrait=True)
    behind.sheet.set_column(0, 0, 40)
    behind.sheet.set_column(1, 1, 16)
    behind.sheet.set_column(2, 2 + POINTS * 40, 13)
    behind.sheet.freeze_panes(3, 2)
    behind.paper()
    behind.sheet.fit_to_pages(0, 0)
    behind.sheet.set_print_scale(60)
    behind.sheet.repeat_columns(0, 1)


def _block(page: Page, block: Steps) -> None:
    """The lines of one option at every count and point."""
    layout, text, currency = block.layout, words()["evens"], page.book.currency
    page.text(block.top, 0, layout.named(block.option), "heading")
    for row, label in enumerate(text["step_rows"]):
        page.text(block.top + 1 + row, 0, label)
    for option, line in block.moving:
        for workload in range(layout.engine.size(line.name, WORKLOAD)):
            sentence = f"{layout.named(option)}: {line.name.replace('_', ' ')}"
            several = layout.engine.size(line.name, WORKLOAD) > 1
            page.text(
                block.rows[option, line.name] + workload,
                0,
                sentence + (f" · {layout.workload(workload)}" if several else ""),
            )
            page.text(block.rows[option, line.name] + workload, 1, line.unit.replace("USD", currency), "faint")
    for count in range(len(block.counts)):
        for point in range(POINTS):
            _head(page, block, count, point)
            _lines(page, block, count, point)


def _head(page: Page, block: Steps, count: int, point: int) -> None:
    """The first rows of one column: the count, the ends, the point that is tried."""
    column, top = block.column(count, point), block.top + 1
    page.sheet.write_string(block.top, column, words()["evens"]["points"][point], page.book.look("heading"))
    money = number_format("", page.book.currency, page.book.currency)
    if point:
        page.formula(top + COUNT, column, f"={block.cell(COUNT, count, 0)}", float(block.counts[count]), "plain", "0")
    elif block.follows:
        page.number(top + COUNT, column, block.counts[count], "bold", "0")
    else:
        page.formula(top + COUNT, column, f"={_as_decided(block)}", float(block.counts[count]), "plain", "0")
    for row, (sentence, number) in _tried(block, count, point, money).items():
        page.formula(top + row, column, f"={sentence}", float(block.tries[point][row][count]), "plain", number)
    asked = formula(block.model.lines[SERVING].formula, _spot(block), _addresses(block, column))
    page.formula(top + ASKED, column, asked, _asked(block, count, point), "faint", "0")


def _as_decided(block: Steps) -> str:
    """Replicas that serve where the fleet does not follow the volume."""
    at, spot = Addresses(layout=block.layout), _spot(block)
    return f"MAX({at.cell('replicas', spot)}-{at.cell('spare_replicas', spot)},0)"


def _asked(block: Steps, count: int, point: int) -> float:
    """The replicas that the volume of one column asks for."""
    return float(block.asked[count * POINTS + point])


def _tried(block: Steps, count: int, point: int, money: str) -> dict[int, tuple[str, str]]:
    """Formulas of the rows LEFT to POINT."""
    if point < 2:
        return {POINT: (_end(block, count, point), "0.0000")}
    if point == 2:
        ends = [block.cell(POINT, count, side) for side in (0, 1)]
        worth = [block.line(CRITERION, count, side) for side in (0, 1)]
    else:
        before = point - 1
        left_before, right_before = (block.cell(row, count, before) for row in (AT_LEFT, AT_RIGHT))
        here = block.line(CRITERION, count, before)
        here = f"IF(ABS({here})<={SETTLED:.0E}*ABS({right_before}-{left_before}),0,{here})"
        same = f"{here}*{block.cell(AT_LEFT, count, before)}>0"
        tried = block.cell(POINT, count, before)
        ends = [
            f"IF({same},{tried},{block.cell(LEFT, count, before)})",
            f"IF({same},{block.cell(RIGHT, count, before)},{tried})",
        ]
        worth = [
            f"IF({same},{here},{block.cell(AT_LEFT, count, before)})",
            f"IF({same},{block.cell(AT_RIGHT, count, before)},{here})",
        ]
    left, right, at_left, at_right = (block.cell(row, count, point) for row in (LEFT, RIGHT, AT_LEFT, AT_RIGHT))
    crossing = f"{left}-{at_left}*({right}-{left})/({at_right}-{at_left})"
    return {
        LEFT: (ends[0], "0.0000"),
        RIGHT: (ends[1], "0.0000"),
        AT_LEFT: (worth[0], money),
        AT_RIGHT: (worth[1], money),
        POINT: (f"IF(OR({at_right}={at_left},{at_left}*{at_right}>0),{left},{crossing})", "0.0000"),
    }


def _end(block: Steps, count: int, point: int) -> str:
    """Where a step begins or ends, as a value of the volume scale."""
    if not block.follows:
        return f"{REACH:g}" if point else "0"
    if not point:
        replicas, right = block.cell(COUNT, count, 0), block.cell(POINT, count, 1)
        return f"{right}*({replicas}-1)/{replicas}" if count else "0"
    at, spot = Addresses(layout=block.layout), _spot(block)
    need = at.cell("base_peak_load", spot)
    return f"IF({need}>0,{block.line('usable_capacity', count, 1)}/{need},0)"


def _lines(page: Page, block: Steps, count: int, point: int) -> None:
    column, currency = block.column(count, point), page.book.currency
    for option, line in block.moving:
        number = number_format(line.name, line.unit.replace("USD", currency), currency)
        for workload in range(block.layout.engine.size(line.name, WORKLOAD)):
            value = value_in(block, line.name, option, count * POINTS + point, workload)
            spot = Spot(option=option, workload=workload, month=block.month)
            cell_formula = formula(line.formula, spot, _addresses(block, column))
            if option == block.option and line.name == SERVING:
                cell_formula = f"={block.cell(COUNT, count, point)}"
            page.formula(block.rows[option, line.name] + workload, column, cell_formula, value, "plain", number)


def _spot(block: Steps) -> Spot:
    return Spot(option=block.option, month=block.month)


def _addresses(block: Steps, column: int) -> StepAddresses:
    return StepAddresses(steps=block, column=column, elsewhere=Addresses(layout=block.layout))


def _table(page: Page, block: Steps, at: int) -> int:
    """One row a replica count; returns the first row below the table and its chart."""
    layout, text, option = block.layout, words()["evens"], block.option
    page.text(at, 0, layout.named(option), "heading")
    for column in range(1, 10):
        page.text(at, column, "", "heading")
    note = text["fixed"] if not block.follows else text["stepwise"]
    page.text(at + 1, 0, note, "note")
    page.text(at + 2, 0, f"{text['engine']}: {volumes(layout.study, layout.study.options[option - 1])}", "frozen")
    for column in range(1, 9):
        page.text(at + 2, column, "", "frozen")
    page.formula(at + 2, 9, "=status_of_judgement", CURRENT, "status")
    stale_colours(page, (at + 2, 9, at + 2, 9))
    page.heads(at + 3, dict(enumerate(text["heads"])))
    page.sheet.set_row(at + 3, 44)
    first = at + 4
    for count in range(len(block.counts)):
        for column, (note, value, number) in enumerate(_row(block, count, page.book.currency)):
            page.formula(first + count, column, f"={note}", value, "status" if column in (5, 6) else "word", number)
    _chart_data(page, block, first)
    last = first + len(block.counts)
    _chart(page, block, first, last)
    return last + CHART_ROWS + 1


def _row(block: Steps, count: int, currency: str) -> Iterator[tuple[str, float | str, str]]:
    """The cells of one replica count: formula, the engine's value, number format."""
    text, money = words()["evens"], number_format("", currency, currency)
    mtok, at = "#,##0.0", count * POINTS

    def line(name: str, point: int) -> tuple[str, float]:
        return block.outside(block.line(name, count, point)), value_in(block, name, block.option, at + point)

    (from_cell, start), (to_cell, end) = line("volume", 0), line("volume", 1)
    (left_cell, left), (right_cell, right) = line(CRITERION, 0), line(CRITERION, 1)
    (root_cell, root), (spend_cell, spend) = line("volume", LAST), line("baseline_cost", LAST)
    rest_cell, rest = line(CRITERION, LAST)
    crosses, turns = f"{left_cell}*{right_cell}<=0", left * right <= 0
    asked = block.outside(block.cell(ASKED, count, LAST))
    holds = f"AND({crosses},{asked}={block.outside(block.cell(COUNT, count, LAST))})" if block.follows else crosses
    is_held = turns and (not block.follows or _asked(block, count, LAST) == block.counts[count])
    none, state = f'"{text["no_root"]}"', text["pays"] if left > 0 else text["loses"]
    yield block.outside(block.cell(COUNT, count, 0)), float(block.counts[count]), "0"
    yield from_cell, start, mtok
    yield to_cell, end, mtok
    yield f"IF({crosses},{root_cell},{none})", root if turns else text["no_root"], mtok
    yield f"IF({crosses},{spend_cell},{none})", spend if turns else text["no_root"], money
    yield f'IF({holds},"{text["yes"]}","{text["no"]}")', text["yes"] if is_held else text["no"], ""
    yield (
        f'IF({crosses},"{text["turns"]}",IF({left_cell}>0,"{text["pays"]}","{text["loses"]}"))',
        text["turns"] if turns else state,
        "",
    )
    yield left_cell, left, money
    yield right_cell, right, money
    yield f"IF({crosses},{rest_cell},{none})", rest if turns else text["no_root"], money


def _chart_data(page: Page, block: Steps, first: int) -> None:
    """Volume, what buying costs and what the option costs, at both ends of every step."""
    currency = page.book.currency
    money = number_format("", currency, currency)
    page.heads(first - 1, {CHART_DATA + i: title for i, title in enumerate(words()["evens"]["chart_heads"])})
    for count in range(len(block.counts)):
        for end in (0, 1):
            for i, (name, number) in enumerate(
                (("volume", "#,##0"), ("baseline_cost", money), ("monthly_cost", money))
            ):
                value = value_in(block, name, block.option, count * POINTS + end)
                cell = block.outside(block.line(name, count, end))
                page.formula(first + 2 * count + end, CHART_DATA + i, f"={cell}", value, "faint", number)


def _chart(page: Page, block: Steps, first: int, last: int) -> None:
    """What a month costs, bought and owned, against volume."""
    text, rows = words()["evens"], 2 * len(block.counts)
    chart = page.book.workbook.add_chart({"type": "scatter", "subtype": "straight"})
    looks = (("#1F3864", "solid"), ("#C55A11", "dash"))
    for i, ((colour, dash), option) in enumerate(zip(looks, (0, block.option), strict=True), 1):
        chart.add_series(
            {
                "name": [block.layout.sheets[option], 0, 0],
                "categories": [EVENS, first, CHART_DATA, first + rows - 1, CHART_DATA],
                "values": [EVENS, first, CHART_DATA + i, first + rows - 1, CHART_DATA + i],
                "line": {"color": colour, "width": 2, "dash_type": dash},
            }
        )
    title = text["chart"].format(option=block.layout.named(block.option))
    chart.set_title({"name": title, "name_font": {"size": 11}})
    chart.set_x_axis({"name": text["x"], "num_format": "#,##0", "min": 0, "major_gridlines": {"visible": False}})
    chart.set_y_axis({"name": text["y"].format(currency=page.book.currency), "num_format": "#,##0"})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 980, "height": 320})
    page.sheet.insert_chart(last, 0, chart, {"x_offset": 4, "y_offset": 6, "description": text["chart_said"]})
