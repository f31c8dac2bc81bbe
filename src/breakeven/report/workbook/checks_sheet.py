"""Checks: every line of every option against the engine's own value, and the results of finance too."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from breakeven.numbers.operations import MONTH, WORKLOAD
from breakeven.report.workbook.canvas import BAD, GOOD, OPEN, Book, Page, words
from breakeven.report.workbook.inputs_sheet import CHANGED
from breakeven.report.workbook.layout import CHECKS, FIRST_INPUT, FIRST_MONTH, INPUTS, ONCE, Layout
from breakeven.report.workbook.names import area, quoted
from breakeven.report.workbook.names import cell as cell_at
from breakeven.report.workbook.returns_sheet import (
    CASH_IRR,
    CASH_PAYBACK,
    DISCOUNTED,
    IRR,
    NEVER,
    NPV,
    PAYBACK,
    cash_results,
    no_number,
    result,
)

FIRST = 5
RELATIVE, DUST = 1e-9, 1e-12  # what two ways of computing may differ by; of the largest amount of that unit
OF_IRR = 1e-6  # a spreadsheet's IRR stops searching there
Check = tuple[str, str, str, float | str, float]  # option, what, formula, the engine's value, tolerance


def write_checks(book: Book, layout: Layout) -> None:
    """Write the sheet."""
    page, text = book.page(CHECKS), words()["checks"]
    page.text(0, 0, text["title"], "title")
    page.text(1, 0, text["note"], "note")
    page.heads(FIRST - 1, dict(enumerate(text["heads"])))
    tests = [*checks(layout)]
    for row, check in enumerate(tests, FIRST):
        _row(page, row, check)
    last = FIRST + len(tests) - 1
    status = area(FIRST, 5, last, 5)
    moved, equal = f"{quoted(INPUTS)}!{_changed(layout)}", text["all_equal"]
    untouched = f"AND(SUM({moved})=0,switch_scenario=1,switch_demand=1,switch_speed=1)"
    page.text(2, 0, text["all"], "bold")
    how_many = f'"{text["differs"]}: "&COUNTIF({status},"{text["differs"]}")'
    all_of_them = f'COUNTIF({status},"{text["equal"]}")=ROWS({status})'
    sentence = f'=IF({all_of_them},"{equal}",IF(checks_apply=1,{how_many},"{text["moved"]}"))'
    page.formula(2, 1, sentence, equal, "status")
    page.text(3, 0, text["apply"])
    page.formula(3, 1, f"=IF({untouched},1,0)", 1.0, "status", "0")
    book.define("checks_apply", quoted(CHECKS), cell_at(3, 1, fixed=True))
    _colours(page, last)
    for column, width in enumerate((40, 40, 20, 20, 12, 16)):
        page.sheet.set_column(column, column, width)
    page.sheet.freeze_panes(FIRST, 2)
    page.sheet.autofilter(FIRST - 1, 0, last, 5)
    page.sheet.print_area(0, 0, FIRST - 2, 5)  # on paper the result, not its thousand rows
    page.paper(portrait=True)


def _colours(page: Page, last: int) -> None:
    """Green where equal, red where not; the word says it without colour too."""
    text = words()["checks"]
    kinds = ((text["differs"], BAD), (text["equal"], GOOD), (text["all_equal"], GOOD), (text["moved"], OPEN))
    for place in ((2, 1, 2, 1), (FIRST, 5, last, 5)):
        for word, colour in kinds:
            style = page.book.workbook.add_format({"bg_color": colour, "bold": colour == BAD})
            rule = {"type": "text", "criteria": "begins with", "value": word, "format": style}
            page.sheet.conditional_format(*place, rule)


def _row(page: Page, row: int, check: Check) -> None:
    option, what, formula, value, tolerance = check
    text = words()["checks"]
    page.text(row, 0, option)
    page.text(row, 1, what)
    page.formula(row, 2, f"={formula}", value, "plain", "#,##0.00########")
    if isinstance(value, str):
        page.text(row, 3, value, "frozen")
    else:
        page.number(row, 3, value, "frozen", "#,##0.00########")
    page.number(row, 4, tolerance, "faint", "0.0E+00")
    here, there, most = (cell_at(row, column) for column in (2, 3, 4))
    same = f"IF(OR(ISTEXT({here}),ISTEXT({there})),{here}={there},ABS({here}-{there})<={most})"
    sentence = f'=IF({same},"{text["equal"]}",IF(checks_apply=1,"{text["differs"]}","{text["moved"]}"))'
    page.formula(row, 5, sentence, text["equal"], "status")


def _changed(layout: Layout) -> str:
    return area(FIRST_INPUT, CHANGED, layout.input_rows[-1].row, CHANGED)


def checks(layout: Layout) -> Iterator[Check]:
    """One check a line and option: the sum of its row, or of its rows, against the engine's sum."""
    engine = layout.engine
    for option in layout.options:
        name_of_option = layout.named(option)
        largest = amounts(layout, option)
        for name, line in engine.comparison.model.lines.items():
            if name in layout.frozen_lines or (name, 0) not in layout.lines:
                continue
            value = summed(layout, name, option)
            tolerance = RELATIVE * abs(value) + DUST * largest[line.unit]
            if np.isfinite(value):
                yield name_of_option, name.replace("_", " "), _sum(layout, name, option), value, tolerance
        if option:
            yield from _returns(layout, option)


