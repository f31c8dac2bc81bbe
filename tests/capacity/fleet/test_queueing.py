"""Waiting for a slot: the printed examples, and what more load or servers do."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.capacity.fleet.queueing import BadQueue, highest_utilization, mean_wait_seconds


def wait(utilization: float, servers: float) -> float:
    return mean_wait_seconds(
        utilization=utilization,
        servers=servers,
        service_seconds=3.39,
        arrival_variability=4,
        service_variability=1,
    )


def usable(wait_limit_seconds: float, servers: float) -> float:
    return highest_utilization(
        wait_limit_seconds=wait_limit_seconds,
        servers=servers,
        service_seconds=3.39,
        arrival_variability=4,
        service_variability=1,
    )


@pytest.mark.parametrize(
    ("utilization", "servers", "seconds"),
    [(0.8, 80, 0.0387), (0.9, 80, 0.308), (0.95, 80, 1.16), (0.9, 160, 0.089), (0.8, 8, 2.57)],
)
def test_printed_examples(utilization: float, servers: float, seconds: float) -> None:
    assert float(f"{wait(utilization, servers):.3g}") == pytest.approx(seconds, rel=0.002)


def test_one_server_with_poisson_arrivals_is_exact() -> None:
    """M/M/1: ρ / (1 − ρ) · E[S]."""
    found = mean_wait_seconds(
        utilization=0.5, servers=1, service_seconds=2, arrival_variability=1, service_variability=1
    )
    assert found == pytest.approx(2.0)


def test_a_full_queue_never_ends_and_an_empty_one_never_waits() -> None:
    assert wait(1.0, 80) == wait(1.5, 80) == inf
    assert wait(0.0, 80) == 0


def test_bad_input() -> None:
    with pytest.raises(BadQueue, match=r"utilization is -0\.1"):
        wait(-0.1, 80)
    with pytest.raises(BadQueue, match="servers is 0"):
        wait(0.5, 0)
    with pytest.raises(BadQueue, match="wait_limit_seconds is 0"):
        usable(0, 80)
    with pytest.raises(BadQueue, match="must not be negative"):
        mean_wait_seconds(utilization=0.5, servers=1, service_seconds=-1, arrival_variability=1, service_variability=1)


@given(low=st.floats(0, 0.999), high=st.floats(0, 0.999), servers=st.integers(1, 5000))
def test_more_load_never_waits_less(low: float, high: float, servers: int) -> None:
    low, high = sorted((low, high))
    assert wait(low, servers) <= wait(high, servers) * (1 + 1e-12)


@given(limit=st.floats(0.001, 60), servers=st.integers(1, 5000))
def test_bigger_fleets_run_hotter_within_the_same_limit(limit: float, servers: int) -> None:
    assert usable(limit, servers * 2) >= usable(limit, servers) - 1e-12
    assert wait(usable(limit, servers), servers) <= limit * (1 + 1e-9)
