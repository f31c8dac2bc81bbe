"""The formats of logs and bills, each one small map in formats/*.yaml, and which of them a file is in."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from breakeven.problems import Problem, nearest
from breakeven.shipped import shipped, shipped_names

Evidence = Literal["real file", "SDK schema", "community"]
GENERIC = "generic"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Format:
    """One format. `evidence` says what its field names were taken from: a file, the vendor's own words, or others'.

    `map` is the content of its file: `fields` (field of ours -> spec, see paths.py), `needs` (what must be there to
    recognise it; a list inside is one of several), `cached` (inside the input, outside of it, or unknown), `bucket`
    (seconds that a row sums), `partial` (a row may hold only one kind of token), `bill` (rows without tokens).
    """

    name: str
    title: str
    evidence: Evidence
    how: str
    kinds: tuple[str, ...]
    cached: Literal["inside", "outside", "unknown"]
    map: Mapping[str, Any]

    @property
    def fields(self) -> dict[str, Any]:
        """Field of ours -> where it is found."""
        return dict(self.map["fields"])

    @property
    def partial(self) -> bool:
        """Whether a row may lack input or output tokens."""
        return bool(self.map.get("partial") or self.map.get("bill"))

    @property
    def bucketed(self) -> bool:
        """Whether a row sums many requests."""
        return bool(self.partial or self.map.get("bucket") or "ended" in self.fields)


def format_names() -> tuple[str, ...]:
    """Every format, by the name that --format takes."""
    return shipped_names("demand/formats")


@cache
def log_format(name: str) -> Format:
    """One format by its name."""
    if name not in format_names():
        hint = nearest(name, format_names())
        fix = f"The formats are {', '.join(format_names())}."
        raise Problem(f'"{name}" is not a format of logs. {hint}'.strip(), fix=fix)
    about = shipped(f"demand/formats/{name}.yaml")
    return Format(
        name=name,
        title=about["title"],
        evidence=about["evidence"],
        how=about["how"],
        kinds=tuple(about["kinds"]),
        cached=about["cached"],
        map=about | {"fields": {} if name == GENERIC else _fields(about)},
    )


def _fields(about: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of a map, with those of the format that it is like, whose paths begin otherwise."""
    if "like" not in about:
        return dict(about["fields"])
    other = dict(about["like"])
    text = json.dumps(shipped(f"demand/formats/{other.pop('format')}.yaml")["fields"])
    for theirs, ours in other.items():
        text = text.replace(theirs, ours)
    return {**json.loads(text), **about["fields"]}


def formats() -> tuple[Format, ...]:
    """Every format."""
    return tuple(log_format(each) for each in format_names())


def detected(found: Collection[str], kind: str, *, where: str) -> Format:
    """The format whose names the file has; the generic one when none fits."""
    best = _best(frozenset(found), kind)
    if len(best) > 1:
        names = " and ".join(each.name for each in best)
        fix = f"Say which: --format {best[0].name}."
        raise Problem(f"the file can be read as {names}", where=where, fix=fix)
    return best[0] if best else log_format(GENERIC)


@cache
def _best(found: frozenset[str], kind: str) -> tuple[Format, ...]:
    """The formats that fit most of the names."""
    scores = [(fit(each, found), each) for each in formats() if kind in each.kinds]
    return tuple(each for score, each in scores if score and score == max(number for number, _ in scores))


def fit(one: Format, found: Collection[str]) -> int:
    """How many of the names that the format needs are there; 0 when one is missing."""
    needs: Sequence[Any] = one.map.get("needs", [])
    there = _without_wrapper(one, found)
    met = [any(each.lstrip("/") in there for each in ([need] if isinstance(need, str) else need)) for need in needs]
    return len(met) if all(met) else 0


def wrapper(one: Format, found: Collection[str]) -> str:
    """What the rows of a JSON file lie in, as the start of a path: "data[]." or "data." or nothing."""
    name = one.map.get("wrapper")
    if not name:
        return ""
    if f"{name}[]" in found:
        return f"{name}[]."
    return f"{name}." if any(each.startswith(f"{name}.") for each in found) else ""


def _without_wrapper(one: Format, found: Collection[str]) -> set[str]:
    start = wrapper(one, found)
    return {each.removeprefix(start) for each in found if each.startswith(start)}


def forced(name: str, columns: Collection[str], kind: str, path: Path) -> Format:
    """The format the person names, refused with what is missing when the file cannot be in it."""
    one = log_format(name)
    if kind not in one.kinds:
        fix = f"{one.title}: {', '.join(one.kinds)}."
        raise Problem(f"{name} is not written as {kind}", where=str(path), fix=fix)
    there = _without_wrapper(one, columns)
    needs = [[need] if isinstance(need, str) else need for need in one.map.get("needs", [])]
    missing = [" or ".join(need) for need in needs if not any(column_path.lstrip("/") in there for column_path in need)]
    if missing and kind in ("csv", "parquet"):
        fix = f"The file has {', '.join(sorted(columns)) or 'no columns'}."
        raise Problem(f"as {name}, the file lacks {', '.join(missing)}", where=str(path), fix=fix)
    return one
