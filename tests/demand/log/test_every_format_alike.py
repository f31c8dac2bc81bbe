"""What must not change a reading, for every format: the order of keys, columns and rows, what is not known, a split."""

import csv
import json
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from request_logs import read_minutes

from breakeven.demand.log.format.formats import format_names
from breakeven.demand.log.minutes import MinuteTable
from parts import ROOT

GIVEN = {
    name: next((ROOT / "tests" / "demand" / "formats" / name).glob("input.*"))
    for name in format_names()
    if name != "gcp-cost-table"  # which has lines above its header, and is no table that could be turned round
}
MANY = {"litellm", "otel", "azure-cost", "langfuse", "aws-cur", "helicone"}  # in every run; the others take minutes


def with_each(names: Iterable[str]) -> Any:
    """A test for each of these formats."""
    return pytest.mark.parametrize(
        "name", [pytest.param(name, marks=[pytest.mark.heavy] * (name not in MANY)) for name in names]
    )


def sums(table: MinuteTable) -> tuple[dict[str, int], int, dict[str, int], int, int]:
    """All that may not change."""
    columns = {name: int(values.sum()) for name, values in table.columns.items() if name != "minute"}
    aside = {each.reason: each.rows for each in table.set_aside}
    return columns, table.rows_read, aside, table.first_second, table.last_second


def turned(value: Any) -> Any:
    """JSON with the keys of each object turned round, and a key that nobody knows."""
    if isinstance(value, dict):
        return {"zz_unknown": {"note": "n"}} | {key: turned(inner) for key, inner in reversed(value.items())}
    return [turned(each) for each in value] if isinstance(value, list) else value


def table_of(text: str) -> tuple[str, list[str], list[list[str]]]:
    """Delimiter, header and rows."""
    delimiter = max(",;\t", key=text.splitlines()[0].count)
    header, *rows = csv.reader(StringIO(text), delimiter=delimiter)
    return delimiter, header, rows


def written(path: Path, delimiter: str, rows: list[list[str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(rows)


@with_each(GIVEN)
def test_order_and_what_is_not_known_change_nothing(tmp_path: Path, name: str) -> None:
    given, text = GIVEN[name], GIVEN[name].read_text()
    path = tmp_path / given.name
    if given.suffix == ".jsonl":
        lines = [json.dumps(turned(json.loads(each))) for each in text.splitlines() if each.strip()]
        path.write_text("\n".join(reversed(lines)) + "\n")
    elif given.suffix == ".json":
        path.write_text(json.dumps(turned(json.loads(text)), indent=1))
    else:
        delimiter, header, rows = table_of(text)
        written(path, delimiter, [["zz_unknown", *reversed(each)] for each in (header, *reversed(rows))])
    assert sums(read_minutes(path)) == sums(read_minutes(given))


@with_each(name for name, given in GIVEN.items() if given.suffix != ".json")
def test_a_split_changes_nothing(tmp_path: Path, name: str) -> None:
    given, text = GIVEN[name], GIVEN[name].read_text()
    if given.suffix == ".jsonl":
        lines = [each for each in text.splitlines() if each.strip()]
        for place in (0, 1):
            (tmp_path / f"{place}.jsonl").write_text("\n".join(lines[place::2]) + "\n")
    else:
        delimiter, header, rows = table_of(text)
        for place in (0, 1):
            written(tmp_path / f"{place}.csv", delimiter, [header, *rows[place::2]])
    assert sums(read_minutes(tmp_path)) == sums(read_minutes(given))
