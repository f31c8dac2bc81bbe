"""Studies that several tests look at, each made once a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from breakeven.study.case.case import Case
from breakeven.study.designs.settle import assess
from breakeven.study.study import Study
from parts import ROOT

CASES = {each.stem: each for each in sorted((ROOT / "tests" / "cases").glob("*.yaml"))} | {
    "support-chat": ROOT / "examples" / "support-chat" / "case.yaml",
}

# The smallest case, over a time so short that it is judged at once.
SIX_MONTHS = """\
as_of: 2026-11-21
horizon_months: 6
api_spend_per_month: 20000
hosted_model: openai/gpt-4o
open_model: llama-3.3-70b
gpu_offer: {gpu: h100, price_per_gpu_hour: 2.5}
team: 1
cutover_month: 1
"""


@cache
def study(name: str) -> Study:
    """The study of a case by its name."""
    return assess(Case.load(CASES[name]))


def case_file(name: str) -> Path:
    """Where the case lies."""
    return CASES[name]
