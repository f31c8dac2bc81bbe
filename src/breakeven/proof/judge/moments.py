"""A mean with its spread as values come in, and an interval around it that holds however often one looks.

The interval is asymptotic: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, Annals of Statistics 52 (2024), "Time-
uniform central limit theory and asymptotic confidence sequences", equation 6 (two-sided). For the report only: what is
decided is decided by bets.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, sqrt

import numpy as np
import numpy.typing as npt

TIGHTEST_AT = 2000  # values: where the interval is made to be narrowest
FEWEST = 30  # values below which no spread is trusted


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Sums of the values and of their squares; the same to the last bit however the values came in batches."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self) -> float | None:
        """None: nothing was seen."""
        return self.total / self.count if self.count else None

    @property
    def deviation(self) -> float | None:
        """The standard deviation of one value; None below two values."""
        if self.count < 2:
            return None
        return sqrt(max(self.squares - self.total**2 / self.count, 0.0) / (self.count - 1))

    def half_width(self, alpha: float) -> float:
        """Half of the interval that holds at all times with 1 − α, two-sided; infinite below `FEWEST` values."""
        if self.count < FEWEST or self.deviation is None:
            return inf
        tuned = (-2 * log(alpha) + log(-2 * log(alpha) + 1)) / TIGHTEST_AT
        n = self.count * tuned
        return self.deviation * sqrt(2 * (n + 1) / (self.count * n) * log(sqrt(n + 1) / alpha))

    def interval(self, alpha: float) -> tuple[float, float] | None:
        """(low, high) of the mean; None where too little was seen."""
        if self.mean is None or self.count < FEWEST:
            return None
        return self.mean - self.half_width(alpha), self.mean + self.half_width(alpha)


NOTHING = Moments()


def added(state: Moments, values: npt.ArrayLike) -> Moments:
    """The sums after these values."""
    given = np.atleast_1d(np.asarray(values, dtype=np.float64))
    total = np.add.accumulate(np.concatenate([[state.total], given]))[-1]
    squares = np.add.accumulate(np.concatenate([[state.squares], given * given]))[-1]
    return Moments(count=state.count + given.size, total=float(total), squares=float(squares))
