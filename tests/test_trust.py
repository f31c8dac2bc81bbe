"""The page of trust is made of the results of runs, and what was mended is kept so by a test that is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from trust.results import found, keep, kept

from parts import ROOT


def test_what_was_mended_names_the_test_that_keeps_it_so() -> None:
    assert [each["found"] for each in found() if not (ROOT / each["kept_by"]).is_file()] == []
    assert {each["by"] for each in found()} <= {"fuzz", "faults", "mutants", "load"}


def test_a_result_is_kept_with_its_day_and_commit(tmp_path: Path) -> None:
    keep("made", {"tried": 3}, folder=tmp_path)
    keep("made", {"tried": 4}, folder=tmp_path)
    assert [run["tried"] for run in kept("made", folder=tmp_path)] == [3, 4]
    assert all(run["date"] >= "2026-12-01" and run["commit"] for run in kept("made", folder=tmp_path))
    assert kept("none", folder=tmp_path) == []


@pytest.mark.parametrize("kind", ["fuzz", "faults", "mutants", "coverage", "load"])
def test_every_kind_of_run_has_been_made(kind: str) -> None:
    assert kept(kind)
