"""Not the best if all goes as planned, but the one that is least regretted when it does not.

Every option keeps its fleet while demand halves or doubles. An option's regret is what it then falls short of the
best one. Among the options that are nearly as good as the best at planned demand, the least worst regret is robust.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.decision.comparison import CRITERION, Comparison, by_option, pinned
from breakeven.decision.hybrid.hybrid import Ladder, ladder
from breakeven.numbers.distributions import Floats
from breakeven.numbers.lines import Model
from breakeven.numbers.operations import SCENARIO, Value, along, pick
from breakeven.problems import Problem

PLAN = 1.0
DEMANDS = (0.5, 2.0)  # multiples of the plan at which options are held against each other


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionRegret:
    """One option: its net present value at planned demand, and its regret in each other demand."""

    name: str
    net_present_value: float
    regrets: tuple[float, ...]
    worst: float
    worst_demand: float
    within_tolerance: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustChoice:
    """`best` at planned demand and `recommended`, as indices; money is net present value.

    `given_up` is what the recommended option earns less than the best at planned demand; `spared` is how much
    smaller its worst regret is: what the optimum would have risked beyond it.
    """

    options: tuple[OptionRegret, ...]
    demands: tuple[float, ...]
    tolerance: float
    best: int
    recommended: int
    given_up: float
    spared: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedTest:
    """T3, half the demand: the month's saving with the fleet as locked, and with the best fleet for that demand.

    `commitment_costs` a month what the lock loses against the better of re-sizing and buying everything.
    """

    locked_replicas: float
    locked_saving: float
    best_replicas: float  # 0: buy everything
    best_saving: float  # of the best fleet, even when buying everything is better
    locked_net_present_value: float
    commitment_costs: float


def robust_choice(
    comparison: Comparison,
    *,
    tolerance: float,
    demands: Sequence[float] = DEMANDS,
    allowed: Sequence[bool] | None = None,
    expected: Floats | None = None,
    benefits: Floats | None = None,
    criterion: str = CRITERION,
) -> RobustChoice:
    """Choose among the allowed options (default: all). `tolerance` is in the money of the net present value.

    `expected`: what every option earns at planned demand over all draws; default: with every input at its mean.
    `benefits`: what every option earns at the plan and at each demand (1 + demands, options), where it is known.
    Regrets are against the best allowed option, so that one that is not allowed may have a negative one.
    """
    usable = np.ones(len(comparison.names), bool) if allowed is None else np.asarray(allowed, bool)
    if not usable.any() or not tolerance >= 0:
        raise Problem(
            "no option is allowed" if tolerance >= 0 else f"a tolerance of {tolerance:g}", fix="Allow one, from 0."
        )
    if benefits is None:
        benefits = at_demands(comparison, (PLAN, *demands), criterion)
    if expected is not None:
        benefits = np.concatenate([np.asarray(expected)[None], benefits[1:]])
    plan, rivals = benefits[0], np.where(usable, benefits, -np.inf)
    best = int(np.argmax(rivals[0]))
    near = usable & (plan >= plan[best] - tolerance)
    regrets = rivals[1:].max(axis=1, keepdims=True) - benefits[1:]
    worst = regrets.max(axis=0)
    chosen = int(min(np.flatnonzero(near), key=lambda i: (worst[i], -plan[i], i)))
    return RobustChoice(
        options=tuple(
            option_regret(name, float(plan[i]), regrets[:, i], demands, bool(near[i]))
            for i, name in enumerate(comparison.names)
        ),
        demands=tuple(demands),
        tolerance=tolerance,
        best=best,
        recommended=chosen,
        given_up=float(plan[best] - plan[chosen]),
        spared=float(worst[best] - worst[chosen]),
    )


def at_demands(comparison: Comparison, demands: Sequence[float], criterion: str) -> Floats:
    """What every option earns, with its decided fleet, at each multiple of the demand (demands, options)."""
    scale = comparison.values["volume_scale"] * along(SCENARIO, demands)
    got = comparison.evaluate([criterion], volume_scale=scale)[criterion]
    return by_option(got, len(comparison.names), len(demands))


def option_regret(name: str, plan: float, regrets: Value, demands: Sequence[float], near: bool) -> OptionRegret:
    """One option's regrets and the demand in which it is worst."""
    worst = int(np.argmax(regrets))
    return OptionRegret(
        name=name,
        net_present_value=plan,
        regrets=tuple(map(float, regrets)),
        worst=float(regrets[worst]),
        worst_demand=demands[worst],
        within_tolerance=near,
    )


def half_demand_locked(
    model: Model, values: Mapping[str, Value], option: int, replicas: Value, month: int, *, demand: float = 0.5
) -> LockedTest:
    """T3: the fleet (a number, or one each month) stays when demand halves; then what re-sizing it would have saved."""
    held = np.atleast_1d(np.asarray(replicas, dtype=float))
    less = {**values, "volume_scale": values["volume_scale"] * demand}
    got = model.evaluate(pinned(less, option, held[None, :]), ["saving", CRITERION])
    locked = float(pick(got["saving"], option=1, month=month))
    size, best = best_rung(ladder(model, less, option, month))
    return LockedTest(
        locked_replicas=float(held[min(month, held.size - 1)]),
        locked_saving=locked,
        best_replicas=size if best > 0 else 0.0,
        best_saving=best,
        locked_net_present_value=float(by_option(got[CRITERION], 2, 1)[0, 1]),
        commitment_costs=max(best, 0.0) - locked,
    )


def best_rung(found: Ladder) -> tuple[float, float]:
    """The fleet that saves most in the month, and what it saves."""
    rung = max(found.rungs, key=lambda each: (each.monthly_saving, -each.replicas))
    return rung.replicas, rung.monthly_saving
