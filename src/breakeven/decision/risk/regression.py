"""Expected benefits given what one would know: splines of normal scores, ridge by generalized cross-validation.

One regression over the draws there are; nothing is drawn again (Strong, Oakley & Brennan 2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np

from breakeven.numbers.distributions import Floats

KNOTS = (0.1, 0.3, 0.5, 0.7, 0.9)  # interior knots of the cubic spline, as shares of the draws
MOST_CROSSED = 6  # up to so many inputs of a group, products of two are terms too
RIDGES = np.logspace(-6, 3, 28)  # candidates, relative to the mean variance of the terms


def terms(columns: Sequence[Floats]) -> Floats:
    """What the benefits are regressed on: a spline of each column's ranks, and products of two columns."""
    grid, spline = splines(columns[0].size)
    ranks = [ranked(column) for column in columns]
    parts = [spline[rank] for rank in ranks]
    if 1 < len(columns) <= MOST_CROSSED:
        parts += [(grid[one] * grid[other])[:, None] for one, other in combinations(ranks, 2)]
    found = np.concatenate(parts, axis=1)
    return np.asarray(found - found.mean(axis=0))


@lru_cache(maxsize=4)
def splines(many: int) -> tuple[Floats, Floats]:
    """Normal scores of that many ranks, and the cubic B-splines at each (ranks, splines)."""
    from scipy.interpolate import BSpline  # noqa: PLC0415 - scipy is heavy and a study without ranges needs none
    from scipy.special import ndtri  # noqa: PLC0415 - the same

    grid = np.asarray(ndtri((np.arange(many) + 0.5) / many))
    knots = np.concatenate([[grid[0]] * 4, np.quantile(grid, KNOTS), [grid[-1]] * 4])
    return grid, np.asarray(BSpline(knots, np.eye(len(KNOTS) + 4), 3)(grid))


def in_order(column: Floats) -> np.ndarray:
    """The draws by rising value; equal draws in their order."""
    order = np.argsort(column)
    ordered = column[order]
    return np.argsort(column, kind="stable") if np.any(ordered[1:] == ordered[:-1]) else order


def ranked(column: Floats) -> np.ndarray:
    """The rank of each draw; equal draws in their order."""
    found = np.empty(column.size, dtype=np.intp)
    found[in_order(column)] = np.arange(column.size)
    return found


def expected(benefits: Floats, columns: Sequence[Floats]) -> Floats:
    """The mean of each option's benefit given the columns (scenarios, options). The overall mean is kept exactly."""
    if len(columns) == 1:
        order, found = in_order(columns[0]), np.empty(benefits.shape)
        found[order] = on_terms(benefits[order], *of_one_column(len(benefits)))
        return found
    return on_terms(benefits, *with_directions(terms(columns)))


@lru_cache(maxsize=4)
def of_one_column(many: int) -> tuple[Floats, Floats, Floats]:
    """The terms of any one column, by rank, with their principal directions."""
    spline = splines(many)[1]
    return with_directions(spline - spline.mean(axis=0))


def with_directions(given: Floats) -> tuple[Floats, Floats, Floats]:
    """Terms (scenarios, terms), the variance along each of their principal directions, and the directions."""
    sizes, directions = np.linalg.eigh(given.T @ given / len(given))
    return given, np.maximum(sizes, 0.0), directions


def on_terms(benefits: Floats, given: Floats, sizes: Floats, directions: Floats) -> Floats:
    """The mean of each option's benefit given the terms, draw by draw."""
    many, means = len(benefits), benefits.mean(axis=0)
    projected = directions.T @ (given.T @ (benefits - means)) / many
    weights = shrunk(sizes, projected, benefits.var(axis=0), many)
    return np.asarray(means + given @ (directions @ weights))


def shrunk(sizes: Floats, projected: Floats, variance: Floats, many: int) -> Floats:
    """Weights of the terms' principal directions, with for each option the ridge that predicts best."""
    mean_size = float(sizes.mean()) or 1.0
    ridges = (RIDGES * mean_size)[:, None]
    kept = 1 / (sizes + ridges)  # (ridges, directions)
    explained = (2 * kept - sizes * kept**2) @ projected**2  # (ridges, options)
    freedom = 1 + (sizes * kept).sum(axis=1, keepdims=True)
    score = (variance - explained) / (1 - freedom / many) ** 2
    chosen = np.argmin(score, axis=0)
    return np.asarray(kept[chosen].T * projected)
