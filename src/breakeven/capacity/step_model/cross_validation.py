"""How the step model does on rows it was not fitted to: groups of rows left out in turn.

Constants and pooled effects are fitted anew without the rows left out, each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.step_model.columns import Columns, Floats, Mask, columns
from breakeven.capacity.step_model.fit import Fitted, fit, row_weights, values_of
from breakeven.capacity.step_model.levels import arithmetic, group, levels
from breakeven.capacity.step_model.pooling import Kinship, Pool, Spreads, Traits, covariance, kinship, traits
from breakeven.capacity.step_model.step import Values, log_tokens_per_second, step_parts
from breakeven.capacity.step_model.widths import Key, Widths, fit_widths, keys_of, known_levels, width_of

WIDTH_FOLDS = 8  # a group's own errors never say how wide its band is when it is judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Published rows, ready for fitting. `measured`: logarithms of output tokens per second.

    `tpot`: seconds per output token after the first, where the row says; else not a number.
    """

    setups: list[Setup]
    levels: list[dict[str, str]]
    groups: list[str]
    cells: Columns
    measured: Floats
    tpot: Floats

    def take(self, rows: Mask) -> Table:
        """Some of the rows, by a mask."""
        at = np.flatnonzero(rows)
        return Table(
            setups=[self.setups[number] for number in at],
            levels=[self.levels[number] for number in at],
            groups=[self.groups[number] for number in at],
            cells={name: column[at] for name, column in self.cells.items()},
            measured=self.measured[at],
            tpot=self.tpot[at],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Each row predicted without its own group: log error, and the deviation that was expected.

    `keys`: the groups each row's width depends on, of those that the other rows know.
    `together`: of every fold its rows, and the covariance of their errors that was expected (without noise).
    """

    errors: Floats
    deviations: Floats
    keys: tuple[tuple[Key, ...], ...]
    unwidened: Floats  # deviations before `widened`
    together: tuple[tuple[NDArray[np.intp], Floats], ...] = ()


def table(setups: Sequence[Setup], measured: Sequence[float], tpot: Sequence[float] | None = None) -> Table:
    """The table of these deployments and what they were measured at [output tokens/s; s per output token]."""
    return Table(
        setups=list(setups),
        levels=[levels(each) for each in setups],
        groups=[group(each) for each in setups],
        cells=columns(setups, arithmetic),
        measured=np.log(np.array(measured)),
        tpot=np.array(tpot if tpot is not None else [np.nan] * len(measured)),
    )


def folds(names: Sequence[str], count: int | None = None) -> Floats:
    """The fold of each row: rows of one name together; all names apart, or dealt into `count` folds."""
    order = {name: at for at, name in enumerate(sorted(set(names)))}
    dealt = np.random.default_rng(0).permutation(len(order))
    fold = {name: dealt[at] % (count or len(order)) for name, at in order.items()}
    return np.array([fold[each] for each in names])


def related(rows: Table, values: Values) -> tuple[Traits, Floats]:
    """The traits of every row and its residual, with these constants."""
    residuals = log_tokens_per_second(rows.cells, values) - rows.measured
    return traits(rows.levels, rows.cells, step_parts(rows.cells, values)), residuals


def left_out(rows: Table, fold: Floats, spreads: Spreads) -> LeftOut:
    """Every fold predicted from the others."""
    whole = fit(rows.cells, rows.levels, rows.measured, rows.groups)
    every, _ = related(rows, values_of(whole, rows.levels))
    kin = kinship(every, every, spreads)  # of levels only, so the same whatever is left out
    errors, deviations, together = np.zeros(len(fold)), np.ones(len(fold)), []
    keys: list[tuple[Key, ...]] = [()] * len(fold)
    for part in np.unique(fold):
        out = fold == part
        errors[out], left = _without(rows, out, whole, kin, spreads)
        deviations[out] = np.sqrt(np.maximum(np.diag(left), 0.0) + spreads.noise**2)
        together.append((np.flatnonzero(out), left))
        known = known_levels([level for level, gone in zip(rows.levels, out, strict=True) if not gone])
        for at in np.flatnonzero(out):
            keys[at] = keys_of(rows.levels[at], known)
    return LeftOut(
        errors=errors, deviations=deviations, unwidened=deviations, keys=tuple(keys), together=tuple(together)
    )


def widened(cuts: Sequence[LeftOut], groups: Sequence[str], counts: Sequence[float]) -> tuple[Widths, list[LeftOut]]:
    """The widths that these cuts ask for; and the cuts with every group's deviations widened by what the others ask.

    `counts`: how much the rows of each cut count.
    """
    part = folds(groups, WIDTH_FOLDS)
    others = {held_out: _widths(cuts, groups, counts, part != held_out) for held_out in np.unique(part)}
    wider = [
        replace(
            cut,
            deviations=cut.deviations
            * np.array([width_of(keys, others[held_out]) for keys, held_out in zip(cut.keys, part, strict=True)]),
        )
        for cut in cuts
    ]
    return _widths(cuts, groups, counts, np.ones(len(part), dtype=bool)), wider


def _widths(cuts: Sequence[LeftOut], groups: Sequence[str], counts: Sequence[float], used: Mask) -> Widths:
    at = np.flatnonzero(used)
    weights = row_weights(groups)[at]
    return fit_widths(
        [cut.keys[each] for cut in cuts for each in at],
        np.concatenate([cut.errors[at] / cut.deviations[at] for cut in cuts]),
        np.concatenate([weights * count for count in counts]),
    )


def _without(rows: Table, out: Mask, whole: Fitted, kin: Kinship, spreads: Spreads) -> tuple[Floats, Floats]:
    """Log errors of a fold predicted from the others, and the covariance expected of them."""
    known = rows.take(~out)
    fitted = fit(known.cells, known.levels, known.measured, known.groups, start=whole)
    every, residuals = related(rows, values_of(fitted, rows.levels))
    common = covariance(kin, every, every, spreads)
    pool = Pool(common[~out][:, ~out], residuals[~out], spreads.noise)
    expected, left = pool.together(common[out][:, ~out], common[out][:, out])
    return residuals[out] - expected, left


NEAR, FAR = 0.25, 0.50  # relative errors whose shares are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """`n` rows: the median relative error, absolute and signed (`bias`), and shares of rows. All but two are ratios."""

    n: int
    median_absolute_percentage_error: float  # in percent
    bias: float
    within_25: float
    within_50: float
    band_coverage: float


def score(errors: Floats, inside: Mask) -> Score:
    """`errors`: log predicted − log measured; `inside`: whether the band holds the measurement."""
    signed = np.expm1(errors)
    relative = np.abs(signed)
    return Score(
        n=len(relative),
        median_absolute_percentage_error=100 * float(np.median(relative)),
        bias=float(np.median(signed)),
        within_25=float(np.mean(relative <= NEAR)),
        within_50=float(np.mean(relative <= FAR)),
        band_coverage=float(np.mean(inside)),
    )


def scores_by(names: Sequence[str], errors: Floats, inside: Mask) -> dict[str, Score]:
    """The score of every name's rows, in alphabetical order."""
    column = np.array(names)
    return {str(name): score(errors[column == name], inside[column == name]) for name in np.unique(column)}
