"""Tables whose cells hold JSON: what lies below a column is found as it is in nested JSON."""

import csv
import json
from pathlib import Path

import pytest

from breakeven.demand.log.format.draft_map import draft_map
from breakeven.demand.usage.read_log import read_log
from breakeven.problems import Problem


def usage(i: int) -> dict:
    """Cached tokens are a part of the prompt, as OpenAI counts them."""
    inner = {"prompt_tokens_details": {"cached_tokens": 400}}
    return {"prompt_tokens": 1000 + i, "completion_tokens": 100, "total_tokens": 1100 + i, **inner}


def written(path: Path, cell, rows: int = 60, **more: str) -> Path:
    """A table with what `cell(i)` gives in its column "usage"."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "created_at", "model", "usage", *more])
        for i in range(rows):
            moment = f"2026-11-{1 + i // 3:02d}T10:{i % 60:02d}:00Z"
            writer.writerow([f"r{i}", moment, "gpt-4.1-mini", cell(i), *more.values()])
    return path


INPUT = sum(1000 + i for i in range(60))


@pytest.mark.parametrize("indent", [None, 2])
def test_tokens_in_a_cell_are_read_as_those_below_a_key(tmp_path: Path, indent: int | None) -> None:
    path = written(tmp_path / "log.csv", lambda i: json.dumps(usage(i), indent=indent))
    found = read_log(path).table
    assert (found.rows_read, found["input_tokens"].sum(), found["output_tokens"].sum()) == (60, INPUT, 6000)
    assert found["cached_input_tokens"].sum() == 60 * 400
    nested = tmp_path / "log.jsonl"
    rows = [{**row, "usage": json.loads(row["usage"])} for row in csv.DictReader(path.open(newline=""))]
    nested.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    sums = ("input_tokens", "output_tokens", "cached_input_tokens", "requests")
    assert [read_log(nested).table[each].tolist() for each in sums] == [found[each].tolist() for each in sums]


def test_cached_tokens_in_a_cell_beside_plain_counts_are_not_missed(tmp_path: Path) -> None:
    """The counts stand in columns of their own, what was cached only in the cell."""
    cell = json.dumps({"usage": {"prompt_tokens_details": {"cached_tokens": 400}}})
    path = written(tmp_path / "log.csv", lambda i: cell, prompt_tokens="1000", completion_tokens="100")
    found = read_log(path).table
    assert found["input_tokens"].sum() == 60_000
    assert found["cached_input_tokens"].sum() == 60 * 400


def test_a_key_with_dots_is_one_key(tmp_path: Path) -> None:
    keys = {"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 100}
    path = written(tmp_path / "log.csv", lambda i: json.dumps(keys))
    found = read_log(path).table
    assert (found["input_tokens"].sum(), found["output_tokens"].sum()) == (60_000, 6000)


def test_a_cell_that_is_no_json_is_set_aside_with_its_row(tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", lambda i: "{torn" if i == 7 else json.dumps(usage(i)))
    found = read_log(path).table
    assert found.rows_read == 59
    assert sum(each.rows for each in found.set_aside) == 1


def test_what_a_cell_holds_can_be_named_and_is_drafted(tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", lambda i: json.dumps({"fed": 1000 + i, "made": 100}))
    with pytest.raises(Problem, match="no column for input_tokens and output_tokens") as told:
        read_log(path)
    assert "usage.fed, usage.made" in told.value.fix
    named = {"input_tokens": "usage.fed", "output_tokens": "usage.made"}
    assert read_log(path, columns=named).table["input_tokens"].sum() == INPUT
    assert "usage.fed" in draft_map(str(path), {})
