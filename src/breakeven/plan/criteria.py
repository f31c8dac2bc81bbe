"""Entry and exit criteria, rollback triggers and the sample a quality test needs, from one file of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from breakeven.numbers.operations import whole_up
from breakeven.problems import Problem
from breakeven.shipped import shipped


def criteria() -> Mapping[str, Any]:
    """The file as data."""
    found: Mapping[str, Any] = shipped("plan/criteria.yaml")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """A paired non-inferiority test: how much worse is still as good, and how surely that must be seen.

    `margin` and `standard_deviation` are of the paired difference of scores; errors are those of a one-sided test.
    """

    margin: float = float(criteria()["quality"]["margin"])
    standard_deviation: float = float(criteria()["quality"]["standard_deviation"])
    type_one_error: float = float(criteria()["quality"]["type_one_error"])
    power: float = float(criteria()["quality"]["power"])
    judged_share: float = float(criteria()["quality"]["judged_share"])

    @property
    def sample(self) -> int:
        """Pairs that the test needs: ((z of the error + z of the power) * deviation / margin) squared, rounded up."""
        if not self.margin > 0 or not 0 < self.type_one_error < 1 or not 0 < self.power < 1:
            raise Problem("a quality test needs a margin above zero, and errors and power between 0 and 1")
        z = NormalDist().inv_cdf(self.power) - NormalDist().inv_cdf(self.type_one_error)
        return int(whole_up(float(z * self.standard_deviation / self.margin) ** 2))

    def reached_in(self, requests_per_month: float, days: float, days_per_month: float) -> tuple[int, float | None]:
        """Requests judged in so many days of shadow run, and the days that the sample needs; None: never."""
        judged = requests_per_month * self.judged_share / days_per_month
        return int(judged * days), (self.sample / judged if judged > 0 else None)
