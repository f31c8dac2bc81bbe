"""The rows of a shadow log, and the plan that is in force: what is read, what is refused, what survives the way."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from breakeven.problems import Problem
from breakeven.proof.records.live_plan import LivePlan, Shares, read_live_plan, write_live_plan
from breakeven.proof.records.row import names, plain, read_row, read_text

MOMENT = "2026-11-30T20:40:00.250000+00:00"
ROW: dict[str, Any] = {
    "schema": 1, "trace": "t", "pair": "t", "arm": "self", "assigned": "self", "role": "answered", "workload": "chat",
    "gateway": "litellm", "endpoint": "chat", "streamed": True, "started": "2026-11-30T20:40:00+00:00",
    "first_token": MOMENT, "ended": "2026-11-30T21:40:01+01:00", "prompt_tokens": 0, "error": None, "empty": False,
}  # fmt: skip


def test_a_row_is_the_same_after_it_was_written_and_read() -> None:
    row = read_row(ROW)
    assert read_row(json.loads(json.dumps(plain(row)))) == row
    assert (row.seconds, row.seconds_to_first_token) == (1.0, 0.25)


def test_what_is_zero_is_kept_and_what_is_not_known_is_left_out() -> None:
    written = plain(read_row(ROW))
    assert (written["prompt_tokens"], written["empty"]) == (0, False)
    assert "completion_tokens" not in written
    assert set(written) < set(names())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": 2}, "schema 2"),
        ({"started": "2026-11-30T20:40:00"}, "started"),  # without a zone it is no moment
        ({"prompt_tokens": -1}, "prompt_tokens"),
        ({"error": "exploded"}, "error"),
        ({"word_overlap": 1.5}, "word_overlap"),
        ({"word_overlap": float("nan")}, "word_overlap"),
        ({"mesages": 1}, "mesages"),
    ],
)
def test_what_is_no_row_is_told_by_its_key(change: dict[str, Any], told: str) -> None:
    with pytest.raises(Problem, match=told):
        read_row(ROW | change, where="log:3")


def test_texts_stand_apart_from_the_rows() -> None:
    shared = {key: ROW[key] for key in ("schema", "trace", "pair", "arm", "workload", "endpoint", "started")}
    text = read_text(shared | {"request": {"messages": []}, "answer": "yes"})
    assert text.answer == "yes"
    with pytest.raises(Problem, match="answer"):
        read_row(ROW | {"answer": "yes"})


def live(share: float = 0.1) -> LivePlan:
    moment = datetime(2026, 11, 30, 20, 40, tzinfo=UTC)
    return LivePlan(step=1, written=moment, workloads={"chat": Shares(share=share), "mail": Shares(share=0.5)})


def test_the_live_plan_is_the_same_after_it_was_written_and_read(tmp_path: Path) -> None:
    write_live_plan(tmp_path / "canary.json", live())
    assert read_live_plan(tmp_path / "canary.json") == live()


def test_a_share_changes_for_one_workload_or_for_all_and_the_step_counts() -> None:
    now = datetime(2026, 11, 30, 21, 0, tzinfo=UTC)
    one = live().with_share(0, written=now, by="drill", workload="chat")
    assert ({name: each.share for name, each in one.workloads.items()}, one.step) == ({"chat": 0, "mail": 0.5}, 2)
    every = live().with_share(0, written=now, by="drill")
    assert {each.share for each in every.workloads.values()} == {0}
    with pytest.raises(Problem, match=r'"sms" .*\n?.*chat, mail'):
        live().with_share(0, written=now, by="drill", workload="sms")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"schema": 1}',
        '{"schema":1,"written":"2026-11-30T20:40:00Z","workloads":{"chat":{"share":1.5}}}',
        "[1]",
    ],
)
def test_what_is_no_whole_plan_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "canary.json").write_text(text)
    with pytest.raises(Problem):
        read_live_plan(tmp_path / "canary.json")
