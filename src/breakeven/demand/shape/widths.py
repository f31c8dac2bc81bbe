"""How wide a demand is for what its log could not show: the rest of the week, other weeks, growth, bursts."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np

from breakeven.demand.demand import Trend
from breakeven.numbers.month import DAYS_PER_MONTH
from breakeven.shipped import shipped

P95 = 1.6448536269514722  # standard normal quantile


def volume_range(days: float, found: Trend | None) -> tuple[float, float]:
    """5th and 95th percentile of the monthly volume over what a log of so many days, scaled, says."""
    parts = (_rest_of_the_week(days), _other_weeks(days), _growth_since(days, found))
    low, high = (sqrt(sum(log(each[end]) ** 2 for each in parts)) for end in (0, 1))
    return exp(-low), exp(high)


def _rest_of_the_week(days: float) -> tuple[float, float]:
    if days < 7:
        table = shipped("demand/widths.yaml")["under_a_week"]
        at = np.log([each["days"] for each in table])
        return _between(log(max(days, 1 / 1440)), at, table)
    table = shipped("demand/widths.yaml")["over_whole_weeks"]
    low, high = _between(days % 7, np.array([each["days"] for each in table]), table)
    return 1 + low / days, 1 + high / days


def _between(place: float, at: np.ndarray, table: list[dict[str, Any]]) -> tuple[float, float]:
    low, high = (float(np.interp(place, at, [each[end] for each in table])) for end in ("low", "high"))
    return low, high


def _other_weeks(days: float) -> tuple[float, float]:
    """This log's weeks against the mean week: the more of them it has, the less they miss it."""
    reach = P95 * float(shipped("demand/widths.yaml")["week_to_week"]) / sqrt(max(1.0, days / 7))
    return exp(-reach), exp(reach)


def _growth_since(days: float, found: Trend | None) -> tuple[float, float]:
    """From the middle of the log, which its mean stands for, to its end."""
    unseen = shipped("demand/widths.yaml")["unseen_growth_per_month"]
    low, high = (found.low, found.high) if found else (unseen["low"], unseen["high"])
    half = days / DAYS_PER_MONTH / 2
    return min(1.0, (1 + low) ** half), max(1.0, (1 + high) ** half)


def burst_range(bucket_minutes: int, window: str) -> tuple[float, float] | None:
    """Peak of the window over the mean of the bucket it lies in; None where the bucket is no longer than it."""
    table = shipped("demand/widths.yaml")["bursts"]
    size = next((each for each in sorted(table) if bucket_minutes <= each), max(table))
    if bucket_minutes <= 1 or window not in table[size]:
        return None
    low, high = table[size][window]
    return float(low), float(high)
