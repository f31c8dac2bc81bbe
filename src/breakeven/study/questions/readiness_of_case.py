"""Readiness of a case without the study: nothing but the answers and the pay is needed."""

from __future__ import annotations

from pathlib import Path

from breakeven.study.case.case import Case
from breakeven.study.resolve.currency import defaults
from breakeven.study.resolve.resolve import overrides
from breakeven.study.resolve.serving.readiness_inputs import Examined, examine

PAY = "engineer_cost_per_year"


def readiness_of(case: Case, delivery_file: Path | None = None) -> Examined:
    """What the case shows, also where it says nothing. `delivery_file` stands in for the file that it names."""
    pay = {**defaults(case), **overrides(case)}[PAY].likely
    return examine(case, float(pay), delivery_file)
