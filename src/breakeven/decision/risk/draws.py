"""The uncertain inputs drawn together: scrambled Sobol points through a Gaussian copula, the same for every option.

The points come in independent scrambles of equal size. Each gives an estimate of its own, and how much these differ
is the standard error of their mean; a single set of even points would not tell how wrong it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from breakeven.decision.risk.correlation import DEFAULTS, Correlation, matrix
from breakeven.decision.risk.sobol import scrambled
from breakeven.numbers.distributions import Floats
from breakeven.numbers.inputs import Input, along_scenarios, draw, uncertain
from breakeven.numbers.lines import Values
from breakeven.numbers.operations import Value
from breakeven.problems import Problem

SCENARIOS = 2**14
SCRAMBLES = 64
INSIDE = 2.0**-40  # shares this near to 0 or 1 are moved inside: a normal score must be finite


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """`values` of each uncertain input and their normal `scores` (scenarios, inputs), scramble by scramble."""

    names: tuple[str, ...]
    values: Mapping[str, Floats]
    scores: Floats
    scrambles: int
    seed: int

    @property
    def scenarios(self) -> int:
        return int(self.scores.shape[0])

    def column(self, name: str) -> Floats:
        """The normal scores of one input."""
        found: Floats = self.scores[:, self.names.index(name)]
        return found


def draws(
    inputs: Mapping[str, Input],
    *,
    scenarios: int = SCENARIOS,
    seed: int,
    correlations: Sequence[Correlation] = DEFAULTS,
) -> Draws:
    """Draw every uncertain input. The same inputs and seed give the same draws."""
    if scenarios < SCRAMBLES * 2 or scenarios & (scenarios - 1):
        raise Problem(f"{scenarios} draws", fix=f"Their number is a power of two, {SCRAMBLES * 2} or more.")
    names = tuple(uncertain(inputs))
    scores = independent_scores(scenarios, len(names), seed)
    if names:
        scores = scores @ np.linalg.cholesky(matrix(names, correlations)).T
    return Draws(names=names, values=draw(inputs, shares(names, scores)), scores=scores, scrambles=SCRAMBLES, seed=seed)


@lru_cache(maxsize=1)  # a study and what it is worth to know more ask for the same
def independent_scores(scenarios: int, count: int, seed: int) -> Floats:
    """Normal scores (scenarios, count), one independent scramble of Sobol's points after the other."""
    if not count:
        return np.zeros((scenarios, 0))
    from scipy.special import ndtri  # noqa: PLC0415 - scipy is heavy and a study without ranges needs none

    generators = np.random.default_rng(seed).spawn(SCRAMBLES)
    points = scrambled(scenarios // SCRAMBLES, count, generators).reshape(scenarios, count)
    scores = np.asarray(ndtri(np.clip(points, INSIDE, 1 - INSIDE)))
    scores.flags.writeable = False
    return scores


def shares(names: Sequence[str], scores: Floats) -> dict[str, Floats]:
    """The share of its distribution that lies below each draw of each input."""
    from scipy.special import ndtr  # noqa: PLC0415 - scipy is heavy and a study without ranges needs none

    return {name: np.asarray(ndtr(scores[:, i])) for i, name in enumerate(names)}


def at(values: Values, inputs: Mapping[str, Input], drawn: Draws, rows: slice) -> dict[str, Value]:
    """The values with some of the draws along the scenario axis."""
    return along_scenarios(values, inputs, {name: each[rows] for name, each in drawn.values.items()})
