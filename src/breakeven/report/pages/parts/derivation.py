"""The derivation of a number as a tree for the terminal."""

from __future__ import annotations

from rich.text import Text
from rich.tree import Tree

from breakeven.numbers.explain import LINE, SHOWN_ABOVE, Explanation, written


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
    ends = f", {written(one.range[:1])} to {written(one.range[1:])}" if one.range else ""
    return text.append(f"\n  {one.kind}{ends}, {one.source}", style="dim")
