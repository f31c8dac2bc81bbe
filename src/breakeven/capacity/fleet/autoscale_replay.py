"""A fleet that follows the load, replayed: replicas come after their load time, go when they have finished.

Every window the fleet is ordered anew for the load of the window before (nothing later is known to it), times a
headroom. More replicas take requests a load time later, fewer at once; one that goes finishes what it has and is
paid until then. The headroom is the smallest at which every hour keeps the promise that the fixed fleet keeps in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from breakeven.capacity.fleet.autoscale import SECONDS_PER_HOUR, Floats, Scaling, windows_of
from breakeven.capacity.promise.goodput import OneReplica
from breakeven.capacity.promise.promise import Promise, Seen, seen
from breakeven.capacity.replay.replay import Replayed, Routing, replay
from breakeven.capacity.replay.step_costs import PICOSECONDS
from breakeven.capacity.replay.summary import latencies
from breakeven.capacity.replay.trace import Trace
from breakeven.numbers.operations import whole_up

HEADROOMS = (1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)  # ordered replicas over what the last window needed
MOST_REPLAYED = 1_000_000  # requests; a replay of more takes too long for an answer at a prompt
FEWEST = 100  # requests in an hour below which a percentile of it says nothing

Schedule = tuple[tuple[float, int], ...]  # from that second on so many replicas take requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A replayed fleet that follows the load. Hours are of replicas; loading and finishing are in them."""

    kept: bool  # in every hour in which the fixed fleet keeps the promise
    headroom: float
    replica_hours: float
    fixed_replica_hours: float
    saved_share: float
    orders: int  # times that replicas were ordered
    seen: Seen  # over all requests
    fixed_seen: Seen


def followed(trace: Trace, one: OneReplica, promise: Promise, formula: Scaling, routing: Routing) -> Followed | None:
    """The cheapest schedule tried that keeps the promise, else the last tried. None: too many requests to replay."""
    if len(trace) > MOST_REPLAYED:
        return None
    fleet = one.fleet(formula.fixed_replicas, routing)
    fixed = replay(trace, fleet)
    required = _hours_kept(fixed, promise)
    hours = formula.fixed_replicas * max(fixed.book.last) / PICOSECONDS / SECONDS_PER_HOUR
    for headroom in HEADROOMS:
        plan = schedule(windows_of(trace, formula.window_seconds), formula, headroom)
        engines = tuple((at, replicas * one.lanes) for at, replicas in plan)  # lanes of a replica come and go together
        done = replay(trace, replace(fleet, serving_from=engines))
        kept = not required - _hours_kept(done, promise)
        if kept:
            break
    used = replica_hours(done, engines, formula.delay_seconds) / one.lanes
    return Followed(
        kept=kept,
        headroom=headroom,
        replica_hours=used,
        fixed_replica_hours=hours,
        saved_share=1 - used / hours,
        orders=sum(later > earlier for (_, earlier), (_, later) in pairwise(plan)),
        seen=seen(latencies(done), promise.percentile),
        fixed_seen=seen(latencies(fixed), promise.percentile),
    )


def schedule(loads: Floats, formula: Scaling, headroom: float) -> Schedule:
    """Replicas that take requests, from when on. The first window has the whole fixed fleet: nothing is known yet."""
    fixed, window = formula.fixed_replicas, formula.window_seconds
    carries = loads.max() / fixed
    wanted = np.clip(whole_up(loads * headroom / carries), formula.least_replicas, fixed).astype(int)
    plan: list[tuple[float, int]] = [(0.0, fixed)]
    for number, replicas in enumerate(wanted[:-1].tolist(), start=1):
        told = number * window
        plan = [(at, count) for at, count in plan if at <= told or count <= replicas]  # orders not yet there: cancelled
        if replicas != plan[-1][1]:
            plan.append((told + formula.delay_seconds if replicas > plan[-1][1] else told, replicas))
    return tuple(plan)


def replica_hours(done: Replayed, plan: Schedule, delay_seconds: float) -> float:
    """Hours of all replicas: from their order (a load time before they take requests) until they have finished."""
    arrival, last = (np.array(times, dtype=float) / PICOSECONDS for times in (done.trace.arrival, done.book.last))
    end = float(last.max())
    total = 0.0
    for number, tally in enumerate(done.tallies):
        inbox = np.array(tally.inbox, dtype=int)
        paid_until = 0.0
        for start, stop in _stretches(plan, number, end):
            mine = inbox[(arrival[inbox] >= start) & (arrival[inbox] < stop)]
            ordered = max(start - delay_seconds if start else 0.0, paid_until)
            paid_until = max(stop, float(last[mine].max(initial=stop)))
            total += paid_until - ordered
    return total / SECONDS_PER_HOUR


def _stretches(plan: Schedule, number: int, end: float) -> list[tuple[float, float]]:
    """When a replica takes requests: beginnings and ends in seconds."""
    spans: list[tuple[float, float]] = []
    for (start, count), (stop, _) in zip(plan, [*plan[1:], (max(end, plan[-1][0]), 0)], strict=True):
        if count <= number:
            continue
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], stop)
        else:
            spans.append((start, stop))
    return spans


def _hours_kept(done: Replayed, promise: Promise) -> set[int]:
    """The hours of the trace, by number, whose requests keep the promise; those with few requests aside."""
    seconds = np.array(done.trace.arrival, dtype=float) / PICOSECONDS
    counts = np.bincount((seconds / SECONDS_PER_HOUR).astype(int))
    edges = np.concatenate([[0], np.cumsum(counts)])
    return {
        int(number)
        for number in np.flatnonzero(counts >= FEWEST)
        if not seen(latencies(done, slice(edges[number], edges[number + 1])), promise.percentile).broken(promise)
    }
