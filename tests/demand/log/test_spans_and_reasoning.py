"""Spans around calls, reasoning beside the output, paths below other keys: in logs without a format of their own."""

import json
from pathlib import Path
from typing import Any

import pytest
from request_logs import read_minutes

from breakeven.problems import Problem

CALL = {"input_tokens": 1000, "output_tokens": 100}


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    """JSON lines, a minute apart."""
    dated = ({"timestamp": f"2026-03-01T10:{minute:02}:00Z"} | row for minute, row in enumerate(rows))
    path.write_text("".join(json.dumps(each) + "\n" for each in dated))
    return path


def sums(path: Path) -> tuple[int, int, int]:
    """Requests, input and output."""
    table = read_minutes(path)
    assert not any(each.lost for each in table.set_aside)
    return int(table["requests"].sum()), int(table["input_tokens"].sum()), int(table["output_tokens"].sum())


@pytest.mark.parametrize(
    ("name", "call"), [("run_type", "llm"), ("span_kind", "LLM"), ("observation_type", "GENERATION")]
)
def test_only_calls_of_a_model_are_requests_where_a_column_says_so(tmp_path: Path, name: str, call: str) -> None:
    path = lines(tmp_path / "log.jsonl", CALL | {name: "chain"}, CALL | {name: call}, CALL | {name: "tool"})
    assert sums(path) == (1, 1000, 100)
    assert f"Only rows whose {name} is a call of a model are requests." in read_minutes(path).notices


def test_a_kind_of_span_that_says_nothing_of_models_leaves_all_rows(tmp_path: Path) -> None:
    path = lines(tmp_path / "log.jsonl", CALL | {"span_kind": "CLIENT"}, CALL | {"span_kind": "INTERNAL"})
    assert sums(path) == (2, 2000, 200)


@pytest.mark.parametrize(("span", "parent"), [("id", "parent_run_id"), ("span_id", "parent_id")])
def test_the_innermost_of_calls_around_calls_counts(tmp_path: Path, span: str, parent: str) -> None:
    rows = [CALL | {span: "a", parent: None}, CALL | {span: "b", parent: "a"}, CALL | {span: "c", parent: "b"}]
    assert sums(lines(tmp_path / "log.jsonl", *rows)) == (1, 1000, 100)


def test_messages_that_answer_each_other_are_all_requests(tmp_path: Path) -> None:
    rows = [CALL | {"id": "a", "parent_id": None}, CALL | {"id": "b", "parent_id": "a"}]
    assert sums(lines(tmp_path / "log.jsonl", *rows)) == (2, 2000, 200)


@pytest.mark.parametrize(
    ("beside", "output"),
    [
        ({"reasoning_tokens": 500, "total_tokens": 1600}, 600),
        ({"reasoning_tokens": 50, "total_tokens": 1100}, 100),
        ({"reasoning_tokens": 50}, 100),
        ({"reasoning_tokens": 500}, 600),
        ({"reasoning_tokens": 500, "cached_tokens": 300, "total_tokens": 1900}, 600),
    ],
)
def test_reasoning_is_added_where_the_log_shows_it_beside_the_output(
    tmp_path: Path, beside: dict[str, int], output: int
) -> None:
    path = lines(tmp_path / "log.jsonl", CALL | beside)
    assert sums(path) == (1, 1000 + 300 * ("cached_tokens" in beside), output)
    assert any("Reasoning is counted beside" in each for each in read_minutes(path).notices) == (output == 600)


def test_answers_of_gemini_as_they_are(tmp_path: Path) -> None:
    usage = {
        "promptTokenCount": 1000,
        "cachedContentTokenCount": 300,
        "candidatesTokenCount": 50,
        "thoughtsTokenCount": 7,
    }
    path = lines(tmp_path / "log.jsonl", {"modelVersion": "gemini", "usageMetadata": usage})
    assert sums(path) == (1, 1000, 57)
    assert read_minutes(path)["cached_input_tokens"].sum() == 300


def test_usage_below_other_keys_is_found_where_it_is_the_only_one(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 200}}
    row = {"timestamp": None, "response": {"body": {"created": 1_772_359_200, "model": "m", "usage": usage}}}
    path = tmp_path / "batch.jsonl"
    path.write_text(json.dumps({key: value for key, value in row.items() if value is not None}) + "\n")
    assert sums(path) == (1, 1000, 100)
    assert (read_minutes(path).model, read_minutes(path)["cached_input_tokens"].sum()) == (("m",), 200)
    twice = lines(tmp_path / "twice.jsonl", {"planned": {"usage": CALL}, "used": {"usage": CALL}})
    limit = lines(tmp_path / "limit.jsonl", {"limits": CALL})
    for each in (twice, limit):
        with pytest.raises(Problem, match="no column for input_tokens and output_tokens"):
            read_minutes(each)


def test_a_row_of_totals_is_no_clock(tmp_path: Path) -> None:
    rows = ["date,model,requests,input_tokens,output_tokens", "2026-03-01,m,10,1000,100", "Total,,10,1000,100"]
    (tmp_path / "days.csv").write_text("\n".join(rows) + "\n")
    table = read_minutes(tmp_path / "days.csv")
    assert (table["requests"].sum(), table["bucket_s"].tolist(), len(table.set_aside)) == (10, [86_400], 1)
