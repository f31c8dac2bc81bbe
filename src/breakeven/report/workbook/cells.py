"""Addresses of cells and ranges as formulas write them. Rows and columns count from 0."""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name


def cell(row: int, column: int, *, fixed: bool = False, fixed_row: bool = False) -> str:
    """One cell: B3, or $B$3 when fixed."""
    return f"{'$' * fixed}{letters(column)}{'$' * (fixed or fixed_row)}{row + 1}"


def area(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """A fixed range: $B$3:$D$9."""
    return f"{cell(first_row, first_column, fixed=True)}:{cell(last_row, last_column, fixed=True)}"


def letters(column: int) -> str:
    """The letters of a column."""
    return str(xl_col_to_name(column))
