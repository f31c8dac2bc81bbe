"""Before the start: how many pairs a test needs, and what so many pairs can show.

Evidence against a limit that is `margin` away grows by margin²/(2 variance) a pair and swings by margin/deviation times
the square root of the pairs; it must pass log(1/α). So the pairs for a power are

    n = ((z + √(z² + 2 log(1/α))) deviation / margin)²,  z the normal quantile of the power

which for z = 0 is the rule of thumb 2 variance log(1/α) / margin². Held against simulation in the tests.
"""

from __future__ import annotations

from math import ceil, log, sqrt
from statistics import NormalDist

from breakeven.problems import Problem


def pairs_needed(*, margin: float, deviation: float, alpha: float, power: float = 0.8) -> int:
    """Pairs after which a true difference of zero is shown to lie above −margin, with this power."""
    if margin <= 0:
        raise Problem(f"a margin of {margin:g} can never be shown: it must be above 0")
    return ceil((_reach(alpha, power) * deviation / margin) ** 2)


def margin_shown(*, pairs: float, deviation: float, alpha: float, power: float = 0.8) -> float | None:
    """The smallest margin that so many pairs can show, with this power; None without pairs."""
    return _reach(alpha, power) * deviation / sqrt(pairs) if pairs > 0 else None


def _reach(alpha: float, power: float) -> float:
    if not 0 < alpha < 1 or not 0 < power < 1:
        raise Problem("the error and the power of a test lie between 0 and 1")
    z = NormalDist().inv_cdf(power)
    return z + sqrt(z * z - 2 * log(alpha))
