"""How much wider the band is where the model is known to be less sure: by kind of model, GPU, engine, and what is new.

`pooling` says how unsure a prediction is by what groups have in common, with the same spreads for all. Rows left out
show that mixtures of experts, some GPU generations and some engines are further off than that, others nearer, and
what nobody measured yet furthest. So the deviation is multiplied by a factor for each group a deployment belongs to,
or by that of a group of its kind which is new. The factors are logarithms held near zero, so that a group with few
rows keeps the usual width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from breakeven.capacity.step_model.columns import Floats

# Standard deviation of the logarithm of a group's factor; found with the groups themselves left out in eighths.
DOUBTS = {"mixture": 0.7, "vendor": 1.0, "family": 0.7, "engine": 0.7, "lineage": 0.6, "gpu": 0.6}
EVERY, NEW = ("every", ""), "new"  # what all share; the factor of a level that no known row has
NEW_DOUBT, EVERY_DOUBT = 1.0, 100.0
LEAST_HALF = 0.05  # of a band, a logarithm; narrower ones held 67 % of the rows of groups left out
FREEDOM = 4.0  # degrees of Student's t: a few rows far off do not widen a group alone

Key = tuple[str, str]
Widths = Mapping[Key, float]  # logarithm of each factor


def known_levels(levels: Sequence[Mapping[str, str]]) -> dict[str, frozenset[str]]:
    """The levels that known rows have, by factor."""
    return {factor: frozenset(each[factor] for each in levels) for factor in DOUBTS}


def keys_of(level: Mapping[str, str], known: Mapping[str, frozenset[str]]) -> tuple[Key, ...]:
    """The groups that a deployment's width depends on."""
    return (
        EVERY,
        *((factor, level[factor]) if level[factor] in known[factor] else (NEW, factor) for factor in DOUBTS),
    )


def width_of(keys: Sequence[Key], widths: Widths) -> float:
    """The factor on the deviation of a deployment with these keys; a group without a factor has the usual width."""
    return float(np.exp(sum(widths.get(key, 0.0) for key in keys)))


def half_of(deviations: Floats, band: float) -> Floats:
    """Half of the band, a logarithm. `deviations`: widened; `band`: how many of them."""
    return np.maximum(deviations * band, LEAST_HALF)


def fit_widths(keys: Sequence[Sequence[Key]], ratios: Floats, weights: Floats) -> dict[Key, float]:
    """The factors under which `ratios` (log errors over their deviations) are most likely; a weight for each row."""
    from scipy.optimize import minimize  # noqa: PLC0415 - heavy, and only a calibration asks

    names = sorted({key for row in keys for key in row})
    member = _members(keys, names)
    held = np.array([_doubt(name) ** -2.0 for name in names])
    squares = ratios**2

    def cost(logs: Floats) -> tuple[float, Floats]:
        wide = member @ logs
        far = squares * np.exp(-2 * wide) / FREEDOM
        lost = weights @ (wide + (FREEDOM + 1) / 2 * np.log1p(far)) + (held * logs**2).sum() / 2
        return float(lost), member.T @ (weights * (1 - (FREEDOM + 1) * far / (1 + far))) + held * logs

    x = minimize(cost, np.zeros(len(names)), jac=True, method="L-BFGS-B").x
    return {name: float(log) for name, log in zip(names, x, strict=True)}


def _doubt(key: Key) -> float:
    return EVERY_DOUBT if key == EVERY else DOUBTS.get(key[0], NEW_DOUBT)


def _members(keys: Sequence[Sequence[Key]], names: Sequence[Key]) -> NDArray[np.float64]:
    place = {name: at for at, name in enumerate(names)}
    member = np.zeros((len(keys), len(names)))
    for at, row in enumerate(keys):
        member[at, [place[key] for key in row]] = 1.0
    return member
