"""Waiting and the way back: W8 to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from staircase import module

from breakeven.costs.price_path import hosted_price_factor
from breakeven.decision.comparison import Comparison
from breakeven.decision.risk.when_to_start import Jump, Stage, by_future, check, evaluated, rate_tree, stages, waiting
from breakeven.numbers.lines import Model, line
from breakeven.numbers.operations import MONTH, OPTION, along
from breakeven.problems import Problem


@line("USD/month", source="test")
def saving(price_scale, bill, replicas, rent):
    """What the fleet saves."""
    return bill * price_scale * replicas - replicas * rent


@line("USD", source="test")
def one_time_cost(replicas, start_cost):
    """What is paid first."""
    return replicas * start_cost


@line("USD", source="test")
def exit_cost(replicas, back):
    """What going back costs."""
    return replicas * back


@line("replica", source="test")
def replicas(held):
    """Replicas."""
    return held


def fleet(months: int = 12, back: float = 0.0, discount: float = 1.0) -> Comparison:
    held = along(OPTION, [0.0, 1.0])
    names = ["price_scale", "bill", "rent", "start_cost", "back", "held", "discount_factor"]
    return Comparison(
        model=Model(module(saving, one_time_cost, exit_cost, replicas), inputs=names),
        names=("buy", "own"),
        values={
            "price_scale": 1.0,
            "bill": 25_000.0,
            "rent": 12_000.0,
            "start_cost": 60_000.0,
            "back": back,
            "held": held,
            "discount_factor": np.cumprod(np.full(months, discount)).reshape(1, 1, 1, 1, months),
        },
        fleets=held,
        months=months,
    )


def price_tree(comparison: Comparison, option: int, jumps: Sequence[Jump]) -> Stage:
    """The tree of one option's savings, with its decided fleet, when the hosted price jumps."""
    for jump in jumps:
        check(jump, comparison.months)
    dates = [0, *(jump.month for jump in jumps), comparison.months]
    if dates != sorted(set(dates)):
        raise Problem("jumps of the price are not in rising order", fix="State each month once, the earliest first.")
    paths = [*product(*(range(len(jump.factors)) for jump in jumps))]
    scale = np.ones((len(paths), comparison.months))
    for row, path in zip(scale, paths, strict=True):
        for jump, taken in zip(jumps, path, strict=True):
            row[jump.month :] *= jump.factors[taken]
    changed = {"price_scale": comparison.values["price_scale"] * by_future(scale)}
    return stages(evaluated(comparison, option, changed, paths, dates[:-1]), dates, [jump.chances for jump in jumps])


HALF = Jump(month=3, factors=(1.0, 0.2), chances=(0.5, 0.5))


def test_waiting_and_route_back_to_the_cent() -> None:
    """W8: after month 3 the price stays or falls from .50 to .10."""
    found = waiting(price_tree(fleet(), 1, [HALF]))
    expected = {"host": 0, "start now, locked": 6_000, "start now, releasable": 37_500, "wait": 28_500}
    assert found.actions == pytest.approx(expected, abs=0.005)
    assert found.best == "start now, releasable"
    assert found.value_of_waiting_if_locked == pytest.approx(22_500, abs=0.005)
    assert found.value_of_waiting == 0
    assert found.value_of_route_back == pytest.approx(31_500, abs=0.005)
    assert found.expected_paid_months == pytest.approx(7.5)
    assert found.premium_per_month == pytest.approx(4_200.00, abs=0.005)
    assert found.premium_per_month_if_waiting == pytest.approx(1_200.00, abs=0.005)
    assert found.perfect_information_if_locked == pytest.approx(42_000, abs=0.005)


def test_the_tree_holds_what_is_known_when() -> None:
    tree = price_tree(fleet(), 1, [HALF])
    assert (tree.months, tree.saving, tree.start_cost) == (3, 39_000, 60_000)
    assert [(p, each.months, each.saving) for p, each in tree.next] == [(0.5, 9, 117_000), (0.5, 9, -63_000)]


def test_a_right_is_never_worth_less_than_nothing_and_an_exit_cost_takes_from_it() -> None:
    free = waiting(price_tree(fleet(), 1, [HALF]))
    dear = waiting(price_tree(fleet(back=20_000.0), 1, [HALF]))
    barred = waiting(price_tree(fleet(back=1e9), 1, [HALF]))
    assert free.value_of_route_back - dear.value_of_route_back == pytest.approx(10_000)
    assert barred.value_of_route_back == pytest.approx(0)
    assert barred.best == "wait"
    assert barred.value_of_waiting == pytest.approx(22_500)


