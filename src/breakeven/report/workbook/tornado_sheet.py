"""Tornado: what each uncertain input does to the worth of the best option, from its low to its high. Frozen."""

from __future__ import annotations

from breakeven.decision.risk.sensitivity import Bar, tornado
from breakeven.report.pages.parts.evidence import best
from breakeven.report.wording import label
from breakeven.report.workbook.canvas import Book, Page, number_format, words
from breakeven.report.workbook.frozen_sheet import CURRENT, stale_colours
from breakeven.report.workbook.layout import TORNADO, Layout

FIRST, MOST = 5, 15
STRIPES = {"pattern": "wide_upward_diagonal", "fg_color": "#C55A11", "bg_color": "#FBE5D6"}
NAME, LOW, HIGH, AT_LOW, AT_HIGH, SWING, DOWN, UP = range(8)


def write_tornado(book: Book, layout: Layout) -> None:
    """Write the table and its chart."""
    page, text, option = book.page(TORNADO), words()["tornado"], best(layout.study)
    bars = tornado(layout.engine.comparison, layout.study.verdict.best_option, layout.basis.inputs)[:MOST]
    page.text(0, 0, text["title"].format(name=layout.named(layout.study.verdict.best_option)), "title")
    page.text(1, 0, text["note"], "note")
    page.text(2, 0, text["status"])
    page.formula(2, 1, "=status_of_judgement", CURRENT, "status")
    stale_colours(page, (2, 1, 2, 1))
    page.heads(FIRST - 1, dict(enumerate(text["heads"])))
    for i, bar in enumerate(bars):
        _row(page, layout, FIRST + i, bar, option.horizon.net_present_value)
    page.sheet.set_column(0, 0, 34)
    page.sheet.set_column(1, UP, 15)
    if bars:
        _chart(page, layout, len(bars))
    page.sheet.freeze_panes(FIRST, 1)
    page.sheet.print_area(0, 0, FIRST + len(bars) + 24, UP)
    page.paper(tall=1)


def _row(page: Page, layout: Layout, row: int, bar: Bar, likely: float) -> None:
    one, currency = layout.basis.inputs[bar.name], page.book.currency
    input_number, money = number_format(bar.name, one.unit, currency), number_format("", currency, currency)
    page.text(row, NAME, label(bar.name))
    for column, value, number in (
        (LOW, bar.low, input_number),
        (HIGH, bar.high, input_number),
        (AT_LOW, bar.worth_at_low, money),
        (AT_HIGH, bar.worth_at_high, money),
        (SWING, bar.swing, money),
        (DOWN, bar.worth_at_low - likely, money),
        (UP, bar.worth_at_high - likely, money),
    ):
        page.number(row, column, value, "frozen", number)


def _chart(page: Page, layout: Layout, count: int) -> None:
    text = words()["tornado"]
    chart = page.book.workbook.add_chart({"type": "bar", "subtype": "stacked"})
    for column, name, look in (
        (DOWN, text["at_low"], {"fill": {"color": "#1F3864"}}),
        (UP, text["at_high"], {"pattern": STRIPES}),
    ):  # fmt: skip
        chart.add_series(
            {
                "name": name,
                "categories": [TORNADO, FIRST, NAME, FIRST + count - 1, NAME],
                "values": [TORNADO, FIRST, column, FIRST + count - 1, column],
                "gap": 40,
                "border": {"color": "#404040"},
                **look,
            }
        )
    chart.set_title({"name": text["chart"].format(currency=layout.basis.header.currency), "name_font": {"size": 11}})
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    chart.set_x_axis({"num_format": "#,##0"})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 960, "height": 120 + 26 * count})
    page.sheet.insert_chart(FIRST + count + 1, 0, chart, {"x_offset": 4, "description": text["chart_said"]})
