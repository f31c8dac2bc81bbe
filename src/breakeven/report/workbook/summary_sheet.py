"""The first sheet: the answer, the numbers behind it, the switches, every option side by side, how to read the rest."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from breakeven.report.pages.parts.answer import headline, why
from breakeven.report.pages.parts.evidence import best
from breakeven.report.wording import class_words, month_shortly
from breakeven.report.wording import money as amount
from breakeven.report.workbook.addresses import Addresses
from breakeven.report.workbook.canvas import BAD, GOOD, OPEN, PERCENT, Book, Page, number_format, words
from breakeven.report.workbook.frozen_sheet import CURRENT, STALE, stale_colours
from breakeven.report.workbook.layout import CHECKS, FIRST_MONTH, SUMMARY, Layout
from breakeven.report.workbook.names import cell as cell_at
from breakeven.report.workbook.names import quoted
from breakeven.report.workbook.returns_sheet import CASH_IRR, CASH_PAYBACK, NEVER, NPV, cash_results, no_number, result
from breakeven.study.judge.basis import fingerprint
from breakeven.study.questions.capital import capital_of
from breakeven.study.study import OptionStudy

ANSWER, REASON, STATE, TILES, SWITCHES, TABLE = 3, 4, 5, 8, 12, 16
TILE_COLUMNS = ((0, 0), (1, 3), (4, 6), (7, 7))
LAST_COLUMN = 9
Cell = tuple[str, float | str, str]  # formula, the engine's value, number format


def write_summary(book: Book, layout: Layout) -> None:
    """Write the sheet."""
    page = book.page(SUMMARY)
    _title(page, layout)
    _tiles(page, layout)
    _switches(page)
    below = _table(page, layout)
    _chart(page, layout, below)
    _guide(page, below + 17)
    page.sheet.set_column(0, 0, 34)
    page.sheet.set_column(1, LAST_COLUMN, 15)
    page.sheet.set_column(LAST_COLUMN + 2, LAST_COLUMN + 5, 16)
    page.sheet.print_area(0, 0, below + 17 + len(words()["summary"]["guide"]) + 1, LAST_COLUMN)
    page.paper(tall=1)


def _title(page: Page, layout: Layout) -> None:
    header, text, book = layout.basis.header, words()["summary"], page.book
    page.text(0, 0, header.name[:1].upper() + header.name[1:], "title")
    about = {
        "months": header.horizon_months,
        "currency": header.currency,
        "month": month_shortly(header.as_of, header.month),
    }
    page.text(1, 0, text["subtitle"].format(as_of=header.as_of, **about), "note")
    made = text["made"].format(
        version=layout.basis.versions["breakeven"], hash=fingerprint(layout.basis), file=header.file
    )
    page.text(2, 0, made, "note")
    merged = page.sheet.merge_range
    merged(ANSWER, 0, ANSWER, LAST_COLUMN, headline(layout.study), book.look("answer"))
    merged(REASON, 0, REASON, LAST_COLUMN, why(layout.study), book.look("frozen_wrap"))
    page.sheet.set_row(ANSWER, 40)
    page.sheet.set_row(REASON, 48)
    page.text(STATE, 0, text["words_are"], "note")
    page.formula(STATE, 1, "=status_of_judgement", CURRENT, "status")
    page.text(STATE, 2, text["checks"], "note")
    page.formula(STATE, 4, f"={quoted(CHECKS)}!$B$3", words()["checks"]["all_equal"], "status")
    stale_colours(page, (STATE, 1, STATE, 1))
    page.sheet.conditional_format(
        STATE, 4, STATE, 4,
        {"type": "cell", "criteria": "==", "value": f'"{words()["checks"]["all_equal"]}"',
         "format": book.workbook.add_format({"bg_color": GOOD})},
    )  # fmt: skip
    page.sheet.conditional_format(
        STATE, 4, STATE, 4,
        {"type": "text", "criteria": "begins with", "value": words()["checks"]["differs"],
         "format": book.workbook.add_format({"bg_color": BAD, "bold": True})},
    )  # fmt: skip


def _tiles(page: Page, layout: Layout) -> None:
    """Four numbers of the option that the verdict speaks of: three live, the chance frozen."""
    option_study, option, header = best(layout.study), layout.study.verdict.best_option, layout.basis.header
    text, money = words()["summary"]["tiles"], number_format("", header.currency, header.currency)
    at, month = Addresses(layout=layout), month_shortly(header.as_of, header.month)
    saving = at.line("saving", option, month=header.month - 1)
    chance, worth, paid = (
        option_study.depth.chance,
        option_study.horizon.net_present_value,
        paid_back(layout, option),
    )
    tiles: list[tuple[str, Cell | None]] = [
        (text["worth"].format(months=header.horizon_months), (result(option, NPV), worth, money)),
        (text["saving"].format(month=month), (saving, option_study.monthly_saving, money)),
        (text["payback"], (paid[0], paid[1], f'"{text["month"]} "0')),
        (text["chance"], None),
    ]  # fmt: skip
    hardware = capital_of(layout.study, option).hardware
    bought = text["hardware"].format(hardware=amount(hardware, header.currency)) if hardware else ""
    expected = amount(option_study.expected_net_present_value, header.currency)
    about = text["about"].format(name=layout.named(option), expected=expected)
    page.text(TILES - 1, 0, f"{about}{bought}", "bold")
    for (label, cell), (first, last) in zip(tiles, TILE_COLUMNS, strict=True):
        page.text(TILES, first, label, "note")
        if last > first:
            page.sheet.merge_range(TILES + 1, first, TILES + 1, last, "", page.book.look("big"))
        if cell is not None:
            page.formula(TILES + 1, first, f"={cell[0]}", cell[1], "big", cell[2])
    if chance is None:
        page.text(TILES + 1, TILE_COLUMNS[-1][0], text["not_drawn"], "big_frozen")
    else:
        page.number(TILES + 1, TILE_COLUMNS[-1][0], chance.chance_to_pay.value, "big_frozen", "0%")
        page.formula(TILES + 2, TILE_COLUMNS[-1][0], "=status_of_judgement", CURRENT, "status")
    page.sheet.set_row(TILES + 1, 27)
    stale_colours(page, (TILES + 2, 7, TILES + 2, 7))


def _switches(page: Page) -> None:
    """Scenario and half-utilization test, with what they do to the inputs."""
    text, book, sheet = words()["summary"], page.book, quoted(SUMMARY)
    for i, (key, choices) in enumerate((("scenario", words()["scenarios"]), ("half", words()["halves"]))):
        row = SWITCHES + i
        page.text(row, 0, text["switches"][key], "bold")
        page.sheet.merge_range(row, 1, row, 2, choices[0], book.look("switch"))
        page.sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": choices})
        page.text(row, 3, text["switches"][f"{key}_note"], "note")
    scenario, half = (cell_at(SWITCHES + i, 1, fixed=True) for i in (0, 1))
    listed = ",".join(f'"{choice}"' for choice in words()["scenarios"])
    cells = {
        "switch_scenario": (f"MATCH({scenario},{{{listed}}},0)", 1.0),
        "switch_demand": (
            f'IF({scenario}="{words()["scenarios"][3]}",0.5,1)*IF({half}="{words()["halves"][1]}",0.5,1)',
            1.0,
        ),
        "switch_speed": (f'IF({half}="{words()["halves"][2]}",0.5,1)', 1.0),
        "switch_sized_again": (
            f'IF(OR({scenario}="{words()["scenarios"][3]}",{half}="{words()["halves"][2]}"),1,0)',
            0.0,
        ),
    }
    for i, (name, (sentence, value)) in enumerate(cells.items()):
        row, column = SWITCHES + i % 2, LAST_COLUMN + 2 + 2 * (i // 2)
        page.text(row, column, text["switches"][name], "faint")
        page.formula(row, column + 1, f"={sentence}", value, "faint", "0.0" if i in (1, 2) else "0")
        book.define(name, sheet, cell_at(row, column + 1, fixed=True))
    row = SWITCHES + 2
    moved = f'=IF(AND({scenario}="{words()["scenarios"][0]}",{half}="{words()["halves"][0]}"),"","{text["moved"]}")'
    page.formula(row, 0, moved, "", "bold")
    page.sheet.conditional_format(
        row, 0, row, LAST_COLUMN,
        {"type": "formula", "criteria": f'=$A${row + 1}<>""', "format": book.workbook.add_format({"bg_color": OPEN})},
    )  # fmt: skip


def _table(page: Page, layout: Layout) -> int:
    """Every option in one row; returns the first row below."""
    text = words()["summary"]
    page.heads(TABLE, dict(enumerate(heading.format(month=layout.basis.header.month) for heading in text["heads"])))
    page.sheet.set_row(TABLE, 44)
    for option in layout.options:
        row = TABLE + 1 + option
        page.text(row, 0, layout.named(option), "bold" if option == layout.study.verdict.option else "plain")
        for column, (sentence, value, number) in enumerate(_row(layout, option, page.book.currency), 1):
            page.formula(row, column, f"={sentence}", value, "word", number)
        if option:
            options = layout.study.options[option - 1]
            page.text(row, LAST_COLUMN - 1, class_words(options.verdict), "frozen_word")
            _chance(page, row, options)
    row, first = TABLE + 1 + len(layout.sheets), TABLE + 3
    worth = f"$F${first}:$F${row}"
    names, none = f"$A${first}:$A${row}", layout.named(0)
    sentence = (
        f'=IF(MAX({worth})>0,INDEX({names},MATCH(MAX({worth}),{worth},0)),"{none.replace(chr(34), chr(34) * 2)}")'
    )
    values = [studied.horizon.net_present_value for studied in layout.study.options]
    top = max(range(len(values)), key=lambda i: values[i])
    page.text(row, 0, text["cheapest"], "total")
    page.formula(row, 1, sentence, layout.named(top + 1) if values[top] > 0 else none, "total")
    for column in range(2, LAST_COLUMN + 1):
        page.text(row, column, "", "total")
    return row + 2


def _chance(page: Page, row: int, its: OptionStudy) -> None:
    drawn = its.depth.chance
    if drawn is None:
        page.text(row, LAST_COLUMN, words()["summary"]["tiles"]["not_drawn"], "frozen")
    else:
        page.number(row, LAST_COLUMN, drawn.chance_to_pay.value, "frozen", "0%")


def _row(layout: Layout, option: int, currency: str) -> Iterator[Cell]:
    """The live cells of one option, from left to right."""
    at, month, engine = Addresses(layout=layout), layout.basis.header.month - 1, layout.engine
    money = number_format("", currency, currency)
    for name, number in (
        ("monthly_cost", money),
        ("saving", money),
        ("cost_per_mtok", number_format("", f"{currency}/MTok", currency)),
        ("one_time_cost", money),
        ("net_present_value", money),
    ):
        yield at.line(name, option, month=month), engine.at(name, option=option, month=month), number
    if not option:
        return
    yield (*rate(layout, option), PERCENT)
    yield (*paid_back(layout, option), "0")


def rate(layout: Layout, option: int) -> tuple[str, float | str]:
    """The rate of return of an option's cash a month."""
    return result(option, CASH_IRR), no_number(cash_results(layout, option)[1], words()["returns"]["no_rate"])


