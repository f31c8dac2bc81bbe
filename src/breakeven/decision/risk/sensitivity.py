"""Which inputs move the result: one at a time between low and high, and as shares of the variance of all draws.

First-order share: how much of the variance goes when the input is known (regression on the draws that exist).
Total share: how much stays when everything else is known (Jansen's estimator): the input alone is
drawn again, given all others, so that inputs that move together are treated rightly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from breakeven.decision.comparison import BASELINE, CRITERION, Comparison, by_option
from breakeven.decision.risk.correlation import DEFAULTS, Correlation, matrix
from breakeven.decision.risk.draws import Draws, shares
from breakeven.decision.risk.regression import expected
from breakeven.decision.risk.uncertainty import Estimate, Finalist, Outcomes, finalists, simulate
from breakeven.numbers.distributions import Floats
from breakeven.numbers.inputs import Input, along_scenarios, draw, standing, uncertain

REPEATS = 2**15  # draws that are evaluated again, for all inputs together
METHOD = (
    "first-order: spline regression on the draws; total: Jansen, the input alone drawn again given all others; "
    "errors: from the independent scrambles"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One input at its low and at its high (5th and 95th percentile), all others at their means, fleets as decided.

    `worth_at_low` and `worth_at_high` are net present values of one option against buying.
    """

    name: str
    low: float
    high: float
    worth_at_low: float
    worth_at_high: float

    @property
    def swing(self) -> float:
        """How much the input moves the result between its ends."""
        return abs(self.worth_at_high - self.worth_at_low)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """An input's first-order and total share of the variance: of the net present value, and of whether it pays.

    Correlated inputs share their first-order parts, so these may add to more than one; a total may then be the smaller.
    """

    name: str
    first: Estimate
    total: Estimate
    first_of_paying: Estimate
    total_of_paying: Estimate


def tornado(comparison: Comparison, option: int, inputs: Mapping[str, Input]) -> tuple[Bar, ...]:
    """Every uncertain input at both ends, the one that moves the option's worth most first."""
    names = uncertain(inputs)
    if not names:
        return ()
    ends = {name: (float(inputs[name].low or 0.0), float(inputs[name].high or 0.0)) for name in names}
    starts = {name: standing(inputs[name], comparison.values[name]) for name in names}
    columns = {name: np.full(2 * len(names), start) for name, start in starts.items()}
    for i, name in enumerate(names):
        columns[name][2 * i : 2 * i + 2] = ends[name]
    pair = finalists(comparison, [Finalist(name="", option=i, fleet=fleet(comparison, i)) for i in (BASELINE, option)])
    got = pair.evaluate([CRITERION], **changed(pair, inputs, columns, starts))[CRITERION]
    worth = by_option(got, 2, 2 * len(names))[:, 1].reshape(-1, 2)
    bars = [
        Bar(name=name, low=ends[name][0], high=ends[name][1], worth_at_low=float(low), worth_at_high=float(high))
        for name, (low, high) in zip(names, worth, strict=True)
    ]
    return tuple(sorted((bar for bar in bars if bar.swing), key=lambda bar: -bar.swing))


def fleet(comparison: Comparison, option: int) -> Floats:
    """The decided replicas of one option, month by month."""
    return np.asarray(comparison.path(comparison.fleets, option), dtype=float) if option else np.zeros(1)


def changed(
    comparison: Comparison, inputs: Mapping[str, Input], columns: Mapping[str, Floats], starts: Mapping[str, float]
) -> dict[str, object]:
    """Only the values that the columns replace, along the scenario axis; `starts`: where each stands."""
    moved = {name: comparison.values[name] for name in columns}
    return along_scenarios(moved, inputs, columns, starts)


