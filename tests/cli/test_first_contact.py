"""A person's first file: the model that their log names, the columns that they have, the file that is looked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assessed import SIX_MONTHS
from breakeven.cli.app import main
from breakeven.study.case.case import Case
from breakeven.study.case.schema import Log
from breakeven.study.resolve.demand import logged

COLUMNS = {"timestamp": "when", "input_tokens": "tin", "output_tokens": "tout", "model": "mdl", "workload": "wl"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rows = [
        f"2026-11-{day:02d}T{hour:02d}:00:00Z,{workload},{model},{tokens},200"
        for day in (1, 2, 3)
        for hour in range(24)
        for workload, model, tokens in (("chat", "gpt-4.1-mini", 9000), ("code", "claude-sonnet-4-5", 100))
    ]
    (tmp_path / "own.csv").write_text("\n".join(["when,wl,mdl,tin,tout", *rows]) + "\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["breakeven", *arguments])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def drafted(folder: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> Case:
    told = [part for field, column in COLUMNS.items() for part in ("--columns", f"{field}={column}")]
    assert run(monkeypatch, "new", "case.yaml", "--from-log", "own.csv", "-y", *told, *more) == 0
    return Case.load(folder / "case.yaml")


def test_the_hosted_model_is_the_one_of_the_log(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = drafted(folder, monkeypatch)
    assert case.file.hosted_model == "openai/gpt-4.1-mini"
    assert [each.hosted_model for each in case.file.workloads] == [None, "anthropic/claude-sonnet-4-5"]
    assert "hosted_model" not in capsys.readouterr().out  # nothing was guessed of it


def test_what_is_said_of_the_model_counts_before_the_log(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drafted(folder, monkeypatch, "--hosted-model", "openai/gpt-4o").file.hosted_model == "openai/gpt-4o"


def test_columns_of_ones_own_stand_in_the_case_or_in_a_file_of_theirs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = drafted(folder, monkeypatch)
    assert isinstance(case.file.log, Log)
    assert case.file.log.columns == COLUMNS
    (folder / "map.yaml").write_text("".join(f"{field}: {column}\n" for field, column in COLUMNS.items()))
    text = (folder / "case.yaml").read_text()
    begin, end = text.index("  columns:"), text.index("  load_profile_if_short")
    (folder / "mapped.yaml").write_text(f"{text[:begin]}  columns: map.yaml\n{text[end:]}")
    first, second = logged(case), logged(Case.load(folder / "mapped.yaml"))
    assert first is not None
    assert second is not None
    assert first.demand.workloads == second.demand.workloads


def test_a_case_that_was_moved_says_which_file_it_looked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drafted(folder, monkeypatch)
    (folder / "elsewhere").mkdir()
    (folder / "case.yaml").rename(folder / "elsewhere" / "case.yaml")
    with pytest.raises(Exception, match=f"looked for {folder / 'elsewhere' / 'own.csv'}"):
        Case.load(folder / "elsewhere" / "case.yaml")


@pytest.mark.parametrize(
    ("offer", "told"),
    [
        ("price_per_gpu: 36000", "It is the price of buying one"),
        ("price_per_gpu_hour: 36000", "36,000 USD for an hour of H100-SXM-80GB is above every known offer"),
        ("price_per_gpu_hour: 0.001", "0.001 USD for an hour of H100-SXM-80GB is below every known offer"),
    ],
)
def test_a_price_in_another_unit_is_asked_back(
    offer: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "case.yaml").write_text(SIX_MONTHS.replace("price_per_gpu_hour: 2.5", offer))
    assert run(monkeypatch, "decide", str(tmp_path / "case.yaml")) == 1
    said = capsys.readouterr().err
    assert told in said
    assert 'Did you mean "price_per_gpu_hour"' not in said


def test_a_gpu_is_found_by_how_its_name_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "facts", "gpus", "mi300") == 0
    assert "MI300X" in capsys.readouterr().out
    assert run(monkeypatch, "facts", "gpus", "mi3000000") == 1
