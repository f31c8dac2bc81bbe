"""The whole workbook, sheet by sheet. The same study gives the same bytes."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

from xlsxwriter.workbook import Workbook

from breakeven.outputs import write
from breakeven.report.workbook.break_even_sheet import write_break_evens
from breakeven.report.workbook.canvas import DARK, FONT, Book
from breakeven.report.workbook.checks_sheet import write_checks
from breakeven.report.workbook.frozen_sheet import write_fleets, write_frozen
from breakeven.report.workbook.groups import groups
from breakeven.report.workbook.inputs_sheet import write_inputs, write_months
from breakeven.report.workbook.layout import (
    CHECKS,
    EVENS,
    FLEETS,
    FROZEN,
    INPUTS,
    MONTHS,
    RETURNS,
    SIDE,
    SOURCES,
    STEPS,
    SUMMARY,
    TORNADO,
    Layout,
    layout_of,
)
from breakeven.report.workbook.option_sheet import write_option
from breakeven.report.workbook.returns_sheet import write_returns
from breakeven.report.workbook.side_sheet import write_side_by_side
from breakeven.report.workbook.sources_sheet import write_sources
from breakeven.report.workbook.summary_sheet import write_summary
from breakeven.report.workbook.tornado_sheet import write_tornado
from breakeven.study.judge.basis import fingerprint
from breakeven.study.study import Study

YELLOW, GREY = "#FFD966", "#A6A6A6"
SETTINGS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def write_workbook(study: Study, path: Path) -> None:
    """Write the study as a workbook of live formulas. Raises `Problem` when the file cannot be written."""
    write(path, workbook_of(study))


def workbook_of(study: Study) -> bytes:
    """The study as a workbook, in memory: a disk that is full leaves no half of one."""
    layout, content = layout_of(study), BytesIO()
    workbook = Workbook(content, SETTINGS)
    workbook.formats[0].set_font_size(FONT["font_size"])
    _properties(workbook, study)
    for name in (
        SUMMARY, SIDE, INPUTS, MONTHS, *layout.sheets, RETURNS, EVENS, STEPS, TORNADO, SOURCES, CHECKS, FLEETS, FROZEN,
    ):  # fmt: skip
        workbook.add_worksheet(name).set_tab_color(_colour(name, layout))
    _sheets(Book(workbook, layout.basis.header.currency), layout)
    workbook.close()
    return content.getvalue()


def _properties(workbook: Workbook, study: Study) -> None:
    header = study.basis.header
    workbook.set_properties(
        {
            "title": header.name,
            "comments": f"breakeven {study.basis.versions['breakeven']}, inputs {fingerprint(study.basis)}",
            "created": datetime.fromisoformat(header.as_of),
        }
    )
    workbook.set_custom_property("breakeven version", study.basis.versions["breakeven"])
    workbook.set_custom_property("input hash", fingerprint(study.basis))
    workbook.set_calc_mode("auto")


def _colour(name: str, layout: Layout) -> str:
    if name in layout.sheets:
        return "#8EA9DB"
    return {INPUTS: YELLOW, MONTHS: YELLOW, FLEETS: GREY, FROZEN: GREY, TORNADO: GREY}.get(name, DARK)


def _sheets(book: Book, layout: Layout) -> None:
    reached = groups(layout)
    write_summary(book, layout)
    write_side_by_side(book, layout)
    write_inputs(book, layout, reached)
    write_months(book, layout)
    for option in layout.options:
        write_option(book, layout, option)
    write_returns(book, layout)
    write_break_evens(book, layout)
    write_tornado(book, layout)
    write_sources(book, layout)
    write_checks(book, layout)
    write_fleets(book, layout, reached)
    write_frozen(book, layout, reached)
    book.page(SUMMARY).sheet.activate()