def variance_shares(
    comparison: Comparison,
    inputs: Mapping[str, Input],
    outcomes: Outcomes,
    columns: Sequence[int],
    option: int,
    *,
    correlations: Sequence[Correlation] = DEFAULTS,
) -> tuple[Share, ...]:
    """Shares of every drawn input, the largest total first.

    `columns` of the comparison are the outcomes' finalists; an `option` that is none of them has no shares.
    """
    drawn, many = outcomes.draws, len(outcomes.draws.names)
    if not many or option not in columns:
        return ()
    sides = with_paying(outcomes.benefits[:, list(columns).index(option)])
    rows = some_of_each(drawn, REPEATS // many)
    pair = finalists(comparison, [Finalist(name="", option=i, fleet=fleet(comparison, i)) for i in (BASELINE, option)])
    worth = simulate(pair, inputs, redrawn(drawn, inputs, rows, correlations)).benefits[:, 1].reshape(many, -1)
    shares = []
    for i, name in enumerate(drawn.names):
        given = expected(sides, [drawn.scores[:, i]])
        first = [explained(sides[:, side], given[:, side], drawn.scrambles) for side in (0, 1)]
        other = with_paying(worth[i])
        total = [remaining(sides[:, side], rows, other[:, side], drawn.scrambles) for side in (0, 1)]
        shares.append(
            Share(name=name, first=first[0], total=total[0], first_of_paying=first[1], total_of_paying=total[1])
        )
    return tuple(sorted(shares, key=lambda one: -one.total.value))


def with_paying(worth: Floats) -> Floats:
    """The net present value of each draw, and 1 where it is above zero (draws, 2)."""
    return np.stack([worth, (worth > 0) * 1.0], axis=1)


def some_of_each(drawn: Draws, many: int) -> np.ndarray:
    """Rows of as many draws, the same number from each scramble."""
    size, wanted = drawn.scenarios // drawn.scrambles, max(many // drawn.scrambles, 2)
    return np.concatenate([np.arange(min(wanted, size)) + part * size for part in range(drawn.scrambles)])


def drawn_again(drawn: Draws, rows: np.ndarray, correlations: Sequence[Correlation]) -> Floats:
    """For each row and input a new normal score of that input, given the scores of all others in the row."""
    precision = np.linalg.inv(matrix(drawn.names, correlations))
    variance = 1 / np.diag(precision)
    scores = drawn.scores[rows]
    mean = scores - scores @ precision * variance
    fresh = np.random.default_rng([drawn.seed, 2]).standard_normal(scores.shape)
    return np.asarray(mean + fresh * np.sqrt(variance))


def redrawn(drawn: Draws, inputs: Mapping[str, Input], rows: np.ndarray, correlations: Sequence[Correlation]) -> Draws:
    """Some of the draws once for each input, that input drawn again: the rows of the first input come first."""
    fresh, many = drawn_again(drawn, rows, correlations), len(drawn.names)
    scores = np.tile(drawn.scores[rows], (many, 1))
    values = {name: np.tile(column[rows], many) for name, column in drawn.values.items()}
    for i, name in enumerate(drawn.names):
        mine = slice(i * rows.size, (i + 1) * rows.size)
        scores[mine, i] = fresh[:, i]
        values[name][mine] = draw(inputs, shares((name,), fresh[:, [i]]))[name]
    return replace(drawn, values=values, scores=scores)


def explained(side: Floats, given: Floats, scrambles: int) -> Estimate:
    """Covariance of a quantity with its expectation over its variance; the error from scramble to scramble."""
    variance = float(side.var())
    if not variance:
        return Estimate(value=0.0, standard_error=0.0)
    parts = ((side - side.mean()) * (given - given.mean())).reshape(scrambles, -1).mean(axis=1) / variance
    error = float(parts.std(ddof=1) / np.sqrt(scrambles))
    return Estimate(value=min(max(float(parts.mean()), 0.0), 1.0), standard_error=error)


def remaining(side: Floats, rows: np.ndarray, other: Floats, scrambles: int) -> Estimate:
    """Half the mean squared change when one input alone is drawn again, over the variance."""
    parts = ((side[rows] - other) ** 2).reshape(scrambles, -1).mean(axis=1) / (2 * float(side.var()) or 1.0)
    return Estimate(value=float(parts.mean()), standard_error=float(parts.std(ddof=1) / np.sqrt(scrambles)))
