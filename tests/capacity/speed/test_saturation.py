"""A deployment at loads of one's own: one curve for requests in flight and for rates, by Little's law."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import inf

import numpy as np
import pytest

from breakeven.capacity.replay.replay import Replicas, replay
from breakeven.capacity.speed.own_measurements import OwnMeasurements, OwnRun
from breakeven.capacity.speed.saturation import AtLoad, Deployment, crossing
from breakeven.capacity.step_model.setup_rows import setup_of
from breakeven.problems import Problem

ASKED = {"model": "llama-3.1-8b", "gpu": "h100", "n_gpus": "1", "weights_dtype": "fp8", "isl": "1000", "osl": "250"}
RUN = OwnRun(
    file="c32.json", date="2026-11-18", tool="vllm", counted_by="server", concurrency=32.0, completed=2000,
    mean_input_tokens=1000.0, mean_output_tokens=250.0, output_tokens_per_second=2400.0, tpot_seconds=0.0128,
)  # fmt: skip


@cache
def deployment() -> Deployment:
    return Deployment(setup=setup_of(ASKED))


@cache
def at(*in_flight: float) -> tuple[AtLoad, ...]:
    return tuple(deployment().at_concurrency(in_flight))


def of_own(*runs: OwnRun) -> Deployment:
    own = OwnMeasurements(model="llama-3.1-8b", gpu="H100-SXM-80GB", gpus=1, precision="fp8", engine="vLLM", runs=runs)
    return Deployment(setup=setup_of(ASKED), own=own)


def test_more_in_flight_serve_more_and_wait_longer() -> None:
    found = at(1, 8, 64)
    for name in ("output_tokens_per_second", "tpot_seconds", "ttft_seconds", "late_ttft_seconds"):
        likely = [getattr(each, name).p50 for each in found]
        assert likely == sorted(likely)
        assert all(getattr(each, name).p10 < getattr(each, name).p50 < getattr(each, name).p90 for each in found)


@pytest.mark.parametrize("end", ["p10", "p50", "p90"])
def test_the_times_and_the_tokens_obey_littles_law(end: str) -> None:
    """In flight = requests a second x seconds of a request; a slow speed goes with long times."""
    other = {"p10": "p90", "p50": "p50", "p90": "p10"}[end]
    for load in at(8, 64):
        seconds = getattr(load.ttft_seconds, other) + (250 - 1) * getattr(load.tpot_seconds, other)
        assert getattr(load.requests_per_second, end) * seconds == pytest.approx(load.in_flight.p50, rel=0.1)


def test_a_closed_loop_is_the_same_requests_coming_when_their_places_become_free() -> None:
    """The replay with everybody waiting for 5 places, against one in which each request comes as another leaves."""
    one, count, places = deployment().replica, 300, 5
    trace = deployment()._trace(count)
    limits = replace(one.limits, most_sequences=places)
    waiting = replay(
        replace(trace, arrival=(0,) * count), Replicas(replicas=1, limits=limits, costs=one.costs), processes=1
    ).book
    came = (*(0,) * places, *sorted(waiting.last)[: count - places])
    coming = replay(replace(trace, arrival=came), Replicas(replicas=1, limits=one.limits, costs=one.costs), processes=1)
    assert list(coming.book.first) == list(waiting.first)
    assert list(coming.book.last) == list(waiting.last)


def test_a_rate_is_a_point_on_the_same_curve() -> None:
    (closed,) = at(64)
    (open_loop,) = deployment().at_rate([closed.requests_per_second.p50])
    assert open_loop.in_flight.p50 == pytest.approx(64, rel=0.01)
    assert open_loop.output_tokens_per_second.p50 == pytest.approx(closed.output_tokens_per_second.p50)
    assert open_loop.tpot_seconds.p50 == pytest.approx(closed.tpot_seconds.p50, rel=0.1)


def test_below_one_in_flight_a_request_is_served_as_if_alone() -> None:
    (rare,), (alone,) = deployment().at_rate([0.02]), at(1)
    assert 0 < rare.in_flight.p50 < 0.1
    assert rare.tpot_seconds.p50 == pytest.approx(alone.tpot_seconds.p50, rel=0.03)
    assert rare.ttft_seconds.p50 == pytest.approx(alone.ttft_seconds.p50, rel=0.2)


def test_what_is_more_than_it_serves_waits_without_end() -> None:
    (found,) = deployment().at_rate([1000])
    most = deployment().always_waiting().tokens_per_second.p50
    assert found.in_flight.p50 == found.ttft_seconds.p10 == found.late_ttft_seconds.p90 == inf
    assert found.output_tokens_per_second.p50 == pytest.approx(most, rel=0.05)
    assert found.tpot_seconds.p90 < inf


def test_benchmarks_move_the_load_they_measured_and_narrow_it() -> None:
    (before,), (after,) = at(32), of_own(RUN).at_concurrency([32])
    assert after.output_tokens_per_second.p50 == pytest.approx(RUN.output_tokens_per_second, rel=0.06)
    assert after.tpot_seconds.p50 == pytest.approx(0.0128, rel=0.06)
    width = [load.output_tokens_per_second.p90 / load.output_tokens_per_second.p10 for load in (before, after)]
    assert width[1] < width[0]
    assert after.ttft_seconds.p50 > before.ttft_seconds.p50  # it is slower than we thought


def test_without_a_measured_time_per_token_it_is_replayed_at_the_measured_pace() -> None:
    (found,) = of_own(replace(RUN, tpot_seconds=None)).at_concurrency([32])
    seconds = found.ttft_seconds.p50 + (250 - 1) * found.tpot_seconds.p50
    assert found.requests_per_second.p50 * seconds == pytest.approx(32, rel=0.1)


def test_a_crossing_lies_between_its_neighbours() -> None:
    speeds = np.linspace(100, 1300, 13)
    assert crossing(200, speeds) == pytest.approx(2)
    assert 1 < crossing(150, speeds) < 2
    assert crossing(50, speeds) == pytest.approx(0.5)


@pytest.mark.parametrize("in_flight", [0.5, 0, 5000])
def test_loads_that_cannot_be_asked_for(in_flight: float) -> None:
    with pytest.raises(Problem, match="cannot be asked for"):
        deployment().at_concurrency([in_flight])


def test_a_request_that_no_replica_holds_is_refused() -> None:
    long = Deployment(setup=setup_of({**ASKED, "isl": "4000000"}))
    with pytest.raises(Problem, match=r"a request of 4,000,250 tokens does not fit into the KV cache"):
        long.at_concurrency([1])
