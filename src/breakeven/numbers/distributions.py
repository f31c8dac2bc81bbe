"""Distributions by what a person can say of a number: what is likely, and what it exceeds 19 times in 20 or 1 in 20.

Every function gives the values below which the `share`s lie. `low` and `high` are the 5th and 95th percentile of each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import exp, log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Distribution = Literal["fixed", "triangular", "pert", "lognormal", "discrete", "count"]
Quantile = Callable[[float, float, float, Floats], Floats]

SCORE_95 = 1.6448536269514722  # standard normal quantile
SETTLED = 1e-13  # relative: ends that move by less have converged
CHOICES = (0.25, 0.75)  # a choice is low for the first quarter of chance, likely for a half, high for the rest
GRID = 4097  # points at which an incomplete beta function is inverted; straight lines between them
TAIL = 6.0  # normal scores at both ends of that grid
HALVINGS = 60  # of the rates between the least and the most drawn: down to the last digit
SHARES = 2**14  # equal shares whose middles are averaged where a mean has no closed form


def triangular(low: float, likely: float, high: float, share: Floats) -> Floats:
    """A triangle with its top at the likely value."""
    start, end = triangle_ends(low, likely, high)
    rising = start + np.sqrt(share * (end - start) * (likely - start))
    falling = end - np.sqrt((1 - share) * (end - start) * (end - likely))
    return np.asarray(np.where(share < (likely - start) / (end - start), rising, falling))


def triangle_ends(low: float, mode: float, high: float) -> tuple[float, float]:
    """Ends of the triangle whose 5th and 95th percentiles are `low` and `high`, by fixed-point steps."""
    start, end = low - 0.05 * (high - low), high + 0.05 * (high - low)
    for _ in range(500):  # converges geometrically
        width = end - start
        before = start, end
        start = low - np.sqrt(0.05 * width * (mode - start))
        end = high + np.sqrt(0.05 * width * (end - mode))
        if abs(start - before[0]) + abs(end - before[1]) < SETTLED * width:
            break
    return float(start), float(end)


def pert(low: float, likely: float, high: float, share: Floats) -> Floats:
    """A beta distribution between two ends, its mode at the likely value; rounder than the triangle."""
    from scipy.special import betaincinv, ndtr, ndtri  # noqa: PLC0415 - scipy is heavy and only some draws need it

    start, end = low - 0.2 * (high - low), high + 0.2 * (high - low)
    for _ in range(500):
        rise, fall = 1 + 4 * (likely - start) / (end - start), 1 + 4 * (end - likely) / (end - start)
        at_low, at_high = betaincinv(rise, fall, 0.05), betaincinv(rise, fall, 0.95)
        width, before = (high - low) / (at_high - at_low), start
        start = low - width * at_low
        end = start + width
        if abs(start - before) < SETTLED * width:
            break
    scores = np.linspace(-TAIL, TAIL, GRID)
    return np.asarray(start + width * np.interp(ndtri(share), scores, betaincinv(rise, fall, ndtr(scores))))


def lognormal(low: float, likely: float, high: float, share: Floats) -> Floats:
    """A lognormal whose median is the likely value, with a spread of its own to either side."""
    from scipy.special import ndtri  # noqa: PLC0415 - scipy is heavy and only some draws need it

    score = ndtri(share) / SCORE_95
    return np.asarray(likely * np.where(score < 0, (likely / low) ** score, (high / likely) ** score))


def discrete(low: float, likely: float, high: float, share: Floats) -> Floats:
    """One of three choices."""
    return np.asarray(np.array([low, likely, high])[np.searchsorted(CHOICES, share, side="right")])


def count(low: float, likely: float, high: float, share: Floats) -> Floats:  # noqa: ARG001 - the range says it all
    """Whole numbers: the negative binomial through low and high, or Poisson through high where they spread less."""
    whole = np.arange(4 * high + 40)
    narrow, wide = 0.0, 30.0  # variance over mean, less one
    for _ in range(30):
        excess = (narrow + wide) / 2
        at_low = np.interp(0.05, _count_shares(_count_mean(excess, high, whole), excess, whole), whole)
        narrow, wide = (excess, wide) if at_low > low else (narrow, excess)
    excess = wide if narrow else 0.0
    table = _count_shares(_count_mean(excess, high, whole), excess, whole)
    return np.asarray(np.searchsorted(table, share), dtype=float)


def _count_mean(excess: float, high: float, whole: Floats) -> float:
    """The mean at which 95 % lie at or below `high`."""
    small, large = 1e-6, high + 1.0
    for _ in range(30):
        middle = (small + large) / 2
        reaches = np.interp(0.95, _count_shares(middle, excess, whole), whole) > high
        small, large = (small, middle) if reaches else (middle, large)
    return small


def _count_shares(mean: float, excess: float, whole: Floats) -> Floats:
    """Chance of at most each whole number: Poisson, or negative binomial (its sum is an incomplete beta function)."""
    from scipy import special  # noqa: PLC0415 - scipy is heavy and only a range of counts needs it

    if excess <= 1e-9:
        return np.asarray(special.pdtr(whole, mean))
    return np.asarray(special.betainc(mean / excess, whole + 1, 1 / (1 + excess)))


QUANTILES: Mapping[Distribution, Quantile] = {
    "fixed": triangular,  # low, likely and high without more
    "triangular": triangular,
    "pert": pert,
    "lognormal": lognormal,
    "discrete": discrete,
    "count": count,
}


@lru_cache(maxsize=1024)
def mean(distribution: Distribution, range_of: tuple[float, float, float], least: float, most: float) -> float:
    """The mean of what is drawn: low, likely and high by their distribution, cut at the bounds.

    Closed for triangles and for lognormals that reach no bound; else the average over equal shares.
    """
    low, likely, high = range_of
    if QUANTILES[distribution] is triangular:
        return triangle_mean(low, likely, high, least, most)
    if distribution == "lognormal" and most == np.inf:
        return lognormal_mean(low, likely, high)
    shares = (np.arange(SHARES) + 0.5) / SHARES
    return float(np.clip(QUANTILES[distribution](low, likely, high, shares), least, most).mean())


@lru_cache(maxsize=1024)
def rate_of_mean_path(distribution: Distribution, range_of: tuple[float, float, float], periods: int) -> float:
    """The one rate whose path over the periods sums up to the mean sum of the paths at all drawn rates.

    A path is 1, 1 + rate, (1 + rate)², …; the mean is that over equal shares. The sum rises with the rate, so that the
    rate lies between the ends of the drawn ones and halving finds it.
    """
    low, likely, high = range_of
    shares = (np.arange(SHARES) + 0.5) / SHARES
    rates = QUANTILES[distribution](low, likely, high, shares)
    powers, sums = np.arange(periods), np.zeros(SHARES)
    for _ in powers:  # 1 + (1 + rate) (1 + (1 + rate) (…))
        sums = sums * (1 + rates) + 1
    wanted = float(sums.mean())
    least, most = float(rates.min()), float(rates.max())
    for _ in range(HALVINGS):
        rate = (least + most) / 2
        least, most = (least, rate) if np.sum((1 + rate) ** powers) > wanted else (rate, most)
    return (least + most) / 2


def triangle_mean(low: float, mode: float, high: float, least: float, most: float) -> float:
    """The mean of a triangle, its corners beyond the bounds folded onto them. The bounds enclose low and high."""
    start, end = triangle_ends(low, mode, high)
    below, above = max(least - start, 0.0), max(end - most, 0.0)
    raised = below**3 / (3 * (end - start) * (mode - start)) if below else 0.0
    lowered = above**3 / (3 * (end - start) * (end - mode)) if above else 0.0
    return (start + mode + end) / 3 + raised - lowered


def lognormal_mean(low: float, median: float, high: float) -> float:
    """The mean of a lognormal with a log-spread of its own to either side of the median."""
    from scipy.special import ndtr  # noqa: PLC0415 - scipy is heavy and only some draws need it

    falls, rises = log(median / low) / SCORE_95, log(high / median) / SCORE_95
    return float(median * (exp(rises**2 / 2) * ndtr(rises) + exp(falls**2 / 2) * ndtr(-falls)))
