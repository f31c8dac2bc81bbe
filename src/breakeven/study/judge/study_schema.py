"""The JSON Schema of study.json, made from the types of the study themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from breakeven.numbers.inputs import KnownFrom
from breakeven.study.judge.basis import FORMAT, KNOWN_FROM
from breakeven.study.study import Study

PLAIN: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    Fraction: {"type": "number"},
    NoneType: {"type": "null"},
}
ARRAY: dict[str, Any] = {
    "type": "object",
    "description": "an array of the axes step, workload, option, scenario, month",
    "properties": {"shape": {"type": "array", "items": {"type": "integer"}}, "values": {"type": "array"}},
    "required": ["shape", "values"],
}


def study_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the document that `breakeven decide -o` writes."""
    kinds: dict[str, Any] = {}
    whole = _of(Study, kinds)
    top = kinds.pop(whole["$ref"].rpartition("/")[2])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A study of breakeven",
        **top,
        "properties": {"format": {"const": FORMAT}, "fingerprint": {"type": "string"}, **top["properties"]},
        "required": ["format", "fingerprint", *top["required"]],
        "$defs": dict(sorted(kinds.items())),
    }


@cache
def study_schema_text() -> str:
    """The schema as it is published."""
    return json.dumps(study_schema(), indent=2, ensure_ascii=False) + "\n"


def _of(kind: Any, kinds: dict[str, Any]) -> dict[str, Any]:
    """The schema of a type; dataclasses are collected in `kinds` and referred to."""
    if kind is Any:  # a Value: one number, or an array of them
        return {"anyOf": [{"type": "number"}, {"type": "null"}, ARRAY]}
    if kind is np.ndarray:  # how each element of an input is known
        values = {"type": "array", "items": _of(KnownFrom, kinds)}
        return {**ARRAY, "properties": {**ARRAY["properties"], "values": values}}
    if kind in PLAIN:
        return dict(PLAIN[kind])
    if is_dataclass(kind) and isinstance(kind, type):
        return _record(kind, kinds)
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": [*parts]}
    if origin in (Union, UnionType):
        return _either([_of(part, kinds) for part in parts])
    if origin is tuple and parts and parts[-1] is not Ellipsis:
        count = len(parts)
        prefix = [_of(part, kinds) for part in parts]
        return {"type": "array", "prefixItems": prefix, "minItems": count, "maxItems": count}
    if origin in (tuple, list, Sequence, frozenset):
        return {"type": "array", "items": _of(parts[0], kinds)}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": _of(parts[1], kinds)}
    raise TypeError(kind)


def _either(kinds: list[dict[str, Any]]) -> dict[str, Any]:
    """Any of several, each told once."""
    once = [each for i, each in enumerate(kinds) if each not in kinds[:i]]
    return once[0] if len(once) == 1 else {"anyOf": once}


def _record(kind: type, kinds: dict[str, Any]) -> dict[str, Any]:
    """A reference to a dataclass, which is described once."""
    if kind.__name__ not in kinds:
        kinds[kind.__name__] = {}
        hints = get_type_hints(kind)
        kinds[kind.__name__] = {
            "type": "object",
            "description": (kind.__doc__ or "").partition("\n")[0].strip(),
            "properties": {field.name: _of(hints[field.name], kinds) for field in fields(kind)},
            "required": [field.name for field in fields(kind) if field.name != KNOWN_FROM],
        }
    return {"$ref": f"#/$defs/{kind.__name__}"}
