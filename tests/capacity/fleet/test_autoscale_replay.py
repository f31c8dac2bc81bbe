"""A fleet that follows the load, replayed: what it costs, that it keeps the promise, and that replicas drain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from breakeven.capacity.fleet.autoscale import scaling, windows_of
from breakeven.capacity.fleet.autoscale_replay import HEADROOMS, followed, replica_hours, schedule
from breakeven.capacity.promise.goodput import OneReplica
from breakeven.capacity.promise.promise import Promise
from breakeven.capacity.replay.ledger import Limits
from breakeven.capacity.replay.replay import Replicas, replay
from breakeven.capacity.replay.step_costs import PICOSECONDS, StepCosts
from breakeven.capacity.replay.trace import Trace, trace_of
from breakeven.problems import Problem

COSTS = StepCosts(overhead=0.003, weights=0.01, per_token=5e-5, per_sequence=2e-5, per_context_token=1e-7)
ONE = OneReplica(limits=Limits(kv_blocks=4000, most_sequences=64, token_budget=2048), costs=COSTS)
PROMISE = Promise(ttft_seconds=1.0, tpot_seconds=0.05)


def two_levels(quiet: float, busy: float, hours: int = 2) -> Trace:
    """Some hours at one rate, then as many at another; requests alike."""
    chance = np.random.default_rng(3)
    parts = [
        number * hours * 3600 + np.sort(chance.uniform(0, hours * 3600, int(rate * hours * 3600)))
        for number, rate in enumerate((quiet, busy))
    ]
    return trace_of([(float(at), 500, 100, ()) for at in np.concatenate(parts)])


def test_it_keeps_the_promise_with_fewer_hours_and_never_more_than_the_fixed_fleet() -> None:
    trace = two_levels(0.5, 8.0)
    formula = scaling(windows_of(trace, 300), 300, fixed_replicas=3, delay_seconds=120)
    found = followed(trace, ONE, PROMISE, formula, "round_robin")
    assert found is not None
    assert found.kept
    assert found.seen.ttft_seconds <= 1.0
    assert found.replica_hours < found.fixed_replica_hours == pytest.approx(12, rel=0.01)
    assert found.saved_share == pytest.approx(1 - found.replica_hours / found.fixed_replica_hours)
    assert found.orders >= 1


def test_a_rise_faster_than_the_load_time_breaks_the_promise_and_that_is_told() -> None:
    trace = two_levels(0.5, 10.0, hours=1)
    formula = scaling(windows_of(trace, 300), 300, fixed_replicas=3, delay_seconds=1500)
    found = followed(trace, ONE, replace(PROMISE, tpot_seconds=0.016), formula, "round_robin")
    assert found is not None
    assert not found.kept
    assert found.headroom == max(HEADROOMS)
    assert found.seen.tpot_seconds > found.fixed_seen.tpot_seconds


def test_a_long_load_time_delays_what_is_ordered() -> None:
    loads = np.array([1.0, 1.0, 3.0, 3.0, 3.0, 1.0, 1.0])
    formula = scaling(loads, 300, fixed_replicas=3, delay_seconds=60)
    assert schedule(loads, formula, 1.0) == ((0.0, 3), (300.0, 1), (960.0, 3), (1800.0, 1))
    slow = scaling(loads, 300, fixed_replicas=3, delay_seconds=400)
    assert schedule(loads, slow, 1.0) == ((0.0, 3), (300.0, 1), (1300.0, 3), (1800.0, 1))
    assert schedule(loads, formula, 3.0) == ((0.0, 3),)


def test_a_replica_that_goes_finishes_and_is_paid_until_then() -> None:
    trace = trace_of([(0.0, 100, 400, ()), (1.0, 100, 400, ()), (2.0, 100, 50, ()), (3.0, 100, 50, ())])
    plan = ((0.0, 2), (1.5, 1))
    fleet = Replicas(replicas=2, limits=ONE.limits, costs=COSTS, serving_from=plan)
    done = replay(trace, fleet)
    assert [each.inbox for each in done.tallies] == [[0, 2, 3], [1]]
    ends = [done.book.last[each] / PICOSECONDS for each in (0, 1)]
    assert ends[1] > 1.5
    hours = replica_hours(done, plan, 0.0)
    assert hours * 3600 == pytest.approx(max(each / PICOSECONDS for each in done.book.last) + ends[1])
    assert (done.book.first, done.book.last) == (
        (single := replay(trace, fleet, jump=False)).book.first,
        single.book.last,
    )


def test_replicas_ordered_are_paid_while_they_load() -> None:
    trace = trace_of([(float(at), 100, 20, ()) for at in range(1000)])
    fleet = Replicas(replicas=2, limits=ONE.limits, costs=COSTS)
    plan = ((0.0, 1), (500.0, 2))
    done = replay(trace, Replicas(**{**{n: getattr(fleet, n) for n in fleet.__slots__}, "serving_from": plan}))
    assert not any(each < 500 for each in done.tallies[1].inbox)
    cold, warm = (replica_hours(done, plan, delay) for delay in (100.0, 0.0))
    assert (cold - warm) * 3600 == pytest.approx(100)


def test_a_schedule_for_replicas_that_are_not_there_is_refused() -> None:
    with pytest.raises(Problem, match="than there are"):
        replay(
            trace_of([(0.0, 10, 10, ())]),
            Replicas(replicas=2, limits=ONE.limits, costs=COSTS, serving_from=((0.0, 3),)),
        )
