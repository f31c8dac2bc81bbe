"""`breakeven mcp` without its extra, or on a folder that is not there, says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakeven.cli import mcp as command
from breakeven.problems import Problem


def test_without_the_extra_it_names_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "find_spec", lambda _: None)
    with pytest.raises(Problem, match="not installed") as told:
        command.mcp(folder=tmp_path)
    assert "breakeven[mcp]" in told.value.fix


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no such folder"):
        command.mcp(folder=tmp_path / "nowhere")
