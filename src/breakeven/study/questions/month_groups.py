"""The named month by what it is spent on: each group of lines with its sum, which every table shows the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from breakeven.study.study import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthGroup:
    """A group of the side-by-side table: what it comes to for each option, and the rows in which anything is paid."""

    name: str
    sums: tuple[float, ...]
    rows: tuple[Row, ...]


def month_groups(table: Iterable[Row]) -> Iterator[MonthGroup]:
    """The groups in which anything is paid, in order; "of which" rows are shown and not added."""
    rows = [*table]
    for name in dict.fromkeys(row.group for row in rows):
        mine = [row for row in rows if row.group == name]
        paid = tuple(row for row in mine if any(round(value) for value in row.values))
        if paid:
            added = [row.values for row in mine if not row.of_which]
            yield MonthGroup(name=name, sums=tuple(map(sum, zip(*added, strict=True))), rows=paid)
