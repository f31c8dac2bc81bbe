"""What another way of saying the same changes nothing of, and what more of something can only move one way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.numbers.operations import OPTION, WORKLOAD, along
from costs.test_cost_properties import MODEL, values

TOTALS = ["monthly_cost", "net_present_value", "replicas", "load", "spill", "one_time_cost"]
VOLUMES = ("input_mtok_per_month", "output_mtok_per_month")
SAID_AGAIN = settings(max_examples=20)


def taken(given_values: dict[str, Any], axis: int, places: list[int]) -> dict[str, Any]:
    """The same numbers with what varies along the axis in another order, some of it more than once."""
    several = {
        name: np.take(value, places, axis=axis)
        for name, value in given_values.items()
        if isinstance(value, np.ndarray) and value.ndim == 5 and value.shape[axis] > 1
    }
    return given_values | several


def agree(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(np.allclose(one[name], other[name], rtol=1e-9, atol=1e-6) for name in TOTALS)


@SAID_AGAIN
@given(st.floats(0.05, 0.95), st.floats(0.1, 20))
def test_a_workload_in_two_parts_costs_what_it_costs_as_one(part: float, scale: float) -> None:
    """All but what is paid for each workload that moves."""
    as_one = values(volume_scale=scale, migration_cost_per_workload=0.0)
    in_two = taken(as_one, WORKLOAD, [0, 0, 1])
    parts = along(WORKLOAD, [part, 1 - part, 1.0])
    in_two |= {name: in_two[name] * parts for name in VOLUMES}
    assert agree(MODEL.evaluate(as_one, TOTALS), MODEL.evaluate(in_two, TOTALS))


@SAID_AGAIN
@given(st.floats(0.1, 20))
def test_the_order_of_workloads_says_nothing(scale: float) -> None:
    said = values(volume_scale=scale, migration_cost_per_workload=along(WORKLOAD, [1_000.0, 9_000.0]))
    assert agree(MODEL.evaluate(said, TOTALS), MODEL.evaluate(taken(said, WORKLOAD, [1, 0]), TOTALS))


@SAID_AGAIN
@given(st.floats(1.01, 10), st.floats(0.1, 20))
def test_a_dearer_option_beside_the_others_changes_none_of_them_and_is_no_cheaper(times: float, scale: float) -> None:
    two = values(volume_scale=scale)
    three = taken(two, OPTION, [0, 1, 1]) | {"gpu_price_per_hour": along(OPTION, [0.0, 2.69, 2.69 * times])}
    before, after = MODEL.evaluate(two, TOTALS), MODEL.evaluate(three, TOTALS)
    for name in TOTALS:
        kept = np.broadcast_to(after[name], np.broadcast_shapes(np.shape(after[name]), (1, 1, 3, 1, 1)))[:, :, :2]
        assert np.allclose(kept, before[name], rtol=1e-9, atol=1e-6), name
    cost = after["monthly_cost"]
    assert np.all(cost[:, :, 2] >= cost[:, :, 1])


@SAID_AGAIN
@given(st.floats(0.05, 10), st.floats(1.01, 5), st.integers(1, 9))
def test_more_volume_never_costs_less_whatever_serves_it(scale: float, more: float, fleet: int) -> None:
    """Bought, and on a fleet that stays as it is: what it cannot serve is bought."""
    fleets = along(OPTION, [0, fleet])
    less, much = (
        MODEL.evaluate(values(volume_scale=each, replicas=fleets), ["monthly_cost", "spill", "own_load"])
        for each in (scale, scale * more)
    )
    for name in ("monthly_cost", "spill", "own_load"):
        assert np.all(much[name] >= less[name] - 1e-6), name


@pytest.mark.parametrize("name", ["discount_rate_per_year", "growth_per_month"])
def test_the_properties_can_fail(name: str) -> None:
    """Another rate is another answer: the comparison sees it."""
    changed = values(**{name: 0.031})
    assert not agree(MODEL.evaluate(values(), TOTALS), MODEL.evaluate(changed, TOTALS))
