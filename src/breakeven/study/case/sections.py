"""Inputs of the register that a case gives by name: under which heading, and between which bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from breakeven.problems import Problem, nearest
from breakeven.shipped import shipped
from breakeven.study.case.places import Document, Keys
from breakeven.study.case.schema import CaseFile, Quantity, Stated
from breakeven.study.register import register

ASSUMPTIONS = "assumptions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The least and the greatest value of an input; `open_below` leaves out the least itself."""

    least: float = 0
    greatest: float = float("inf")
    open_below: bool = False

    def broken_by(self, value: float) -> str:
        """What the value must be and is not; empty when it is right."""
        if value < self.least or (self.open_below and value == self.least):
            if self.open_below:
                return f"must be above {self.least:g}: {value:g}"
            below = "must not be negative" if self.least == 0 else f"must be at least {self.least:g}"
            return f"{below}: {value:g}"
        return f"must be at most {self.greatest:g}: {value:g}" if value > self.greatest else ""


def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = shipped("study/sections.yaml")
    return table


@cache
def sections() -> Mapping[str, tuple[str, ...]]:
    """The inputs that each section takes; `assumptions` takes all of them and more."""
    free = [name for name, each in register().items() if each.kind != "constant"]
    every = tuple(name for name in free if name not in _table()["structural"])
    return {name: tuple(names) for name, names in _table()["sections"].items()} | {ASSUMPTIONS: every}


@cache
def bounds(name: str) -> Bounds:
    """Between which bounds an input must lie."""
    for row in _table()["bounds"]:
        if name in row["names"]:
            least = row["above"] if "above" in row else row["from"]
            return Bounds(least=least, greatest=row.get("to", float("inf")), open_below="above" in row)
    return Bounds(greatest=1) if name.endswith("_share") else Bounds()


def limits(name: str) -> tuple[float, float]:
    """The least and the greatest value of an input."""
    its = bounds(name)
    return its.least, its.greatest


def section_of(name: str) -> str:
    """The section an input belongs to; empty when a case cannot give it by name."""
    return next((section for section, names in sections().items() if name in names), "")


def own_key(name: str) -> tuple[str, ...]:
    """The key outside the sections under which a case may give the same number; empty when there is none."""
    return tuple(_table()["own_keys"].get(name, ()))


def section_problems(case: CaseFile, document: Document) -> Iterator[Problem]:
    """Names that a section does not take, values out of bounds, and inputs given twice."""
    for section in sections():
        quantities: Mapping[str, Quantity] = getattr(case, section)
        for name, quantity in quantities.items():
            where: Keys = (section, name)
            if name in sections()[section]:
                yield from _out_of_bounds(where, quantity, document)
                yield from _given_twice(where, case, document)
            else:
                yield _refused(where, document)


def _refused(where: Keys, document: Document) -> Problem:
    section, name = str(where[0]), str(where[1])
    place = document.key(*where)
    if home := section_of(name):
        what = f'{section}: "{name}" does not belong here'
        return Problem(what, where=place, fix=f"Write it under {home}, or under assumptions.")
    if name in _table()["structural"]:
        what = f'{section}: "{name}" follows from other parts of the case'
        return Problem(what, where=place, fix=f"Give {_table()['structural'][name]} instead.")
    if name in register():
        meaning = register()[name].meaning
        what = f'{section}: "{name}" is fixed{f" ({meaning})" if meaning else ""} and not for a case to give'
        return Problem(what, where=place, fix="Remove it.")
    hint = nearest(name, sections()[section]) or nearest(name, sections()[ASSUMPTIONS])
    what = f'{section}: unknown input "{name}". {hint}'.strip()
    return Problem(what, where=place, fix="`breakeven schema` lists the inputs of each section.")


def _out_of_bounds(where: Keys, quantity: Quantity, document: Document) -> Iterator[Problem]:
    limits = bounds(str(where[1]))
    for part, value in _numbers(quantity):
        if said := limits.broken_by(value):
            keys = (*where, *part)
            dotted = ".".join(str(each) for each in keys)
            yield Problem(f"{dotted}: {said}", where=document.value(*keys))


def _numbers(quantity: Quantity) -> Iterator[tuple[Keys, float]]:
    """Each number of a quantity and the way to it."""
    if not isinstance(quantity, Stated):
        yield (), quantity
        return
    for part, value in (("low", quantity.low), ("likely", quantity.likely), ("high", quantity.high)):
        if value is not None:
            yield (part,), value


def _given_twice(where: Keys, case: CaseFile, document: Document) -> Iterator[Problem]:
    section, name = str(where[0]), str(where[1])
    own = own_key(name)
    home = section_of(name)
    twins = [own] if own and _value_at(case, own) is not None else []
    twins += [(home, name)] if section == ASSUMPTIONS != home and name in getattr(case, home) else []
    for twin in twins:
        there = document.key(*twin)
        at = f" in line {there.line}" if there.line else ""
        other = ".".join(twin)
        what = f"{section}.{name}: is given twice, the other time{at} as {other}"
        yield Problem(what, where=document.key(*where), fix="Keep one of the two.")


def _value_at(case: CaseFile, keys: tuple[str, ...]) -> Any:
    value: Any = case
    for key in keys:
        value = getattr(value, key)
    return value
