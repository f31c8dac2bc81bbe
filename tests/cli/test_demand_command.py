"""`breakeven demand` as typed: the page, its JSON, what it saves, and what it says to bad input."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from breakeven.cli.demand import demand
from breakeven.demand.usage.sample import SamplePlan, write_sample
from breakeven.problems import Problem

GOLDEN = Path(__file__).parent / "demand_page.txt"
KEYS = (
    "requests", "input_tokens", "cached_input_tokens", "output_tokens", "failed_requests", "set_aside", "first", "last",
    "peak_over_mean",
)  # fmt: skip
HOURS = "start_time,end_time,model,input_tokens,output_tokens,num_model_requests,input_cached_tokens"

app = typer.Typer()
app.command("demand")(demand)


def run(*arguments, columns=100):
    done = CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": str(columns)})
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_sample(Path("usage.csv"), SamplePlan(days=15, requests_per_day=400))
    with Path("usage.csv").open("a") as file:
        file.write("yesterday,support-chat,chat-default,10,0,5,200\n")
    return Path("usage.csv")


def test_the_page(log):
    """Golden: write it anew with `breakeven demand` when the page changes, and look at it."""
    page = run(log, "--time-zone", "Europe/Vienna", "--bill", "30", "--price", "chat-default=openai/gpt-4o-mini").output
    page = "\n".join(line.rstrip() for line in page.splitlines()) + "\n"
    assert max(map(len, page.splitlines())) <= 100
    assert page == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_the_page_fits_the_terminal(log, columns):
    assert max(len(line.rstrip()) for line in run(log, columns=columns).output.splitlines()) <= columns


def test_json_has_the_promised_keys_and_conserves(log):
    found = json.loads(run(log, "--json").output)
    assert set(KEYS) | {"workloads"} <= found.keys()
    assert found["peak_over_mean"].keys() == {"1min", "5min", "60min"}
    for each in found["workloads"]:
        assert {*KEYS, "name", "model"} <= each.keys()
    for key in KEYS[:5]:
        assert sum(each[key] for each in found["workloads"]) == found[key]
    rows = len(log.read_text().splitlines()) - 1
    assert found["requests"] + found["failed_requests"] + found["set_aside"] == rows
    assert found["set_aside_reasons"][0]["reason"] == "timestamp is not a time"
    assert found["peak_over_mean"]["1min"] <= found["peak_over_mean_sliding"]["1min"]


def test_shuffling_changes_nothing(log, tmp_path):
    from random import Random

    head, *rows = log.read_text().splitlines()
    (tmp_path / "other").mkdir()
    Random(1).shuffle(rows)
    log_of_other = tmp_path / "other" / "usage.csv"
    log_of_other.write_text("\n".join([head, *rows]) + "\n")
    mine, other = (run(each, "--json").output for each in (log, log_of_other))
    assert mine.replace(str(log), "LOG") == other.replace(str(log_of_other), "LOG")


def test_a_saved_table_says_the_same(log):
    first = run(log, "-o", "demand.parquet", "--time-zone", "Asia/Tokyo").output
    assert run("demand.parquet", "--time-zone", "Asia/Tokyo").output == first


def test_hours_are_bounded_and_said(tmp_path):
    path = tmp_path / "hours.csv"
    rows = [f"{1767571200 + 3600 * i},{1767574800 + 3600 * i},gpt-4o-mini,{1000 + i},9,5,1" for i in range(24 * 15)]
    path.write_text("\n".join([HOURS, *rows]) + "\n")
    found = json.loads(run(path, "--json").output)
    assert found["peak_over_mean"]["1min"] is None
    assert found["peak_over_mean"]["60min"] == pytest.approx(1)
    assert found["peak_over_mean_bounds"]["1min"] == [pytest.approx(1.16), pytest.approx(4.29)]
    assert found["sizes"] is None
    assert "hidden inside the rows" in " ".join(run(path).output.split())
    with pytest.raises(Problem):
        run(path, "--format", "litellm")


def test_requests_and_sums_of_them_together_are_said(log, tmp_path):
    path = tmp_path / "hours.csv"
    path.write_text(f"{HOURS}\n1792972800,1792976400,gpt-4o-mini,1000,9,5,1\n")
    found = json.loads(run(log, path, "--json").output)
    assert any("counted twice" in each for each in found["notices"])


def test_a_draft_of_the_columns_can_be_completed_and_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_text("c1,c2,c3,app\n2026-01-05T00:00:00Z,10,5,chat\n")
    assert "Written: map.yaml" in run("log.csv", "--map", "map.yaml").output
    draft = Path("map.yaml").read_text()
    assert "Columns not used yet: c1, c2, c3" in draft
    with pytest.raises(Problem, match="names no column for timestamp, input_tokens, output_tokens"):
        run("log.csv", "--columns", "map.yaml")
    for field, column in {"timestamp": "c1", "input_tokens": "c2", "output_tokens": "c3"}.items():
        draft = draft.replace(f"{field}:  #", f"{field}: {column}  #")
    Path("map.yaml").write_text(draft)
    found = json.loads(run("log.csv", "--columns", "map.yaml", "--json").output)
    assert (found["input_tokens"], found["workloads"][0]["name"]) == (10, "chat")


BAD = {
    "no such file": (["nothing.csv"], "there is no such file"),
    "time zone": (["usage.csv", "--time-zone", "Wien"], '"Wien" is not a time zone'),
    "profile": (["usage.csv", "--load-profile", "codign"], 'Did you mean "coding"'),
    "bill": (["usage.csv", "--bill", "-3"], "a bill of -3"),
    "saved as": (["usage.csv", "-o", "demand.csv"], "saved as Parquet"),
    "folder": (["usage.csv", "-o", "no/demand.parquet"], "no such folder"),
    "field": (["usage.csv", "--columns", "inptu_tokens=x"], 'Did you mean "input_tokens"'),
    "format": (["usage.csv", "--format", "litelm"], 'Did you mean "litellm'),
    "no file to map": (["nothing.csv", "--map", "map.yaml"], "there is no such file"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_a_problem_of_ours(log, name):
    arguments, said = BAD[name]
    with pytest.raises(Problem) as raised:
        run(*arguments)
    assert said in str(raised.value)
    assert raised.value.fix


def test_a_sum_of_many_requests_is_not_read_as_one(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("timestamp,input_tokens,output_tokens,num_requests\n2026-01-05T00:00:00Z,10,5,77\n")
    with pytest.raises(Problem, match="many requests"):
        run(path)


@pytest.mark.parametrize("option", [["--columns", "x"], ["--price", "x="], ["--columns", "a=b", "--columns", "a=c"]])
def test_a_pair_that_is_none_is_a_usage_error(log, option):
    assert run(log, *option).exit_code == 2


def test_nothing_is_a_usage_error():
    assert run().exit_code == 2


def test_a_log_in_an_engine_says_the_same(log):
    from breakeven.demand.log.libraries import duckdb

    connection = duckdb().connect("logs.db")
    connection.execute(f"CREATE TABLE usage AS SELECT * FROM read_csv('{log}', all_varchar=true)")
    connection.close()
    there, here = (
        json.loads(run(*arguments, "--json").output) for arguments in (["usage", "--engine", "duckdb://logs.db"], [log])
    )
    assert {key: there[key] for key in (*KEYS, "workloads", "sizes", "peaks")} == {
        key: here[key] for key in (*KEYS, "workloads", "sizes", "peaks")
    }
    with pytest.raises(Problem, match="the engine has its own memory"):
        run("usage", "--engine", "duckdb://logs.db", "--memory-limit", "1GB")


def test_the_memory_for_reading_is_checked_and_changes_nothing(log):
    assert run(log, "--json", "--memory-limit", "200MB").output == run(log, "--json").output
    for wrong in ("much", "1MB", "800"):
        with pytest.raises(Problem, match="no amount of memory"):
            run(log, "--memory-limit", wrong)
