"""Thousands and decimals as a file writes them: by its own evidence, and not believed where there is none."""

from pathlib import Path

import pytest
from request_logs import read_minutes

HEADER = ("timestamp", "model", "input_tokens", "output_tokens", "cost")


def log(path: Path, *rows: tuple[str, str, str], separator: str = ",") -> Path:
    """Requests with these inputs, outputs and costs, each value in quotes."""
    lines = [(f"2026-03-01T10:{minute:02}:00Z", "m", *row) for minute, row in enumerate(rows)]
    path.write_text("\n".join(separator.join(f'"{each}"' for each in line) for line in (HEADER, *lines)) + "\n")
    return path


@pytest.mark.parametrize(
    ("rows", "separator", "said"),
    [
        ([("1,260,580", "1,000", "1,234.50"), ("420", "0", "0.50")], ",", "a comma parts thousands"),
        ([("1.260.580", "1.000", "1.234,50"), ("420", "0", "0,50")], ";", "a full stop parts thousands"),
        ([("1260580", "1000", "1234,5"), ("420", "0", ",5")], ";", "a full stop parts thousands"),
        ([("1.260.580", "1.000", "1235"), ("420", "0", "0")], "\t", "a full stop parts thousands"),
        ([("1 260 580", "1 000", "1 234,50"), ("420", "0", "0,50")], ";", "a space parts thousands"),
        ([("1\u202f260\u202f580", "1\u202f000", "1\u202f234,50"), ("420", "0", "0,50")], ";", "a space parts"),
        ([("1260580.0", "1000.0", "1234.5"), ("420.0", "0.0", "0.5")], ";", ""),
        ([("1260580", "1000", "1.234"), ("420", "0", "1233.766")], ";", ""),
    ],
)
def test_a_file_tells_by_its_own_numbers(
    tmp_path: Path, rows: list[tuple[str, str, str]], separator: str, said: str
) -> None:
    table = read_minutes(log(tmp_path / "log.csv", *rows, separator=separator))
    assert (table["input_tokens"].sum(), table["output_tokens"].sum()) == (1_261_000, 1000)
    assert table["cost_nano"].sum() == 1_235_000_000_000
    told = [each for each in table.notices if "parts" in each]
    assert (table.set_aside, len(told), said in "".join(told)) == ((), bool(said), True)


@pytest.mark.parametrize("separator", [",", ";"])
def test_twelve_or_twelve_thousand_is_not_believed(tmp_path: Path, separator: str) -> None:
    path = log(tmp_path / "log.csv", ("12.000", "1", "7"), ("100", "1", "7"), separator=separator)
    table = read_minutes(path)
    assert table["input_tokens"].sum() == 100
    ((reason, rows, examples),) = [(each.reason, each.rows, each.examples) for each in table.set_aside]
    assert (reason, rows) == ("input_tokens is not a number", 1)
    assert "input_tokens=12.000?" in examples[0]


def test_a_cost_that_can_be_read_either_way_is_in_no_sum(tmp_path: Path) -> None:
    table = read_minutes(log(tmp_path / "log.csv", ("10", "1", "1.234"), ("10", "1", "7"), separator=";"))
    assert (table["input_tokens"].sum(), table["cost_nano"].sum()) == (20, 7_000_000_000)
    assert "The cost of 1 row is no number, and in no sum: costs are a lower bound." in table.notices


def test_files_of_two_ways_are_each_read_their_own(tmp_path: Path) -> None:
    log(tmp_path / "a.csv", ("1.260.580", "1", "0,5"), separator=";")
    log(tmp_path / "b.csv", ("1,260,580", "1", "0.5"))
    table = read_minutes(tmp_path)
    assert (table["input_tokens"].sum(), table["cost_nano"].sum()) == (2 * 1_260_580, 1_000_000_000)


def test_texts_of_json_are_read_so_too(tmp_path: Path) -> None:
    row = '{"timestamp": "2026-03-01T10:00:00Z", "input_tokens": "1,260,580", "output_tokens": 7, "cost": "1,234.5"}\n'
    (tmp_path / "log.jsonl").write_text(row)
    table = read_minutes(tmp_path / "log.jsonl")
    assert (table["input_tokens"].sum(), table["cost_nano"].sum()) == (1_260_580, 1_234_500_000_000)
