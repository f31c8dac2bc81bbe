"""Names that a workbook accepts, of ranges and of sheets, and addresses as formulas write them.

Rows and columns count from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from xlsxwriter.utility import xl_col_to_name

LONGEST_SHEET_NAME = 31
PREFIX = "input_"  # before a name that a spreadsheet would read as a cell: H100, R1C1, R, C
RESERVED = frozenset({"true", "false"})
CELL = re.compile(r"[a-z]{1,3}\d+|r\d*(c\d*)?|c\d*", re.IGNORECASE)


def range_names(names: Iterable[str]) -> dict[str, str]:
    """A range name for each input: letters, digits and underscores, never the address of a cell, all different."""
    given: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        wanted = re.sub(r"\W", "_", name, flags=re.ASCII)
        if CELL.fullmatch(wanted) or wanted.lower() in RESERVED or not re.match(r"[A-Za-z_]", wanted):
            wanted = PREFIX + wanted
        while wanted.lower() in taken:
            wanted += "_"
        taken.add(wanted.lower())
        given[name] = wanted
    return given


def sheet_names(titles: Iterable[str], taken: Iterable[str]) -> list[str]:
    """A sheet name for each title: at most 31 characters, no []:*?/\\, all different whatever the case."""
    used = {taken_name.lower() for taken_name in taken} | {"history"}
    names = []
    for title in titles:
        clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip(" '") or "option"
        name, number = clean[:LONGEST_SHEET_NAME].strip(" '"), 1
        while name.lower() in used:
            number += 1
            end = f" {number}"
            name = clean[: LONGEST_SHEET_NAME - len(end)].strip(" '") + end
        used.add(name.lower())
        names.append(name)
    return names


def quoted(sheet: str) -> str:
    """A sheet name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"


def cell(row: int, column: int, *, fixed: bool = False, fixed_row: bool = False) -> str:
    """One cell: B3, or $B$3 when fixed."""
    return f"{'$' * fixed}{letters(column)}{'$' * (fixed or fixed_row)}{row + 1}"


def area(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """A fixed range: $B$3:$D$9."""
    return f"{cell(first_row, first_column, fixed=True)}:{cell(last_row, last_column, fixed=True)}"


def letters(column: int) -> str:
    """The letters of a column."""
    return str(xl_col_to_name(column))