def paid_back(layout: Layout, option: int) -> tuple[str, float | str]:
    """The month in which an option's cash is back."""
    cell, months = result(option, CASH_PAYBACK), cash_results(layout, option)[0]
    return f"IF(ISTEXT({cell}),{cell},-INT(-{cell}))", NEVER if months is None else float(ceil(months))


def _chart(page: Page, layout: Layout, row: int) -> None:
    """Saving so far of every option, month by month."""
    text, dashes = words()["summary"], ("solid", "dash", "round_dot", "dash_dot", "long_dash", "square_dot")
    colours = ("#1F3864", "#C55A11", "#548235", "#7F6000", "#7030A0", "#404040")
    if layout.months < 2:
        return
    chart = page.book.workbook.add_chart({"type": "line"})
    at, last = layout.lines["cumulative_saving", 0], FIRST_MONTH + layout.months - 1
    for option in layout.options[1:]:
        sheet, look = layout.sheets[option], (option - 1) % len(dashes)
        chart.add_series(
            {
                "name": [sheet, 0, 0],
                "categories": [sheet, 3, FIRST_MONTH, 3, last],
                "values": [sheet, at, FIRST_MONTH, at, last],
                "line": {"color": colours[look], "dash_type": dashes[look], "width": 2.25},
            }
        )
    chart.set_title({"name": text["chart"], "name_font": {"size": 11}})
    chart.set_x_axis({"name": text["chart_x"], "label_position": "low", "interval_unit": max(layout.months // 12, 1)})
    chart.set_y_axis({"num_format": "#,##0", "name": layout.basis.header.currency})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 1180, "height": 320})
    page.sheet.insert_chart(row, 0, chart, {"x_offset": 4, "y_offset": 2, "description": text["chart_said"]})


def _guide(page: Page, row: int) -> None:
    """What stands on the other sheets, and what the colours mean."""
    text = words()["summary"]
    page.text(row, 0, text["guide_title"], "heading")
    for column in range(1, LAST_COLUMN + 1):
        page.text(row, column, "", "heading")
    for i, (name, said) in enumerate(text["guide"].items(), 1):
        look = {"cream": "input", "grey": "frozen"}.get(name, "bold")
        page.text(row + i, 0, text["colours"].get(name, name), look)
        page.text(row + i, 1, said, "beside")


__all__ = ["STALE", "write_summary"]
