"""What to find out first: what it is worth to know one input, a group of them, or the result of a trial.

Worth is in the money of the net present value: how much better, on average, one would decide. Knowing never harms,
and knowing a part is never worth more than knowing all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.decision.risk.regression import expected
from breakeven.decision.risk.uncertainty import Estimate, Outcomes, regrets
from breakeven.numbers.distributions import Floats
from breakeven.problems import Problem, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What it is worth to know some inputs; `share` of what it is worth to know all of them."""

    name: str
    inputs: tuple[str, ...]
    worth: Estimate
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something one can do to know more. With `relative_errors`, one observation of each input is off by that share
    (standard deviation) and `observations` are taken; without, the inputs are known afterwards.
    """

    name: str
    inputs: tuple[str, ...]
    days: float
    cost: float = 0.0
    relative_errors: Mapping[str, float] | None = None
    observations: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingWorth:
    """A thing to do, what it is worth, and what is left of that after its cost."""

    finding: Finding
    worth: Worth
    net: float


def worth_of_each(outcomes: Outcomes) -> tuple[Worth, ...]:
    """The worth of knowing each drawn input alone, the most valuable first."""
    found = [worth_of(outcomes, name, (name,)) for name in outcomes.draws.names]
    return tuple(sorted(found, key=lambda one: -one.worth.value))


def worth_of(outcomes: Outcomes, name: str, inputs: Sequence[str]) -> Worth:
    """The worth of knowing some inputs together; inputs that are not uncertain have none to add."""
    known = tuple(each for each in inputs if each in outcomes.draws.names)
    return worth(outcomes, name, known, [outcomes.draws.values[each] for each in known])


def worth_of_trial(outcomes: Outcomes, trial: Finding) -> Worth:
    """The worth of measuring with error: each draw's result is simulated, and the decision is made on it."""
    errors = trial.relative_errors or {}
    for name, error in errors.items():
        if name not in trial.inputs or not error >= 0:
            raise Problem(
                f"{trial.name}: error {error:g} of {name}", fix=nearest(name, trial.inputs) or "State it >= 0."
            )
    known = tuple(name for name in trial.inputs if name in outcomes.draws.names)
    generators = np.random.default_rng([outcomes.draws.seed, 1]).spawn(len(known))
    columns = [
        measured(outcomes, name, errors.get(name, 0.0), trial.observations, generator)
        for name, generator in zip(known, generators, strict=True)
    ]
    exact = worth_of(outcomes, trial.name, known).worth.value
    return worth(outcomes, trial.name, known, columns, most=exact)


def measured(
    outcomes: Outcomes, name: str, error: float, observations: float, generator: np.random.Generator
) -> Floats:
    """The normal score that a trial would report for each draw: as good as its observations against the range.

    The range counts as `prior` observations: as many as would tell the input no better than its range does.
    """
    scores, drawn = outcomes.draws.column(name), outcomes.draws.values[name]
    spread = float(drawn.std()) / abs(float(drawn.mean())) if drawn.mean() else np.inf
    prior = (error / spread) ** 2 if spread else np.inf
    weight = observations / (observations + prior) if observations > 0 else 0.0
    return np.asarray(np.sqrt(weight) * scores + np.sqrt(1 - weight) * generator.standard_normal(scores.size))


def worth(
    outcomes: Outcomes, name: str, inputs: tuple[str, ...], columns: Sequence[Floats], most: float | None = None
) -> Worth:
    """The mean of the best expected benefit given the columns, less the best mean benefit; no more than `most`.

    The error counts how far the benefits themselves are from what is expected of them.
    """
    benefits, best = outcomes.benefits, int(np.argmax(outcomes.benefits.mean(axis=0)))
    perfect = float(regrets(benefits, best))
    if not columns or not perfect:
        return Worth(name=name, inputs=inputs, worth=Estimate(value=0.0, standard_error=0.0), share=0.0)
    given = expected(benefits, columns)
    chosen, draws = given.argmax(axis=1), np.arange(len(given))
    gained = (benefits[draws, chosen] - benefits[:, best]).reshape(outcomes.draws.scrambles, -1).mean(axis=1)
    value = min(float((given[draws, chosen] - given[:, best]).mean()), perfect if most is None else most)
    error = float(np.std(gained, ddof=1) / np.sqrt(gained.size))
    return Worth(name=name, inputs=inputs, worth=Estimate(value=value, standard_error=error), share=value / perfect)


def first_to_find_out(outcomes: Outcomes, findings: Sequence[Finding]) -> tuple[FindingWorth, ...]:
    """The things one can do, by what they are worth after their cost."""
    found = []
    for each in findings:
        known = worth_of_trial(outcomes, each) if each.relative_errors else worth_of(outcomes, each.name, each.inputs)
        found.append(FindingWorth(finding=each, worth=known, net=known.worth.value - each.cost))
    return tuple(sorted(found, key=lambda one: -one.net))


FINDINGS = (  # days and errors are judgement; the shadow run's cost is a line of the model, which the caller puts in
    Finding(
        name="benchmark",
        inputs=("replica_tokens_per_second", "usable_share"),
        days=2,
        relative_errors={"replica_tokens_per_second": 0.1, "usable_share": 0.1},
        observations=3,
    ),
    Finding(
        name="shadow-run",
        inputs=("replica_tokens_per_second", "usable_share", "tokenizer_ratio", "cached_share", "incidents_per_month"),
        days=21,
        relative_errors={"replica_tokens_per_second": 0.1, "usable_share": 0.1, "incidents_per_month": 2.3},
        observations=21,
    ),
    Finding(
        name="usage-logs",
        inputs=("input_mtok_per_month", "output_mtok_per_month", "cached_share", "batch_share", "retry_factor"),
        days=1,
    ),
    Finding(name="token-count", inputs=("tokenizer_ratio",), days=0.5),
    Finding(name="demand-plan", inputs=("volume_scale", "growth_per_month", "peak_over_mean"), days=5),
    Finding(
        name="gpu-offer",
        inputs=("gpu_price_per_hour", "reserved_discount", "spot_net_saving", "gpu_purchase_price"),
        days=5,
    ),
    Finding(
        name="api-offer",
        inputs=("input_price_per_mtok", "output_price_per_mtok", "hosted_discount", "hosted_price_change_per_month"),
        days=10,
    ),
    Finding(
        name="team-plan",
        inputs=("run_fte", "engineer_cost_per_year", "build_person_months", "oncall_stipend_per_week"),
        days=3,
    ),
    Finding(name="refresh-plan", inputs=("refreshes_per_year", "refresh_person_months"), days=2),
    Finding(name="compliance-scope", inputs=("compliance_cost_per_year",), days=5),
)
