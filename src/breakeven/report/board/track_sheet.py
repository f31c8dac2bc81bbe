"""Plan against actual as a sheet for the board: a row a month, its gap and the sums as live formulas."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from breakeven.report.pages.track_page import decision, headline, named
from breakeven.study.questions.tracked import Tracked
from breakeven.study.questions.tracked_month import TrackedMonth

FIRST = 4  # row of the first month, from 1
AMOUNT = {"num_format": "#,##0"}


def track_sheet(tracked: Tracked) -> bytes:
    """An .xlsx with one sheet: month, plan, actual, gap, each step of it, and what is not explained (nothing)."""
    steps = list(dict.fromkeys(step.name for month in tracked.months for step in month.steps))
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet, amount = book.add_worksheet("Plan against actual"), book.add_format(AMOUNT)
    bold = book.add_format({"bold": True, "text_wrap": True})
    sheet.set_column(0, 4 + len(steps), 16)
    sheet.write_string(0, 0, headline(tracked), book.add_format({"bold": True}))
    for place, heading in enumerate(("Month", "Plan", "Actual", "Gap", *map(named, steps), "Not explained")):
        sheet.write_string(FIRST - 2, place, heading, bold)
    for row, month in enumerate(tracked.months, FIRST):
        _month(sheet, row, month, steps, amount)
    _sums(sheet, FIRST + len(tracked.months), tracked, steps, amount)
    for offset, told in enumerate(decision(tracked), 2):
        sheet.write_string(FIRST + len(tracked.months) + offset - 1, 0, told)
    book.close()
    return content.getvalue()


def _month(sheet: Any, row: int, month: TrackedMonth, steps: Sequence[str], amount: Any) -> None:
    by_name = {step.name: step.changes for step in month.steps}
    sheet.write_string(row - 1, 0, month.month)
    sheet.write_number(row - 1, 1, month.plan, amount)
    sheet.write_number(row - 1, 2, month.actual, amount)
    sheet.write_formula(row - 1, 3, f"=C{row}-B{row}", amount, month.gap)
    for place, name in enumerate(steps, 4):
        sheet.write_number(row - 1, place, by_name.get(name, 0.0), amount)
    explained = f"-SUM(E{row}:{xl_col_to_name(3 + len(steps))}{row})" if steps else ""
    sheet.write_formula(row - 1, 4 + len(steps), f"=D{row}{explained}", amount, 0.0)


def _sums(sheet: Any, row: int, found: Tracked, steps: Sequence[str], amount: Any) -> None:
    """The last row: the months together."""
    sheet.write_string(row - 1, 0, "Together")
    plan, actual = found.planned_so_far, found.paid_so_far
    changes = [found.changed_so_far(name) for name in steps]
    for place, value in enumerate((plan, actual, actual - plan, *changes, 0.0), 1):
        letter = xl_col_to_name(place)
        sheet.write_formula(row - 1, place, f"=SUM({letter}{FIRST}:{letter}{row - 1})", amount, value)
