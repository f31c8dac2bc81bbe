"""When to start: now, later, or not at all, while the hosted price may fall at one rate or another."""

from __future__ import annotations

import numpy as np

from breakeven.decision.comparison import Comparison
from breakeven.decision.risk.when_to_start import PRICE_CHANGE, Timing, rate_tree, waiting
from breakeven.numbers.inputs import Input, quantile
from breakeven.study.resolve.serving.fleets_by_month import kept
from breakeven.study.study import Basis

STAGES = 3  # of the horizon; at the end of the first two one sees how the price goes on
POINTS, CHANCES = (0.05, 0.5, 0.95), (0.185, 0.63, 0.185)  # Pearson and Tukey's three points for a distribution


def timing(basis: Basis, comparison: Comparison, option: int, *, way_back: bool) -> Timing | None:
    """What starting now, starting later and the right to go back are worth; None for a horizon under three months.

    GPUs that are owned or reserved cannot be given back, so that right is worth nothing with them; nor is it where a
    gate forbids to go back (`way_back`).
    """
    months = [round(part * comparison.months / STAGES) for part in range(1, STAGES)]
    if comparison.months < STAGES:
        return None
    rates, chances = what_may_come(basis.inputs[PRICE_CHANGE])
    stays = kept([column.mode for column in basis.columns], comparison.values)[option]
    releasable = way_back and not stays
    tree = rate_tree(comparison, option, months, rates, chances, releasable=releasable)
    return Timing(
        option=option,
        months=tuple(months),
        price_changes_per_month=rates,
        chances=chances,
        releasable=releasable,
        actions=waiting(tree),
    )


def what_may_come(change: Input) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Monthly changes of the hosted price and their chances; only the likely one where it has no range."""
    if not change.uncertain:
        return (float(np.max(change.likely)),), (1.0,)
    return tuple(quantile(PRICE_CHANGE, change, np.array(POINTS)).tolist()), CHANCES
