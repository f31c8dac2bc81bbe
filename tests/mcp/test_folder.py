"""Only one folder is read and written: no link, no way up, nothing beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from breakeven.mcp.folder import NAMES_FILES, Folder
from breakeven.problems import Problem
from parts import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    inside = tmp_path / "inside"
    (inside / "logs").mkdir(parents=True)
    (inside / "logs" / "a.csv").write_text("x")
    (inside / "case.yaml").write_text("x")
    (tmp_path / "secret.csv").write_text("x")
    (inside / "link.csv").symlink_to(tmp_path / "secret.csv")
    (inside / "up").symlink_to(tmp_path)
    return Folder(inside)


@pytest.mark.parametrize("named", ["case.yaml", "logs/a.csv", "logs", "logs/*.csv", "new/report", "./case.yaml"])
def test_what_lies_inside_may_be_named(folder: Folder, named: str) -> None:
    assert folder.log(named).is_relative_to(folder.root)


def test_an_absolute_path_inside_may_be_named(folder: Folder) -> None:
    assert folder.inside(str(folder.root / "case.yaml")) == folder.root / "case.yaml"


@pytest.mark.parametrize(
    "named",
    [
        *("../secret.csv", "logs/../../secret.csv", "logs/../case.yaml", "/etc/passwd", "\0"),
        *("link.csv", "up/secret.csv", "up", "*.csv", "up/*.csv", "l*"),
    ],
)
def test_everything_else_is_refused(folder: Folder, named: str) -> None:
    with pytest.raises(Problem, match=r"upwards|outside|link"):
        folder.log(named)


def test_a_folder_of_logs_is_refused_when_a_link_lies_in_it(folder: Folder) -> None:
    with pytest.raises(Problem, match="link"):
        folder.log(".")


@pytest.mark.parametrize(
    "case",
    [
        {"log": "../secret.csv"},
        {"log": {"path": "link.csv"}},
        {"self_hosting": {"measured": "/etc/passwd"}},
        {"self_hosting": {"model_config": "../secret.csv"}},
        {"readiness": {"delivery": "up/secret.csv"}},
        {"log": {"path": "logs/a.csv", "columns": "../secret.csv"}},
        {"evaluations": [{"model": "m", "results": "../secret.csv"}]},
        {"evaluations": [{"model": "m", "results": "logs/a.csv", "today": "link.csv"}]},
        {"a key that nobody knows": ["/etc/passwd"]},
        {"another": {"deep": {"deeper": "up/secret.csv"}}},
    ],
)
def test_a_case_may_name_no_other_file(folder: Folder, case: dict[str, object]) -> None:
    with pytest.raises(Problem, match=r"upwards|outside|link"):
        folder.case(case)


@pytest.mark.parametrize(
    "case",
    [
        {"log": {"path": "logs/a.csv", "columns": {"input_tokens": "../in"}}},
        {"name": "costs/benefits, see ../nothing", "note": "..x", "hosted_model": "anthropic/claude-haiku-4-5"},
        {"name": "", "date": "\0", "long": "x" * 5000, "number": 3, "nothing": None},
        {"name": "logs"},
    ],
)
def test_texts_that_name_no_file_are_left_alone(folder: Folder, case: dict[str, object]) -> None:
    folder.case(case)


def test_every_key_that_names_a_file_is_known_here() -> None:
    """A text under an unknown key is checked where it names something; these are checked in any case."""
    opened = {
        found
        for path in (ROOT / "src/breakeven/study").rglob("*.py")
        for found in re.findall(r"case\.folder / ([\w.]+)", path.read_text(encoding="utf-8"))
    }
    # `path`: measured, model_config, evaluations; `said`: the columns of a log, where they are a file
    assert opened == {"log.path", "stated.delivery", "path", "said"}, opened
    assert set(NAMES_FILES) >= {"log", "path", "delivery", "measured", "model_config", "results", "today"}
