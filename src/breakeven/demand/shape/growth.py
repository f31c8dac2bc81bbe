"""Growth per month from a log of 90 days or more, with an interval that is honest about memory in the noise."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np

from breakeven.demand.demand import Trend
from breakeven.demand.shape.minute_statistics import Minutes
from breakeven.numbers.month import WEEKS_PER_MONTH

DAYS_FOR_TREND = 90
MINUTES_PER_WEEK = 7 * 24 * 60
MOST = 5.0  # of the logarithm of a month's growth: no number overflows
MEMORY_LIMIT = 0.9  # of the noise from one week to the next: above it a trend cannot be told from a walk


def trend(minutes: Minutes) -> Trend | None:
    """The trend of whole weeks, counted back from the end of the log; None under 90 days.

    Whole weeks hold every weekday once, so the week's shape cannot look like growth. The slope is Theil and
    Sen's (the median over all pairs of weeks: one odd week does not turn it) of the logarithm of the tokens.
    Its interval is that of a regression, with the noise's memory counted against it. See docs/method.
    """
    if minutes.count < DAYS_FOR_TREND * 24 * 60:
        return None
    weeks = minutes.count // MINUTES_PER_WEEK
    totals = minutes.tokens[-weeks * MINUTES_PER_WEEK :].reshape(weeks, MINUTES_PER_WEEK).sum(axis=1)
    when = np.flatnonzero(totals > 0)
    if when.size < weeks / 2 or when.size < 6:
        return None
    level = np.log(totals[when])
    slope = _theil_sen(when, level)
    rest = level - slope * when - np.median(level - slope * when)
    memory = _memory(rest)
    reach = _standard_error(when, rest, memory) * _student_95(_effective(when.size, memory) - 2)
    fitted = np.exp(slope * (np.arange(weeks) - weeks + 0.5))
    return Trend(
        growth_per_month=_monthly(slope),
        low=_monthly(slope - reach),
        high=_monthly(slope + reach),
        level_at_end=float(1 / fitted.mean()),
        weeks=int(when.size),
        silent_weeks=int(weeks - when.size),
        memory=memory,
    )


def _monthly(slope: float) -> float:
    return exp(min(max(slope * WEEKS_PER_MONTH, -MOST), MOST)) - 1


def _theil_sen(when: np.ndarray, level: np.ndarray) -> float:
    one, other = np.triu_indices(when.size, 1)
    return float(np.median((level[other] - level[one]) / (when[other] - when[one])))


def _memory(rest: np.ndarray) -> float:
    """Autocorrelation of neighbouring weeks, corrected for what a fit of few points hides of it."""
    spread = float(np.dot(rest, rest))
    if spread <= 0:
        return 0.0
    seen = float(np.dot(rest[1:], rest[:-1])) / spread
    corrected = (seen * rest.size + 2) / (rest.size - 4)  # mean bias of a line's residuals: -(2 + 4 r) / n
    return float(np.clip(corrected, 0, MEMORY_LIMIT))


def _effective(count: int, memory: float) -> float:
    """How many weeks without memory tell as much."""
    return max(3.0, count * (1 - memory) / (1 + memory))


def _standard_error(when: np.ndarray, rest: np.ndarray, memory: float) -> float:
    """Of the slope: regression's, widened by the noise's memory and by what the median costs against the mean."""
    free = max(1.0, _effective(when.size, memory) - 2)
    variance = float(np.dot(rest, rest)) / when.size * _effective(when.size, memory) / free
    width = float(np.sum((when - when.mean()) ** 2))
    return sqrt(variance / width * (1 + memory) / (1 - memory)) / sqrt(0.955)


def _student_95(free: float) -> float:
    """The 95th percentile of Student's distribution."""
    from scipy.special import stdtrit  # noqa: PLC0415 - scipy is heavy and only long logs need it

    return float(stdtrit(max(1.0, free), 0.95))
