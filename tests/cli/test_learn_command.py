"""`breakeven learn`: the lesson as pages, a question, an answer, and a conversation at a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.cli import learn_page
from breakeven.cli.app import main
from breakeven.lesson.progress import kept
from breakeven.lesson.quiz import sum_of

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["breakeven", "learn", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return int(end.value.code or 0), said.out, said.err

    return call


def test_all_parts_fit_into_80_columns(run: Run) -> None:
    code, out, _ = run()
    assert code == 0
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 80
    assert out.count("What to do") == 5


def test_a_question_is_asked_and_its_answer_checked(run: Run) -> None:
    code, out, _ = run("--quiz", "--part", "whole_cost", "--seed", "3", "--json")
    asked = json.loads(out)
    assert (code, asked["seed"], asked["unit"]) == (0, 3, "USD/month")
    answer = sum_of("whole_cost", 3)
    _, right, _ = run("--part", "whole_cost", "--seed", "3", "--answer", f"{answer.answer:.0f}")
    assert right.startswith("Right.")
    forgot = answer.answer - answer.parts["run_engineering"]
    _, wrong, _ = run("--part", "whole_cost", "--seed", "3", f"--answer={forgot:.0f}", "--json")
    assert json.loads(wrong)["forgotten"] == ["run_engineering"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--part", "costs"], 2, "there is no part"),
        (["--answer", "5"], 2, "belongs to a question"),
        (["--part", "hybrid", "--seed", "1", "--answer", "many"], 1, "is not a number"),
        (["nowhere.yaml"], 1, "nowhere.yaml"),
    ],
)
def test_mistakes_are_told(run: Run, arguments: list[str], code: int, told: str) -> None:
    ended, _, err = run(*arguments)
    assert ended == code
    assert told in " ".join(err.replace("│", " ").split())


def test_at_a_terminal_it_asks_until_it_is_right_and_keeps_the_score(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer = sum_of("hybrid", 4).answer
    said = iter(["I do not know", "1", f"{answer:.2f}"])
    monkeypatch.setattr(learn_page, "at_a_terminal", lambda: True)
    monkeypatch.setattr(learn_page.typer, "prompt", lambda *_, **__: next(said))
    code, out, _ = run("--part", "hybrid", "--seed", "4")
    assert code == 0
    assert "is not a number" in out
    assert "Not quite" in out
    assert "Right." in out
    done = kept(tmp_path / "breakeven" / "lesson.json")["hybrid"]
    assert (done.read, done.asked, done.right) == (True, 2, 1)
