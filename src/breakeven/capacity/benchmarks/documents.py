"""A benchmark result from its file: one or more records of plain data, whatever the file is written as."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.error import YAMLError

from breakeven.files import LARGEST_MADE, text_of
from breakeven.problems import Problem
from breakeven.texts import cleaned
from breakeven.written import csv_rows, json_of, yaml_of

KEYED = re.compile(r"(?:\s*#[^\n]*\n|\s*---\s*\n)*\s*[\w-]+:(?:\s|$)")  # a YAML text begins with a key
METRIC = re.compile(r"^(?P<name>.*?)\s*(?:\((?P<unit>[^)]*)\))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a file holds: its records, and whether it is json, jsonl, yaml, csv or a list of single requests."""

    kind: str
    records: tuple[Mapping[str, Any], ...]


def read_written(path: Path) -> Written:
    """The records of a file. Raises `Problem` when there is none, it is empty, cut off, or not such a file."""
    where = str(path)
    text = text_of(path, largest=LARGEST_MADE, fix="Give the result file of a load generator.")
    if not text.strip():
        raise Problem("the file is empty", where=where, fix="Run the benchmark again with its option to save results.")
    if KEYED.match(text):
        return Written(kind="yaml", records=_objects([_of_yaml(text, where)], where))
    if text.lstrip()[0] not in "{[":
        return Written(kind="csv", records=(_of_csv(text, where),))
    return _of_json(text, where)


def _of_yaml(text: str, where: str) -> Any:
    try:
        return yaml_of(text)
    except YAMLError as error:
        told = f"not YAML: {str(error).splitlines()[0]}"
        raise Problem(told, where=where, fix="Copy the whole file, or run the benchmark again.") from error


def _of_json(text: str, where: str) -> Written:
    try:
        content = json_of(text)
    except json.JSONDecodeError as error:
        return _of_lines(text, where, error)
    if isinstance(content, list):
        return Written(kind="requests", records=_objects(content, where))
    return Written(kind="json", records=_objects([content], where))


def _of_lines(text: str, where: str, whole: json.JSONDecodeError) -> Written:
    """JSON lines: one record a line. A file that begins so and ends in the middle says at which line."""
    records = []
    lines = [(at, line) for at, line in enumerate(text.splitlines(), start=1) if line.strip()]
    for at, line in lines:
        try:
            records.append(json_of(line))
        except json.JSONDecodeError as error:
            cut = whole.pos >= len(text.rstrip()) - 1 or not records
            place = f"{where}:{whole.lineno if not records else at}"
            told = "the JSON is cut off or damaged" if cut or at == lines[-1][0] else f"not JSON: {error.msg}"
            raise Problem(told, where=place, fix="Copy the whole file, or run the benchmark again.") from error
    return Written(kind="jsonl", records=_objects(records, where))


def _objects(found: list[Any], where: str) -> tuple[Mapping[str, Any], ...]:
    if not found or not all(isinstance(each, Mapping) for each in found):
        fix = "It is JSON with keys: one record, or one a line."
        raise Problem("this is no benchmark result", where=where, fix=fix)
    return tuple(map(cleaned, found))


def _of_csv(text: str, where: str) -> Mapping[str, Any]:
    """The tables of aiperf and genai-perf as the JSON they also write: metric -> unit and statistics."""
    record: dict[str, dict[str, str]] = {}
    headings: list[str] = []
    for row in csv_rows(text.splitlines(), where):
        if row and row[0].strip().lower() == "metric":
            headings = ["avg" if heading.strip().lower() == "value" else heading.strip() for heading in row]
        elif len(row) > 1 and headings:
            name, unit = _metric(row[0])
            cells = zip(headings[1:], row[1:], strict=False)
            record[name] = {"unit": unit} | {label: value for label, value in cells if value.strip() not in ("", "N/A")}
    if not record:
        fix = 'It needs a heading "Metric,avg,min,max,…", as aiperf and genai-perf write it, or is JSON.'
        raise Problem("this is no benchmark result", where=where, fix=fix)
    return record


def _metric(text: str) -> tuple[str, str]:
    """ "Time to First Token (ms)" is time_to_first_token in ms."""
    found = METRIC.match(text.strip())
    assert found is not None  # the pattern matches every text
    return re.sub(r"\W+", "_", found["name"].strip().lower()), found["unit"] or ""
