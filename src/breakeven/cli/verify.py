"""`breakeven verify`: published cases, ours beside theirs. Reads nothing, computes nothing, shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from breakeven.cli.answer import print_json

MARKS = {
    "reproduces": ("=", "green"),
    "contradicts itself": ("≠", "red"),
    "left out": ("+", "yellow"),
    "does not reproduce": ("?", "bold red"),
}


def verify(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of the tables.")] = False,
) -> None:
    """Recompute published comparisons: what reproduces, what contradicts itself, what was left out."""
    from breakeven.verify.recompute import recomputed
    from breakeven.verify.reproduction import counted

    results = recomputed()
    count = counted(figure for case in results for figure in case.figures)
    if as_json:
        shown = {"counts": count, "cases": [case.to_json() for case in results]}
        print_json(shown)
    else:
        Console(highlight=False).print(page(results, count))
    if count["does not reproduce"]:
        raise typer.Exit(1)


def page(found: Iterable[Any], count: dict[Any, int]) -> Group:
    """The count, the legend, then case by case."""
    told = Text("Published cases, ours beside theirs: ", style="bold")
    told.append(", ".join(f"{number} {name}" for name, number in count.items() if number))
    legend = Text("ours first or above, theirs beside or below;  ", style="dim")
    legend.append(",  ".join(f"{mark} {name}" for name, (mark, _) in MARKS.items()))
    return Group(told, legend, *(part for case in found for part in section(case)))


def section(case: Any) -> Iterator[RenderableType]:
    """One case: heading, source, its matrix if it has one, its single figures, what it leaves out."""
    yield Text()
    yield Text(case.title, style="bold")
    yield indented(Text(f"{case.source}\n{case.source.address}", style="dim", overflow="fold"))
    if cells := [each for each in case.figures if each.column]:
        yield indented(matrix(cells))
    yield indented(singles([each for each in case.figures if not each.column]))
    remarks = dict.fromkeys((each.finding, each.note) for each in cells if each.note)
    yield indented(marked([*remarks, *(("left out", sentence) for sentence in case.left_out)]))


def indented(body: RenderableType) -> Padding:
    """Two columns to the right."""
    return Padding(body, (0, 0, 0, 2), expand=False)


def matrix(cells: list[Any]) -> Table:
    """Rows by columns; in each cell ours with its mark, and theirs below."""
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    table.add_column("", overflow="fold")
    for column in dict.fromkeys(figure.column for figure in cells):
        table.add_column(column, justify="right", overflow="fold")
    by_row: dict[str, list[Text]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, []).append(stacked(cell))
    for row, texts in by_row.items():
        table.add_row(row, *texts)
    return table


def stacked(figure: Any) -> Text:
    """Ours and the mark, below it theirs."""
    mark, colour = MARKS[figure.finding]
    return Text.assemble(ours(figure), " ", (mark, colour), "\n", (f"{theirs(figure)}  ", "dim"))


def singles(figures: list[Any]) -> Table:
    """One figure a row, its note below it."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(ratio=1)
    for _ in range(3):
        table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    for figure in figures:
        mark, colour = MARKS[figure.finding]
        row = Text.assemble(figure.row, (f"\n{figure.note}" if figure.note else "", "dim"))
        unit = Text("" if figure.unit == "1" else figure.unit, style="dim")
        table.add_row(row, ours(figure), Text(mark, style=colour), Text(theirs(figure), style="dim"), unit)
    return table


def marked(remarks: Iterable[tuple[str, str]]) -> Table:
    """Each remark with the mark of its finding."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(ratio=1)
    for finding, note in remarks:
        mark, colour = MARKS[finding]
        table.add_row(Text(mark, style=colour), note)
    return table


def ours(figure: Any) -> str:
    """Two decimals where they say something; shares in percent."""
    if figure.unit == "1":
        return f"{figure.ours:.1%}"
    whole = figure.unit == "cells" or abs(figure.ours) >= 1e5
    return f"{figure.ours:,.0f}" if whole else f"{figure.ours:,.2f}"


def theirs(figure: Any) -> str:
    """As they print it; nothing where they give no number."""
    return "" if figure.published is None else f"{figure.published:,.6g}"
