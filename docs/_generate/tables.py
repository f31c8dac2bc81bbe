"""Markdown tables and links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    told = [heading, ["---"] * len(heading), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in told)


def anchored(name: str) -> str:
    """A name that can be linked to."""
    return f'<a id="{name}"></a>`{name}`'


def address(text: str) -> str:
    """A link for what a browser can open, else the text as it stands."""
    if text.startswith("http") and " " not in text:
        return f"<{text}>"
    looks_like_a_page = "/" in text and "." in text.partition("/")[0] and " " not in text and "@" not in text
    return f"<https://{text}>" if looks_like_a_page else text


def number(value: object) -> str:
    """A number as short as it goes; nothing where there is none."""
    return "" if value is None else f"{value:,.10g}"
