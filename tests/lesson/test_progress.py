"""What was read and answered is kept, by the rules of the XDG directories, and a broken file is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakeven import Problem
from breakeven.lesson.progress import Done, keep, kept, place, with_answer, with_reading


def test_it_lies_where_the_system_keeps_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert place() == tmp_path / "breakeven" / "lesson.json"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")  # the rules: a relative one does not count
    monkeypatch.setenv("HOME", str(tmp_path))
    assert place() == tmp_path / ".local" / "state" / "breakeven" / "lesson.json"


def test_what_was_done_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a" / "lesson.json"
    assert kept(path) == {}
    done = with_answer(with_answer(with_reading({}, "hybrid"), "hybrid", right=False), "hybrid", right=True)
    keep(done, path)
    assert kept(path) == {"hybrid": Done(read=True, asked=2, right=1)}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"hybrid": 1}', '{"hybrid": {"seen": 1}}'])
def test_a_broken_file_is_told_and_stays(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lesson.json"
    path.write_text(text)
    with pytest.raises(Problem, match="progress of a lesson"):
        kept(path)
    assert path.read_text() == text
