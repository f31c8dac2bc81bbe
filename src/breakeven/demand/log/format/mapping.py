"""The fields of a known format that a file has, as the format's map says and as the person names them beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from breakeven.demand.log.format.columns import named_column
from breakeven.demand.log.format.formats import Format
from breakeven.demand.log.format.json_rows import lists_of, parts_of, path_of
from breakeven.demand.log.format.opening import table_column
from breakeven.demand.log.format.paths import Spec, expression, paths_of
from breakeven.problems import Problem


def mapped_fields(
    one: Format, names: Sequence[str], start: str, is_json: bool, own: Mapping[str, str], *, where: str
) -> dict[str, Spec]:
    """Field -> where it is found. A table lacks fields that no column holds; JSON may hold a key in later rows."""
    prefix = start + one.map.get("rows", "")
    prefix += "." if one.map.get("rows") else ""
    specs: dict[str, Spec] = {}
    for name, spec in one.fields.items():
        placed = _placed(spec, start, prefix) if is_json and not one.map.get("counters") else spec
        reached = _reached(placed, frozenset(names)) if is_json else placed
        if reached is not None and (is_json or expression(reached, table_column(names)) is not None):
            specs[name] = reached
    if lists := [
        path_of(place) for place in lists_of(parts_of(path) for spec in specs.values() for path in paths_of(spec))
    ]:
        specs["empty"] = {"empty": lists}
    return specs | {field: named_column(field, column, names, where) for field, column in own.items()}


def _reached(spec: Spec, names: frozenset[str]) -> Spec | None:
    """The spec without paths that would go through a text of this file; None where nothing is left of it."""
    if isinstance(spec, str):
        return None if any(_through_text(path, names) for path in spec.split("|")) else spec
    if isinstance(spec, list):
        return [found for each in spec if (found := _reached(each, names)) is not None] or None
    return None if any(_through_text(path, names) for path in paths_of(spec)) else spec


def _through_text(path: str, names: frozenset[str]) -> bool:
    """Whether the file has a text where the path has keys below it, and no such keys."""
    steps = parts_of(path)
    outer = {path_of(steps[:i]) for i in range(1, len(steps))}
    return any(
        each in names and not any(other.startswith(f"{each}.") for other in names)
        for each in outer
        if each[-2:] != "[]"
    )


def _placed(spec: Any, start: str, prefix: str) -> Spec:
    """The spec with its paths said from the top of the file."""
    if isinstance(spec, str):
        return "|".join(start + part[1:] if part.startswith("/") else prefix + part for part in spec.split("|"))
    if isinstance(spec, list):
        return [_placed(part, start, prefix) for part in spec]
    placed: dict[str, Any] = dict(spec)
    for name in (
        "sum",
        "take",
        "times",
        "or",
        "from",
        "to",
        "time",
        "joined",
        "added",
        "total",
        "first",
        "under",
        "named",
        "in",
    ):
        if name in spec:
            placed[name] = _placed(spec[name], start, prefix)
    for name in ("when", "unless"):
        if name in spec:
            placed[name] = {_placed(path, start, prefix): pattern for path, pattern in spec[name].items()}
    return placed


def split_by_field(field: str, column_of: dict[str, str], specs: dict[str, Spec], *, where: str) -> None:
    """The workload is named by this field instead."""
    if field not in column_of:
        known = [each for each in ("workload", "key", "team", "user", "model", "provider") if each in column_of]
        fix = f"It can be split by {', '.join(known)}." if known else "It names no app, key, team, user or model."
        raise Problem(f'the log cannot be split by "{field}"', where=where, fix=fix)
    if specs:
        specs["workload"], column_of["workload"] = specs[field], "workload"
    else:
        column_of["workload"] = column_of[field]
