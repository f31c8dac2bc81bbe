"""Writes changed values into a case file: comments, order and everything else in it stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from breakeven.problems import Problem
from breakeven.study.case.places import Keys
from breakeven.study.case.round_trip import edited

Writes = Mapping[Keys, Any]
"""The way to a value and what is to stand there: a number, a word, or keys with values."""


def with_changes(text: str, writes: Writes) -> str:
    """The text of a case with these values in it. Raises `Problem` where it cannot be edited."""

    def edit(data: CommentedMap) -> None:
        for keys, value in writes.items():
            _put(data, keys, value)

    try:
        return edited(text, edit)
    except (YAMLError, ValueError, RecursionError, KeyError, IndexError, TypeError) as error:
        raise Problem(f"the changes cannot be put into it: {error}", where="case.yaml") from None


def _put(data: Any, keys: Keys, value: Any) -> None:
    """Put a value where the keys lead; of a number with its range only the numbers are replaced."""
    *way, last = keys
    for key in way:
        if isinstance(key, int):
            data = data[key]
            continue
        if not isinstance(data.get(key), CommentedMap | CommentedSeq):
            data[key] = CommentedMap()
        data = data[key]
    there = data.get(last) if isinstance(data, CommentedMap) else None
    if isinstance(value, Mapping) and isinstance(there, CommentedMap):
        there.update(value)
    elif isinstance(value, Mapping):
        made = CommentedMap(value)
        made.fa.set_flow_style()
        data[last] = made
    elif isinstance(there, CommentedMap):
        there["likely"] = value
        for end in ("low", "high"):
            there.pop(end, None)
    else:
        data[last] = value
