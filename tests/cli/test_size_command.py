"""`breakeven size`, as a person runs it: a case, a trace, a usage log, and what cannot be."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from breakeven.capacity.replay.synthetic import synthetic
from breakeven.cli.commands import app
from breakeven.problems import Problem
from breakeven.report.pages.size_page import rent_words
from breakeven.study.questions.size import Rent

CASES = Path(__file__).parents[1] / "cases"
NOVEMBER = 1_795_000_000  # seconds since 1970
REPLICA = ["--model", "llama-3.1-8b", "--gpu", "l40s"]


def run(*arguments: str) -> Result:
    found = CliRunner().invoke(app, ["size", *arguments], env={"COLUMNS": "100"})
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = synthetic(1155, 211, 1500, requests_per_second=12)
    rows = zip(made.arrival, made.prompt, made.output, strict=True)
    lines = [f"{at / 1e12:.6f},{prompt},{output}" for at, prompt, output in rows]
    path = tmp_path_factory.mktemp("size") / "trace.csv"
    path.write_text("\n".join(["TIMESTAMP,ContextTokens,GeneratedTokens", *lines]), encoding="utf-8")
    return str(path)


def test_the_first_line_is_the_fleet_and_the_table_shows_one_fewer(trace: str) -> None:
    text = run("--log", trace, *REPLICA, "--ttft", "1", "--tpot", "0.05").stdout
    found = json.loads(run("--log", trace, *REPLICA, "--ttft", "1", "--tpot", "0.05", "--json").stdout)
    fleet = found["fleet"]
    first = " ".join(text.split("llama-3.1-8b")[0].split())
    assert first == (
        f"{fleet['replicas']} replicas = {found['gpus']} GPUs keep the promise: 95 of 100 requests get the first token "
        "within 1 s (TTFT) and each further one within 0.05 s (TPOT)."
    )
    assert f"\n{fleet['replicas'] - 1} replica" in text
    assert "breaks T" in text
    assert fleet["kept"]["broken"] == []
    assert fleet["one_fewer"]["broken"]
    assert found["band"]["low"] <= fleet["replicas"] <= found["band"]["high"]
    assert (found["decided_by"], found["promise_assumed"]) == ("replay", False)


def test_spares_and_availability_add_gpus(trace: str) -> None:
    plain, spare, sure = (
        json.loads(run("--log", trace, *REPLICA, "--ttft", "1", "--json", *more).stdout)
        for more in ([], ["--spares", "1"], ["--availability", "0.99999", "--mttr-hours", "24"])
    )
    assert spare["gpus"] == plain["gpus"] + 1
    assert sure["fleet"]["spares"] >= 1
    assert "up 99.9990% of the time" in sure["fleet"]["because"]


def test_a_case_says_what_decide_would_take_and_what_following_the_load_saves() -> None:
    found = json.loads(run(str(CASES / "fragile.yaml"), "--json").stdout)
    assert found["promise_assumed"]
    assert found["formula_replicas"] >= 1
    assert 0 < found["scaling"]["scaled_replica_hours"] <= found["scaling"]["fixed_replica_hours"]
    text = run(str(CASES / "fragile.yaml")).stdout
    assert "Promise" in text
    assert "By formula" in text
    assert "Autoscaling" in text


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Requests one by one over 25 hours: busy at one o'clock, quiet at night."""
    rows, at = ["time,input_tokens,output_tokens"], 0.0
    chance = np.random.default_rng(5)
    while at < 25 * 3600:
        rows.append(f"{NOVEMBER + at:.3f},{chance.integers(200, 2000)},{chance.integers(20, 400)}")
        at += chance.exponential(1 / (0.3 + 6 * np.exp(-(((at / 3600 - 13) / 4) ** 2))))
    path = tmp_path_factory.mktemp("day") / "day.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.mark.heavy
def test_a_day_of_requests_is_replayed_with_replicas_that_come_and_go(day: Path) -> None:
    arguments = ["--log", str(day), *REPLICA, "--ttft", "1", "--tpot", "0.025", "--gpu-price", "0.5"]
    found = json.loads(run(*arguments, "--json").stdout)
    followed, formula, rent = found["followed"], found["scaling"], found["rent"]
    assert (rent["currency"], rent["replayed"]) == ("USD", True)
    assert rent["following"] == pytest.approx(followed["replica_hours"] * 0.5)
    assert "In money" in run(*arguments).stdout
    assert followed["kept"]
    assert formula["bound_replica_hours"] * 0.5 < followed["replica_hours"] < followed["fixed_replica_hours"]
    assert followed["orders"] >= 1
    assert "Replayed, with" in " ".join(run(*arguments).stdout.split())


def test_rent_of_a_fleet_that_breaks_the_promise_says_so() -> None:
    rent = Rent(price_per_gpu_hour=2.0, currency="USD", fixed=100.0, following=60.0, replayed=True, kept=False)
    assert "following the load $60 (replayed, the promise broken), at $2" in rent_words(rent)
    assert "following the load $60 (replayed), at $2" in rent_words(replace(rent, kept=True))


