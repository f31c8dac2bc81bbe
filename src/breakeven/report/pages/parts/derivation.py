"""The derivation of a number as a tree for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from breakeven.numbers.explain import LINE, MOST_SHOWN, SHOWN_ABOVE, Explanation, written


def derivation(top: Explanation, depth: int | None = None) -> Tree:
    """The tree of formulas, numbers and sources; `depth` levels of it."""
    tree = Tree(described(top), guide_style="dim")
    _grow(tree, top, depth)
    return tree


def _grow(tree: Tree, one: Explanation, depth: int | None) -> None:
    if depth == 0:
        return
    for child in one.children:
        _grow(tree.add(described(child)), child, None if depth is None else depth - 1)


def described(one: Explanation) -> Text:
    """A number in one to three lines."""
    unit = "" if one.unit == "1" else f" {one.unit}"
    text = Text.assemble((one.name, "bold"), f" = {written(one.values)}{unit}")
    if one.kind == SHOWN_ABOVE:
        return text.append("  (explained above)", style="dim")
    if one.formula:
        text.append(f"\n  = {one.formula}\n  = {one.with_numbers}")
    if one.meaning:
        text.append(f"\n  {one.meaning}", style="dim")
    if one.kind == LINE:
        return text
    if not one.known_from:
        return text.append(f"\n  {one.kind}{_ends(one.range)}, {one.source}", style="dim")
    for value, known in [*zip(one.values, one.known_from, strict=True)][:MOST_SHOWN]:
        ends = _ends(None if known.low is None or known.high is None else (known.low, known.high))
        text.append(f"\n  {written([value])}: {known.kind}{ends}, {known.source}", style="dim")
    more = len(one.values) - MOST_SHOWN
    return (
        text.append(f"\n  and {more:,} more, each with its own source in study.json", style="dim") if more > 0 else text
    )


def _ends(ends: tuple[float, float] | None) -> str:
    return f", {written(ends[:1])} to {written(ends[1:])}" if ends else ""


def index(found: Iterable[tuple[str, Sequence[str]]]) -> Table:
    """What can be explained: what a page calls it, and the lines and inputs behind it."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("on a page", overflow="fold")
    table.add_column("line or input", overflow="fold")
    for name, lines in found:
        table.add_row(name, ", ".join(lines))
    return table
