"""Writing cells: every look of the workbook, and number formats by unit. Text is never read as a formula or a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from breakeven.report.wording import LARGE, SYMBOLS
from breakeven.shipped import shipped

DARK, INK, PALE, CREAM, GREY = "#1F3864", "#222222", "#DCE6F2", "#FFF8DC", "#E7E6E6"
GOOD, BAD, OPEN = "#C6EFCE", "#F4B6B6", "#FFE699"
FONT = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "vcenter"}
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "bold": {"bold": True},
    "wrap": {"text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 16, "font_color": DARK},
    "answer": {
        "bold": True,
        "font_size": 14,
        "font_color": "#FFFFFF",
        "bg_color": DARK,
        "indent": 1,
        "text_wrap": True,
        "valign": "vcenter",
    },
    "head": {"bold": True, "bg_color": DARK, "font_color": "#FFFFFF", "text_wrap": True, "align": "center"},
    "head_first": {"bold": True, "bg_color": DARK, "font_color": "#FFFFFF", "text_wrap": True, "indent": 1},
    "heading": {"bold": True, "bg_color": PALE, "font_color": DARK},
    "note": {"italic": True, "font_color": "#595959"},
    "note_wrap": {"italic": True, "font_color": "#595959", "text_wrap": True, "valign": "top"},
    "input": {"bg_color": CREAM, "font_color": "#00339A", "border": 1, "border_color": "#BFBFBF"},
    "switch": {"bg_color": CREAM, "font_color": "#00339A", "border": 2, "bold": True, "align": "center"},
    "frozen": {"bg_color": GREY, "italic": True, "pattern": 1},
    "frozen_word": {"bg_color": GREY, "italic": True, "pattern": 1, "align": "center"},
    "frozen_wrap": {"bg_color": GREY, "italic": True, "pattern": 1, "text_wrap": True, "valign": "top"},
    "big": {"bold": True, "font_size": 18, "font_color": DARK, "align": "left"},
    "big_frozen": {"bold": True, "font_size": 18, "italic": True, "bg_color": GREY, "align": "left"},
    "total": {"bold": True, "top": 1, "bg_color": PALE},
    "status": {"bold": True, "align": "center"},
    "faint": {"font_color": "#6B6B6B"},
    "beside": {"font_color": "#6B6B6B", "indent": 1},
    "word": {"align": "right"},
    "top": {"valign": "top"},
}
PERCENT = "[>=0.0995]0%;[<=-0.0005]-0.0%;0.0%"  # one decimal below ten, none above
# A number format has room for two conditions, and some programs drop the sign of what is left. So what is far below
# nothing is rounded by a condition of its cell: where it begins, and how it is shown.
SHARE_FAR_BELOW = (-0.0995, "0%;-0%")
WHOLE_SHEET = (0, 0, 4999, 199)
PRINTED_MONTHS = 12  # more of them are too small to read on paper
LONG_TITLE = 14  # characters; longer titles take two lines
NO_NUMBER = '"n/a"'  # where the engine itself has no number, such as a cost per token of no tokens


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook being written, its formats made once each, and its currency."""

    workbook: Workbook
    currency: str
    formats: dict[tuple[str, str], Format] = field(default_factory=dict)

    def look(self, name: str, number: str = "") -> Format:
        """A format by the name of its look and its number format."""
        if (name, number) not in self.formats:
            made = {**FONT, **LOOKS[name]} | ({"num_format": number} if number else {})
            self.formats[name, number] = self.workbook.add_format(made)
        return self.formats[name, number]

    def page(self, name: str) -> Page:
        """A sheet of the workbook, made before."""
        sheet = self.workbook.get_worksheet_by_name(name)
        assert sheet is not None
        return Page(self, sheet)

    def define(self, name: str, sheet: str, cell: str) -> None:
        """A name for a cell."""
        self.workbook.define_name(name, f"={sheet}!{cell}")


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet."""

    book: Book
    sheet: Worksheet

    def text(self, row: int, column: int, text: str, look: str = "plain") -> None:
        """Words, whatever they begin with."""
        self.sheet.write_string(row, column, text, self.book.look(look))

    def number(self, row: int, column: int, value: float | None, look: str = "plain", number: str = "") -> None:
        """A number; none is an empty cell, and what is not finite says so."""
        style = self.book.look(look, number)
        self._rounded(row, column, number)
        if value is None:
            self.sheet.write_blank(row, column, None, style)
        elif isfinite(value):
            self.sheet.write_number(row, column, value, style)
        else:
            self.sheet.write_string(row, column, NO_NUMBER.strip('"'), style)

    def formula(  # noqa: PLR0917  a cell has a place, a formula, the engine's value and two ways to look
        self, row: int, column: int, formula: str, value: float | str, look: str = "plain", number: str = ""
    ) -> None:
        """A live cell. `value` is what the engine says: shown until somebody recalculates."""
        if isinstance(value, float) and not isfinite(value):
            formula, value = f"=IFERROR({formula.removeprefix('=')},{NO_NUMBER})", NO_NUMBER.strip('"')
        self._rounded(row, column, number)
        self.sheet.write_formula(row, column, formula, self.book.look(look, number), value)

    def _rounded(self, row: int, column: int, number: str) -> None:
        """A share far below nothing, without its decimal."""
        if number == PERCENT:
            self.shown_as((row, column, row, column), "<=", *SHARE_FAR_BELOW)

    def shown_as(self, cells: tuple[int, int, int, int], criteria: str, least: float, number: str) -> None:
        """Another number format for what is beyond a number, in cells from row and column to row and column."""
        style = self.book.workbook.add_format({"num_format": number})
        self.sheet.conditional_format(*cells, {"type": "cell", "criteria": criteria, "value": least, "format": style})

    def heads(self, row: int, titles: Mapping[int, str]) -> None:
        """A row of column titles."""
        for column, title in titles.items():
            self.text(row, column, title, "head" if column else "head_first")
        longest = max(len(title) for title in titles.values())
        if longest > LONG_TITLE:
            self.sheet.set_row(row, 30)

    def paper(self, *, title_rows: tuple[int, int] | None = None, portrait: bool = False, tall: int = 0) -> None:
        """How it prints: A4, as wide as one page; and amounts far below nothing in thousands."""
        sheet = self.sheet
        self.shown_as(WHOLE_SHEET, "<=", *money_far_below(self.book.currency))
        sheet.set_paper(9)
        if not portrait:
            sheet.set_landscape()
        sheet.fit_to_pages(1, tall)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&8&F · &A&R&8page &P of &N")
        if title_rows:
            sheet.repeat_rows(*title_rows)
        sheet.hide_gridlines(2)


def height(*texts: tuple[str, int]) -> float:
    """The height of a row that holds texts wrapped after so many characters each."""
    return 15.0 * max(1, *(-(-len(text) // wide) for text, wide in texts))


def number_format(name: str, unit: str, currency: str) -> str:
    """How a number of this unit is written: rounded as the sentences round it, the cell itself is exact."""
    symbol = f'"{SYMBOLS.get(currency, currency + " ")}"'
    if currency in unit:
        whole = unit in (currency, f"{currency}/month", f"{currency}/year", f"{currency}/FTE/year", f"{currency}/GPU")
        if whole or unit in (f"{currency}/month/replica", f"{currency}/FTE/month"):
            thousands, least = f'{symbol}#,##0,",000"', LARGE - 0.5
            return f"[>={least}]{thousands};[<=-0.5]-{symbol}#,##0;{symbol}#,##0"
        return f"[<0.99995]{symbol}0.00##;[<9.9995]{symbol}0.00#;{symbol}#,##0.00"
    if unit in ("1", "1/year"):
        return PERCENT if is_share(name) else "#,##0.0000"
    return "#,##0" if unit.startswith(("token", "second", "minute", "hour/")) else "#,##0.00"


def money_far_below(currency: str) -> tuple[float, str]:
    """From where on down an amount is told in thousands, and how: of money alone, nothing else is that far below."""
    thousands = f'"{SYMBOLS.get(currency, currency + " ")}"#,##0,",000"'
    return 0.5 - LARGE, f"{thousands};-{thousands}"


def is_share(name: str) -> bool:
    """Whether a number without unit is said as a percentage."""
    ends = ("_share", "_discount", "_per_year", "_per_month", "_saving", "_rate", "utilization", "_multiplier")
    return name.endswith(ends)


def words() -> Mapping[str, Any]:
    """Titles, headings and notes, by sheet."""
    found: Mapping[str, Any] = shipped("report/workbook/words.yaml")
    return found
