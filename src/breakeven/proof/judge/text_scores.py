"""Scores of answers without a model: from the texts alone, each from 0 to 1.

They need the extra `breakeven[shadow]`: RapidFuzz for likeness, jsonschema for what a schema allows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from breakeven.problems import Problem
from breakeven.proof.records.answers import form_of
from breakeven.written import json_of

FIX = "pip install 'breakeven[shadow]'"


def plain(text: str) -> str:
    """The words in small letters, one blank between them."""
    return " ".join(text.split()).lower()


def same(one: str, other: str) -> float:
    """1 where the words are the same, else 0."""
    return float(plain(one) == plain(other))


def likeness(one: str, other: str) -> float:
    """Of the words of both, sorted: 1 the same words. Two empty texts are alike."""
    if not one.strip() or not other.strip():
        return float(one.strip() == other.strip())
    return float(_part("rapidfuzz.fuzz").token_sort_ratio(plain(one), plain(other))) / 100


def is_valid(answer: str, schema: Mapping[str, Any]) -> bool:
    """Whether the answer is JSON that the schema allows. Raises `Problem` for a schema that is none."""
    library = _part("jsonschema")
    try:
        value = json_of(answer)
    except json.JSONDecodeError:
        return False
    try:
        library.validate(value, schema)
    except library.ValidationError:
        return False
    except library.SchemaError as error:
        raise Problem(f"the JSON schema of a request is none: {error.message}") from None
    return True


def fields_agreeing(one: str, other: str) -> float | None:
    """The share of all keys of two JSON objects that have the same value in both; None where one is no object."""
    try:
        a, b = json_of(one), json_of(other)
    except json.JSONDecodeError:
        return None
    if not (isinstance(a, dict) and isinstance(b, dict)):
        return None
    keys = {*a, *b}
    return sum(key in a and key in b and a[key] == b[key] for key in keys) / len(keys) if keys else 1.0


def schema_of(request: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The JSON schema that a request asks for: of chat completions and of responses; None where it asks for none."""
    form = form_of(request)
    inner = form.get("json_schema", form) if form.get("type") == "json_schema" else None
    schema = inner.get("schema") if isinstance(inner, Mapping) else None
    return schema if isinstance(schema, Mapping) else None


LIKENESS: Mapping[str, Callable[[str, str], float | None]] = {
    "alike": likeness, "same": same, "fields": fields_agreeing
}  # fmt: skip


@cache
def _part(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        whole = name.partition(".")[0]
        raise Problem(f"scores of texts need {whole}, which is not installed", fix=FIX) from None
