"""The runner of `make bench`, on benchmarks of our own making: what passes, what fails, what is stored."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from benchmarks import measure, run


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs one benchmark that measures the given ratio against a limit of 3, its baseline in tmp_path."""
    monkeypatch.setattr(run, "HERE", tmp_path)
    monkeypatch.setattr(run, "BASELINE", tmp_path / "baseline.json")
    monkeypatch.setattr(measure, "LIMITS", {"bench_made.up": 3.0})
    monkeypatch.setattr(run, "LIMITS", measure.LIMITS)

    def once(value: float, *arguments: str) -> int:
        made = ModuleType("benchmarks.bench_made")
        made.up = lambda: value
        monkeypatch.setitem(sys.modules, "benchmarks.bench_made", made)
        return run.main(list(arguments))

    return once


def test_a_new_benchmark_passes_under_its_limit(bench: Callable[..., int]) -> None:
    assert bench(2.9) == 0


def test_over_the_limit_fails_even_when_saving(bench: Callable[..., int]) -> None:
    assert bench(3.1) == 1
    assert bench(3.1, "--save") == 1


def test_slower_than_the_baseline_fails_until_saved(bench: Callable[..., int], tmp_path: Path) -> None:
    assert bench(1.0, "--save") == 0
    assert json.loads((tmp_path / "baseline.json").read_text()) == {"bench_made.up": 1.0}
    assert bench(1.29) == 0
    assert bench(1.31) == 1
    assert bench(1.31, "--save") == 0
    assert bench(1.31) == 0


def test_an_unknown_word_lists_what_there_is(bench: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert bench(1.0, "nothing") == 2
    assert "Known: bench_made.up" in capsys.readouterr().err


def test_versus_compares_work_with_work() -> None:
    assert 3 < measure.versus(lambda: sum(range(2_000_000)), lambda: sum(range(200_000))) < 30


def test_every_benchmark_file_registers_a_limit() -> None:
    files = {each.stem for each in run.HERE.glob("bench_*.py")}
    assert {each.partition(".")[0] for each in run.discover()} == files
