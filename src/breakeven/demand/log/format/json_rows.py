"""JSON files as rows: the types that a map's paths need, and the lists laid out; other keys are skipped unread."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from breakeven.demand.log.format.paths import KEY_VALUES, PLAIN_VALUES, literal, quoted
from breakeven.demand.log.libraries import duckdb
from breakeven.files import ordinary, system_error, unreadable
from breakeven.problems import Problem

Parts = tuple[str, ...]
SMALLEST_OBJECT, LARGEST_OBJECT = 2**18, 16 * 2**20
SAMPLED = 200  # records whose keys are looked at


def parts_of(path: str) -> Parts:
    """The steps of a path: "a[].b{c.d}" is a[], b{c.d}; a backslash keeps a dot inside a key."""
    head, brace, tail = path.lstrip("/").partition("{")
    steps = [each.replace("\0", ".") for each in head.replace("\\.", "\0").split(".")]
    return (*steps[:-1], steps[-1] + brace + tail)


def path_of(parts: Parts) -> str:
    """The path of these steps."""
    return ".".join(each if "{" in each else each.replace(".", "\\.") for each in parts)


def source(paths: Sequence[Path], form: str, columns: str, *, longest: int = 0) -> str:
    """The reading of files, as SQL: only these columns (a DuckDB struct of types), records of up to `longest` bytes."""
    lines = form == "lines"
    largest = max(longest + 1, *(_largest(each, lines) for each in paths))
    return (
        f"read_json({file_list(paths)}, columns = {columns}, ignore_errors = {str(lines).lower()}, "
        f"format = {literal('newline_delimited' if lines else 'auto')}, maximum_object_size = {largest})"
    )


def file_list(paths: Sequence[Path]) -> str:
    """Files as an SQL list of texts."""
    return "[" + ", ".join(literal(str(each)) for each in paths) + "]"


def _largest(path: Path, lines: bool) -> int:
    """The size of a record that is let in: a file may be one record."""
    packed = path.suffix.lower() == ".gz"
    most = (20 if packed else 2) * ordinary(path)
    if lines and not packed:  # twice the room is taken for each file
        return max(min(LARGEST_OBJECT, most), SMALLEST_OBJECT)
    return LARGEST_OBJECT if lines else min(max(LARGEST_OBJECT, most), 2**30)


def json_shape(path: Path, *, lines: bool) -> tuple[str, tuple[Parts, ...]]:
    """How the file is written ("lines" or "whole") and the keys of its first records; no value is looked at."""
    refusal: Exception | None = None
    for form in ("lines",) if lines else ("strict", "whole", "lines"):
        try:
            shapes = _shapes(path, form)
        except duckdb().Error as error:
            if (refused := system_error(error)) is not None:
                raise unreadable(path, refused) from None
            refusal = refusal or error
            continue
        if any(isinstance(shape, dict) for shape in shapes) or (form == "whole" and shapes):
            return ("whole" if form == "whole" else "lines"), tuple(dict.fromkeys(_leaves(shapes)))
    if lines and refusal is None:
        return "lines", ()
    what = f"the file cannot be read as JSON ({_first_line(refusal)})" if refusal else "the file holds no JSON object"
    raise Problem(what, where=str(path), fix="Is the file whole? Export it again.")


def _first_line(error: Exception | None) -> str:
    return str(error).splitlines()[0]


def _shapes(path: Path, form: str) -> list[Any]:
    """The structure of the first records, as DuckDB tells it."""
    options = f"format = {literal('auto' if form == 'whole' else 'newline_delimited')}"
    options += f", ignore_errors = {str(form == 'lines').lower()}"
    options += f", maximum_object_size = {_largest(path, form != 'whole')}"
    records = f"read_json_objects({literal(str(path))}, {options})"
    query = f"SELECT json_structure(json) FROM {records} LIMIT {SAMPLED}"  # noqa: S608 - the path is quoted
    found = _looker().execute(query).fetchall()
    shapes = dict.fromkeys(shape for (shape,) in found if shape)
    return [json.loads(each) for each in shapes]


@cache
def _looker() -> Any:
    """A connection that only looks at the starts of files; one for all, since each costs more than a look."""
    return duckdb().connect(config={"threads": 1})


def _leaves(shapes: Iterable[Any], before: Parts = ()) -> Iterator[Parts]:
    """Every path of the structures, inner ones too."""
    for shape in shapes:
        if isinstance(shape, dict):
            for key, inner in shape.items():
                yield from _leaves([inner], (*before, key))
        elif isinstance(shape, list):
            if before:
                before_list = (*before[:-1], before[-1] + "[]")
                yield before_list
                yield from _leaves(shape, before_list)
        elif before:
            yield before


def columns_of(paths: Iterable[Parts]) -> str:
    """The struct of types that holds these paths, for `read_json(columns = …)`."""
    tree: dict[str, Any] = {}
    for parts in paths:
        level = tree
        for step in parts:
            level = level.setdefault(_attributes(step), {})
    return "{" + ", ".join(f"{literal(_bare(key))}: {literal(_type(key, inner))}" for key, inner in tree.items()) + "}"


def _attributes(step: str) -> str:
    """The step without the name that is looked for: one list holds them all."""
    head, brace, name = step.partition("{")
    return head + brace + name[: name.startswith("=")]


def _bare(step: str) -> str:
    return step.partition("{")[0].removesuffix("[]")


def _type(step: str, inner: dict[str, Any]) -> str:
    if "{" in step:
        return PLAIN_VALUES if step.endswith("=") else KEY_VALUES
    kind = "VARCHAR"
    if inner:
        kind = "STRUCT(" + ", ".join(f"{quoted(_bare(key))} {_type(key, its)}" for key, its in inner.items()) + ")"
    return kind + ("[]" if step.endswith("[]") else "")


def lists_of(paths: Iterable[Parts]) -> tuple[Parts, ...]:
    """The lists on the way of the paths, the outer ones first."""
    found = {each[: i + 1] for each in paths for i, step in enumerate(each) if step.endswith("[]")}
    return tuple(sorted(found, key=len))


def laid_out(paths: Sequence[Parts]) -> tuple[str, dict[Parts, str]]:
    """The lists of the paths laid out as rows, as SQL after FROM, and the alias of a row of each.

    The lists lie one inside the other; two lists side by side would multiply the rows. A record whose list is empty or
    missing is a row, too: the hours in which nothing was used, and lines that are no JSON.
    """
    alias_of: dict[Parts, str] = {(): "record"}
    joined = ""
    for depth, parts in enumerate(lists_of(paths)):
        alias = f"row_{depth}"
        joined += f" LEFT JOIN unnest({step_into(parts, alias_of)}) AS level_{depth}({alias}) ON true"
        alias_of[parts] = alias
    return joined, alias_of


def step_into(parts: Parts, alias_of: dict[Parts, str]) -> str:
    """The SQL of a path, from the innermost list that it goes through."""
    outer = next(parts[:i] for i in range(len(parts) - 1, -1, -1) if parts[:i] in alias_of)
    steps = parts[len(outer) :]
    plain = ".".join([alias_of[outer], *(quoted(_bare(step)) for step in steps)])
    name = steps[-1].partition("{")[2].removesuffix("}")
    if not name:
        return plain
    value = 'pair."value"'
    kinds = ", ".join(f'{value}."{kind}"' for kind in ("stringValue", "intValue", "doubleValue", "boolValue"))
    text = value if name.startswith("=") else f"coalesce({kinds})"
    return f'([{text} FOR pair IN {plain} IF pair."key" = {literal(name.removeprefix("="))}])[1]'
