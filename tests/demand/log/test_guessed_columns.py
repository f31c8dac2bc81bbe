"""Logs whose columns have other names: what the message shows, and a draft of a map that runs as it is."""

import json
from pathlib import Path

import pytest
from request_logs import read_minutes

from breakeven.demand.log.format.draft_map import draft_map, read_map
from breakeven.problems import Problem

ROWS = [{"when": f"2026-03-01T10:0{minute}:00Z", "llm": {"tok": {"in": 1000, "out": 100}}} for minute in range(3)]
TABLES = {
    "wrapped.json": json.dumps({"meta": {"version": 1}, "payload": {"items": ROWS}}),
    "german.csv": "zeit;verbrauch_ein;verbrauch_aus\n2026-03-01T10:00:00Z;3000;300\n",
    "signs.csv": '"@when","# tokens in","tokens: out"\n2026-03-01T10:00:00Z,3000,300\n',
    "words.csv": "no,startedAt,numTokensPrompt,promptCost,numTokensReply\n1,2026-03-01T10:00:00Z,3000,7,300\n",
}


@pytest.mark.parametrize("name", list(TABLES))
def test_a_draft_runs_as_it_is(tmp_path: Path, name: str) -> None:
    path, drafted = tmp_path / name, tmp_path / "map.yaml"
    path.write_text(TABLES[name])
    with pytest.raises(Problem, match="no column for") as found:
        read_minutes(path)
    assert "Are these the right ones?" in str(found.value.fix)
    drafted.write_text(draft_map(str(path), {}))
    assert drafted.read_text().count("guessed from its name") >= 2
    table = read_minutes(path, columns=read_map(drafted))
    assert (table["input_tokens"].sum(), table["output_tokens"].sum(), table.set_aside) == (3000, 300, ())


def test_what_two_columns_may_be_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("when,prompt_text_in,in_a,in_b,out\n2026-03-01T10:00:00Z,x,1,2,3\n")
    with pytest.raises(Problem, match="no column for") as found:
        read_minutes(path)
    assert "columns: {timestamp: when, input_tokens: …, output_tokens: out}" in str(found.value.fix)
    path.write_text("when,Input tokens (M),Output tokens (M)\n2026-03-01T10:00:00Z,1,2\n")
    with pytest.raises(Problem) as found:
        read_minutes(path)
    assert "columns: {timestamp: when, input_tokens: …, output_tokens: …}" in str(found.value.fix)


@pytest.mark.parametrize(
    ("name", "content", "fix"),
    [
        ("ce.csv", '"Service","Bedrock($)","Total costs($)"\n"2026-10-01","4.0","12.0"\n', "Create a Data Export"),
        (
            "by_type.csv",
            '"Usage type","USE1-Claude-input-tokens(1K tokens)","Total usage"\n"2026-10-01","4.0","12.0"\n',
            "Create a Data Export",
        ),
        (
            "turned.csv",
            '"Usage type","2026-10-01","2026-10-02"\n"Claude-input-tokens","4.0","12.0"\n',
            "Turn the table",
        ),
        (
            "chart.csv",
            '"Chart Title: Sum Processed Prompt Tokens"\n\n"Time","Processed Prompt Tokens (Sum), a"\n"10/1/2026",4\n',
            "chart of Azure Monitor",
        ),
        ("mean.csv", "timestamp,Processed Prompt Tokens (Avg)\n2026-10-01T10:00:00Z,4\n", "chart of Azure Monitor"),
        (
            "stored.jsonl",
            '{"spanID": "a", "startTimeMillis": 1793520000000, "tag": {"gen_ai@usage@input_tokens": "10"}}',
            "/api/traces",
        ),
    ],
)
def test_a_file_of_a_known_other_kind_says_what_to_export(tmp_path, name, content, fix):
    """Money by usage type was once offered as tokens, since its columns speak of input-tokens($)."""
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(Problem, match="no column for") as found:
        read_minutes(path)
    assert fix in found.value.fix


@pytest.mark.parametrize("name", ["Claude-input-tokens(1K tokens)", "Claude-input-tokens($)"])
def test_what_is_no_count_of_tokens_cannot_be_named_as_one(tmp_path: Path, name: str) -> None:
    """1,000 of thousands of tokens would be read as 1,000 tokens."""
    path = tmp_path / "ce.csv"
    path.write_text(f'"day","{name}","out"\n"2026-10-01","1000","100"\n')
    with pytest.raises(Problem, match="which is no such count"):
        read_minutes(path, columns={"timestamp": "day", "input_tokens": name, "output_tokens": "out"})


@pytest.mark.parametrize("name", ["ModelRequests", "total_requests", "Number of requests", "invocations"])
def test_a_count_of_requests_is_one_under_any_of_its_names(tmp_path: Path, name: str) -> None:
    """An hour's sum was read as one request."""
    path = tmp_path / "sums.csv"
    path.write_text(f"timestamp,InputTokens,OutputTokens,{name}\n2026-10-01T01:00:00Z,1000,100,10\n")
    with pytest.raises(Problem, match=f'column "{name}" says that a row sums many requests'):
        read_minutes(path)
