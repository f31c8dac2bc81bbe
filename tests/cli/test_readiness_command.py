"""`breakeven readiness` as a person meets it: colours with letters, questions, no terminal, no traceback."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from breakeven.cli.app import main
from breakeven.decision.readiness.questionnaire import questionnaire

CASE = """\
as_of: 2026-11-21  # the day
api_spend_per_month: 20000
hosted_model: openai/gpt-4o
open_model: llama-3.3-70b
gpu_offer: {gpu: h100, price_per_gpu_hour: 2.5}
team: 1
"""


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    return path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["breakeven", "readiness", *arguments])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def answering(monkeypatch: pytest.MonkeyPatch, said: dict[str, list[str]]) -> None:
    """A person at the terminal: what they say to each question, by its item; Enter to all others."""
    by_question = {one.question: iter(said.get(name, [])) for name, one in questionnaire().items.items()}
    last: list[Iterator[str]] = [iter(())]

    def prompt(question: str, **_: object) -> str:
        last[:] = [mine for asked, mine in by_question.items() if asked in question] or last
        answer = next(last[0], "")
        if answer == "^C":
            raise typer.Abort
        return answer

    monkeypatch.setattr("breakeven.cli.readiness_ask.at_a_terminal", lambda: True)
    monkeypatch.setattr(typer, "prompt", prompt)


def test_nothing_stated_is_red_and_not_examined(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, str(case)) == 0
    out = capsys.readouterr().out
    assert out.startswith("READINESS · today a shadow run only; all of the traffic not before month 3 (")
    assert "The case has no readiness section" in out
    for each in questionnaire().dimensions:
        assert f"{each.number} {each.title}" in out
    assert " R  Tooling" in out
    assert "\x1b[" not in out


def test_json(case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, str(case), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["stated"], found["answered"]) == (False, 0)
    assert found["readiness"]["earliest_start_month"] == 3
    assert [each["level"] for each in found["readiness"]["dimensions"]] == ["red"] * 9


def test_ask_writes_the_answers(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {
        "ml_engineer": ["Ada Example"],
        "model_registry": ["sure", "https://example.org/registry"],
        "fallback_drill": ["30%", "2026-10-01"],
        "labelled_items": ["250", ""],
        "route_back_test": ["2027-01-01", "2026-11-03"],
        "automatic_route_back": ["no"],
        "load_test": ["soon", ""],
    }
    answering(monkeypatch, said)
    assert run(monkeypatch, str(case), "--ask") == 0
    text = case.read_text()
    assert text.startswith(CASE)
    for line in (
        "ml_engineer: Ada Example",
        "model_registry: https://example.org/registry",
        "fallback_drill: {value: 30%, date: 2026-10-01}",
        "labelled_items: {value: 250, date: 2026-11-21}",
        "route_back_test: 2026-11-03",
        "automatic_route_back: no",
    ):
        assert f"    {line}\n" in text
    assert "load_test" not in text
    out = capsys.readouterr().out
    assert '"sure" is no link' in out
    assert "2027-01-01 is after 2026-11-21" in out
    assert "6 answers written" in out
    assert "6 of 46 questions answered" in out


@pytest.mark.parametrize("stop", ["q", "^C"])
def test_what_was_answered_before_one_stops_is_kept(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stop: str
) -> None:
    answering(monkeypatch, {"ml_engineer": ["Ada Example"], "devops_engineer": [stop], "model_registry": ["x/y"]})
    assert run(monkeypatch, str(case), "--ask") == 0
    assert "1 answer written" in capsys.readouterr().out
    assert case.read_text().endswith("readiness:\n  answers:\n    ml_engineer: Ada Example\n")


def test_without_a_terminal(case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("breakeven.cli.readiness_ask.at_a_terminal", lambda: False)
    assert run(monkeypatch, str(case), "--ask") == 1
    assert "--ask needs a terminal: there is nobody to answer" in capsys.readouterr().err
    assert case.read_text() == CASE


def test_a_file_of_deliveries(case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"deployment,2026-11-{day:02d},no," for day in range(1, 13)]
    Path("d.csv").write_text("\n".join(["kind,at,failed,recovered_at", *rows, "incident,2026-11-05T01:00,,soon"]))
    assert run(monkeypatch, str(case), "--delivery", "d.csv") == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "12 deployments and 0 incidents" in out
    assert "1 of 13 rows set aside: recovered_at is not a time, first in line 14" in out
    assert run(monkeypatch, str(case), "--delivery", "none.csv") == 1
    assert "there is no such file" in capsys.readouterr().err


def test_a_wrong_case_is_told(case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    case.write_text(CASE + "readiness: {answers: {ml_enginer: Ada}}\n")
    assert run(monkeypatch, str(case)) == 1
    assert 'Did you mean "ml_engineer"?' in capsys.readouterr().err
