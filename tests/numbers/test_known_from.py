"""Elements of one input that are known from different places: each keeps its kind, source and range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from breakeven.numbers.distributions import lognormal_mean
from breakeven.numbers.inputs import (
    Input,
    KnownFrom,
    Source,
    all_known_from,
    along_scenarios,
    anchor,
    draw,
    expected,
    home,
    known_from,
    mean_value,
    mixed,
    own_ranges,
)
from breakeven.numbers.operations import OPTION, WORKLOAD, along, pick

BENCH, CASE = Source(title="our benchmark", date="2026-11-02"), Source(title="case.yaml:17")
SPEED = Input(
    likely=along(WORKLOAD, [3000, 1500]),
    unit="token/second",
    kind="modelled",
    source=Source(title="register"),
    distribution="lognormal",
)
NARROW = KnownFrom(kind="measured", source=BENCH, low=2900, high=3150)
WIDE = KnownFrom(kind="assumed", source=CASE, low=900, high=2500)
SHARES = (np.arange(100_000) + 0.5) / 100_000


def test_the_input_is_as_well_known_as_its_least_known_element() -> None:
    one = mixed(SPEED, WORKLOAD, [NARROW, WIDE])
    assert (one.kind, one.source) == ("assumed", CASE)
    assert [known_from(one, workload=i) for i in range(2)] == [NARROW, WIDE]


def test_elements_known_alike_are_told_once() -> None:
    one = mixed(SPEED, WORKLOAD, [replace(NARROW, low=None, high=None)] * 2)
    assert one.known_from is None
    assert (one.kind, one.source) == ("measured", BENCH)
    assert all_known_from(one) == (KnownFrom(kind="measured", source=BENCH),)


def test_ranges_that_are_alike_in_proportion_are_the_one_of_the_input() -> None:
    one = mixed(SPEED, WORKLOAD, [replace(NARROW, low=2700, high=3300), replace(WIDE, low=1350, high=1650)])
    assert own_ranges(one) is None
    assert (one.low, one.high) == (2700, 3300)
    assert known_from(one, workload=1) == KnownFrom(kind="assumed", source=CASE)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_range_of_the_input_is_the_widest_wherever_it_stands(order: tuple[int, int]) -> None:
    known, middles = [NARROW, WIDE], [3000, 1500]
    one = mixed(
        replace(SPEED, likely=along(WORKLOAD, [middles[i] for i in order])), WORKLOAD, [known[i] for i in order]
    )
    assert (one.low, one.high, anchor(one), home(one)) == (900, 2500, 1500, order.index(1))


@pytest.mark.parametrize(("workload", "known", "likely"), [(0, NARROW, 3000), (1, WIDE, 1500)])
def test_every_element_is_drawn_from_its_own_range_around_its_own_mean(
    workload: int, known: KnownFrom, likely: float
) -> None:
    inputs = {"speed": mixed(SPEED, WORKLOAD, [NARROW, WIDE])}
    drawn = along_scenarios(expected(inputs), inputs, draw(inputs, {"speed": SHARES}))["speed"]
    own = pick(drawn, workload=workload, scenario=range(SHARES.size))
    assert known.low is not None
    assert known.high is not None
    assert np.quantile(own, [0.05, 0.5, 0.95]) == pytest.approx([known.low, likely, known.high], rel=1e-3)
    mean = float(pick(mean_value("speed", inputs["speed"]), workload=workload))
    assert mean == pytest.approx(lognormal_mean(known.low, likely, known.high))
    assert own.mean() == pytest.approx(mean, rel=1e-4)


def test_elements_are_slow_and_fast_together() -> None:
    inputs = {"speed": mixed(SPEED, WORKLOAD, [NARROW, WIDE])}
    drawn = along_scenarios(expected(inputs), inputs, draw(inputs, {"speed": SHARES}))["speed"]
    assert np.all(np.diff(pick(drawn, workload=range(2), scenario=range(SHARES.size)), axis=1) > 0)


def test_options_may_be_known_from_different_places_too() -> None:
    one = mixed(replace(SPEED, likely=along(OPTION, [1, 2])), OPTION, [NARROW, WIDE])
    assert known_from(one, option=1, workload=0) == WIDE
