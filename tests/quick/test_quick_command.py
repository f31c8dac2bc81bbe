"""`breakeven quick` as typed."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from breakeven.cli.quick import quick
from breakeven.problems import Problem

app = typer.Typer()
app.command("quick")(quick)
HIGH = "--tokens 50000 --hosted-price 0.5 --gpu-monthly 1500 --gpus 8 --eng-monthly 8000"
STAIRS = "--tokens 24000 --hosted-price 0.5 --gpu-monthly 5000 --gpu-capacity 20000 --eng-monthly 4000"


def run(options: str, *, columns: int = 100) -> str:
    done = CliRunner().invoke(app, options.split(), env={"COLUMNS": str(columns)}, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_json_is_one_object_with_the_promised_keys() -> None:
    got = json.loads(run(f"{HIGH} --json"))
    promised = {
        "hosted_usd", "self_hosted_usd", "cheaper", "break_even_mtok", "win_intervals", "win_interval_count",
        "half_volume", "verdict", "flips", "omitted", "margin_of_safety",
    }  # fmt: skip
    assert promised <= got.keys()
    assert got["flips"]["gpus"] == 0.5
    assert got["half_volume"] == {"hosted_usd": 12500, "self_hosted_usd": 20000, "cheaper": "hosted"}


@pytest.mark.parametrize("columns", [80, 120])
def test_the_page(columns: int) -> None:
    page = run(HIGH, columns=columns)
    lines = page.splitlines()
    assert lines[0].startswith(" FRAGILE  Self-hosting is cheaper by $5,000 a month, but not at half the volume")
    assert len(lines) <= 60
    assert max(map(len, lines)) <= columns
    for part in (
        "$25,000      $20,000     8  self-hosted", "$12,500      $20,000     8  hosted",
        "$25,000      $32,000    16  hosted", "above 40,000 MTok", "−20.0 %  at $0.4 per MTok",
        "+62.5 %  at $13,000 a month", "+50.0 %  at 12 GPUs", "2,378.23 per GPU", "capacity not checked",
    ):  # fmt: skip
        assert part in page
    assert "\x1b" not in page


def test_the_page_of_a_staircase() -> None:
    page = run(f"{STAIRS} --gpus 3 --utilization 0.5")
    assert "above 18,000 up to 20,000 MTok; above 28,000 MTok" in page
    assert "utilization reached: 60.0 %" in page
    assert "--gpus 3 is ignored" in page
    assert "--utilization 0.5 is not used" in page
    assert "capacity not checked" not in page


def test_the_page_of_never() -> None:
    assert "at no volume" in run(f"{STAIRS} --gpu-monthly 10000")


def test_many_intervals_are_summed_up() -> None:
    page = run("--tokens 5 --hosted-price 1.0009 --gpu-monthly 1 --gpu-capacity 1 --eng-monthly 0")
    assert "… 1,112 intervals, the last above " in page


def test_bad_input_is_a_problem_of_ours() -> None:
    done = CliRunner().invoke(app, HIGH.replace("0.5", "-1").split())
    assert isinstance(done.exception, Problem)
    assert done.exception.where == "--hosted-price"


def test_a_missing_option_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["--tokens", "5"]).exit_code == 2


def test_help_names_every_option() -> None:
    text = run("--help")
    for option in ("tokens", "hosted-price", "gpu-monthly", "gpus", "eng-monthly", "gpu-capacity", "utilization"):
        assert f"--{option}" in text
