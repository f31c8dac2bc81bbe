"""How sure the answer is: the finalists over all draws, their chance to pay, range, regret, what knowing is worth.

Every finalist meets the same draws with the fleet it was decided to have; what a draw brings beyond that fleet
bursts to the API. Benefits are net present values against buying, in the case's currency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.decision.comparison import BASELINE, CRITERION, Comparison, by_option, of_options
from breakeven.decision.risk.draws import Draws, at
from breakeven.decision.risk.finite import not_finite
from breakeven.numbers.distributions import Floats
from breakeven.numbers.inputs import Input
from breakeven.numbers.operations import STEP, WORKLOAD, Value
from breakeven.problems import Problem

MOST_FINALISTS = 8
CHUNK = 2**20  # elements of the largest array of one evaluation: small enough for a processor's cache to help
TAIL = 0.05  # the worst share of the draws that the tail mean is taken over

Statistic = Callable[[Floats], Floats]  # of draws (…, scenarios, finalists); one number for each set of draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Finalist:
    """An option that is drawn: its column in the comparison, and its replicas (a number, or one each month)."""

    name: str
    option: int
    fleet: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number found by drawing, and the standard error of that."""

    value: float
    standard_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Net present value of every finalist in every draw (scenarios, finalists), and at the point where every
    drawn input stands at its mean."""

    names: tuple[str, ...]
    benefits: Floats
    at_point: Floats
    draws: Draws


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionOutcome:
    """One finalist. `tail_mean` is its mean in its worst twentieth of the draws; `tail_extra_cost` what it then
    costs more than the option that is best with every input at its mean (`at_point`); `regret` what it falls short of
    the best of each draw.
    """

    name: str
    at_point: float
    chance_to_pay: Estimate
    mean: Estimate
    p10: Estimate
    p50: Estimate
    p90: Estimate
    tail_mean: Estimate
    tail_extra_cost: Estimate
    regret: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """All finalists; `best_on_average` and `best_at_point` are indices. `perfect_information` is the least regret:
    what it would be worth to know every input before deciding.
    """

    options: tuple[OptionOutcome, ...]
    best_on_average: int
    best_at_point: int
    perfect_information: Estimate
    inputs: tuple[str, ...]
    scenarios: int
    seed: int


def finalists(comparison: Comparison, chosen: Sequence[Finalist]) -> Comparison:
    """The chosen options side by side with their decided fleets. The first must be the baseline."""
    if not 1 <= len(chosen) <= MOST_FINALISTS or chosen[0].option != BASELINE:
        raise Problem(
            f"{len(chosen)} finalists", fix=f"Draw at most {MOST_FINALISTS}, the option that buys everything first."
        )
    columns = [finalist.option for finalist in chosen]
    held = [np.broadcast_to(np.ravel(finalist.fleet), comparison.months) for finalist in chosen]
    return Comparison(
        model=comparison.model,
        names=tuple(finalist.name for finalist in chosen),
        values={name: of_options(value, columns) for name, value in comparison.values.items()},
        fleets=np.array(held, dtype=float)[None, None, :, None, :],
        months=comparison.months,
    )


def simulate(
    comparison: Comparison, inputs: Mapping[str, Input], drawn: Draws, *, criterion: str = CRITERION
) -> Outcomes:
    """Evaluate all finalists over all draws, some draws at a time. Raises `Problem` where a line gives no number."""
    count, rows = len(comparison.names), rows_at_once(comparison)
    benefits = np.empty((drawn.scenarios, count))
    for start in range(0, drawn.scenarios, rows):
        some = slice(start, min(start + rows, drawn.scenarios))
        changed = at(comparison.values, inputs, drawn, some)
        benefits[some] = by_option(comparison.evaluate([criterion], **changed)[criterion], count, some.stop - start)
        if not np.isfinite(benefits[some]).all():
            row = start + int(np.flatnonzero(~np.isfinite(benefits[some]).all(axis=1))[0])
            raise not_finite(comparison, inputs, drawn, row, criterion)
    at_point = by_option(comparison.evaluate([criterion])[criterion], count, 1)[0]
    return Outcomes(names=comparison.names, benefits=benefits, at_point=at_point, draws=drawn)


def rows_at_once(comparison: Comparison) -> int:
    """Draws that are evaluated together, so that no array of a line is larger than a chunk."""
    shapes = [np.shape(value) for value in comparison.values.values() if np.ndim(value)]
    widest = max((max(shape[STEP], shape[WORKLOAD]) for shape in shapes), default=1)
    return max(CHUNK // (widest * len(comparison.names) * comparison.months), 1)


def uncertainty(outcomes: Outcomes) -> Uncertainty:
    """What the draws say of each finalist and of all together, each number with its standard error."""
    benefits, scrambles = outcomes.benefits, outcomes.draws.scrambles
    means = benefits.mean(axis=0)
    best_at_point = int(np.argmax(outcomes.at_point))
    options = tuple(option_outcome(outcomes, i, best_at_point) for i in range(len(outcomes.names)))
    best = int(np.argmax(means))
    return Uncertainty(
        options=options,
        best_on_average=best,
        best_at_point=best_at_point,
        perfect_information=estimate(lambda some: regrets(some, best), benefits, scrambles),
        inputs=outcomes.draws.names,
        scenarios=len(benefits),
        seed=outcomes.draws.seed,
    )


def option_outcome(outcomes: Outcomes, option: int, best_at_point: int) -> OptionOutcome:
    """One finalist over the draws."""

    def found(statistic: Statistic) -> Estimate:
        return estimate(statistic, outcomes.benefits, outcomes.draws.scrambles)

    return OptionOutcome(
        name=outcomes.names[option],
        at_point=float(outcomes.at_point[option]),
        chance_to_pay=chance_to_pay(outcomes, option),
        mean=found(lambda some: some[..., option].mean(axis=-1)),
        p10=found(lambda some: np.quantile(some[..., option], 0.1, axis=-1)),
        p50=found(lambda some: np.quantile(some[..., option], 0.5, axis=-1)),
        p90=found(lambda some: np.quantile(some[..., option], 0.9, axis=-1)),
        tail_mean=found(lambda some: tail_mean(some[..., option])),
        tail_extra_cost=found(lambda some: 0.0 - tail_mean(some[..., option] - some[..., best_at_point])),
        regret=found(lambda some: regrets(some, option)),
    )


def chance_to_pay(outcomes: Outcomes, option: int) -> Estimate:
    """Share of the draws in which it beats buying; a tie does not. Draws cannot tell it finer than one of them."""
    one = outcomes.benefits[:, option]
    found = estimate(lambda some: (some[..., option] > 0).mean(axis=-1), outcomes.benefits, outcomes.draws.scrambles)
    finest = 1 / one.size if np.ptp(one) else 0.0
    return Estimate(value=found.value, standard_error=max(found.standard_error, finest))


def estimate(statistic: Statistic, benefits: Floats, scrambles: int) -> Estimate:
    """A statistic of all draws; its error from how much it differs between the independent scrambles."""
    parts = statistic(benefits.reshape(scrambles, -1, benefits.shape[1]))
    error = float(np.std(parts, ddof=1) / np.sqrt(scrambles))
    return Estimate(value=float(statistic(benefits)), standard_error=error)


def tail_mean(benefit: Floats) -> Floats:
    """The mean of the worst twentieth, a draw on its edge counted in part."""
    many = TAIL * benefit.shape[-1]
    whole = int(many)
    worst = np.partition(benefit, whole, axis=-1)
    return np.asarray((worst[..., :whole].sum(axis=-1) + (many - whole) * worst[..., whole]) / many)


def regrets(benefits: Floats, option: int) -> Floats:
    """What an option falls short of the best one of each draw, on average."""
    return np.asarray((benefits.max(axis=-1) - benefits[..., option]).mean(axis=-1))
