"""`breakeven shadow watch`, as a job runs it."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import yaml_of_plan
from shadow_rows import START
from typer.testing import CliRunner, Result

from breakeven.cli.commands import app
from breakeven.cli.shadow_judge import registered
from breakeven.problems import Problem
from breakeven.proof.judge.registration import fingerprint_of
from breakeven.proof.judge.shadow import FORMAT
from breakeven.proof.records.alone import alone
from breakeven.proof.records.live_plan import LivePlan, Shares, read_live_plan, write_live_plan


@pytest.fixture
def place(tmp_path: Path) -> Path:
    yaml_of_plan.written(tmp_path / "plan.yaml")
    write_live_plan(tmp_path / "canary.json", LivePlan(written=START, workloads={"chat": Shares()}))
    (tmp_path / "log").mkdir()
    path, registration = registered(tmp_path / "plan.yaml", None)
    judged = {"format": FORMAT, "plan": registration.plan, "registration": fingerprint_of(path)}
    judged |= {"workloads": [{"workload": "chat", "verdict": "GO"}]}
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
    path = place / "judgement.json"
    judged = json.loads(path.read_text())
    for changed, told in (
        ({"workloads": [{"workload": "chat", "verdict": "NOT YET"}]}, "says NOT YET"),
        ({"workloads": []}, "says nothing of chat"),
        ({"plan": "another"}, 'of the plan "another"'),
        ({"registration": "0" * 64}, "by another registration"),
        ({"registration": ""}, "by another registration"),  # a judgement that nobody sealed
        ({"format": "x"}, "no judgement of this version"),
    ):
        path.write_text(json.dumps(judged | changed))
        with pytest.raises(Problem, match=told):
            run(place, "--judgement", str(path))
    assert read_live_plan(place / "canary.json").step == 0


def test_a_workload_that_does_not_move_is_told(place: Path) -> None:
    known = ["--live", str(place / "canary.json"), "--plan", str(place / "plan.yaml"), "--workload", "stays"]
    found = CliRunner().invoke(app, ["shadow", "watch", str(place / "log"), *known])
    assert isinstance(found.exception, Problem)
    assert "does not move" in str(found.exception)


def test_two_watchers_are_one_too_many(tmp_path: Path) -> None:
    def held() -> AbstractContextManager[None]:
        return alone(tmp_path / "record.jsonl", who="another watcher", fix="End it.")

    with held(), pytest.raises(Problem, match="another watcher holds it"), held():
        pass
