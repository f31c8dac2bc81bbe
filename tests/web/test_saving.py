"""Changes as a case says them: comments stay, the answer is the same, and what cannot be said is refused."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.recomputing.point import point
from breakeven.study.recomputing.prepared import prepare
from breakeven.web.desk.saving import saved, written_into
from breakeven.web.state import State
from parts import ROOT

SUPPORT = ROOT / "examples" / "support-chat" / "case.yaml"
INSURER = ROOT / "examples" / "insurer" / "case.yaml"


@pytest.fixture(scope="module")
def insurer() -> tuple[object, str]:
    return prepare(INSURER), INSURER.read_text("utf-8")


@pytest.mark.parametrize(
    "changes",
    [
        {"run_fte": 2.5},
        {"hosted_discount": 0.2},
        {"pue": 1.7, "usable_share": 0.6},
        {"hosted_price_change_per_month": -0.02},
    ],
)
def test_the_saved_case_gives_the_answer_of_the_board(changes: dict[str, float], tmp_path: Path) -> None:
    found, text = prepare(INSURER), INSURER.read_text("utf-8")
    new = saved(found, text, State(numbers=changes))
    again = prepare(Case.parse(new, name="case.yaml", folder=INSURER.parent))
    then, now = point(found, changes), point(again, {})
    for option in then.options:
        other = now.option(option.key)
        assert other is not None
        assert other.net_present_value == pytest.approx(option.net_present_value, rel=1e-6)


def test_every_comment_stays_where_it_was() -> None:
    text = INSURER.read_text("utf-8")
    new = saved(prepare(INSURER), text, State(numbers={"run_fte": 2.5}))
    comments = [line.partition("#")[2] for line in text.splitlines() if "#" in line]
    assert [line.partition("#")[2] for line in new.splitlines() if "#" in line] == comments


def test_nothing_changed_is_the_same_text() -> None:
    text = SUPPORT.read_text("utf-8")
    assert saved(prepare(SUPPORT), text, State()) == text


def test_a_multiple_of_a_measured_volume_cannot_be_said() -> None:
    with pytest.raises(Problem, match="cannot say"):
        saved(prepare(SUPPORT), SUPPORT.read_text("utf-8"), State(numbers={"volume_scale": 2.0}))


def test_a_gate_is_answered_where_it_stands(client: TestClient, cases: Path) -> None:
    answer = client.get("/api/board/small/case.yaml", params={"gate:data residency": "unknown", "run_fte": "0.5"})
    assert answer.status_code == 200, answer.text
    assert "verdict: unknown" in answer.text
    assert "# A comment that stays." in answer.text
    assert "# and another" in answer.text
    assert "team: 0.5" in answer.text


def test_the_file_of_the_folder_is_replaced_and_opened_anew(client: TestClient, cases: Path) -> None:
    path = cases / "kept.yaml"
    client.app.state.shop.boards.files["kept"] = path  # type: ignore[attr-defined]
    path.write_text((cases / "small.yaml").read_text("utf-8"), "utf-8")
    before = client.get("/api/board/kept/answer/point", params={"run_fte": "3"}).json()["verdict"]
    assert client.post("/api/board/kept/save", params={"run_fte": "3"}).status_code == 200
    assert "team: 3" in path.read_text("utf-8")
    assert client.get("/api/board/kept/answer/point").json()["verdict"] == before


def test_a_case_that_somebody_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("changed: meanwhile\n", "utf-8")
    with pytest.raises(Problem, match="was changed since"):
        written_into(str(path), "as it was", "new", None)
    assert path.read_text("utf-8") == "changed: meanwhile\n"


def test_what_was_brought_has_no_file_to_save_into(client: TestClient) -> None:
    board = client.post("/api/questions", json={}).json()["board"]
    assert client.post(f"/api/board/{board}/save").status_code == 422


KILLED = """
import os, signal, sys
from pathlib import Path
from breakeven import outputs
from breakeven.web.desk.saving import written_into
at, path = sys.argv[1], Path(sys.argv[2])
def killed(*_): os.kill(os.getpid(), signal.SIGKILL)
setattr(outputs, at, killed)
written_into(str(path), path.read_text("utf-8"), path.read_text("utf-8").replace("team: 1", "team: 2"), None)
"""


@pytest.mark.parametrize("at", ["_settle", "_settle_folder"])
def test_killed_while_saving_the_case_is_the_old_or_the_new_one_whole(at: str, cases: Path, tmp_path: Path) -> None:
    path, old = tmp_path / "case.yaml", (cases / "small.yaml").read_text("utf-8")
    path.write_text(old, "utf-8")
    done = subprocess.run([sys.executable, "-c", KILLED, at, str(path)], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert path.read_text("utf-8") in (old, old.replace("team: 1", "team: 2"))
