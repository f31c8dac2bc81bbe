"""Side by side: every cost of the named month, an option a column, live from the options' sheets."""

from __future__ import annotations

from breakeven.report.wording import month_shortly, sentence
from breakeven.report.workbook.addresses import Addresses
from breakeven.report.workbook.canvas import WHOLE_SHEET, Book, Page, money_far_below, number_format, words
from breakeven.report.workbook.layout import SIDE, Layout

FIRST = 4


def write_side_by_side(book: Book, layout: Layout) -> None:
    """Write the sheet."""
    page, text, header = book.page(SIDE), words()["side"], layout.basis.header
    page.text(0, 0, sentence(text["title"].format(month=month_shortly(header.as_of, header.month))), "title")
    page.text(1, 0, text["note"], "note")
    page.heads(
        FIRST - 1,
        {0: text["head"], **{i + 1: layout.named(i) for i in layout.options}},
    )
    page.sheet.set_row(FIRST - 1, 44)
    money, at = amounts(page, header.currency), Addresses(layout=layout)
    row, group, month = FIRST, "", header.month - 1
    for table_row in layout.study.table:
        if table_row.group != group:
            group = table_row.group
            for column in range(len(layout.sheets) + 1):
                page.text(row, column, group if not column else "", "heading")
            row += 1
        shown = [
            value * layout.engine.at(table_row.line, option=i, month=month) < 0
            for i, value in enumerate(table_row.values)
        ]
        page.text(
            row,
            0,
            f"    {text['of_which']} {table_row.label}" if table_row.of_which else table_row.label,
            _look(table_row.of_which),
        )
        for option, value in enumerate(table_row.values):
            sign = "-" if any(shown) else ""
            cell = at.line(table_row.line, option, month=month)
            page.formula(row, option + 1, f"={sign}{cell}", value, _look(table_row.of_which), money)
        row += 1
    row = _totals(page, layout, row, money)
    page.sheet.set_column(0, 0, 40)
    page.sheet.set_column(1, len(layout.sheets), 18)
    page.sheet.freeze_panes(FIRST, 1)
    page.sheet.print_area(0, 0, row, len(layout.sheets))
    page.paper(tall=1)


def amounts(page: Page, currency: str) -> str:
    """How amounts are shown on this sheet, where nothing is a dash and large ones are in thousands."""
    least, thousands = money_far_below(currency)
    page.shown_as(WHOLE_SHEET, ">=", -least, thousands)
    _, below, usual = number_format("", currency, currency).split(";")
    return f'[>=0.5]{usual};{below};"–"'


def _totals(page: Page, layout: Layout, row: int, money: str) -> int:
    at, month = Addresses(layout=layout), layout.basis.header.month - 1
    for name in ("monthly_cost", "saving"):
        page.text(row, 0, words()["side"][name], "total")
        for option in layout.options:
            value = layout.engine.at(name, option=option, month=month)
            page.formula(row, option + 1, f"={at.line(name, option, month=month)}", value, "total", money)
        row += 1
    return row


def _look(of_which: bool) -> str:
    return "note" if of_which else "plain"
