"""The page of a study: the answer, one table, four lines, what to do next. At most 32 lines at 100 columns.

The rows are the same at every width from 60 columns to 200; where it is narrow, options lose their column and are
told in a line below the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from breakeven.report.pages.parts.answer import headline, why
from breakeven.report.pages.parts.behind import COLOURS
from breakeven.report.pages.parts.columns import always, called, heading, in_order
from breakeven.report.pages.parts.evidence import best
from breakeven.report.pages.parts.rows import PageRow, page_rows
from breakeven.report.pages.parts.short import four_lines, left_out, more, steps
from breakeven.report.pages.parts.told import told
from breakeven.report.wording import SYMBOLS, month_shortly, sentence
from breakeven.study.study import Study

WIDE_GAP, NARROW_GAP = 2, 1
MOST_HEADING, LEAST_HEADING = 18, 12  # characters of a line over a column, unless its numbers are longer
MOST_LINES, USUAL = 32, 100  # lines at the usual width, where what is told is chosen: it is the same at any width
ROOMS = ((160, 3), (80, 3), (80, 2))  # characters: two lines of the usual width, and one; steps of what to do next
WIDEST = 120  # columns: a longer line of text is hard to read
LABEL = 17  # of the lines under the table


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the table: which of the study's it is, the lines over it, how wide it is."""

    at: int
    head: tuple[str, ...]
    width: int


class Page:
    """A study as a rich renderable."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        usual = options.update(width=USUAL)
        for room, most in ROOMS:
            if len(console.render_lines(Group(*self.parts(USUAL, room, most)), usual)) <= MOST_LINES:
                break
        yield from self.parts(options.max_width, room, most)

    def parts(self, width: int, room: int, most: int) -> Iterator[RenderableType]:
        """Everything, from the answer down; `room`: characters for what was not said, and for what flips it; `most`:
        steps of what to do next.
        """
        study, text = self.study, min(width, WIDEST)
        yield from answer(study, text)
        yield Text()
        yield from table(study, width)
        yield Text()
        yield from told([*four_lines(study, room), *steps(study)[:most], ("More", more(study))], text, LABEL - 1)


def answer(study: Study, width: int) -> Iterator[RenderableType]:
    """What to do, and why, with the numbers that decide."""
    yield wrapped(Text(headline(study), style=f"bold {COLOURS[best(study).verdict]}"), width)
    yield wrapped(Text(why(study)), width)


def wrapped(text: Text, width: int) -> Table:
    """A text no wider than this."""
    grid = Table.grid()
    grid.add_column(width=width)
    grid.add_row(text)
    return grid


def table(study: Study, width: int) -> Iterator[RenderableType]:
    """The options that fit side by side, then the others in a line."""
    rows, order = page_rows(study), in_order(study)
    shown, gap = fitting(study, rows, order, width)
    yield side_by_side(study, rows, shown, gap)
    rest = order[len(shown) :]
    if rest:
        months = study.basis.header.horizon_months
        said = f"Also, gain or loss over {months} months: {' · '.join(left_out(study, rest))}"
        yield wrapped(Text(said, style="dim"), min(width, WIDEST))


def fitting(study: Study, rows: Sequence[PageRow], order: Sequence[int], width: int) -> tuple[list[Column], int]:
    """The columns that fit, of those in order, and the gap between them. Those that always stand do so at last."""
    label, least = max(len(row.label) for row in rows), always(study)
    ways = []
    for most, gap in ((MOST_HEADING, WIDE_GAP), (LEAST_HEADING, WIDE_GAP), (LEAST_HEADING, NARROW_GAP)):
        columns = [column(study, rows, i, most) for i in order]
        ends = [label + sum(column.width + gap for column in columns[: n + 1]) for n in range(len(columns))]
        ways.append((columns[: max(sum(end <= width for end in ends), least)], gap, ends[least - 1] <= width))
    fitting_ways = [way for way in ways if way[2]] or ways[-1:]
    columns, gap, _ = max(fitting_ways, key=lambda way: len(way[0]))
    return columns, gap


def column(study: Study, rows: Sequence[PageRow], at: int, most: int) -> Column:
    """A column as wide as its widest number, or as a line of its heading, which is no longer than `most` if it can."""
    numbers = max(len(row.values[at]) for row in rows)
    head = heading(called(study, at), max(most, numbers))
    return Column(at=at, head=tuple(head), width=max(numbers, *map(len, head)))


def corner_of(study: Study) -> tuple[str, ...]:
    """Which month the table is of, in lines over the labels: its number, when it is, and why that one."""
    header = study.basis.header
    currency = "" if header.currency in SYMBOLS else f", {header.currency}"
    return sentence(month_shortly(header.as_of, header.month)), f"after the move{currency}"


def side_by_side(study: Study, rows: Sequence[PageRow], columns: Sequence[Column], gap: int) -> Text:
    """The table: set here, to the character, so that no number is ever broken."""
    label = max(len(row.label) for row in rows)
    corner = corner_of(study)
    high = max(len(corner), *(len(column.head) for column in columns))
    lines: list[Text] = []
    for at in range(high):
        first = (*[""] * (high - len(corner)), *corner)[at]
        cells = (
            ((*[""] * (high - len(column.head)), *column.head)[at]).rjust(column.width + gap) for column in columns
        )
        lines.append(Text(f"{first:<{label}}{''.join(cells)}".rstrip(), style="bold"))
    for row in rows:
        cells = (row.values[column.at].rjust(column.width + gap) for column in columns)
        lines.append(Text(f"{row.label:<{label}}{''.join(cells)}".rstrip(), style="bold" * row.bold))
    return Text("\n").join(lines)
