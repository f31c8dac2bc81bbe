"""How uneven the shares inside the band are over slices of the rows, and how uneven chance alone would make them.

Rows of a group lie inside the band or outside it together, and many slices have few groups. So the groups' own shares
are dealt anew at random among groups of about as many rows, as if no kind of deployment were surer than another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.capacity.step_model.columns import Floats, Mask

LEAST_ROWS = 50  # of a slice that is judged
AIMED = (0.75, 0.87)  # share inside a band that is made for 80 %
ALIKE = 9  # groups of about as many rows, among which shares are dealt
DEALS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Uneven:
    """Slices, those of them outside `AIMED`, and how many would be by chance: 10th, 50th and 90th percentile."""

    slices: int
    outside: int
    by_chance: tuple[float, float, float]


def uneven(groups: Sequence[str], inside: Mask, cuts: Sequence[Sequence[str]]) -> Uneven:
    """`cuts`: of every way to slice the rows, each row's slice."""
    masks = [np.array(cut) == name for cut in cuts for name in dict.fromkeys(cut)]
    large = [mask for mask in masks if mask.sum() >= LEAST_ROWS]
    _, of_row, rows = np.unique(np.array(groups), return_inverse=True, return_counts=True)
    shares = np.bincount(of_row, weights=inside) / rows
    chance = np.random.default_rng(0)
    dealt = [_outside(_dealt(shares, rows, chance)[of_row], large) for _ in range(DEALS)]
    low, middle, high = (float(each) for each in np.quantile(dealt, (0.1, 0.5, 0.9)))
    return Uneven(slices=len(large), outside=_outside(inside, large), by_chance=(low, middle, high))


def _dealt(shares: Floats, rows: NDArray[np.intp], chance: np.random.Generator) -> Floats:
    order, found = np.argsort(rows, kind="stable"), shares.copy()
    for start in range(0, len(order), ALIKE):
        block = order[start : start + ALIKE]
        found[block] = shares[chance.permutation(block)]
    return found


def _outside(share: Floats | Mask, slices: Sequence[Mask]) -> int:
    means = np.array([share[mask].mean() for mask in slices])
    return int(((means < AIMED[0]) | (means > AIMED[1])).sum())
