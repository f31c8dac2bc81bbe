"""How good predictions are: errors, shares within reach, and how often the band holds the measurement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.capacity.step_model.columns import Floats, Mask

NEAR, FAR = 0.25, 0.50  # relative errors whose shares are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """`n` rows: the median absolute relative error, and shares of rows. All but `n` are ratios."""

    n: int
    median_absolute_percentage_error: float  # in percent
    within_25: float
    within_50: float
    band_coverage: float


def score(errors: Floats, inside: Mask) -> Score:
    """`errors`: log predicted − log measured; `inside`: whether the band holds the measurement."""
    relative = np.abs(np.expm1(errors))
    return Score(
        n=len(relative),
        median_absolute_percentage_error=100 * float(np.median(relative)),
        within_25=float(np.mean(relative <= NEAR)),
        within_50=float(np.mean(relative <= FAR)),
        band_coverage=float(np.mean(inside)),
    )


def scores_by(names: Sequence[str], errors: Floats, inside: Mask) -> dict[str, Score]:
    """The score of every name's rows, in alphabetical order."""
    column = np.array(names)
    return {str(name): score(errors[column == name], inside[column == name]) for name in np.unique(column)}
