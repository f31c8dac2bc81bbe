"""What turns the answer and what knowing more is worth, as commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from breakeven.cli.commands import app

CASE = """\
as_of: 2026-11-21
horizon_months: 12
api_spend_per_month: 40000
hosted_model: openai/gpt-5-mini
open_model: qwen3-8b
gpu_offer: {gpu: h100, price_per_gpu_hour: 2.69}
team: 0.5
hosts: {refuse: ["*"]}
cutover_month: 1
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("case") / "case.yaml"
    path.write_text(CASE, "utf-8")
    return path


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_flips_name_every_input_that_can_turn_it(case: Path) -> None:
    found = json.loads(run("flips", case, "--json"))
    by_name = {each["name"]: each for each in found["flips"]}
    assert by_name["price_scale"]["at"] is not None
    assert "hosted prices" in run("flips", case)


def test_no_input_is_worth_more_than_all_together(case: Path) -> None:
    found = json.loads(run("value-of-information", case, "--json"))
    assert found["all_inputs"] > 0
    assert all(0 <= each["worth"]["value"] <= found["all_inputs"] for each in found["inputs"])
    assert {"benchmark", "shadow-run"} <= {each["finding"]["name"] for each in found["findings"]}
    shadow = next(each for each in found["findings"] if each["finding"]["name"] == "shadow-run")
    assert shadow["finding"]["cost"] > 0
    assert "Knowing everything first" in run("value-of-information", case)


def test_buying_has_nothing_to_turn(case: Path) -> None:
    done = CliRunner().invoke(app, ["flips", str(case), "--option", "0"])
    assert done.exit_code == 1
    assert "nothing to turn" in str(done.exception)
