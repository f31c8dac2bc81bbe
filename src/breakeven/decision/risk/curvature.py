"""Why the mean over the draws is not what comes out with every drawn input at its mean.

The two differ by how far the worth is from a straight line in each input, and by how inputs bend it together. Each
input alone: the mean over its own range, all others at their means and the fleet as decided, less the point. What is
left of the difference is what inputs do together. Most of what is bent by growth is the fleet: it was decided for the
mean path, so that a draw with more volume bursts and one with less leaves it idle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from breakeven.decision.comparison import BASELINE, CRITERION, Comparison, by_option
from breakeven.decision.risk.sensitivity import changed, fleet
from breakeven.decision.risk.uncertainty import Finalist, finalists
from breakeven.numbers.inputs import Input, draw, middle, standing, uncertain

PARTS = 32  # equal shares of a range whose middles stand for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Bend:
    """What one input alone adds to the mean over the draws, beyond the point of all means."""

    name: str
    adds: float


def bends(comparison: Comparison, option: int, inputs: Mapping[str, Input]) -> tuple[Bend, ...]:
    """Every drawn input of one option, the largest first; those that add nothing are left out."""
    names = uncertain(inputs)
    if not names:
        return ()
    middles = (np.arange(PARTS) + 0.5) / PARTS
    starts = {name: standing(inputs[name], comparison.values[name]) for name in names}
    columns = {name: np.full(PARTS * len(names), start) for name, start in starts.items()}
    for i, (name, values) in enumerate(draw(inputs, dict.fromkeys(names, middles)).items()):
        mean = middle(name, replace(inputs[name], compounds=0))
        columns[name][i * PARTS : (i + 1) * PARTS] = values + (
            mean - values.mean()
        )  # the middles lack a little of the tails
    pair = finalists(comparison, [Finalist(name="", option=i, fleet=fleet(comparison, i)) for i in (BASELINE, option)])
    got = pair.evaluate([CRITERION], **changed(pair, inputs, columns, starts))[CRITERION]
    means = by_option(got, 2, PARTS * len(names))[:, 1].reshape(-1, PARTS).mean(axis=1)
    point = float(by_option(pair.evaluate([CRITERION])[CRITERION], 2, 1)[0, 1])
    unordered = [Bend(name=name, adds=float(mean) - point) for name, mean in zip(names, means, strict=True)]
    return tuple(sorted((one for one in unordered if one.adds), key=lambda one: -abs(one.adds)))
