"""`breakeven gpu-mix`: from a case to replicas, by workload and by the lengths of a log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from breakeven.cli.commands import app
from breakeven.demand.usage.read_log import read_log
from breakeven.problems import Problem
from breakeven.study.questions.gpu_mix_of_case import by_length

CASE = """\
as_of: 2026-11-21
horizon_months: 12
team: 1
open_model: qwen3-8b
gpu_offer: {gpu: h100, price_per_gpu_hour: 2.5}
hosted_model: openai/gpt-4o
workloads:
  - {name: short, input_tokens_per_month: 20e9, output_tokens_per_month: 2e9, requests_per_month: 40e6}
  - {name: long, input_tokens_per_month: 20e9, output_tokens_per_month: 1e9, requests_per_month: 2e6}
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, "utf-8")
    return path


def test_the_mix_is_no_dearer_than_any_type_alone(case: Path) -> None:
    done = CliRunner().invoke(app, ["gpu-mix", str(case), "--gpu", "h100", "--gpu", "h200", "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    prices = {each["name"]: each["price_per_hour"] for each in found["types"]}
    assert prices["h100"] == 2.5, "the offer of the case"
    assert found["mix"]["cost_per_hour"] == pytest.approx(
        sum(prices[name] * count for name, count in found["mix"]["replicas"].items())
    )
    assert found["mix"]["cost_per_hour"] <= min(found["mix"]["alone"].values()) + 1e-9
    short, long = found["groups"]
    assert (short["input_tokens"], long["input_tokens"]) == (500.0, 10_000.0)
    rates = {each["name"]: each["requests_per_second"] for each in found["types"]}
    assert rates["h100"][0] > 5 * rates["h100"][1], "short requests are served faster"


def test_the_page_and_a_gpu_that_is_none(case: Path) -> None:
    done = CliRunner().invoke(app, ["gpu-mix", str(case), "--gpu", "h100"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "which no mix beats" in " ".join(done.stdout.split())
    wrong = CliRunner().invoke(app, ["gpu-mix", str(case), "--gpu", "h1000"])
    assert isinstance(wrong.exception, Problem)
    assert '"h1000" is not in the catalog' in str(wrong.exception)


def test_groups_of_a_log_keep_all_requests_and_tokens(tmp_path: Path) -> None:
    times = [f"2026-11-{1 + i % 20:02d}T{i % 24:02d}:{i % 60:02d}:00Z" for i in range(400)]
    lengths = [f"{10 + (i * 37) % 9000},{5 + (i * 13) % 700}" for i in range(400)]
    rows = ["timestamp,input_tokens,output_tokens", *map(",".join, zip(times, lengths, strict=True))]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    (sizes,) = read_log(path, workload="all").sizes
    groups = by_length(sizes)
    assert sum(share for *_, share in groups) == pytest.approx(1.0)
    assert sum(ins * share for ins, _, share in groups) == pytest.approx(sizes.input.mean)
    assert sum(outs * share for _, outs, share in groups) == pytest.approx(sizes.output.mean, rel=0.01)
    assert [ins for ins, _, _ in groups] == sorted(ins for ins, _, _ in groups)


def test_without_names_it_chooses_among_all_that_are_rented_out(case: Path) -> None:
    """Named ones are never better than all; a GPU that takes nothing has no column of shares."""
    every, named = (
        json.loads(CliRunner().invoke(app, ["gpu-mix", str(case), *gpus, "--json"]).stdout)
        for gpus in ([], ["--gpu", "h100"])
    )
    assert every["mix"]["cost_per_hour"] <= named["mix"]["cost_per_hour"]
    assert len(every["types"]) > 10
