"""Labels left, sentences right, wrapped: what stands under the tables of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import fill

from rich.table import Table
from rich.text import Text

BETWEEN = 2  # columns between a label and its sentence
GLUED = "\u00a0%"


def told(pairs: Iterable[tuple[str, str]], width: int, label: int) -> Iterator[Table]:
    """A label and a sentence each; nothing where there are none. `label`: columns that labels have."""
    rows = [*pairs]
    if not rows:
        return
    table = Table(box=None, pad_edge=False, show_header=False, show_edge=False, width=width)
    table.add_column(width=label, no_wrap=True, style="bold")
    table.add_column(ratio=1)
    for name, sentence in rows:
        table.add_row(name, Text(wrapped(sentence, width - label - BETWEEN)))
    yield table


def wrapped(text: str, width: int) -> str:
    """A text in lines no wider than that, none of which parts a number from its percent sign."""
    lines = text.replace(" %", GLUED).split("\n")
    filled = (fill(line, width, break_long_words=False, break_on_hyphens=False) for line in lines)
    return "\n".join(filled).replace(GLUED, " %")
