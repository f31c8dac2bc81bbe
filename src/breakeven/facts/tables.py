"""Reads one table of facts, strictly: every figure states its unit, every row its source, or nothing loads.

A column that holds figures is headed `name [unit]`. Empty means the source gives no figure.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from breakeven.facts.age import first_day
from breakeven.numbers.inputs import Source
from breakeven.problems import Place, Problem

# What one of the unit is in the base unit of our records: bytes, bytes/s, operations/s, USD, seconds, counts.
UNITS = {
    "GiB": Decimal(2**30),
    "TB/s": Decimal(10**12),
    "GB/s": Decimal(10**9),
    "TFLOP/s": Decimal(10**12),
    "TOP/s": Decimal(10**12),
    "W": Decimal(1),
    "billion": Decimal(10**9),
    "layers": Decimal(1),
    "elements": Decimal(1),
    "heads": Decimal(1),
    "experts": Decimal(1),
    "bytes/token": Decimal(1),
    "elements/token": Decimal(1),
    "GPUs": Decimal(1),
    "requests": Decimal(1),
    "tokens": Decimal(1),
    "tokens/s": Decimal(1),
    "ms": Decimal("0.001"),
    "USD": Decimal(1),
    "USD/GPU-hour": Decimal(1),
    "USD/million tokens": Decimal(1),
}
_HEADING = re.compile(r"(?P<name>\w+)(?: \[(?P<unit>[^\]]+)\])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: its cells by column, the unit of each column that has one, and where it stands."""

    cells: Mapping[str, str]
    units: Mapping[str, str]
    place: Place

    def text(self, column: str) -> str:
        """The cell, which may not be empty."""
        if value := self.maybe_text(column):
            return value
        raise Problem(f'"{column}" is empty.', where=self.place, fix="A fact without it does not load.")

    def maybe_text(self, column: str) -> str:
        """The cell, or an empty string."""
        if column not in self.cells:
            raise Problem(f'There is no column "{column}".', where=self.place)
        return self.cells[column]

    def number(self, column: str) -> float:
        """The figure in base units; it may not be empty."""
        self.text(column)
        value = self.maybe_number(column)
        assert value is not None
        return value

    def maybe_number(self, column: str) -> float | None:
        """The figure in base units, or None where the source gives none."""
        text = self.maybe_text(column)
        if column not in self.units:
            fix = f'Head the column "{column} [unit]" with one of: {", ".join(UNITS)}.'
            raise Problem(f'"{column}" has no unit.', where=self.place, fix=fix)
        return float(self._amount(column, text) * UNITS[self.units[column]]) if text else None

    def _amount(self, column: str, text: str) -> Decimal:
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal(-1)
        if not value.is_finite() or value < 0:
            raise Problem(f'"{column}" is "{text}", not a number from 0 up.', where=self.place)
        return value

    def yes(self, column: str) -> bool:
        """Whether the cell says yes; only yes and no are known."""
        if (value := self.text(column)) not in {"yes", "no"}:
            raise Problem(f'"{column}" is "{value}".', where=self.place, fix="Write yes or no.")
        return value == "yes"

    def source(self, sources: Mapping[str, Source], date_column: str) -> Source:
        """The row's sources, joined, with the date of `date_column` (ISO day or month, or "unknown")."""
        date = self.text(date_column)
        first_day(date, where=self.place)
        names = self.text("source").split(";")
        if missing := [each for each in names if each not in sources]:
            raise Problem(f'The source "{missing[0]}" is not in sources.csv.', where=self.place)
        found = [sources[each] for each in names]
        address = " ".join(each.address for each in found if each.address)
        return Source(title="; ".join(each.title for each in found), address=address, date=date)


def rows(text: str, file: str) -> Iterator[Row]:
    """The rows of a table, in their order. `file` is named in problems."""
    reader = csv.reader(text.splitlines())
    columns, units = _headings(next(reader, []), file)
    for cells in reader:
        place = Place(file=file, line=reader.line_num)
        if len(cells) != len(columns):
            raise Problem(f"{len(cells)} cells, but {len(columns)} columns.", where=place)
        yield Row(cells=dict(zip(columns, cells, strict=True)), units=units, place=place)


def _headings(headings: list[str], file: str) -> tuple[list[str], dict[str, str]]:
    found = [_HEADING.fullmatch(each) for each in headings]
    for heading, match in zip(headings, found, strict=True):
        if not match or (match["unit"] and match["unit"] not in UNITS):
            fix = f"Write `name` or `name [unit]` with a unit of: {', '.join(UNITS)}."
            raise Problem(f'The heading "{heading}" cannot be read.', where=Place(file=file, line=1), fix=fix)
    units = {match["name"]: match["unit"] for match in found if match and match["unit"]}
    return [match["name"] for match in found if match], units


def read_sources(text: str, file: str) -> dict[str, Source]:
    """Sources by name, without a date: the date belongs to each fact."""
    return {
        row.text("id"): Source(title=row.text("title"), address=row.maybe_text("address")) for row in rows(text, file)
    }
