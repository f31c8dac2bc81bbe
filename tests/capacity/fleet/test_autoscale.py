"""Following the load against a fleet that stands, and the hour that a fleet is sized for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.capacity.fleet.autoscale import load_seconds, scaling, windows_of
from breakeven.capacity.fleet.peak import MOST_REQUESTS, Part, busiest_hour, hour_of_minutes, made_up_hour, thinned
from breakeven.capacity.replay.trace import trace_of
from breakeven.demand.shape.minute_statistics import Minutes
from breakeven.problems import Problem

DAY = np.array([1.0] * 12 + [4.0] * 12)  # half a day at a quarter of the peak, by the hour


def test_a_day_of_two_levels_by_hand() -> None:
    found = scaling(DAY, 3600, fixed_replicas=4, delay_seconds=0)
    assert (found.fixed_replica_hours, found.scaled_replica_hours, found.bound_replica_hours) == (96, 60, 60)
    assert found.saved_share == pytest.approx(1 - 60 / 96)


def test_replicas_kept_and_slow_starts_cost_hours() -> None:
    kept = scaling(DAY, 3600, fixed_replicas=4, delay_seconds=0, least_replicas=2)
    assert kept.scaled_replica_hours == 12 * 2 + 12 * 4
    ramp = np.concatenate([np.linspace(1, 8, 12), np.linspace(8, 1, 12)])
    hours = [scaling(ramp, 3600, fixed_replicas=8, delay_seconds=each).scaled_replica_hours for each in (0, 1800, 7200)]
    assert hours == sorted(hours)
    assert hours[0] < hours[-1]


@given(
    st.lists(st.floats(0.01, 100), min_size=2, max_size=60), st.integers(1, 40), st.floats(0, 3600), st.integers(1, 5)
)
def test_between_the_load_and_the_fixed_fleet(loads: list[float], fixed: int, delay: float, least: int) -> None:
    found = scaling(np.array(loads), 300, fixed_replicas=fixed, delay_seconds=delay, least_replicas=least)
    assert found.bound_replica_hours <= found.scaled_replica_hours + 1e-6
    assert found.scaled_replica_hours <= found.fixed_replica_hours + 1e-9
    assert found.least_replicas <= found.most_replicas <= fixed


def test_too_little_to_follow_is_refused() -> None:
    with pytest.raises(Problem, match="too short"):
        scaling(np.array([3.0]), 300, fixed_replicas=2, delay_seconds=60)
    with pytest.raises(Problem, match="0 replicas kept"):
        scaling(DAY, 300, fixed_replicas=2, delay_seconds=60, least_replicas=0)


def test_larger_weights_load_longer() -> None:
    assert load_seconds(140e9) - load_seconds(8e9) == pytest.approx(132)


def test_the_busiest_hour_of_a_trace_starts_at_zero_and_holds_most_tokens() -> None:
    rows = [
        (float(hour * 3600 + each), 100 * (5 if hour == 7 else 1), 10, ()) for hour in range(24) for each in range(60)
    ]
    trace = trace_of(rows)
    hour = busiest_hour(trace)
    assert set(hour.prompt) == {500}
    assert (len(hour), hour.arrival[0]) == (60, 0)
    assert busiest_hour(hour) is hour
    assert windows_of(trace, 3600.0)[7] == pytest.approx(60 * 510 / 3600)


def test_minutes_become_an_hour_of_requests() -> None:
    counts = np.concatenate([np.full(60, 10.0), np.full(60, 30.0), np.full(60, 5.0)])
    columns = {"requests": counts, "input_tokens": counts * 500, "output_tokens": counts * 100}
    hour = hour_of_minutes(Minutes(first=0, columns=columns, bucket_minutes=1))
    assert len(hour) == 1800
    assert np.mean(hour.prompt) == pytest.approx(500, rel=0.03)
    assert np.mean(hour.output) == pytest.approx(100, rel=0.03)
    with pytest.raises(Problem, match="sums 60 minutes a row"):
        hour_of_minutes(Minutes(first=0, columns=columns, bucket_minutes=60))


def part(requests_per_second: float, mean_input: float, mean_output: float) -> Part:
    return Part(requests_per_second=requests_per_second, mean_input_tokens=mean_input, mean_output_tokens=mean_output)


def test_made_up_hours_keep_rate_and_mix_also_when_thinned() -> None:
    hour = made_up_hour([part(30.0, 1000.0, 100.0), part(10.0, 200.0, 400.0)])
    assert len(hour) == MOST_REQUESTS
    assert len(hour) / hour.seconds == pytest.approx(40, rel=0.05)
    assert np.mean(hour.prompt) == pytest.approx(800, rel=0.02)
    many = trace_of([(each / 100, 10, 10, ()) for each in range(50_000)])
    few = thinned(many)
    assert len(few) <= MOST_REQUESTS
    assert len(few) / few.seconds == pytest.approx(100, rel=0.01)
