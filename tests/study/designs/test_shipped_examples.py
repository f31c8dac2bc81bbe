"""The examples that leave their design open: each is searched, and what comes out of it."""

from __future__ import annotations

from functools import cache

import pytest

from breakeven.study.case.case import Case
from breakeven.study.designs.catalogue import searches
from breakeven.study.designs.settle import assess
from breakeven.study.study import Study
from parts import ROOT


@cache
def example(name: str) -> Study:
    """The study of an example."""
    return assess(Case.load(ROOT / "examples" / name / "case.yaml"))


@pytest.mark.parametrize(
    ("name", "answer", "verdict", "gpu"),
    [
        ("coding-agent", "BUY ELSEWHERE", "HOLDS", "MI300X-192GB"),
        ("nightly-summaries", "BUY ELSEWHERE", "HOLDS", "H100-SXM-80GB"),
        ("regulated", "SELF-HOST", "FORCED", "H100-SXM-80GB"),
    ],
)
def test_an_example_is_searched_and_answered(name, answer, verdict, gpu):
    found = example(name)
    assert searches(Case.load(ROOT / "examples" / name / "case.yaml"))
    assert (found.verdict.answer, found.verdict.verdict) == (answer, verdict)
    assert found.basis.serving.gpu == gpu
    assert found.basis.serving.chosen is not None


def test_what_the_hospital_owns_stays_its_only_way_and_nothing_of_it_is_bought():
    found = example("regulated")
    assert {each.mode for each in found.basis.columns if each.mode in ("rented", "owned", "serverless")} == {"owned"}
    best = found.basis.columns[found.verdict.best_option]
    assert (best.mode, best.hybrid) == ("owned", False)


def test_nobody_waits_at_night_so_gpus_may_be_taken_away():
    names = [each.name for each in example("nightly-summaries").basis.columns]
    assert any("spot" in each for each in names)
