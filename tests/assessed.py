"""Studies that several tests look at, each made once a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from breakeven.study.case.case import Case
from breakeven.study.judge.assess import assess
from breakeven.study.study import Study
from parts import ROOT

CASES = {each.stem: each for each in sorted((ROOT / "tests" / "cases").glob("*.yaml"))} | {
    "support-chat": ROOT / "examples" / "support-chat" / "case.yaml",
}


@cache
def study(name: str) -> Study:
    """The study of a case by its name."""
    return assess(Case.load(CASES[name]))


def case_file(name: str) -> Path:
    """Where the case lies."""
    return CASES[name]