@pytest.mark.heavy
def test_a_case_with_a_log_of_requests_replays_them_and_says_the_rent(day: Path, tmp_path: Path) -> None:
    text = """
as_of: 2026-11-21
log: {path: LOG}
hosted_model: anthropic/claude-haiku-4-5
open_model: llama-3.1-8b
gpu_offer: {gpu: l40s, price_per_gpu_hour: 0.8, source: offer, date: 2026-11-01}
"""
    case = tmp_path / "case.yaml"
    case.write_text(text.replace("LOG", str(day)), encoding="utf-8")
    found = json.loads(run(str(case), "--ttft", "2", "--tpot", "0.1", "--json").stdout)
    assert found["asked"] == "the busiest hour of day.csv, as it came"
    rent, followed, gpus = found["rent"], found["followed"], found["replica"]["gpus"]
    assert rent["following"] == pytest.approx(followed["replica_hours"] * gpus * 0.8)
    assert rent["fixed"] == pytest.approx(followed["fixed_replica_hours"] * gpus * 0.8)
    assert rent["replayed"]


def test_a_usage_log_is_served_as_it_came_and_its_minute_table_by_the_minute(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    rows = [
        f"2026-11-20T{hour:02}:{minute:02}:{second:02}Z,chat,{900 + 10 * second},{100 + second}"
        for hour in range(24)
        for minute in range(60)
        for second in range(0, 60, 2 if hour == 9 else 20)
    ]
    log.write_text("\n".join(["start_time,app,prompt_tokens_details,completion", *rows]), encoding="utf-8")
    with pytest.raises(Problem, match="no column for input_tokens and output_tokens"):
        run("--log", str(log), *REPLICA, "--ttft", "1")
    log.write_text("\n".join(["startTime,team_id,prompt_tokens,completion_tokens", *rows]), encoding="utf-8")
    saved = tmp_path / "saved.parquet"
    CliRunner().invoke(app, ["demand", str(log), "-o", str(saved)], catch_exceptions=False)
    for path, told in ((log, ", as it came"), (saved, ": requests of each minute at random within it")):
        found = json.loads(run("--log", str(path), *REPLICA, "--ttft", "1", "--json").stdout)
        assert found["requests"] == 1800  # of nine o'clock
        assert found["asked"].startswith(f"the busiest hour of {path.name}{told}")
        assert found["scaling"]["hours"] == pytest.approx(24, abs=0.1)


def test_a_saved_minute_table_keeps_the_lengths_of_its_log(tmp_path: Path) -> None:
    log, saved = tmp_path / "log.csv", tmp_path / "saved.parquet"
    rows = [
        f"2026-11-20T09:{second // 60:02}:{second % 60:02}Z,chat,{30_000 if second % 40 == 0 else 300},120"
        for second in range(3600)
    ]
    log.write_text("\n".join(["startTime,team_id,prompt_tokens,completion_tokens", *rows]), encoding="utf-8")
    CliRunner().invoke(app, ["demand", str(log), "-o", str(saved)], catch_exceptions=False)
    promise = ["--ttft", "9", "--tpot", "0.3", "--json"]
    of_log, of_table = (json.loads(run("--log", str(each), *REPLICA, *promise).stdout) for each in (log, saved))
    assert of_table["asked"].endswith("lengths drawn from the log's own")
    assert of_table["fleet"]["replicas"] == of_log["fleet"]["replicas"]
    held = of_table["fleet"]["kept"]["most_kv_share"] * of_table["replica"]["kv_tokens"]
    assert held > 25_000  # the mean has 1,042 tokens


def test_what_no_fleet_meets_is_told_with_the_least_relaxation(trace: str) -> None:
    with pytest.raises(Problem, match=r"no fleet meets TTFT p95 0\.05 s: the prefill alone takes .* least relaxation"):
        run("--log", trace, *REPLICA, "--ttft", "0.05")


def test_an_assumed_promise_that_nothing_meets_is_relaxed_and_said(tmp_path: Path) -> None:
    made = synthetic(30_000, 50, 60, requests_per_second=0.1)
    rows = zip(made.arrival, made.prompt, made.output, strict=True)
    path = tmp_path / "long.csv"
    text = "\n".join(["time,input_tokens,output_tokens", *(f"{at / 1e12:.3f},{i},{o}" for at, i, o in rows)])
    path.write_text(text, encoding="utf-8")
    told = " ".join(run("--log", str(path), *REPLICA, "--leave-out-too-long").stdout.split())
    assert (
        "assumed: none was stated; TTFT p95 1 s and TPOT p95 0.05 s is more than a replica keeps at half of its" in told
    )
    assert re.search(r"first token within [2-9][.\d]* s", told)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--log", "x.csv"],
        [str(CASES / "minimal.yaml"), "--model", "llama-3.1-8b"],
        [str(CASES / "minimal.yaml"), "--gpu-price", "2"],
    ],
)
def test_it_says_how_to_ask(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_routing_that_is_none_and_a_promise_of_nothing(trace: str) -> None:
    with pytest.raises(Problem, match='"random" is not a routing'):
        run("--log", trace, *REPLICA, "--routing", "random")
    with pytest.raises(Problem, match="a promise of 0 seconds"):
        run("--log", trace, *REPLICA, "--ttft", "0")
    with pytest.raises(Problem, match=r"nothing\.csv|no such"):
        run("--log", "nothing.csv", *REPLICA)
