"""Mistakes in the form of a case, in plain words: unknown keys, wrong types, values out of bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from breakeven.problems import Problem, nearest
from breakeven.study.case.editor import homes, known_keys
from breakeven.study.case.kinds import KEYS, VALUE
from breakeven.study.case.places import Document, Keys
from breakeven.study.case.schema import CaseFile

ROUNDS = 5
MOST_HOMES = 3  # parts that are named for a key that stands in the wrong one; more of them would say nothing
# Keys whose nearest neighbour is another quantity: a price of a GPU is not one of an hour.
OF_ANOTHER_UNIT = {
    "price_per_gpu": "It is the price of buying one: it belongs under self_hosting.purchase, with mode: owned.",
}
NUMBER, WHOLE, LIST = "a number", "a whole number", "a list"
MAPPING = "keys with values"
WANTED = {
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "int_parsing_size": WHOLE,
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": LIST,
    "list_type": LIST,
    "dict_type": MAPPING,
    "model_type": MAPPING,
    "model_attributes_type": MAPPING,
    "date_type": "a day such as 2026-11-21",
}
HOW_TO_WRITE = {
    NUMBER: "Write numbers plainly, without quotes, units or thousands separators: 20000, 2e9, 0.09 or 9%.",
    WHOLE: "Write a whole number plainly: 36.",
    LIST: 'Begin each item on its own line with "- ".',
    MAPPING: 'Write one "key: value" a line, indented below it.',
}


def validated(document: Document) -> tuple[CaseFile | None, list[Problem]]:
    """The case, and every mistake of its form.

    What is wrong is left out and the rest is checked again, so that a mistake in one part does not hide
    the mistakes of another. None: too little is right to go on.
    """
    data = deepcopy(document.data)
    mistakes: list[Problem] = []
    for round_number in range(ROUNDS):
        try:
            return CaseFile.model_validate(data), mistakes
        except ValidationError as error:
            details = error.errors(include_url=False)
        if round_number == 0:
            mistakes = [problem(detail, document) for detail in details]
        if not all(_leave_out(data, _doubtful(detail)) for detail in details):
            break
    return None, mistakes


def _doubtful(detail: ErrorDetails) -> Keys:
    """The smallest part of a mapping that must go for this mistake to go; list items keep their numbers."""
    keys = _keys(detail)
    keys = keys[:-1] if detail["type"] == "missing" else keys
    while keys and isinstance(keys[-1], int):
        keys = keys[:-1]
    return keys


def _leave_out(data: Any, keys: Keys) -> bool:
    """Remove the value at `keys`; False when there is no key to remove."""
    for key in keys[:-1]:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return True  # it went with its parent
    if not keys or not isinstance(data, dict):
        return False
    data.pop(keys[-1], None)
    return True


def _keys(detail: ErrorDetails) -> Keys:
    """The way to the value, without pydantic's marks for the branch of a union."""
    return tuple(each for each in detail["loc"] if each not in (KEYS, VALUE))


def problem(detail: ErrorDetails, document: Document) -> Problem:
    """One of pydantic's errors in our words, at its place."""
    keys = _keys(detail)
    if detail["type"] == "extra_forbidden":
        return _unknown_key(keys, document)
    if detail["type"] == "missing":
        what = _said(keys[:-1], f'"{keys[-1]}" is missing')
        return Problem(what, where=document.key(*keys))
    what, fix = _wrong_value(detail)
    return Problem(_said(keys, what), where=document.value(*keys), fix=fix)


def _said(keys: Keys, what: str) -> str:
    return f"{'.'.join(str(each) for each in keys)}: {what}" if keys else what


def _unknown_key(keys: Keys, document: Document) -> Problem:
    name, parent = str(keys[-1]), keys[:-1]
    known = known_keys(parent)
    hint = _elsewhere(name, parent) or OF_ANOTHER_UNIT.get(name, "") or nearest(name, known)
    fix = "" if hint or not known else f"The keys here are {', '.join(known)}."
    what = _said(parent, f'unknown key "{name}". {hint}'.strip())
    return Problem(what, where=document.key(*keys), fix=fix)


def _elsewhere(name: str, parent: Keys) -> str:
    """Where a known key belongs that stands in the wrong part; empty when it is known nowhere, or everywhere."""
    if parent and name in known_keys(()):
        return "It belongs to the case itself, without indentation."
    parts = [each for each in homes(name) if each not in parent]
    return f"It belongs under {' or '.join(parts)}." if 0 < len(parts) <= MOST_HOMES else ""


def _wrong_value(detail: ErrorDetails) -> tuple[str, str]:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind in WANTED:
        wanted = WANTED[kind]
        return f"expected {wanted}, found {shown(value)}", HOW_TO_WRITE.get(wanted, "")
    if kind in ("greater_than_equal", "greater_than", "less_than_equal"):
        return _out_of_bounds(kind, value, context)
    if kind == "literal_error":
        return _no_choice(str(context["expected"]), value)
    if kind == "finite_number":
        return "must be a finite number", ""
    if kind == "string_pattern_mismatch":
        return f'must be a currency of three letters such as "USD", found {shown(value)}', ""
    if kind == "value_error":
        return str(context["error"]), ""
    message = detail["msg"]
    return message[:1].lower() + message[1:], ""


def _out_of_bounds(kind: str, value: Any, context: Mapping[str, Any]) -> tuple[str, str]:
    number = f"{context.get('ge', context.get('gt', context.get('le')))!s}".removesuffix(".0")
    if kind == "less_than_equal":
        share = number == "1" and isinstance(value, int | float) and 2 <= value <= 100
        fix = f"A share is between 0 and 1: write {value:g}% or {value / 100:g} for {value:g} percent."
        return f"must be at most {number}: {shown_number(value)}", fix if share else ""
    if kind == "greater_than":
        return f"must be above {number}: {shown_number(value)}", ""
    words = "must not be negative" if number == "0" else f"must be at least {number}"
    return f"{words}: {shown_number(value)}", ""


def _no_choice(expected: str, value: Any) -> tuple[str, str]:
    choices = expected.replace("'", "").replace(" or ", ", ").split(", ")
    hint = nearest(value, choices) if isinstance(value, str) else ""
    listed = f"{', '.join(choices[:-1])} or {choices[-1]}" if choices[1:] else choices[0]
    return f"must be {listed}, found {shown(value)}", hint


def shown_number(value: Any) -> str:
    """The value as the person wrote it."""
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def shown(value: Any) -> str:
    """What was found, in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'text "{value if len(value) <= 40 else value[:37] + "..."}"'
    if isinstance(value, date):
        return f"the date {value.isoformat()[:10]}"
    if isinstance(value, Mapping):
        return MAPPING
    if isinstance(value, Sequence):
        return LIST
    return f"the number {shown_number(value)}" if isinstance(value, int | float) else type(value).__name__
