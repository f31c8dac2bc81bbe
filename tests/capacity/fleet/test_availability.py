"""Availability of k out of n nodes: the worked example to its printed digits, and what never changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.capacity.fleet.availability import (
    BadAvailability,
    Unreachable,
    k_of_n_availability,
    least_nodes,
    node_availability,
    node_mtbf_hours,
)
from breakeven.numbers.month import MINUTES_PER_MONTH

MTBF = 6_334.63  # hours, of a node of 8 GPUs
OWNED = node_availability(MTBF, 24)
SHARES = st.floats(0, 1)


def test_a_node_of_eight_gpus() -> None:
    assert node_mtbf_hours(50_677, 8) == pytest.approx(6_334.6, abs=0.05)


def test_w10_a_node_replaced_in_a_day() -> None:
    assert f"{OWNED:.6f}" == "0.996226"


@pytest.mark.parametrize(
    ("nodes", "printed", "minutes"),
    [(3, "0.988719", "494.1"), (4, "0.999915", "3.73"), (5, "0.9999995", "0.02")],
)
def test_w10_three_needed(nodes: int, printed: str, minutes: str) -> None:
    up = k_of_n_availability(3, nodes, OWNED)
    assert f"{up:.{len(printed) - 2}f}" == printed
    assert f"{(1 - up) * MINUTES_PER_MONTH:.{len(minutes.split('.')[1])}f}" == minutes


def test_w10_rented_and_replaced_in_half_an_hour_or_four() -> None:
    half_hour = k_of_n_availability(3, 3, node_availability(MTBF, 0.5))
    assert f"{half_hour:.6f}" == "0.999763"
    assert f"{(1 - half_hour) * MINUTES_PER_MONTH:.1f}" == "10.4"
    assert f"{k_of_n_availability(3, 3, node_availability(MTBF, 4)):.5f}" == "0.99811"


@pytest.mark.parametrize(("mttr_hours", "nodes"), [(0.5, 3), (4, 4), (24, 4)])
def test_w10_least_nodes_for_three_nines(mttr_hours: float, nodes: int) -> None:
    assert least_nodes(3, node_availability(MTBF, mttr_hours), 0.999) == nodes


def test_edges() -> None:
    assert k_of_n_availability(0, 3, 0.5) == 1
    assert k_of_n_availability(4, 3, 0.5) == 0
    assert k_of_n_availability(1, 3, 0) == 0
    assert k_of_n_availability(3, 3, 1) == 1
    assert k_of_n_availability(1, 2, 0.5) == pytest.approx(0.75)
    assert k_of_n_availability(95_000, 100_000, 0.99) == pytest.approx(1)


def test_bad_input_says_what_to_write() -> None:
    with pytest.raises(BadAvailability, match=r"target is 99\.9; it is a share of time") as raised:
        least_nodes(3, 0.99, 99.9)
    assert raised.value.fix == "Write 99.9 % as 0.999."
    with pytest.raises(BadAvailability, match="mtbf_hours is 0; it must be greater than zero"):
        node_availability(0, 24)
    with pytest.raises(BadAvailability, match="mttr_hours is -1"):
        node_availability(100, -1)


def test_a_target_out_of_reach() -> None:
    with pytest.raises(Unreachable, match="more than 100 spares"):
        least_nodes(3, 0.01, 0.999)


@given(needed=st.integers(0, 50), nodes=st.integers(0, 60), up=SHARES)
def test_more_nodes_are_never_less_available(needed: int, nodes: int, up: float) -> None:
    assert k_of_n_availability(needed, nodes + 1, up) >= k_of_n_availability(needed, nodes, up) - 1e-12


@given(needed=st.integers(0, 50), spares=st.integers(0, 10), mtbf=st.floats(1, 1e6), longer=st.floats(1, 100))
def test_a_longer_time_between_failures_is_never_worse(needed: int, spares: int, mtbf: float, longer: float) -> None:
    def up(hours: float) -> float:
        return k_of_n_availability(needed, needed + spares, node_availability(hours, 24))

    assert up(mtbf * longer) >= up(mtbf) - 1e-12


@given(needed=st.integers(1, 40), up=st.floats(0.5, 1), target=st.floats(0, 0.99999))
def test_the_least_is_enough_and_one_fewer_is_not(needed: int, up: float, target: float) -> None:
    nodes = least_nodes(needed, up, target)
    assert k_of_n_availability(needed, nodes, up) >= target
    assert nodes == needed or k_of_n_availability(needed, nodes - 1, up) < target
