"""A table for the terminal or as JSON. Sources are numbered and told once, below the table."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

SOURCE = "source"
PROSE = frozenset({"item", "model", "note", "product", "Hugging Face id"})  # columns that may be broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One table of an answer: what is shown, the same as data, and what must be said below it."""

    name: str
    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    data: Sequence[dict[str, object]]
    notices: tuple[str, ...] = ()


def print_json(listings: Sequence[Listing], day: datetime.date) -> None:
    """One JSON object: a list a listing, and every notice."""
    body = {each.name: list(each.data) for each in listings}
    notices = [notice for each in listings for notice in each.notices]
    typer.echo(json.dumps({"as_of": day.isoformat(), **body, "notices": notices}, indent=2))


def print_tables(listings: Sequence[Listing]) -> None:
    """Each listing as a table, then its notices, then its sources."""
    console = Console()
    for listing in listings:
        rows, sources = _numbered(listing)
        console.print(f"[bold]{escape(listing.title)}[/bold]")
        console.print(_table(listing.headings, rows))
        for notice in listing.notices:
            console.print(f"! {escape(notice)}")
        for number, source in enumerate(sources, start=1):
            console.print(f"source {number}: {escape(source)}", style="dim", highlight=False, soft_wrap=True)
        console.print()


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(escape(heading), overflow="fold", no_wrap=heading not in PROSE)
    for row in rows:
        table.add_row(*(escape(each) for each in row))
    return table


def _numbered(listing: Listing) -> tuple[Sequence[tuple[str, ...]], list[str]]:
    """The rows with each source replaced by its number, and the sources in that order."""
    if SOURCE not in listing.headings:
        return listing.rows, []
    at = listing.headings.index(SOURCE)
    sources = list(dict.fromkeys(row[at] for row in listing.rows))
    return [(*row[:at], str(sources.index(row[at]) + 1), *row[at + 1 :]) for row in listing.rows], sources
