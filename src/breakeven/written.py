"""JSON and YAML that others wrote, as plain data: whatever is wrong with a text, it is told as that format's own error.

Python's readers also fail in ways of their own: on deep nesting, on numbers with thousands of digits, on days that no
calendar has, and later, on half a letter (a lone surrogate) that no file and no terminal can take.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from reprlib import Repr
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from breakeven.problems import Problem
from breakeven.texts import cleaned

SURROGATE = re.compile("[\ud800-\udfff]")
MAYBE_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
INSTANCE = re.compile(r" or an instance of \w+")  # what pydantic says of a class of ours
MOST_VALUES = 1_000_000  # more than any file of ours holds
TOO_DEEP = "it is nested too deeply"
LARGEST = 1e24  # more than any quantity here; beyond it sums and products leave what a number can hold
_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 60


def json_of(text: str, *, clean: bool = True) -> Any:
    """The value of a JSON text; `clean`: without half letters. Raises `json.JSONDecodeError` where it has none."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise json.JSONDecodeError(TOO_DEEP, text, 0) from None
    except ValueError:
        raise json.JSONDecodeError("a number in it is too long", text, 0) from None
    return cleaned(value) if clean and MAYBE_SURROGATE.search(text) else value


def yaml_of(text: str) -> Any:
    """The plain data of a YAML text. Raises `YAMLError` for every text that has none."""
    try:
        value = YAML(typ="safe", pure=True).load(text)
        _walk_through(value)
    except RecursionError:
        raise YAMLError(TOO_DEEP) from None
    except (ValueError, OverflowError, TypeError) as error:  # such as the day 2026-02-30
        raise YAMLError(str(error)) from None
    return cleaned(value) if MAYBE_SURROGATE.search(text) else value


def _walk_through(value: Any) -> None:
    """Raise `YAMLError` for data without an end: an anchor inside itself, or repeated by repeated ones."""
    waiting, seen = [value], 0
    while waiting:
        each, seen = waiting.pop(), seen + 1
        if isinstance(each, dict | list):
            waiting.extend(each.values() if isinstance(each, dict) else each)
        if seen > MOST_VALUES:
            raise YAMLError("it holds too many values, or an anchor repeats itself")


def csv_rows(lines: Iterable[str], where: str) -> Iterator[list[str]]:
    """The rows of a CSV. Raises `Problem` where the text is none."""
    reader = csv.reader(lines)
    try:
        yield from reader
    except csv.Error as error:
        what = f"this is not CSV: {error}"
        raise Problem(what, where=f"{where}:{reader.line_num}", fix="Export it again, in UTF-8.") from None


def first_wrong(errors: Sequence[Mapping[str, Any]]) -> str:
    """The first of pydantic's errors on plain data: where in it, and what."""
    place, said = ".".join(map(str, errors[0]["loc"])), INSTANCE.sub("", str(errors[0]["msg"]))
    return f"{place} {said[:1].lower()}{said[1:]}".strip()


def within_reach(value: float) -> bool:
    """Whether a number is 0 or of a size from 1/LARGEST to LARGEST. What is none (nan, inf) is told elsewhere."""
    if isinstance(value, float) and not isfinite(value):
        return True
    return value == 0 or 1 / LARGEST <= abs(value) <= LARGEST


def has_half_letter(text: str) -> bool:
    """Whether the text holds a lone surrogate, which cannot be written anywhere."""
    return SURROGATE.search(text) is not None


def short(value: object) -> str:
    """A value as a message shows it, however long or deep it is."""
    return _SHORT.repr(value)
