"""Replicas replayed in processes beside each other, or in one go: the same as one arrival after the other."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.capacity.replay import replay as replaying
from breakeven.capacity.replay.ledger import Limits
from breakeven.capacity.replay.processes import PAYS_FROM, processes_for
from breakeven.capacity.replay.replay import Replayed, Replicas, replay
from breakeven.capacity.replay.step_costs import PICOSECONDS, StepCosts
from breakeven.capacity.replay.trace import Trace, trace_of

COSTS = StepCosts(overhead=0.003, weights=0.01, per_token=5e-5, per_sequence=2e-5, per_context_token=1e-7)
LIMITS = Limits(kv_blocks=300, most_sequences=64, token_budget=2048)


def made(count: int, seed: int, *, hashed: bool = False, rate: float = 10.0) -> Trace:
    chance = random.Random(seed)
    at, rows = 0.0, []
    for _ in range(count):
        hashes = tuple(chance.choice((10 * place, 10 * place + 1)) for place in range(3)) if hashed else ()
        rows.append((at, 1536 if hashed else chance.randint(1, 1200), chance.randint(2, 200), hashes))
        at += chance.expovariate(rate)
    return trace_of(rows)


def fleet(**named: Any) -> Replicas:
    return replace(Replicas(replicas=3, limits=LIMITS, costs=COSTS), **named)


def same(one: Replayed, other: Replayed) -> bool:
    return (one.book, one.tallies, one.spilled) == (other.book, other.tallies, other.spilled)


FLEETS: dict[str, dict[str, Any]] = {
    "in turn": {},
    "cold": {"ready_seconds": (0.0, 6.0, 3.0)},
    "all cold": {"ready_seconds": (5.0, 6.0, 3.0)},
    "following the load": {"serving_from": ((0.0, 2), (4.0, 1), (7.0, 3))},
    "alone": {"replicas": 1, "routing": "least_loaded"},
}


@pytest.mark.parametrize("kind", FLEETS)
@pytest.mark.parametrize("hashed", [False, True])
@pytest.mark.parametrize("processes", [2, 4])
def test_processes_beside_each_other_change_nothing(kind: str, hashed: bool, processes: int) -> None:
    asked, plan = made(150, 3, hashed=hashed), fleet(**FLEETS[kind])
    alone = replay(asked, plan, processes=1, note_queued=True)
    assert same(replay(asked, plan, processes=processes, note_queued=True), alone)
    assert not hashed or any(alone.book.cached)
    assert all(alone.book.last)


@given(kind=st.sampled_from(sorted(FLEETS)), seed=st.integers(0, 99), blocks=st.sampled_from([100, 300, 4000]))
@settings(max_examples=60)
def test_in_one_go_is_the_same_as_one_arrival_after_the_other(kind: str, seed: int, blocks: int) -> None:
    asked, plan = made(100, seed, rate=20.0), fleet(limits=replace(LIMITS, kv_blocks=blocks), **FLEETS[kind])
    in_one_go = replay(asked, plan)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(replaying, "_known_beforehand", lambda _: False)
        one_by_one = replay(asked, plan)
    assert (in_one_go.book.first, in_one_go.book.last) == (one_by_one.book.first, one_by_one.book.last)
    assert in_one_go.book.preempted == one_by_one.book.preempted
    assert [each.inbox for each in in_one_go.tallies] == [each.inbox for each in one_by_one.tallies]
    assert [each.busy for each in in_one_go.tallies] == [each.busy for each in one_by_one.tallies]


def no_process(*_: Any, **__: Any) -> None:
    raise PermissionError("no processes here")


def test_where_no_process_can_be_started_it_is_replayed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, alone = made(60, 5), replay(made(60, 5), fleet(), processes=1)
    monkeypatch.setattr(subprocess, "Popen", no_process)
    assert same(replay(asked, fleet(), processes=3), alone)


@pytest.mark.parametrize("program", ["import sys", "raise SystemExit(1)", "print('not an answer')"])
def test_a_process_that_dies_is_replayed_here(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    asked, alone = made(60, 5), replay(made(60, 5), fleet(), processes=1)
    monkeypatch.setattr("breakeven.capacity.replay.processes.WORK", program)
    assert same(replay(asked, fleet(), processes=3), alone)


def test_a_python_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert same(replay(made(60, 5), fleet(), processes=2), replay(made(60, 5), fleet(), processes=1))


@pytest.mark.parametrize(
    ("requests", "replicas", "load", "processes"),
    [
        (PAYS_FROM - 1, 8, 0, 1),
        (PAYS_FROM, 1, 0, 1),
        (PAYS_FROM, 8, 0, 4),
        (PAYS_FROM, 3, 0, 3),
        (PAYS_FROM, 8, 4, 4),
        (PAYS_FROM, 8, 5, 3),
        (PAYS_FROM, 8, 20, 1),
    ],
)
def test_processes_where_they_pay(
    monkeypatch: pytest.MonkeyPatch, requests: int, replicas: int, load: float, processes: int
) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0, 0))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)
    assert processes_for(requests, replicas) == processes


def test_a_trace_of_months_is_served_to_its_end() -> None:
    day = 86_400.0
    asked = trace_of([(each * day, 100, 20, ()) for each in range(0, 200, 20)])
    for routing in ("round_robin", "least_loaded"):
        done = replay(asked, fleet(routing=routing))
        waits = [first - at for first, at in zip(done.book.first, asked.arrival, strict=True)]
        assert all(0 < each < PICOSECONDS for each in waits)
    assert same(replay(asked, fleet(), processes=2), replay(asked, fleet(), processes=1))
