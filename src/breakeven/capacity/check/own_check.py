"""How much one to three measurements of one's own help: given back to groups left out, the rest predicted.

For every group left out, some of its rows are taken as the user's measurements, drawn by chance five times, and the
others are predicted. Twice: any rows of the group (other layouts, engine versions, publications), and rows of one
configuration (one layout, version and publication), which is what somebody with a machine measures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.capacity.speed.own_points import updated, with_own_effect
from breakeven.capacity.step_model.columns import Floats
from breakeven.capacity.step_model.cross_validation import LeftOut, Table, related
from breakeven.capacity.step_model.fit import Fitted, values_of
from breakeven.capacity.step_model.levels import configuration
from breakeven.capacity.step_model.step import ranks, step_parts

COUNTS = (1, 2, 3)  # measurements given back
DRAWS = 5  # choices of those, of each set of rows
OTHERS = 2  # rows that must be left to predict
MOST = max(COUNTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Log errors of rows before and after `count` measurements of the same; deviations expected after."""

    count: int
    before: Floats
    after: Floats
    deviations: Floats
    tpot_before: Floats
    tpot_after: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCheck:
    """By number of measurements: within one configuration, and within the whole group."""

    configurations: tuple[Told, ...]
    groups: tuple[Told, ...]

    def ratios(self) -> Floats:
        """Absolute errors after, in deviations, of all cuts: what the band is made of."""
        every = [np.abs(each.after) / each.deviations for each in (*self.configurations, *self.groups)]
        return np.concatenate(every)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Rows of one group, or of one of its configurations: covariance, log errors of speed and of time per token."""

    covariance: Floats
    errors: Floats
    tpot_errors: Floats  # not a number where the row does not say


def own_check(rows: Table, left: LeftOut, fitted: Fitted) -> OwnCheck:
    """Check with every fold of `left`, which must be the groups. `fitted`: for batch and place of the rows."""
    every, _ = related(rows, values_of(fitted, rows.levels))
    parts = step_parts(rows.cells, values_of(fitted, rows.levels))
    sequences = np.log(parts["batch"] * ranks(rows.cells))
    tpot_errors = sequences - (rows.measured + left.errors) - np.log(rows.tpot)
    names = np.array([configuration(setup) for setup in rows.setups])
    whole, single = [], []
    for at, covariance in left.together:
        full = _Part(
            covariance=with_own_effect(covariance, every.place[at]),
            errors=left.errors[at],
            tpot_errors=tpot_errors[at],
        )
        whole.append(full)
        single += [_cut(full, np.flatnonzero(names[at] == name)) for name in np.unique(names[at])]
    return OwnCheck(
        configurations=tuple(_told(single, count) for count in COUNTS),
        groups=tuple(_told(whole, count) for count in COUNTS),
    )


def _cut(part: _Part, at: NDArray[np.intp]) -> _Part:
    return _Part(covariance=part.covariance[np.ix_(at, at)], errors=part.errors[at], tpot_errors=part.tpot_errors[at])


def _told(parts: list[_Part], count: int) -> Told:
    large = [part for part in parts if len(part.errors) >= MOST + OTHERS]
    random = np.random.default_rng(0)
    drawn = [row for part in large for _ in range(DRAWS) for row in _draw(part, count, random)]
    cells = np.array(drawn).reshape(-1, 5)
    return Told(
        count=count,
        before=cells[:, 0],
        after=cells[:, 1],
        deviations=cells[:, 2],
        tpot_before=cells[~np.isnan(cells[:, 4]), 3],
        tpot_after=cells[~np.isnan(cells[:, 4]), 4],
    )


def _draw(part: _Part, count: int, random: np.random.Generator) -> Iterator[tuple[float, ...]]:
    given = random.choice(len(part.errors), count, replace=False)
    order = np.array([*given, *np.setdiff1d(np.arange(len(part.errors)), given)])
    covariance, errors, tpot = part.covariance[np.ix_(order, order)], part.errors[order], part.tpot_errors[order]
    shift, deviation = updated(covariance, errors[:count])
    tpot_shift, _ = updated(covariance, tpot[:count])  # not a number where a given row does not say
    after = (errors[count:] - shift, deviation, tpot[count:], tpot[count:] - tpot_shift)
    yield from zip(errors[count:], *after, strict=True)
