"""A table for the terminal or as JSON. Sources are numbered and told once, below the table."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from breakeven.cli.answer import print_json

SOURCE, NOTE = "source", "note"
NARROW_PROSE = frozenset({"provider", "age"})  # and these in a narrow terminal
ROOM_FOR = {NOTE: 120, "product": 96}  # columns of a terminal that shows these in their row; a narrower one below
PROSE = frozenset(
    {"item", "model", "note", "product", "Hugging Face id", "what it is", "also called"}
)  # columns that may be broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One table of an answer: what is shown, the same as data, and what must be said below it."""

    name: str
    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    data: Sequence[dict[str, object]]
    notices: tuple[str, ...] = ()


def print_listings(listings: Sequence[Listing], day: datetime.date) -> None:
    """One JSON object: a list a listing, and every notice."""
    body = {each.name: list(each.data) for each in listings}
    notices = [notice for each in listings for notice in each.notices]
    print_json({"as_of": day.isoformat(), **body, "notices": notices})


def print_tables(listings: Sequence[Listing]) -> None:
    """Each listing as a table, then its notices, then its sources."""
    console = Console()
    for listing in listings:
        below = [SOURCE, *(name for name, room in ROOM_FOR.items() if console.width < room)]
        rows, told = listing.rows, {}
        for column in below:
            rows, told[column] = _numbered(listing.headings, rows, column)
        console.print(f"[bold]{escape(listing.title)}[/bold]")
        prose = PROSE | (NARROW_PROSE if console.width < ROOM_FOR["product"] else frozenset())
        console.print(_table(listing.headings, rows, prose - told.keys()))
        for notice in listing.notices:
            console.print(f"! {escape(notice)}")
        for name, texts in told.items():
            for number, text in enumerate(texts, start=1):
                console.print(f"{name} {number}: {escape(text)}", style="dim", highlight=False, soft_wrap=True)
        console.print()


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], prose: frozenset[str]) -> Table:
    """Figures are kept whole, and their headings broken between words where room is short; prose is broken."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for i, heading in enumerate(headings):
        whole = max(map(len, (*heading.split(), *(row[i] for row in rows))), default=1)
        table.add_column(escape(heading), overflow="fold", min_width=None if heading in prose else whole)
    for row in rows:
        table.add_row(*(escape(each) for each in row))
    return table


def _numbered(
    headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], column: str
) -> tuple[Sequence[tuple[str, ...]], list[str]]:
    """The rows with each text of a column replaced by its number, and the texts in that order; nothing stays."""
    if column not in headings:
        return rows, []
    at = headings.index(column)
    texts = list(dict.fromkeys(row[at] for row in rows if row[at]))
    numbers = {text: str(i) for i, text in enumerate(texts, start=1)} | {"": ""}
    return [(*row[:at], numbers[row[at]], *row[at + 1 :]) for row in rows], texts
