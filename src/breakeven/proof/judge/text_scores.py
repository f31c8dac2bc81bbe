"""Scores of answers without a model: from the texts alone, each from 0 to 1.

They need the extra `breakeven[shadow]`: RapidFuzz for likeness, jsonschema for what a schema allows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from breakeven.problems import Problem
from breakeven.written import json_of

REFUSALS = re.compile(
    r"\s*(?:(?:i['’]?m|i am) (?:very |really )?sorry\b|(?:i|we) (?:can(?:no|['’])?t|am unable to|will not|won['’]t) "
    r"(?:help|assist|provide|do|answer|comply|discuss)|as an ai\b)",
    re.IGNORECASE,
)
FIX = "pip install 'breakeven[shadow]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextScores:
    """Of one answer against another one to the same request. `valid`: by the schema; None: the request has none.

    `fields`: the share of keys of both JSON objects with equal values; None where one is no object. `longer`: its
    characters over the other's; None where that has none.
    """

    same: float
    alike: float
    valid: float | None
    fields: float | None
    empty: bool
    refusal: bool
    longer: float | None


def scores_of(answer: str, other: str, schema: Mapping[str, Any] | None = None) -> TextScores:
    """All scores of an answer, held against another one. Raises `Problem` where a part is not installed."""
    return TextScores(
        same=float(plain(answer) == plain(other)),
        alike=likeness(answer, other),
        valid=None if schema is None else float(is_valid(answer, schema)),
        fields=fields_agreeing(answer, other),
        empty=not answer.strip(),
        refusal=bool(REFUSALS.match(answer)),
        longer=len(answer) / len(other) if other else None,
    )


def plain(text: str) -> str:
    """The words in small letters, one blank between them."""
    return " ".join(text.split()).lower()


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
    form = request.get("response_format") or (request.get("text") or {}).get("format") or {}
    if not isinstance(form, Mapping) or form.get("type") != "json_schema":
        return None
    inner = form.get("json_schema", form)
    schema = inner.get("schema") if isinstance(inner, Mapping) else None
    return schema if isinstance(schema, Mapping) else None


@cache
def _part(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        whole = name.partition(".")[0]
        raise Problem(f"scores of texts need {whole}, which is not installed", fix=FIX) from None
