"""Start now, wait, or start with a way back: a tree of what the API's price may do, solved from its end.

In every stage of the tree the months' savings are known once it begins. A start is paid when it is made; a
releasable start may go back to buying whenever a stage begins, a locked one may not. All money is at present value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import inf, isclose
from typing import Literal

import numpy as np

from breakeven.decision.comparison import Comparison
from breakeven.numbers.distributions import Floats
from breakeven.numbers.operations import AXES, MONTH, SCENARIO, Value, along, pick
from breakeven.problems import Problem

PRICE_CHANGE = "hosted_price_change_per_month"
Action = Literal["host", "start now, locked", "start now, releasable", "wait"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """From the start of `month` (counted from 0) the hosted price is one of these multiples of what it was."""

    month: int
    factors: tuple[float, ...]
    chances: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What is known from one learning date to the next: discounted savings of its months, then what may follow.

    `start_cost` and `exit_cost` are what starting and going back cost at its beginning, discounted.
    """

    months: int
    saving: float
    start_cost: float
    exit_cost: float = 0.0
    next: tuple[tuple[float, Stage], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Expected net present value of each action, and what the rights are worth.

    `value_of_waiting` counts a releasable start among the actions, `value_of_waiting_if_locked` does not.
    Premiums are a month of on-demand rent, over the expected months that a releasable start pays:
    against a locked start, and against the best of locked, waiting and buying.
    """

    best: Action
    actions: Mapping[Action, float]
    value_of_waiting: float
    value_of_waiting_if_locked: float
    value_of_route_back: float
    expected_paid_months: float
    premium_per_month: float
    premium_per_month_if_waiting: float
    perfect_information_if_locked: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When to start an option of a comparison. At each of `months` (from 0) the hosted price is seen to change
    by one of the rates from then on. `releasable`: its GPUs can be given back, so that going back is possible.
    """

    option: int
    months: tuple[int, ...]
    price_changes_per_month: tuple[float, ...]
    chances: tuple[float, ...]
    releasable: bool
    actions: Waiting


def waiting(tree: Stage) -> Waiting:
    """Every action now, judged over the whole tree."""
    locked, releasable = -tree.start_cost + stay(tree), -tree.start_cost + run(tree)
    later = {right: sum(p * start_or_wait(branch, right) for p, branch in tree.next) for right in (True, False)}
    months = paid_months(tree)
    values: dict[Action, float] = {
        "host": 0.0,
        "start now, locked": locked,
        "start now, releasable": releasable,
        "wait": later[True],
    }
    return Waiting(
        best=max(values, key=values.__getitem__),
        actions=values,
        value_of_waiting=max(later[True] - max(0.0, locked, releasable), 0.0),
        value_of_waiting_if_locked=max(later[False] - max(0.0, locked), 0.0),
        value_of_route_back=releasable - locked,
        expected_paid_months=months,
        premium_per_month=(releasable - locked) / months,
        premium_per_month_if_waiting=max(releasable - max(0.0, locked, later[False]), 0.0) / months,
        perfect_information_if_locked=max(known_ahead(tree, -tree.start_cost) - max(0.0, locked), 0.0),
    )


def stay(stage: Stage) -> float:
    """Savings to come for one who runs and may not go back."""
    return stage.saving + sum(p * stay(each) for p, each in stage.next)


def run(stage: Stage) -> float:
    """Savings to come for one who runs this stage and may go back when the next begins."""
    return stage.saving + sum(p * max(run(each), -each.exit_cost) for p, each in stage.next)


def start_or_wait(stage: Stage, releasable: bool) -> float:
    """The best of starting when this stage begins, waiting for the next, and buying for good."""
    start = -stage.start_cost + (run(stage) if releasable else stay(stage))
    return max(0.0, start, sum(p * start_or_wait(each, releasable) for p, each in stage.next))


def paid_months(stage: Stage) -> float:
    """Expected months that one who may go back runs."""
    return float(stage.months) + sum(p * paid_months(each) for p, each in stage.next if run(each) > -each.exit_cost)


def known_ahead(stage: Stage, so_far: float) -> float:
    """Mean over all futures of the better of a locked start and buying, had the future been known."""
    total = so_far + stage.saving
    return sum(p * known_ahead(each, total) for p, each in stage.next) if stage.next else max(total, 0.0)


def rate_tree(
    comparison: Comparison,
    option: int,
    months: Sequence[int],
    rates: Sequence[float],
    chances: Sequence[float],
    *,
    releasable: bool = True,
) -> Stage:
    """The tree of one option's savings when at each of the `months` (from 0) the hosted price's monthly change becomes
    one of the `rates`; up to the first it is the likely one. What reaches our own side of a fall does so in the tree.

    Who starts later also cuts over later: what would be saved in the months up to the cut-over counts as a cost.
    What is not `releasable` cannot go back at any price.
    """
    for month in months:
        check(Jump(month=month, factors=tuple(rates), chances=tuple(chances)), comparison.months)
    paths = [*product(range(len(rates)), repeat=len(months))]
    today = float(np.max(comparison.values[PRICE_CHANGE]))
    moves = np.full((len(paths), comparison.months), 1 + today)
    for row, path in zip(moves, paths, strict=True):
        for month, taken in zip(months, path, strict=True):
            row[month:] = 1 + rates[taken]
    moves[:, 0] = 1.0
    even = np.cumprod(moves, axis=1) ** (1 / np.maximum(np.arange(comparison.months), 1)) - 1
    futures = evaluated(comparison, option, {PRICE_CHANGE: by_future(even)}, paths, [0, *months])
    futures = futures if releasable else replace(futures, exit_cost=inf)
    return stages(futures, [0, *months, comparison.months], [tuple(chances)] * len(months))


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """Savings by future (by month, undiscounted), the discount factor, and what starting and going back cost: starting
    by date and future, for the load of the cut-over that follows.
    """

    savings: Mapping[tuple[int, ...], Floats]
    discount: Floats
    start_costs: Mapping[int, Mapping[tuple[int, ...], float]]
    exit_cost: float
    delay: int  # months from a start to its first saving


def stages(futures: Futures, dates: Sequence[int], chances: Sequence[tuple[float, ...]]) -> Stage:
    """The tree between the dates; at the end of stage i one learns which of `chances[i]` it is."""

    def stage(known: tuple[int, ...]) -> Stage:
        depth, taken = len(known), known + (0,) * (len(chances) - len(known))
        future = futures.savings[taken] * futures.discount
        begin, end = dates[depth], dates[depth + 1]
        factor = float(futures.discount[begin - 1]) if begin else 1.0
        later = chances[depth] if depth < len(chances) else ()
        return Stage(
            months=end - begin,
            saving=float(future[begin:end].sum()),
            start_cost=futures.start_costs[begin][taken] * factor
            + float(future[begin : min(begin + futures.delay, end)].sum()),
            exit_cost=futures.exit_cost * factor,
            next=tuple((chance, stage((*known, i))) for i, chance in enumerate(later)),
        )

    return stage(())


def by_future(table: Floats) -> Value:
    """A table (futures, months) along the five axes."""
    shape = [1] * len(AXES)
    shape[SCENARIO], shape[MONTH] = table.shape
    return table.reshape(shape)


def evaluated(
    comparison: Comparison,
    option: int,
    changed: Mapping[str, Value],
    paths: Sequence[tuple[int, ...]],
    dates: Sequence[int],
) -> Futures:
    """One option in each future, and what a start at each of the `dates` costs: the platform for the load of its own
    cut-over, the shadow run of the fleet that serves then.
    """
    got = comparison.evaluate(["saving", "discount_factor", "exit_cost"], **changed)
    future, months = range(len(paths)), range(comparison.months)
    saved = np.asarray(pick(got["saving"], option=option, scenario=future, month=months), dtype=float)
    delay = int(np.argmax(comparison.path(comparison.values.get("live", 1.0), option) > 0))
    costs = {date: _start_costs(comparison, option, changed, paths, date + delay) for date in dates}
    return Futures(
        savings=dict(zip(paths, saved, strict=True)),
        discount=comparison.path(got["discount_factor"], option),
        start_costs={date: dict(zip(paths, paid.tolist(), strict=True)) for date, paid in costs.items()},
        exit_cost=float(pick(got["exit_cost"], option=option, scenario=0, month=0)),
        delay=delay,
    )


def _start_costs(
    comparison: Comparison, option: int, changed: Mapping[str, Value], paths: Sequence[tuple[int, ...]], cut_over: int
) -> Floats:
    """What is paid once, in each future, by who cuts over in a month; in the last one where that is later."""
    first = along(MONTH, np.arange(comparison.months) == min(cut_over, comparison.months - 1)) * 1.0
    moved = {"first_month": first} if "first_month" in comparison.values else {}
    got = comparison.evaluate(["one_time_cost"], **{**changed, **moved})["one_time_cost"]
    return np.asarray(pick(got, option=option, scenario=range(len(paths)), month=0), dtype=float)


def check(jump: Jump, months: int) -> None:
    """Refuse a jump outside the horizon, or chances that are not chances."""
    sound = len(jump.factors) == len(jump.chances) and all(p >= 0 for p in jump.chances)
    if not 0 < jump.month < months:
        raise Problem(f"the price jumps in month {jump.month}", fix=f"State a month from 1 to {months - 1}.")
    if not sound or not isclose(sum(jump.chances), 1, abs_tol=1e-9):
        raise Problem(f"chances {jump.chances} of factors {jump.factors}", fix="One chance a factor, 1 together.")
