"""Work of a kind, always the same and none of ours: what the speed of our own is measured against, in the same run.

A limit in seconds says more of the machine than of us. Each of these takes some 50 milliseconds on a core of 2024.
"""

from __future__ import annotations

from fractions import Fraction
from heapq import heappop, heappush

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

LINES, SMALL, WHOLE = 800, 10_000, 6_000


def many_draws() -> object:
    """Sums, products and maxima of arrays as large as some draws of five options and 36 months."""
    return _lines(np.linspace(1, 2, 5 * 112 * 36).reshape(5, 112, 36), LINES)


def one_point() -> object:
    """The same on arrays of two options and 36 months, where calling NumPy is most of it."""
    return _lines(np.linspace(1, 2, 2 * 36).reshape(2, 36), SMALL)


def decision() -> None:
    """What a decision is made of: draws, points, and exact numbers in plain Python."""
    many_draws()
    one_point()
    exact()


def exact() -> Fraction:
    """Fractions added, multiplied and put in order."""
    waiting: list[tuple[Fraction, int]] = []
    total = Fraction(0)
    for i in range(1, WHOLE):
        heappush(waiting, (Fraction(i % 97, 10), i))
        if i % 2:
            total += heappop(waiting)[0] * Fraction(3, 8)
    return total


def search() -> object:
    """A mixed-integer program: 60 things into 5 places of unequal room at least cost, within 3 % of it."""
    chance = np.random.default_rng(1)
    things, places = 60, 5
    size, cost = chance.uniform(1, 9, things), chance.uniform(1, 9, (things, places))
    placed = np.kron(np.eye(things), np.ones(places))
    room = np.kron(size, np.eye(places))
    limits = [LinearConstraint(placed, 1, 1), LinearConstraint(room, 0, size.sum() / places * np.linspace(0.9, 1.3, 5))]
    return milp(
        cost.ravel(),
        constraints=limits,
        bounds=Bounds(0, 1),
        integrality=np.ones(things * places),
        options={"mip_rel_gap": 0.03},
    )


def _lines(numbers: np.ndarray, lines: int) -> np.ndarray:
    found = numbers
    for _ in range(lines):
        found = np.maximum(found * numbers - found / 3, numbers) + found.sum(axis=-1, keepdims=True) * 1e-9
        found = np.minimum(found, 2.0)
    return found
