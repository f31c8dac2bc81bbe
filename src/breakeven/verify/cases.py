"""Reads the published cases that lie in verify/data. The text comes in, the records go out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from breakeven.decision.exact.along import exactly
from breakeven.numbers.inputs import Source
from breakeven.problems import Place, Problem
from breakeven.shipped import shipped

CASES = ("pan_2025", "nvidia_tco", "induwara", "randomcalculators", "inference_econ")
FOLDER = "src/breakeven/verify/data"
Given = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A published figure and the line that should give it. `stated`: what the text says instead of `given`."""

    row: str
    column: str
    line: str
    given: Given
    stated: Given
    published: Fraction | None
    within: Fraction | None
    above: Fraction | None
    contradicts: str
    left_out: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A published case. `stated_says` and `stated_note` speak of the figures taken at the text's word."""

    title: str
    source: Source
    figures: tuple[Figure, ...]
    left_out: tuple[str, ...]
    stated_says: str
    stated_note: str


@cache
def cases() -> tuple[Case, ...]:
    """Every published case, in a fixed order."""
    return tuple(read(name) for name in CASES)


def read(name: str) -> Case:
    """One case by the name of its file."""
    return read_case(shipped(f"verify/data/{name}.yaml"), f"{FOLDER}/{name}.yaml")


def read_case(raw: Mapping[str, Any], file: str) -> Case:
    """The record of a case. Refuses one without a source, and a row with too few or too many figures."""
    if not raw.get("source", {}).get("address"):
        raise Problem("The case has no source address.", where=file, fix="A figure without a source does not load.")
    stated = raw.get("stated", {})
    return Case(
        title=raw["title"],
        source=Source(**raw["source"]),
        figures=(*_table(raw, Place(file=file)), *_figures(raw)),
        left_out=tuple(raw.get("left_out", ())),
        stated_says=stated.get("says", ""),
        stated_note=stated.get("note", ""),
    )


def _figures(raw: Mapping[str, Any]) -> Iterator[Figure]:
    for each in raw.get("figures", ()):
        given = numbers(raw["given"]) | numbers(each.get("given", {}))
        yield _figure(each, row=each["row"], column="", given=given, stated={}, published=each.get("published"))


def _table(raw: Mapping[str, Any], place: Place) -> Iterator[Figure]:
    table = raw.get("table", {"rows": {}, "columns": {}})
    for row, cells in table["rows"].items():
        if len(cells["published"]) != len(table["columns"]):
            raise Problem(f'The row "{row}" has not one figure a column.', where=place)
        given = numbers(raw["given"]) | numbers(cells["given"])
        stated = numbers(raw["stated"]["given"]) | numbers(cells["stated"])
        for (column, each), published in zip(table["columns"].items(), cells["published"], strict=True):
            own = given | numbers(each.get("given", {}))
            yield _figure(each, row=row, column=column, given=own, stated=own | stated, published=published)


def _figure(
    raw: Mapping[str, Any], *, row: str, column: str, given: Given, stated: Given, published: float | None
) -> Figure:
    return Figure(
        row=row,
        column=column,
        line=raw["line"],
        given=given,
        stated=stated,
        published=_maybe(published),
        within=_maybe(raw.get("within")),
        above=_maybe(raw.get("above")),
        contradicts=raw.get("contradicts", ""),
        left_out=raw.get("left_out", ""),
    )


def numbers(raw: Mapping[str, float]) -> dict[str, Fraction]:
    """The figures as the decimals they are written as."""
    return {name: Fraction(exactly(value)) for name, value in raw.items()}


def _maybe(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(exactly(value))
