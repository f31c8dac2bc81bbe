"""A draft of what the columns of an unknown log mean: what is known by its name filled in, the rest to choose from."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from re import fullmatch

from ruamel.yaml.error import YAMLError

from breakeven.demand.log.format.cells import paths_in_cells
from breakeven.demand.log.format.columns import field_names, map_columns, rows_in_lists
from breakeven.demand.log.format.guesses import guessed
from breakeven.demand.log.format.headers import csv_headers, kind_of, parquet_foot, suffixes
from breakeven.demand.log.format.json_rows import json_shape
from breakeven.files import ordinary, text_of
from breakeven.problems import Problem
from breakeven.shipped import shipped
from breakeven.written import yaml_of

GUESSED = "; guessed from its name: is it right?"
NO_TEXT = ("yes", "no", "on", "off", "true", "false", "null", "y", "n")  # as YAML reads them
HEAD = """# What the columns of {log} mean. Complete it, then: breakeven demand {log} --columns {{this file}}
# Write the column's name after each field; delete a line whose field the log does not have.
# No column of text (prompts, answers) is ever read.
"""


def draft_map(source: str, given: dict[str, str]) -> str:
    """YAML: a line a field, with the column that is known by its name, and the free columns as a comment."""
    columns = _columns(Path(source))
    known: dict[str, str] = {}
    for field in field_names():
        try:
            known |= _one(field, columns, source)
        except Problem:
            continue  # told below as a line to complete
    known |= given
    free_now = [column for column in columns if column not in known.values()]
    maybe = {field: column for field, column in guessed(free_now).items() if field not in known}
    free = ", ".join(column for column in columns if column not in (known | maybe).values()) or "none"
    fields = shipped("demand/formats/generic.yaml")["fields"]
    about = {field: fields[field]["meaning"] + GUESSED * (field in maybe) for field in field_names()}
    known |= maybe
    lines = [f"{field}: {_written(known.get(field, ''))}".rstrip() + f"  # {about[field]}" for field in field_names()]
    wanted = [line if line.split(":")[0] in (*known, *_required()) else f"# {line}" for line in lines]
    return "\n".join([HEAD.format(log=source) + f"# Columns not used yet: {free}", *wanted]) + "\n"


def _written(column: str) -> str:
    """A name as YAML takes it for text."""
    return column if fullmatch(r"([A-Za-z_][\w./-]*)?", column) and column.lower() not in NO_TEXT else dumps(column)


def _required() -> tuple[str, ...]:
    return field_names(required_only=True)


def _one(field: str, found: list[str], source: str) -> dict[str, str]:
    """The column that is known to hold the field, the required ones being said so that none is missing."""
    stand_in = {each: found[0] for each in _required() if each != field}
    mapped = map_columns(found, stand_in, where=source)
    return {field: mapped[field]} if field in mapped else {}


def _columns(path: Path) -> list[str]:
    """The names of the file's columns, or of the keys of its rows."""
    ordinary(path, fix="Name one file of the log.")
    kind = kind_of(path)
    if kind is None:
        raise Problem("the file's kind is not known by its name", where=str(path), fix=suffixes())
    if kind == "csv":
        header = next(csv_headers(path))
        return [*header.names, *paths_in_cells(path, header)]
    if kind == "parquet":
        return list(parquet_foot(path).names)
    leaves = json_shape(path, lines=kind == "jsonl")[1]
    if not leaves:
        raise Problem("no row of the file has a named value", where=str(path), fix="Is it the log? One object a row.")
    return rows_in_lists([".".join(leaf) for leaf in leaves])


def read_map(path: Path) -> dict[str, str]:
    """Field -> column, as the person completed the draft. Lines without a column are told, all at once."""
    text = text_of(path)
    try:
        written = yaml_of(text)
    except YAMLError as error:
        raise Problem(
            f"is not YAML ({next(iter(str(error).splitlines()), 'it cannot be read')})",
            where=str(path),
            fix="Write it anew: breakeven demand --map.",
        ) from None
    if not isinstance(written, dict):
        raise Problem("names no column", where=str(path), fix="Write a line a field, such as input_tokens: tokens_in.")
    if empty := [str(field) for field, column in written.items() if column is None]:
        fix = "Complete these lines, or delete them."
        raise Problem(f"names no column for {', '.join(empty)}", where=str(path), fix=fix)
    return {str(field): str(column) for field, column in written.items()}
