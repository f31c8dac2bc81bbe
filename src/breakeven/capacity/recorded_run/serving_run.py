"""A recorded serving run: what was asked of a real engine and when it answered, with how the engine was started.

A folder with `requests.jsonl` (one request a line; arrival on the wall clock, the engine's times on a monotonic
one), `meta.json` (the engine's arguments, and in newer runs what it resolved them to) and `model_config.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from breakeven.files import LARGEST_MADE, text_of
from breakeven.problems import Problem, Problems
from breakeven.written import json_of

ASKED = ("input_toks", "output_toks", "arrival_time")
ANSWERED = ("queued_ts", "scheduled_ts", "first_token_ts", "last_token_ts")
LEAST_FITTED = 20  # requests; with fewer, seven constants follow the noise


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a client wants: tokens in and out, and when (seconds on the wall clock)."""

    arrival: float
    prompt: int
    output: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """When the engine dealt with a request: seconds on its own clock."""

    queued: float
    scheduled: float
    first: float
    last: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingRun:
    """A run. `answered` has the requests to fit on, in order of arrival; of the later ones only what was asked."""

    name: str
    asked: tuple[Asked, ...]
    answered: tuple[Answered, ...]
    meta: Mapping[str, Any]
    cluster: Mapping[str, Any]


def read_serving_run(folder: Path, fit_first: int) -> ServingRun:
    """Read a run to fit on its first requests by arrival; the times of all others are not looked at."""
    rows = _rows(folder)
    if not LEAST_FITTED <= fit_first < len(rows):
        fix = f"Give --fit-first from {LEAST_FITTED} to {len(rows) - 1}: the rest is what is predicted."
        raise Problem(f"the run has {len(rows)} requests, and {fit_first} are to be fitted", where=str(folder), fix=fix)
    mistakes: list[Problem] = []
    asked = [_asked(row, place, mistakes) for place, row in rows]
    order = sorted(range(len(rows)), key=lambda number: (asked[number].arrival, number))
    answered = [_answered(rows[number][1], rows[number][0], mistakes) for number in order[:fit_first]]
    if mistakes:
        raise Problems(mistakes)
    return ServingRun(
        name=folder.resolve().name,
        asked=tuple(asked[number] for number in order),
        answered=tuple(answered),
        meta=_document(folder / "meta.json"),
        cluster=_document(folder / "model_config.json"),
    )


def read_answers(folder: Path, fit_first: int) -> tuple[Answered, ...]:
    """What the engine did with the later requests: to compare a prediction with, once it is made."""
    rows = _rows(folder)
    found: list[Problem] = []
    order = sorted(range(len(rows)), key=lambda each: (_asked(rows[each][1], rows[each][0], found).arrival, each))
    answers = tuple(_answered(rows[each][1], rows[each][0], found) for each in order[fit_first:])
    if found:
        raise Problems(found)
    return answers


def _rows(folder: Path) -> list[tuple[str, Mapping[str, Any]]]:
    path = folder / "requests.jsonl"
    if not path.exists():
        fix = "A run is a folder with requests.jsonl, meta.json and model_config.json."
        raise Problem("there is no requests.jsonl", where=str(folder), fix=fix)
    lines = [each for each in text_of(path, largest=LARGEST_MADE).splitlines() if each.strip()]
    return [(f"{path}:{number}", _parsed(line, f"{path}:{number}")) for number, line in enumerate(lines, start=1)]


def _document(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        fix = "A run is a folder with requests.jsonl, meta.json and model_config.json."
        raise Problem(f"there is no {path.name}", where=str(path.parent), fix=fix)
    return _parsed(text_of(path, largest=LARGEST_MADE), str(path))


def _parsed(text: str, where: str) -> Mapping[str, Any]:
    try:
        value = json_of(text)
    except ValueError as error:
        raise Problem(f"this is not JSON: {error}", where=where, fix="Is the file whole? Copy it again.") from error
    if not isinstance(value, dict):
        raise Problem("an object {…} is expected here", where=where, fix="Is this the file of a serving run?")
    return value


def _number(row: Mapping[str, Any], key: str, where: str, found: list[Problem]) -> float:
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        found.append(Problem(f"{key} is {value!r}, not a number", where=where, fix="Each request needs it."))
        return 0.0
    return float(value)


def _asked(row: Mapping[str, Any], where: str, found: list[Problem]) -> Asked:
    before = len(found)
    arrival, prompt, output = (_number(row, each, where, found) for each in (ASKED[2], ASKED[0], ASKED[1]))
    if len(found) == before and (prompt < 1 or output < 1):
        fix = "Leave requests out that asked or produced nothing."
        found.append(Problem(f"{prompt:g} tokens in and {output:g} out", where=where, fix=fix))
    return Asked(arrival=arrival, prompt=int(prompt), output=int(output))


def _answered(row: Mapping[str, Any], where: str, found: list[Problem]) -> Answered:
    before = len(found)
    queued, scheduled, first, last = (_number(row, each, where, found) for each in ANSWERED)
    if len(found) == before and not queued <= scheduled <= first <= last:
        fix = "queued, scheduled, first and last token follow each other on one clock."
        found.append(Problem("its times are out of order", where=where, fix=fix))
    return Answered(queued=queued, scheduled=scheduled, first=first, last=last)
