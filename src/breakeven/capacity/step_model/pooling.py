"""What the step model misses, pooled over groups: how far a deployment's relatives were off.

The residuals (log predicted − log measured) are taken as sums of effects of the groups a deployment belongs
to, each drawn around zero: a group with many rows is believed, one with few stays near its family, an unseen
one has none. Two kinds. "parts": a group's share of a step (weights, arithmetic, …) is slower or faster, so
the effect grows with that share. "near": an effect that fades with distance in lengths, batch and GPUs. The
same sums give how unsure a prediction is, hence the band. (Kriging with hierarchical covariance.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from breakeven.capacity.step_model.columns import Columns, Floats, Mask
from breakeven.capacity.step_model.levels import columns_of
from breakeven.capacity.step_model.step import PARTS

FARTHEST = 0.6  # log: a residual beyond it is taken as this, so that one outlier does not spread
EVERYONE = "everyone"  # the factor in which all rows are relatives


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreads:
    """Standard deviations of the effects [log], by factor; `reach`: distance over which "near" fades.

    `noise`: what one row is off by itself.
    """

    parts: Mapping[str, float]
    near: Mapping[str, float]
    noise: float
    reach: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What relatives are told by: the levels of each row, the shares of its step, and where it lies."""

    levels: list[dict[str, str]]
    shares: Floats
    place: Floats

    def take(self, rows: Mask) -> Traits:
        """Some of the rows."""
        at = np.flatnonzero(rows)
        return Traits(levels=[self.levels[each] for each in at], shares=self.shares[at], place=self.place[at])


def traits(levels: Sequence[dict[str, str]], cells: Columns, parts: Mapping[str, Floats]) -> Traits:
    """The traits of deployments, from the step model's parts."""
    seconds = np.stack([parts[each] for each in PARTS], axis=1)
    place = (cells["input"] + 16, cells["output"], parts["batch"] + 1, cells["gpus"] ** (1 / np.log(2)))
    return Traits(
        levels=list(levels),
        shares=seconds / seconds.sum(axis=1, keepdims=True),
        place=np.log(np.stack(place, axis=1)),
    )


def _same(one: Traits, other: Traits, factor: str) -> Floats:
    if factor == EVERYONE:
        return np.ones((len(one.levels), len(other.levels)))
    here, there = columns_of(one.levels, factor), columns_of(other.levels, factor)
    codes = {level: at for at, level in enumerate({*here, *there})}
    rows, others = np.array([codes[each] for each in here]), np.array([codes[each] for each in there])
    return np.asarray((rows[:, None] == others[None]).astype(float))


def _summed(one: Traits, other: Traits, spreads: Mapping[str, float]) -> Floats:
    """Rows of the same groups share as much with everybody, so each kind of row is looked at once."""
    (ones, mine), (others, its) = _kinds(one), _kinds(other)
    total = np.zeros((len(ones.levels), len(others.levels)))
    for factor, spread in spreads.items():
        total += spread**2 * _same(ones, others, factor)
    return np.asarray(total[np.ix_(mine, its)])


def _kinds(rows: Traits) -> tuple[Traits, NDArray[np.intp]]:
    """One row of each kind, and the kind of every row."""
    known: dict[tuple[str, ...], int] = {}
    kinds = np.array([known.setdefault(tuple(each.values()), len(known)) for each in rows.levels])
    first = np.isin(np.arange(kinds.size), np.unique(kinds, return_index=True)[1])
    return rows.take(first), kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinship:
    """How much two sets of rows share by their groups alone, for either kind of effect."""

    parts: Floats
    near: Floats


def kinship(one: Traits, other: Traits, spreads: Spreads) -> Kinship:
    """The kinship of every row of one set with every row of the other."""
    return Kinship(parts=_summed(one, other, spreads.parts), near=_summed(one, other, spreads.near))


def covariance(kin: Kinship, one: Traits, other: Traits, spreads: Spreads) -> Floats:
    """How much of their residuals two sets of rows have in common."""
    squares = (one.place**2).sum(axis=1)[:, None] + (other.place**2).sum(axis=1)[None]
    apart = np.maximum(squares - 2 * one.place @ other.place.T, 0.0)
    near = np.exp(-apart / (2 * spreads.reach**2))
    return np.asarray(kin.parts * (one.shares @ other.shares.T) + kin.near * near)


def variances(asked: Traits, spreads: Spreads) -> Floats:
    """The variance of each row's residual before anything is known of it."""
    parts = sum(spread**2 for spread in spreads.parts.values())
    near = sum(spread**2 for spread in spreads.near.values())
    return np.asarray((asked.shares**2).sum(axis=1) * parts + near)


class Pool:
    """The residuals of known rows, ready to be asked about others."""

    def __init__(self, common: Floats, residuals: Floats, noise: float) -> None:
        """`common`: the covariance of the known rows among themselves."""
        self._factor = cho_factor(common + noise**2 * np.eye(len(residuals)), lower=True)
        self._pull = cho_solve(self._factor, np.clip(residuals, -FARTHEST, FARTHEST))
        self._noise = noise

    def told(self, common: Floats, own: Floats) -> tuple[Floats, Floats]:
        """The residual to expect of each row, and its standard deviation.

        `common`: the covariance with the known rows; `own`: of each row with itself.
        """
        explained = np.einsum("ij,ji->i", common, cho_solve(self._factor, common.T))
        left = np.maximum(own - explained, 0.0) + self._noise**2
        return np.asarray(common @ self._pull), np.sqrt(left)

    def together(self, common: Floats, among: Floats) -> tuple[Floats, Floats]:
        """The residual to expect of each row, and what rows are still off together: their covariance, without noise.

        `common`: the covariance with the known rows; `among`: of the asked rows among themselves.
        """
        return np.asarray(common @ self._pull), np.asarray(among - common @ cho_solve(self._factor, common.T))


# How far groups differ from what the step model says of them [log], found by leave-groups-out: the published rows
# dealt by group into 24 folds, for the best score of the left-out rows (how far off, and how honest the deviation),
# large spreads at a price.
SPREADS = Spreads(
    parts={
        "engine × family": 0.19,
        "release": 0.094,
        "gpu × gpus": 0.086,
        "family": 0.079,
        "format": 0.055,
        "shape × family": 0.055,
        "mixture × format": 0.035,
        "engine × mixture": 0.029,
        "gpu × layout": 0.022,
        "layout": 0.015,
        "gpu": 0.012,
    },
    near={
        "shape": 0.079,
        "shape × family": 0.07,
        "vendor × engine": 0.065,
        "gpu": 0.06,
        "engine × layout": 0.055,
        "engine × mixture": 0.055,
        "mixture": 0.048,
        "layout": 0.035,
        "shape × gpu × format": 0.025,
        "engine": 0.017,
        EVERYONE: 0.017,
        "lineage": 0.012,
    },
    noise=0.045,
    reach=1.36,
)
