"""What a memo is made of, whatever it is written to: paragraphs, lists, tables, pictures, in sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from breakeven.report.charts.parts import Chart

Tone = Literal["good", "open", "bad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Some sentences; `label` stands before them in bold, if there is one."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of texts. `sides` is a letter a column, l or r; rows named in `bold` are sums."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sides: str
    bold: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart, with its words for those who do not see it."""

    chart: Chart


Block = Paragraph | Bullets | Grid | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of the three numbers of the first page."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """The whole memo: the decision on one page, then the evidence, then how to make it again."""

    title: str
    subtitle: str
    question: str
    answer: str
    tone: Tone
    why: str
    figures: tuple[Figure, ...]
    decision: tuple[Section, ...]  # the rest of the first page
    evidence: tuple[Section, ...]
    colophon: tuple[tuple[str, str], ...]
    date: str  # as ISO 8601


def sentence(text: str) -> str:
    """A clause as a sentence: a capital first (names of models stay as they are), a full stop last."""
    text = text.strip()
    first = text.partition(" ")[0]
    start = f"{text[:1].upper()}{text[1:]}" if first.rstrip(",;:.").replace("-", "").isalpha() else text
    return start if not text or text.endswith((".", "!", "?", ":")) else f"{start}."
