"""`breakeven facts` shows source and age, says what is recalled or undated, and speaks JSON."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from breakeven.cli.facts import facts
from breakeven.problems import Problem

AS_OF = ["--as-of", "2026-11-21"]


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setenv("COLUMNS", "120")
    made = typer.Typer()
    made.command("facts")(facts)
    return made


def show(app: typer.Typer, *arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, *AS_OF], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_gpus_are_shown_with_source_and_what_is_recalled(app: typer.Typer) -> None:
    shown = show(app, "gpus")
    assert "H100-SXM-80GB" in shown
    assert "32 of them" in shown
    assert "source 1: NVIDIA datasheet (recalled, not fetched)" in shown
    assert "recalled from memory, not checked against a datasheet: A10-24GB" in show(app, "gpus", "a10")


def test_one_model_is_shown(app: typer.Typer) -> None:
    shown = show(app, "models", "qwen/qwen3-8b")
    assert "1 open model" in shown
    assert "config.json of Qwen/Qwen3-*" in shown


def test_prices_of_a_gpu_say_age_and_unknown_dates(app: typer.Typer) -> None:
    shown = show(app, "prices", "h100")
    assert "date unknown" in shown
    assert "57 days" in shown
    assert "17 of 33 prices: date unknown, so they are assumed." in shown
    assert "9 of 33 prices are older than 90 days." in shown
    assert "Purchase, USD" in shown


def test_a_hosted_price_shows_its_notices(app: typer.Typer) -> None:
    shown = show(app, "prices", "together/meta-llama/Llama-3.3-70B-Instruct-Turbo")
    assert "sources disagree" in shown
    assert "not listed" in shown
    assert "genai-prices" in shown


def test_a_stale_hosted_price_is_said(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["prices", "openai/gpt-5-mini", "--as-of", "2027-03-01"])
    assert "the price is 111 days old" in result.output


def test_hosts_and_their_models_are_listed(app: typer.Typer) -> None:
    assert "deepinfra" in show(app, "prices")
    assert "openai/gpt-5-mini" in show(app, "prices", "openai")


@pytest.mark.parametrize(
    ("arguments", "name", "count"),
    [
        (["gpus"], "gpus", 47),
        (["gpus", "h100"], "gpus", 1),
        (["models"], "models", 81),
        (["prices", "h100"], "offers", 33),
        (["prices"], "purchases", 10),
        (["prices", "openai/gpt-5-mini"], "hosted", 1),
    ],
)
def test_json_carries_every_record_with_source_and_age(
    app: typer.Typer, arguments: list[str], name: str, count: int
) -> None:
    body = json.loads(show(app, *arguments, "--json"))
    assert body["as_of"] == "2026-11-21"
    assert len(body[name]) == count
    assert all(each["source"]["title"] and "age_days" in each for each in body[name])


def test_an_unknown_name_is_a_problem(app: typer.Typer) -> None:
    with pytest.raises(Problem, match="Did you mean"):
        CliRunner().invoke(app, ["gpus", "H100-80"], catch_exceptions=False)
    assert CliRunner().invoke(app, ["dogs"]).exit_code == 2
