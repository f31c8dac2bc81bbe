"""The JSON Schema of a case file: editors complete and check with it, and messages find known keys in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from breakeven.decision.readiness.questionnaire import questionnaire
from breakeven.study.case.places import Keys
from breakeven.study.case.schema import CaseFile
from breakeven.study.case.sections import bounds, sections
from breakeven.study.register import register

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PERCENT = r"^\s*[-+]?[0-9.]+(e[-+]?[0-9]+)?\s*%\s*$"


@cache
def case_schema() -> Mapping[str, Any]:
    """The schema, with the inputs that each section takes."""
    schema = CaseFile.model_json_schema()
    for section, names in sections().items():
        old = schema["properties"][section]
        value = old.pop("additionalProperties")
        old["properties"] = {name: _described(name, value) for name in names}
        old["additionalProperties"] = False
    answers = schema["$defs"]["ReadinessAnswers"]["properties"]["answers"]
    answer = answers.pop("additionalProperties")
    asked = questionnaire().items.values()
    answers["properties"] = {question.id: {**answer, "description": question.question} for question in asked}
    answers["additionalProperties"] = False
    for node in _nodes(schema):
        if node.get("type") == "number":  # a number may be written as a percentage
            node |= {"type": ["number", "string"], "pattern": PERCENT}
    return {"$schema": DIALECT, "title": "A case of breakeven"} | {
        key: value for key, value in schema.items() if key != "title"
    }


def _described(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """One input: what it means, its unit, its default, and how far it may go."""
    known = register()[name]
    unit = "" if known.unit == "1" else f" [{known.unit}]"
    default = "" if known.likely is None else f" Default {known.likely:g}, {known.kind}: {known.source.title}."
    meaning = known.meaning or name.replace("_", " ")
    branches = [_bounded(name, each) for each in value["oneOf"]]
    return {"oneOf": branches, "description": f"{meaning}{unit}.{default}"}


def _bounded(name: str, branch: Mapping[str, Any]) -> dict[str, Any]:
    """The branch of plain numbers with the input's bounds; the other as it is."""
    if branch.get("type") != "number":
        return dict(branch)
    limits = bounds(name)
    least = {"exclusiveMinimum" if limits.open_below else "minimum": limits.least}
    greatest = {"maximum": limits.greatest} if limits.greatest < float("inf") else {}
    return {**branch, **least, **greatest}


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(child)


def known_keys(keys: Keys) -> tuple[str, ...]:
    """The keys that the mapping at `keys` may have; none when it takes any."""
    node = case_schema()
    for key in keys:
        node = _step(node, key)
    return tuple(_mapping(node).get("properties", ()))


def homes(name: str) -> tuple[str, ...]:
    """The parts of a case that know a key: "self_hosting", "workloads"."""
    top = case_schema()["properties"]
    return tuple(part for part in top if name in _mapping(_items(top[part])).get("properties", ()))


def _step(node: Mapping[str, Any], key: str | int) -> Mapping[str, Any]:
    if isinstance(key, int):
        return _items(node)
    child: Mapping[str, Any] = _mapping(node).get("properties", {}).get(key, {})
    return child


def _items(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((each["items"] for each in _branches(node) if "items" in each), node)


def _mapping(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((each for each in _branches(node) if "properties" in each), {})


def _branches(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The node itself, what it refers to, and its alternatives."""
    if "$ref" in node:
        node = case_schema()["$defs"][node["$ref"].rsplit("/", maxsplit=1)[-1]]
    yield node
    for each in [*node.get("anyOf", ()), *node.get("oneOf", ())]:
        yield from _branches(each)


def case_schema_text() -> str:
    """The schema as the text of a file."""
    return json.dumps(case_schema(), indent=2, ensure_ascii=False) + "\n"
