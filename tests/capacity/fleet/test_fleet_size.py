"""The smallest fleet by replay: minimal, monotone, honest about what nothing meets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.capacity.fleet import fleet_size
from breakeven.capacity.fleet.bracket import busy_rate, first_guess
from breakeven.capacity.fleet.fleet_size import Redundancy, fewest, smallest, smallest_fleet, surely_broken, tried
from breakeven.capacity.promise.goodput import OneReplica, goodput, kept_share, largest, lone, saturated_rate, shown
from breakeven.capacity.promise.promise import BadPromise, Promise, Seen, seen
from breakeven.capacity.promise.unloaded import NoFleet, require_attainable, rounded_up, too_large, without_too_large
from breakeven.capacity.replay.ledger import Limits
from breakeven.capacity.replay.step_costs import StepCosts
from breakeven.capacity.replay.summary import Latencies
from breakeven.capacity.replay.synthetic import paced, synthetic
from breakeven.capacity.replay.trace import Trace, trace_of
from breakeven.problems import Problem

COSTS = StepCosts(overhead=0.003, weights=0.01, per_token=4e-5, per_sequence=2e-5, per_context_token=8e-8)
ONE = OneReplica(limits=Limits(kv_blocks=20_000, most_sequences=256, token_budget=8192), costs=COSTS)
PROMISE = Promise(ttft_seconds=0.5, tpot_seconds=0.05)


def requests(rate: float, count: int = 1500, mean_input: float = 800, mean_output: float = 150) -> Trace:
    return synthetic(mean_input, mean_output, count, requests_per_second=rate)


# ------------------------------------------------------------------------------------------ the search


@given(st.integers(1, 200), st.integers(1, 300))
def test_the_search_finds_the_edge_from_any_guess(edge: int, guess: int) -> None:
    assert smallest(lambda count: count >= edge, guess, 4096) == edge


@given(st.sets(st.integers(1, 60), min_size=1), st.integers(1, 60))
def test_where_more_may_break_it_again_one_fewer_still_does_not_keep_it(good: set[int], guess: int) -> None:
    kept = good | {64}
    found = smallest(lambda count: count in kept, guess, 64)
    assert found in kept
    assert found - 1 not in kept


def test_nothing_found_where_nothing_keeps_it_or_more_gain_nothing() -> None:
    assert smallest(lambda _: False, 3, 100) is None
    asked: list[int] = []
    assert smallest(lambda n: asked.append(n) or False, 4, 4096, gains=lambda few, many: many < 9) is None  # type: ignore[func-returns-value]
    assert max(asked) < 20


# ------------------------------------------------------------------------------------------- the fleet


def test_the_fleet_keeps_the_promise_and_one_fewer_does_not() -> None:
    fleet = smallest_fleet(requests(60), ONE, PROMISE)
    assert fleet.replicas > 1
    assert fleet.kept.broken == ()
    assert fleet.one_fewer is not None
    assert fleet.one_fewer == tried(requests(60), ONE, PROMISE, fleet.replicas - 1, "round_robin")
    assert fleet.one_fewer.broken
    assert fleet.because.startswith(f"{fleet.replicas - 1} replica")
    assert f"p95 {fleet.one_fewer.seen.ttft_seconds:.3g} s" in fleet.because or "TPOT" in fleet.because


def test_one_replica_is_the_minimum() -> None:
    fleet = smallest_fleet(requests(0.5, 300), ONE, PROMISE)
    assert (fleet.replicas, fleet.binding, fleet.one_fewer) == (1, "minimum", None)


def test_it_names_memory_and_places_when_they_are_what_is_short() -> None:
    tight = replace(ONE, limits=replace(ONE.limits, kv_blocks=900))
    assert smallest_fleet(requests(12), tight, PROMISE).binding == "KV memory"
    few = replace(ONE, limits=replace(ONE.limits, most_sequences=4))
    fleet = smallest_fleet(requests(12), few, PROMISE)
    assert fleet.binding == "batch limit"
    assert "all 4 places" in fleet.because


def test_spares_come_on_top_as_many_as_asked_or_as_availability_needs() -> None:
    trace = requests(60)
    plain = smallest_fleet(trace, ONE, PROMISE)
    two = smallest_fleet(trace, ONE, PROMISE, redundancy=Redundancy(spares=2))
    assert (two.replicas, two.spares) == (plain.replicas, 2)
    assert "2 replicas more for redundancy" in two.because
    slow = Redundancy(availability=0.999, gpus_per_replica=8, mttr_hours=24)
    assert smallest_fleet(trace, ONE, PROMISE, redundancy=slow).spares >= 1  # W10: owned, next day, needs N+1
    fast = Redundancy(availability=0.999, gpus_per_replica=8, mttr_hours=0.5)
    assert smallest_fleet(trace, ONE, PROMISE, redundancy=fast).spares == 0  # W10: rented, half an hour, does not


@settings(max_examples=12, deadline=None)
@given(st.floats(5, 80), st.floats(0.15, 3), st.floats(0.02, 0.2), st.floats(1, 3))
def test_a_tighter_promise_never_needs_fewer_replicas(rate: float, ttft: float, tpot: float, looser: float) -> None:
    """Exact where the replicas tried overlap; a looser promise accepts every fleet that a tighter one accepts."""
    trace = requests(rate, 600)
    tight = Promise(ttft_seconds=ttft, tpot_seconds=tpot)
    loose = Promise(ttft_seconds=ttft * looser, tpot_seconds=tpot * looser)
    try:
        needed = smallest_fleet(trace, ONE, tight).replicas
    except NoFleet:
        return
    assert tried(trace, ONE, loose, needed, "round_robin").broken == ()
    assert smallest_fleet(trace, ONE, loose, guess=needed).replicas <= needed


@settings(max_examples=12, deadline=None)
@given(st.floats(5, 60), st.integers(1, 6), st.sampled_from(["round_robin", "least_loaded"]))
def test_twice_the_replicas_never_wait_longer_beyond_a_step(rate: float, count: int, routing: str) -> None:
    """Not one more: dealing in turn to 3 instead of 2 puts other requests together. Twice as many is never worse."""
    trace = requests(rate, 600)
    few = tried(trace, ONE, PROMISE, count, routing).seen  # type: ignore[arg-type]
    many = tried(trace, ONE, PROMISE, 2 * count, routing).seen  # type: ignore[arg-type]
    step = COSTS.overhead + COSTS.per_token * ONE.limits.token_budget
    assert many.ttft_seconds <= few.ttft_seconds + step
    assert many.tpot_seconds <= few.tpot_seconds * 1.05 + 1e-3


# ------------------------------------------------------------------------------------------ bad promises


def test_a_promise_below_the_prefill_alone_names_the_least_relaxation() -> None:
    long = requests(1, 200, mean_input=8000)
    alone = lone(ONE, long, 95)
    with pytest.raises(NoFleet) as caught:
        smallest_fleet(long, ONE, Promise(ttft_seconds=0.2))
    least = rounded_up(alone.ttft_seconds)
    assert f"no fleet meets TTFT p95 0.2 s: the prefill alone takes {alone.ttft_seconds:.2g} s" in caught.value.what
    assert f"least relaxation: TTFT p95 {least:g} s" in caught.value.what
    require_attainable(alone, Promise(ttft_seconds=least))  # and that much is really possible


def test_a_promise_below_a_step_of_one_sequence_is_refused_too() -> None:
    with pytest.raises(NoFleet, match=r"TPOT p95 0\.01 s: a step with one sequence alone takes 0\.013 s"):
        smallest_fleet(requests(1, 100), ONE, Promise(tpot_seconds=0.01))


def test_requests_larger_than_the_cache_are_counted_and_named_or_left_out() -> None:
    trace = trace_of([(0, 100, 10, ()), (1, 320_000, 10, ()), (2, 400_000, 5, ()), (3, 50, 5, ())])
    found = too_large(trace, ONE.limits)
    assert found is not None
    assert (found.requests, found.first, found.longest_tokens) == (2, 2, 400_005)
    with pytest.raises(Problem, match=r"2 of 4 requests hold more .*320,000.*request 2, the longest holds 400,005"):
        without_too_large(trace, ONE, leave_out=False)
    kept = without_too_large(trace, ONE, leave_out=True)
    assert kept.prompt == (100, 50)
    assert without_too_large(kept, ONE, leave_out=False) is kept


def test_a_router_that_leaves_replicas_idle_is_no_reason_to_try_thousands(monkeypatch: pytest.MonkeyPatch) -> None:
    same = Seen(ttft_seconds=9.0, tpot_seconds=0.01)
    real, counts = fleet_size.tried, []

    def stuck(trace: Trace, one: OneReplica, promise: Promise, replicas: int, routing: str) -> fleet_size.Tried:
        counts.append(replicas)
        found = real(trace, one, promise, replicas, routing)  # type: ignore[arg-type]
        return replace(found, seen=same, broken=("TTFT",))

    monkeypatch.setattr(fleet_size, "tried", stuck)
    with pytest.raises(NoFleet, match="and more do not either"):
        smallest_fleet(requests(5, 200), ONE, PROMISE)
    assert max(counts) < 10


@pytest.mark.parametrize("bad", [{}, {"ttft_seconds": 0.0}, {"tpot_seconds": -1.0}, {"ttft_seconds": float("nan")}])
def test_a_promise_promises_something(bad: dict[str, float]) -> None:
    with pytest.raises(BadPromise):
        Promise(**bad)
    with pytest.raises(BadPromise):
        Promise(ttft_seconds=1, percentile=100)


@pytest.mark.parametrize("rate", [4.0, 40.0, 160.0])
@pytest.mark.parametrize("promise", [PROMISE, Promise(ttft_seconds=0.2), Promise(tpot_seconds=0.03, percentile=90)])
@pytest.mark.parametrize("guess", [1, 12])
def test_the_number_alone_is_that_of_the_fleet(rate: float, promise: Promise, guess: int) -> None:
    trace = requests(rate, 900)
    whole = smallest_fleet(trace, ONE, promise, guess=guess)
    assert fewest(trace, ONE, promise, guess=guess) == whole.replicas


@given(
    st.lists(st.floats(0, 2), min_size=1, max_size=60),
    st.integers(1, 60),
    st.floats(1, 99),
    st.sampled_from(["ttft_seconds", "tpot_seconds"]),
)
def test_what_is_surely_broken_by_some_is_broken_by_all(
    waits: list[float], first: int, percentile: float, promised: str
) -> None:
    def waited(some: list[float]) -> Latencies:
        return Latencies(ttft=np.array(some), tpot=np.array(some), end_to_end=np.array(some))

    promise = Promise(**{promised: 1.0}, percentile=percentile)  # type: ignore[arg-type]
    broken = bool(seen(waited(waits), percentile).broken(promise))
    assert surely_broken([waited(waits)], promise, len(waits), len(waits)) <= broken
    assert surely_broken([waited(waits[:first])], promise, len(waits), len(waits)) <= broken


# --------------------------------------------------------------------------------------------- goodput


def test_a_slower_replica_at_the_same_share_of_its_rate_does_the_same_by_a_slower_clock() -> None:
    trace = requests(1, 1500)
    most = saturated_rate(ONE, trace)
    at = shown(ONE, trace, 95, saturated=most)
    for pace in (0.7, 1.0, 1.9):
        one = ONE.slowed(pace)
        alone = goodput(one, trace, PROMISE, saturated=saturated_rate(one, trace))
        assert kept_share(at, PROMISE, pace) * most / pace == pytest.approx(alone, rel=1e-6)


def test_goodput_keeps_the_promise_and_a_little_more_does_not() -> None:
    trace = requests(1, 2400)
    most = saturated_rate(ONE, trace)
    found = goodput(ONE, trace, PROMISE, saturated=most)
    assert 0 < found < most
    third = len(trace) // 3

    def kept(rate: float) -> bool:
        seen = fleet_size.seen(
            fleet_size.latencies(
                fleet_size.replay(
                    paced(trace, rate), fleet_size.Replicas(replicas=1, limits=ONE.limits, costs=ONE.costs)
                )
            ),
            95,
            first=third,
        )
        return not seen.broken(PROMISE)

    assert kept(found)
    assert not kept(found * 1.1)


def test_goodput_falls_as_the_promise_tightens_and_the_replica_slows() -> None:
    trace = requests(1, 1500)
    most = saturated_rate(ONE, trace)
    rates = [goodput(ONE, trace, Promise(ttft_seconds=each), saturated=most) for each in (0.15, 0.3, 1.0, 30.0)]
    assert rates == sorted(rates)
    assert rates[-1] == most
    slow = ONE.slowed(2.0)
    assert saturated_rate(slow, trace) == pytest.approx(most / 2, rel=1e-6)
    assert goodput(slow, trace, PROMISE, saturated=most / 2) < goodput(ONE, trace, PROMISE, saturated=most)


@given(st.floats(0.03, 1.2))
def test_the_largest_share_is_found_by_halving(edge: float) -> None:
    found = largest(lambda share: share <= edge, 0.02, 1.0, 20)
    assert found == pytest.approx(min(edge, 1.0), abs=1e-5)


def test_no_load_at_all_keeps_it() -> None:
    assert largest(lambda _: False, 0.02, 1.0, 6) == 0.0


# --------------------------------------------------------------------------------------------- bracket


def test_made_up_requests_have_their_means_and_rate_and_repeat() -> None:
    trace = synthetic(1155, 211, 20_000, requests_per_second=5)
    assert np.mean(trace.prompt) == pytest.approx(1155, rel=0.002)
    assert np.mean(trace.output) == pytest.approx(211, rel=0.002)
    assert len(trace) / trace.seconds == pytest.approx(5, rel=0.03)
    assert trace == synthetic(1155, 211, 20_000, requests_per_second=5)


def test_the_busy_minute_is_busier_than_the_mean() -> None:
    even = trace_of([(float(second), 10, 10, ()) for second in range(600)])
    assert busy_rate(even, 95) == pytest.approx(1.0)
    burst = trace_of(
        [(each / 100, 10, 10, ()) for each in range(3000)] + [(60.0 + each, 10, 10, ()) for each in range(60)]
    )
    assert busy_rate(burst, 50) == pytest.approx(50.0)


@pytest.mark.parametrize("rate", [10, 40, 120])
def test_the_guess_is_near_what_the_replay_decides(rate: float) -> None:
    trace = requests(rate, 3000)
    guess = first_guess(ONE, trace, PROMISE, lone(ONE, trace, 95), most=4096)
    assert abs(guess - smallest_fleet(trace, ONE, PROMISE).replicas) <= 2
