"""`breakeven shadow watch`, as a job runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml_of_plan
from shadow_rows import START
from typer.testing import CliRunner, Result

from breakeven.cli.commands import app
from breakeven.cli.shadow_watch import alone
from breakeven.problems import Problem
from breakeven.proof.records.live_plan import LivePlan, Shares, read_live_plan, write_live_plan


@pytest.fixture
def place(tmp_path: Path) -> Path:
    yaml_of_plan.written(tmp_path / "plan.yaml")
    write_live_plan(tmp_path / "canary.json", LivePlan(written=START, workloads={"chat": Shares()}))
    (tmp_path / "log").mkdir()
    judged = {"workloads": [{"workload": "chat", "verdict": "GO"}]}
    (tmp_path / "judgement.json").write_text(json.dumps(judged))
    return tmp_path


def run(place: Path, *more: str) -> Result:
    known = ["--live", str(place / "canary.json"), "--plan", str(place / "plan.yaml"), "--workload", "chat", "--once"]
    found = CliRunner().invoke(app, ["shadow", "watch", str(place / "log"), *known, *more])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found


def test_it_begins_with_a_go_and_then_holds(place: Path) -> None:
    go = ("--judgement", str(place / "judgement.json"))
    first = run(place, *go)
    assert (first.exit_code, read_live_plan(place / "canary.json").workloads["chat"].share) == (0, 0.01)
    assert "up: 1%, the judgement is GO" in first.stdout
    assert "stay: 1%, held until" in run(place).stdout


def test_without_a_go_nothing_begins(place: Path) -> None:
    with pytest.raises(Problem, match="begins with a judgement"):
        run(place)
    (place / "judgement.json").write_text('{"workloads": [{"workload": "chat", "verdict": "NOT YET"}]}')
    with pytest.raises(Problem, match="says NOT YET"):
        run(place, "--judgement", str(place / "judgement.json"))
    assert read_live_plan(place / "canary.json").step == 0


def test_a_workload_that_does_not_move_is_told(place: Path) -> None:
    known = ["--live", str(place / "canary.json"), "--plan", str(place / "plan.yaml"), "--workload", "stays"]
    found = CliRunner().invoke(app, ["shadow", "watch", str(place / "log"), *known])
    assert isinstance(found.exception, Problem)
    assert "does not move" in str(found.exception)


def test_two_watchers_are_one_too_many(tmp_path: Path) -> None:
    with (
        alone(tmp_path / "record.jsonl"),
        pytest.raises(Problem, match="another watcher"),
        alone(tmp_path / "record.jsonl"),
    ):
        pass
