"""JSON in the cells of a table, such as a column "usage" that holds {"prompt_tokens": …}: the paths into it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from re import findall
from typing import Any

from breakeven.demand.log.format.headers import HEAD_BYTES, Header, first_records, reading
from breakeven.demand.log.format.json_rows import path_of

LOOKED_AT = 50  # records
JSON_AS_TEXT = r'"([^"\\]+)"\s*:\s*"\s*\{\s*\\"(?:[^"\\]|\\.)*?token'


def paths_in_cells(path: Path, header: Header) -> list[str]:
    """A path for every number and text that the first records have below a column; "usage.prompt_tokens"."""
    found: dict[str, None] = {}
    for record in first_records(path, header, LOOKED_AT):
        for name, text in zip(header.names, record, strict=False):
            if text.lstrip().startswith("{"):
                found |= dict.fromkeys(path_of((name, *keys)) for keys in _leaves(_object(text)))
    return [*found]


def _object(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {}


def _leaves(held: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The keys on the way to each value; lists have no one value."""
    if isinstance(held, dict):
        for key, inner in held.items():
            yield from _leaves(inner, (*before, key))
    elif before and not isinstance(held, list):
        yield before


def keys_of_texts(path: Path) -> tuple[str, ...]:
    """The keys of a JSON file whose value is again JSON, written as text, that speaks of tokens."""
    with reading(path) as file:
        start = file.read(HEAD_BYTES).decode("utf-8", "replace")
    return tuple(dict.fromkeys(findall(JSON_AS_TEXT, start)))