def amounts(layout: Layout, option: int) -> dict[str, float]:
    """For each unit the largest sum of any line: differences of such amounts carry their dust."""
    found: dict[str, float] = {}
    for name, line in layout.engine.comparison.model.lines.items():
        size = float(np.sum(np.abs(layout.engine.of_option(name, option))))
        found[line.unit] = max(found.get(line.unit, 0.0), size if np.isfinite(size) else 0.0)
    found["USD"] = max(found.get("USD", 0.0), found.get("USD/month", 0.0))
    return found


def summed(layout: Layout, name: str, option: int) -> float:
    """The engine's sum of a line over its workloads and months."""
    return float(np.sum(layout.engine.of_option(name, option)))


def _sum(layout: Layout, name: str, option: int) -> str:
    """The sum of the cells of a line."""
    axes, first = layout.engine.axes(name), layout.lines[name, 0]
    last = first + (layout.engine.size(name, WORKLOAD) - 1 if WORKLOAD in axes else 0)
    start, end = (FIRST_MONTH, FIRST_MONTH + layout.months - 1) if MONTH in axes else (ONCE, ONCE)
    return f"SUM({quoted(layout.sheets[option])}!{area(first, start, last, end)})"


def _returns(layout: Layout, option: int) -> Iterator[Check]:
    horizon, text = layout.study.options[option - 1].horizon, words()["returns"]
    size = amounts(layout, option)["USD"]
    name, heads = layout.named(option), text["heads"]
    worth = horizon.net_present_value
    yield name, heads[NPV], result(option, NPV), worth, RELATIVE * abs(worth) + DUST * size
    cash_back, cash_rate = cash_results(layout, option)
    yield name, heads[CASH_PAYBACK], result(option, CASH_PAYBACK), no_number(cash_back, NEVER), OF_IRR
    yield name, heads[CASH_IRR], result(option, CASH_IRR), no_number(cash_rate, text["no_rate"]), OF_IRR
    yield name, heads[IRR], result(option, IRR), no_number(horizon.irr_per_month, text["no_rate"]), OF_IRR
    yield name, heads[PAYBACK], result(option, PAYBACK), no_number(horizon.payback.months, NEVER), OF_IRR
    yield (
        name,
        heads[DISCOUNTED],
        result(option, DISCOUNTED),
        no_number(horizon.discounted_payback.months, NEVER),
        OF_IRR,
    )
