"""What a part of the lesson is: words and tables in which every number stands already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from breakeven.shipped import shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonTable:
    """Rows of texts under a header. `after`: the paragraph that it follows, from 1."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: what it is called, what it says, what it shows, and what to do in three steps."""

    name: str
    title: str
    paragraphs: tuple[str, ...]
    tables: tuple[LessonTable, ...]
    playbook: tuple[str, ...]


def words(name: str) -> Mapping[str, Any]:
    """The texts of a part."""
    found: Mapping[str, Any] = shipped("lesson/texts.yaml")[name]
    return found


def part(name: str, filled: Mapping[str, str], tables: tuple[LessonTable, ...]) -> Part:
    """The part with everything filled in."""
    its = words(name)
    return Part(
        name=name,
        title=its["title"],
        paragraphs=tuple(each.format_map(filled) for each in its["paragraphs"]),
        tables=tables,
        playbook=tuple(its["playbook"]),
    )


def as_markdown(part: Part) -> str:
    """The part as Markdown: words, tables, the playbook."""
    paragraphs = [f"## {part.title}"]
    for number, paragraph in enumerate(part.paragraphs, 1):
        paragraphs.append(paragraph)
        paragraphs += [_table(table) for table in part.tables if table.after == number]
    return "\n\n".join([*paragraphs, "\n".join(f"{i}. {step}" for i, step in enumerate(part.playbook, 1))])


def _table(of: LessonTable) -> str:
    rows = [of.header, ("---",) * len(of.header), *of.rows]
    return "\n".join([f"**{of.title}**", "", *(f"| {' | '.join(row)} |" for row in rows)])
