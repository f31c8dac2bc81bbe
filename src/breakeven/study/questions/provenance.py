"""Where a number of a study comes from: a line, an input, the case, or a named method with its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from breakeven.problems import Problem
from breakeven.shipped import shipped

OriginKind = Literal["line", "line_named_by", "input", "case", "method"]
KINDS: tuple[OriginKind, ...] = ("line", "line_named_by", "input", "case", "method")
ONE, REST = "*", "**"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What stands behind the numbers of a pattern. `name`: of the line, the function, the section of the case.

    "line_named_by": the object that holds the number says which line it is. `page` is below docs/, of a method.
    """

    pattern: str
    kind: OriginKind
    name: str
    page: str = ""

    def fits(self, path: Sequence[str]) -> bool:
        """Whether a path in study.json belongs to the pattern."""
        steps = self.pattern.split(".")
        if steps[-1] == REST:
            steps = steps[:-1]
            path = path[: len(steps)] if len(path) > len(steps) else ()
        return len(path) == len(steps) and all(a in (ONE, b) for a, b in zip(steps, path, strict=True))


@cache
def origins() -> tuple[Origin, ...]:
    """Every pattern, in order."""
    document = shipped("study/provenance.yaml")
    return tuple(_origin(each) for each in document)


def _origin(row: Mapping[str, str]) -> Origin:
    kind = next(each for each in KINDS if each in row)
    return Origin(pattern=row["path"], kind=kind, name=row[kind], page=row.get("page", ""))


def origin(path: str) -> Origin:
    """What stands behind the number at a path such as "options.0.horizon.net_present_value". Raises `Problem`."""
    steps = path.split(".")
    for each in origins():
        if each.fits(steps):
            return each
    raise Problem(f'nothing is known of where "{path}" comes from', fix="Write its pattern into provenance.yaml.")


def numbers(document: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every number of a document with the way to it; true and false are no numbers."""
    if isinstance(document, Mapping):
        for name, each in document.items():
            yield from numbers(each, (*path, str(name)))
    elif isinstance(document, list | tuple):
        for i, each in enumerate(document):
            yield from numbers(each, (*path, str(i)))
    elif isinstance(document, int | float) and not isinstance(document, bool):
        yield path, float(document)
