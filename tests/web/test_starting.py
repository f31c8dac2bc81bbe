"""The ways in: five answers, a bill, a log. What is brought is read, answered, and gone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from breakeven.web.desk.uploads import ending_of
from breakeven.web.doors import starting
from parts import ROOT

FIVE = {"spend": "12000", "hosted_model": "openai/gpt-4o", "open_model": "llama-3.3-70b", "gpu": "h100", "team": "0.5"}
WAIT_SECONDS = 90


def finished(client: TestClient, upload: str) -> dict[str, object]:
    """What became of an upload."""
    for _ in range(WAIT_SECONDS * 5):
        found = client.get(f"/api/uploads/{upload}").json()
        if found["board"] or found["problems"]:
            return found
        time.sleep(0.2)
    raise AssertionError("the log was not read in time")


def brought(client: TestClient, name: str, content: bytes) -> dict[str, object]:
    """Bring a log, and wait for what comes of it."""
    upload = client.post("/api/uploads", json={"name": name}).json()["upload"]
    assert client.put(f"/api/uploads/{upload}", content=content).status_code == 200
    return finished(client, upload)


def test_five_answers_give_a_board_that_answers(client: TestClient) -> None:
    board = client.post("/api/questions", json=FIVE).json()["board"]
    assert client.get(f"/board/{board}").status_code == 200
    assert client.get(f"/api/board/{board}").json()["ours"] == ""
    assert "verdict" in client.get(f"/api/board/{board}/answer/point").json()


def test_each_wrong_answer_is_told_at_its_question(client: TestClient) -> None:
    answer = client.post(
        "/api/questions", json={"spend": "lots", "hosted_model": "openai/gpt-99", "gpu": "abacus", "team": "-1"}
    )
    assert answer.status_code == 422
    assert [each["where"] for each in answer.json()["problems"]] == ["spend", "hosted_model", "gpu", "team"]


def test_nothing_spent_is_no_demand(client: TestClient) -> None:
    answer = client.post("/api/questions", json={**FIVE, "spend": "0"})
    assert answer.json()["problems"][0]["where"] == "spend"


@pytest.mark.parametrize("body", [b"", b"no json", b"[1]", b"[" * 100_000, b"\xff", b"null"])
def test_what_is_no_form_is_refused(client: TestClient, body: bytes) -> None:
    assert client.post("/api/questions", content=body).status_code == 422


def test_a_form_that_is_too_large_is_refused(client: TestClient) -> None:
    assert client.post("/api/questions", content=b" " * (2**20 + 1)).status_code == 413


def test_a_log_becomes_a_board_and_nothing_is_left_of_its_file(client: TestClient) -> None:
    content = (ROOT / "examples/support-chat/usage.csv.gz").read_bytes()
    found = brought(client, "C:\\Users\\me\\usage.csv.gz", content)
    assert found["problems"] == []
    opened = client.get(f"/api/board/{found['board']}").json()
    assert opened["name"] == "usage.csv.gz"
    assert "verdict" in client.get(f"/api/board/{found['board']}/answer/point").json()
    case = client.get(f"/api/board/{found['board']}/case.yaml", params={"run_fte": "2"})
    assert "usage.csv.gz" in case.text
    assert "run_fte: 2" in case.text or "team: 2" in case.text
    folder = Path(client.app.state.shop.boards.folder)  # type: ignore[attr-defined]
    assert [each for each in folder.iterdir() if each.name.endswith(".gz") and each.stat().st_size] == []


def test_a_log_that_cannot_be_read_is_told_by_the_name_that_the_person_knows(client: TestClient) -> None:
    found = brought(client, "mine.csv", b"a,b\n1,2\n")
    folder = str(client.app.state.shop.boards.folder)  # type: ignore[attr-defined]
    assert found["board"] == ""
    assert found["problems"]
    assert folder not in str(found)
    assert "mine.csv" in str(found)


def test_a_log_has_an_end(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "MOST_OF_A_LOG", 1000)
    upload = client.post("/api/uploads", json={"name": "a.csv"}).json()["upload"]
    assert client.put(f"/api/uploads/{upload}", content=b"x" * 1001).status_code == 413
    folder = Path(client.app.state.shop.boards.folder)  # type: ignore[attr-defined]
    assert [each for each in folder.iterdir() if each.name.endswith(".csv") and each.stat().st_size] == []


def test_an_upload_takes_one_file(client: TestClient) -> None:
    upload = client.post("/api/uploads", json={"name": "a.csv"}).json()["upload"]
    client.put(f"/api/uploads/{upload}", content=b"a,b\n1,2\n")
    assert client.put(f"/api/uploads/{upload}", content=b"a,b\n1,2\n").status_code == 422
    finished(client, upload)


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("a.csv", ".csv"),
        ("A.CSV.GZ", ".csv.gz"),
        ("x.parquet", ".parquet"),
        ("../../etc/passwd", ".csv"),
        ("a.jsonl", ".jsonl"),
        ("", ".csv"),
        ("a.py", ".csv"),
    ],
)
def test_a_name_chooses_an_ending_from_a_list_and_nothing_else(name: str, ending: str) -> None:
    assert ending_of(name) == ending


def test_uploads_that_were_cut_off_keep_nobody_waiting(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("breakeven.web.doors.starting.MOST_OF_A_LOG", 10)
    for _ in range(6):
        upload = client.post("/api/uploads", json={"name": "a.csv"}).json()["upload"]
        assert client.put(f"/api/uploads/{upload}", content=b"x" * 11).status_code == 413
    assert client.post("/api/uploads", json={"name": "a.csv"}).status_code == 200
