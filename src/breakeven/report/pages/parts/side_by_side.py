"""Options side by side at any width: an amount is never broken; names wrap between words; then the table is cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.console import Group
from rich.table import Table
from rich.text import Text

WIDE_GAP, NARROW_GAP = 2, 1
LEAST_LABEL = 22  # columns of the first column, when all options are kept in one table
MOST_HEADING = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: its label, a text for each option, its style."""

    label: str
    values: tuple[str, ...]
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One column: its name, which value of a line is its, the columns that it needs and that it may take."""

    name: str
    at: int
    width: int
    most: int


def side_by_side(corner: str, names: Sequence[str], lines: Sequence[Line], width: int) -> Group:
    """One table if it fits, else several below each other with the same rows."""
    needs = [needed(name, [line.values[i] for line in lines]) for i, name in enumerate(names)]
    whole = [
        Option(name=name, at=i, width=need, most=max(MOST_HEADING, need))
        for i, (name, need) in enumerate(zip(names, needs, strict=True))
    ]
    label = max(len(corner), *(len(line.label) for line in lines))
    if label + sum(needs) + WIDE_GAP * len(needs) <= width:
        return Group(table(corner, lines, fitting(whole, width - label, WIDE_GAP), WIDE_GAP))
    if LEAST_LABEL + sum(needs) + NARROW_GAP * len(needs) <= width:
        return Group(table(corner, lines, fitting(whole, width - LEAST_LABEL, NARROW_GAP), NARROW_GAP))
    made: list[Table | Text] = []
    for cut in cuts(whole, width - label):
        made += [Text()] if made else []
        made.append(table(corner, lines, cut, NARROW_GAP))
    return Group(*made)


def fitting(options: Sequence[Option], room: int, gap: int) -> list[Option]:
    """The options with their headings as wide as they like if that fits, else as narrow as their amounts allow."""
    liked = sum(max(each.width, min(len(each.name), MOST_HEADING)) for each in options)
    if liked + gap * len(options) <= room:
        return [*options]
    return [replace(each, most=each.width) for each in options]


def needed(name: str, values: Sequence[str]) -> int:
    """Columns that keep every amount, and every word of the name, in one piece."""
    return max(*(len(word) for word in name.split()), *(len(value) for value in values))


def cuts(options: Sequence[Option], room: int) -> Iterator[list[Option]]:
    """Options that fit beside each other, in order; at least one a table."""
    cut: list[Option] = []
    for option in options:
        if cut and sum(each.width + NARROW_GAP for each in [*cut, option]) > room:
            yield cut
            cut = []
        cut.append(option)
    yield cut


def table(corner: str, lines: Sequence[Line], options: Sequence[Option], gap: int) -> Table:
    """The chosen options."""
    made = Table(box=None, pad_edge=False, show_edge=False, expand=False, padding=(0, gap, 0, 0))
    made.add_column(corner, overflow="fold")
    for each in options:
        made.add_column(each.name, justify="right", overflow="fold", min_width=each.width, max_width=each.most)
    for line in lines:
        made.add_row(line.label, *(line.values[each.at] for each in options), style=line.style)
    return made
