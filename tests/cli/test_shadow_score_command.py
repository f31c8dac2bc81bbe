"""`breakeven shadow score`: texts in, one score a pair out, for `shadow judge --judged`."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from shadow_rows import START, written
from typer.testing import CliRunner, Result

from breakeven.cli.commands import app
from breakeven.problems import Problem


def text(pair: int, arm: str, answer: str | None, request: dict | None = None) -> dict:
    found = {
        "schema": 1, "trace": f"t{pair}", "pair": f"p{pair}", "arm": arm, "workload": "chat", "endpoint": "chat",
        "started": START.isoformat(), "request": request or {"messages": [{"role": "user", "content": "hi"}]},
        "answer": answer,
    }  # fmt: skip
    return {key: value for key, value in found.items() if value is not None}


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    lines = [
        line
        for n in range(30)
        for line in (text(n, "api", "a b c"), text(n, "aa", "a b c d"), text(n, "self", "c b a"))
    ]
    lines += [text(99, "api", "x"), text(98, "api", "x"), text(98, "self", None)]
    return written(tmp_path / "texts-2026-11-02.jsonl", lines)


class Judge(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["messages"][0]["content"]
        first = asked.split("<<<ANSWER A\n")[1].startswith("c b a")
        said = json.dumps({"preference": "A" if first else "B", "confidence": 1})
        body = json.dumps({
            "choices": [{"message": {"content": said}}], "usage": {"prompt_tokens": 200, "completion_tokens": 20}
        }).encode()  # fmt: skip
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def judge() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Judge)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    server.shutdown()
    thread.join(5)


def run(*given: object) -> Result:
    found = CliRunner().invoke(app, ["shadow", "score", *map(str, given)])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found


def scores(path: Path) -> dict[str, float]:
    return {each["pair"]: each["score"] for each in map(json.loads, path.read_text().splitlines())}


def test_a_judge_behind_an_endpoint_is_asked_and_told_of(texts: Path, tmp_path: Path, judge: str) -> None:
    labels = written(tmp_path / "labels.jsonl", [{"pair": f"p{n}", "score": 1} for n in range(12)])
    out = tmp_path / "judged.jsonl"
    said = run(texts, "-o", out, "--url", judge, "--model", "m", "--labels", labels).stdout
    found = scores(out)
    assert len(found) == 31
    assert found["p98"] == -1
    assert {found[f"p{n}"] for n in range(30)} == {1.0}
    assert "decisive 100%" in said
    assert "Held against 12 human labels: agrees on 100%" in said


def test_a_judge_that_cannot_be_reached_gives_no_scores_and_is_told(texts: Path, tmp_path: Path) -> None:
    said = run(texts, "-o", tmp_path / "o.jsonl", "--url", "http://127.0.0.1:9/v1", "--model", "m").stdout
    assert "nonsense or did not come" in said
    assert "was not asked any more" in said
    assert int(said.partition("Asked ")[2].partition(" times")[0]) <= 11  # ten in a row, and the last one's other order
    assert scores(tmp_path / "o.jsonl") == {"p98": -1.0}


def test_scores_by_rule_need_no_more_than_they_use(
    texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz.fuzz", None)
    monkeypatch.setattr("breakeven.proof.judge.text_scores._part", lambda name: pytest.fail(f"{name} is not needed"))
    run(texts, "-o", tmp_path / "o.jsonl", "--by", "same")
    assert set(scores(tmp_path / "o.jsonl").values()) == {0.0}


def test_likeness_is_held_against_the_api_asked_again(texts: Path, tmp_path: Path) -> None:
    run(texts, "-o", tmp_path / "o.jsonl", "--by", "alike")
    found = scores(tmp_path / "o.jsonl")
    assert len(found) == 30
    assert found["p1"] == pytest.approx(1 - 5 * 2 / 12)  # of "a b c" and "a b c d" 10 of 12 letters agree


def test_what_is_missing_is_told(texts: Path, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="--url and --model"):
        run(texts, "-o", tmp_path / "o.jsonl")
    rows = written(tmp_path / "shadow.jsonl", [{"schema": 1, "trace": "t"}])
    with pytest.raises(Problem, match="no row of a shadow log"):
        run(rows, "-o", tmp_path / "o.jsonl")
    for label in ('{"score": 1}', '{"pair": "p1", "score": NaN}', '{"pair": "p1", "score": "much"}', "[]", "{"):
        labels = written(tmp_path / "labels.jsonl", [f"{label}\n"])
        with pytest.raises(Problem, match=r"labels\.jsonl:1: this line is no human score"):
            run(texts, "-o", tmp_path / "o.jsonl", "--by", "same", "--labels", labels)
    lone = written(tmp_path / "texts-a.jsonl", [text(1, "api", "x")])
    with pytest.raises(Problem, match="no pair has the texts"):
        run(lone, "-o", tmp_path / "o.jsonl")