def test_two_jumps_multiply_and_without_any_there_is_nothing_to_wait_for() -> None:
    two = price_tree(fleet(), 1, [HALF, Jump(month=6, factors=(1.0, 0.5), chances=(0.9, 0.1))])
    low = two.next[1][1].next[1][1]
    assert low.saving == pytest.approx(6 * (25_000 * 0.2 * 0.5 - 12_000))
    none = waiting(price_tree(fleet(), 1, []))
    assert none.actions["start now, locked"] == none.actions["start now, releasable"] == 96_000
    assert none.value_of_waiting == none.value_of_route_back == 0


def test_money_of_later_stages_is_discounted() -> None:
    tree = price_tree(fleet(discount=0.99), 1, [HALF])
    assert tree.next[0][1].start_cost == pytest.approx(60_000 * 0.99**3)
    assert tree.saving == pytest.approx(13_000 * (0.99 + 0.99**2 + 0.99**3))


def test_one_stage_by_hand() -> None:
    assert waiting(Stage(months=2, saving=-1.0, start_cost=1.0)).best == "host"


@pytest.mark.parametrize(
    "jumps",
    [
        [Jump(month=0, factors=(1.0,), chances=(1.0,))],
        [Jump(month=12, factors=(1.0,), chances=(1.0,))],
        [Jump(month=3, factors=(1.0, 0.5), chances=(1.0,))],
        [Jump(month=3, factors=(1.0, 0.5), chances=(0.6, 0.6))],
        [HALF, HALF],
    ],
)
def test_a_tree_that_cannot_be_is_refused(jumps: list[Jump]) -> None:
    with pytest.raises(Problem):
        price_tree(fleet(), 1, jumps)


def gliding(months: int = 12, cut_over: int = 0) -> Comparison:
    """The same fleet, the price on a path of the model's own line, a cut-over some months after the start."""

    @line("1", source="test")
    def price_scale(hosted_price_factor, live):
        """The price; nothing is earned or paid before the cut-over."""
        return hosted_price_factor * live

    base, elapsed = fleet(), along(MONTH, np.arange(months, dtype=float))
    lines = module(saving, one_time_cost, exit_cost, replicas, price_scale, hosted_price_factor)
    values = {name: value for name, value in base.values.items() if name != "price_scale"} | {
        "hosted_price_change_per_month": 0.0,
        "months_elapsed": elapsed,
        "live": (elapsed >= cut_over) * 1.0,
        "rent": 12_000.0 * (elapsed >= cut_over),
    }
    return replace(base, model=Model(lines, inputs=[*values]), values=values)


def test_rates_are_learned_and_the_price_glides_from_there() -> None:
    tree = rate_tree(gliding(), 1, [3, 6], (0.0, -0.5), (0.5, 0.5))
    assert tree.saving == pytest.approx(3 * 13_000)
    falls = tree.next[1][1]
    assert falls.saving == pytest.approx(sum(25_000 * 0.5**t - 12_000 for t in (1, 2, 3)))
    back_to_flat = falls.next[0][1]
    assert back_to_flat.saving == pytest.approx(6 * (25_000 * 0.5**3 - 12_000))
    assert rate_tree(gliding(), 1, [3], (0.0,), (1.0,)).next[0][1].saving == pytest.approx(9 * 13_000)


def test_what_cannot_be_given_back_has_no_way_back() -> None:
    free, bound = (waiting(rate_tree(gliding(), 1, [3], (0.0, -0.9), (0.5, 0.5), releasable=r)) for r in (True, False))
    assert free.value_of_route_back > 0
    assert bound.value_of_route_back == 0
    assert bound.actions["start now, locked"] == bound.actions["start now, releasable"]


def test_who_waits_cuts_over_later_too() -> None:
    """A year, cut-over in month 3, a flat price: waiting six months leaves four months that earn, not six."""
    found = waiting(rate_tree(gliding(cut_over=2), 1, [6], (0.0,), (1.0,)))
    assert found.actions["start now, locked"] == pytest.approx(10 * 13_000 - 60_000)
    assert found.actions["wait"] == pytest.approx(max(4 * 13_000 - 60_000, 0))
    cheap = gliding(cut_over=2)
    cheap = replace(cheap, values={**cheap.values, "start_cost": 1_000.0})
    assert waiting(rate_tree(cheap, 1, [6], (0.0,), (1.0,))).actions["wait"] == pytest.approx(4 * 13_000 - 1_000)


@pytest.mark.parametrize(("months", "chances"), [([0], (0.5, 0.5)), ([12], (0.5, 0.5)), ([3], (0.5, 0.6))])
def test_a_tree_of_rates_that_cannot_be_is_refused(months: list[int], chances: tuple[float, ...]) -> None:
    with pytest.raises(Problem):
        rate_tree(gliding(), 1, months, (0.0, -0.1), chances)
