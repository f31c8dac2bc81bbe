"""Answers written into a case file: comments and everything else stay, or nothing is written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from breakeven.problems import Problem, Problems
from breakeven.study.case.answers_file import with_answers, write_answers
from breakeven.study.case.case import Case

CASE = """\
# our case
as_of: 2026-11-21  # the day
api_spend_per_month: 20000
hosted_model: 'openai/gpt-4o'
open_model: llama-3.3-70b
gpu_offer: {gpu: h100, price_per_gpu_hour: 2.5}
team: 1

gates:
  # asked in October
  - {name: residency, verdict: unknown}
"""
GIVEN = {
    "ml_engineer": {"value": "Ada Example"},
    "fallback_drill": {"value": "30%", "date": date(2026, 10, 1)},
    "automatic_route_back": {"value": "no"},
}


def test_everything_else_stays() -> None:
    text = with_answers(CASE, GIVEN)
    assert text.startswith(CASE)
    assert text.removeprefix(CASE) == (
        "readiness:\n  answers:\n    ml_engineer: Ada Example\n"
        "    fallback_drill: {value: 30%, date: 2026-10-01}\n    automatic_route_back: no\n"
    )


def test_answers_are_replaced_and_their_comments_kept() -> None:
    answers = "    ml_engineer: Bob  # until May\n    model_registry: x/y\n"
    old = f"{CASE}readiness:\n  people: 2  # from May\n  answers:\n{answers}"
    text = with_answers(old, GIVEN)
    for kept in ("people: 2  # from May", "ml_engineer: Ada Example # until May", "model_registry: x/y"):
        assert kept in text
    assert text.count("ml_engineer") == 1


def test_a_file_is_written_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    write_answers(path, GIVEN)
    file = Case.load(path).file
    assert file.readiness is not None
    assert file.readiness.answers.keys() == GIVEN.keys()
    assert [each.name for each in tmp_path.iterdir()] == ["case.yaml"]


def test_a_wrong_answer_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    with pytest.raises((Problem, Problems), match="model_registry"):
        write_answers(path, {"model_registry": {"value": "sure"}})
    assert path.read_text() == CASE


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="there is no such file"):
        write_answers(tmp_path / "none.yaml", GIVEN)
