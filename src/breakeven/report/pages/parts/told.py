"""Labels left, sentences right, wrapped: what stands under the tables of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.table import Table
from rich.text import Text


def told(pairs: Iterable[tuple[str, str]], width: int, label: int) -> Iterator[Table]:
    """A label and a sentence each; nothing where there are none. `label`: columns that labels have."""
    rows = [*pairs]
    if not rows:
        return
    table = Table(box=None, pad_edge=False, show_header=False, show_edge=False, width=width)
    table.add_column(width=label, no_wrap=True, style="bold")
    table.add_column(ratio=1)
    for name, sentence in rows:
        table.add_row(name, Text(sentence))
    yield table
