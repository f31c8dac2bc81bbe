"""How large a fleet a promise needs: for a case, or for a log and a replica. What is printed, computed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from breakeven.capacity.fleet.autoscale import LEAST_WINDOW_SECONDS, Floats, Scaling, load_seconds, scaling, windows_of
from breakeven.capacity.fleet.autoscale_replay import Followed, followed
from breakeven.capacity.fleet.fleet_size import Band, Fleet, Redundancy, fewest, smallest_fleet
from breakeven.capacity.fleet.peak import busiest_hour, hour_of_minutes
from breakeven.capacity.promise.goodput import OneReplica, lone
from breakeven.capacity.promise.promise import Promise, Seen
from breakeven.capacity.promise.unloaded import NoFleet, without_too_large
from breakeven.capacity.replay.replay import Routing
from breakeven.capacity.replay.trace import Trace, trace_of_requests
from breakeven.capacity.speed.pace import Paced
from breakeven.demand.log.histogram import together
from breakeven.demand.shape.minute_statistics import dense
from breakeven.demand.usage.read_log import read_log, read_requests
from breakeven.numbers.operations import whole_up
from breakeven.study.questions.size_replica import ReplicaSummary

DAY_SECONDS = 86_400.0
MANY_TIMES, FEW = 8, 64  # a slow replica that needs more than so many times the likely fleet keeps no promise
NO_SPARES = Redundancy()
TOO_SHORT = "Less than a day of load is known: what following it would save is not examined."
ASSUMED_FIX = "Nothing is promised yet, so that was assumed: give your own with --ttft and --tpot."
BELOW_SATURATION = (
    "Speeds below saturation are modelled: few published measurements confirm them. A benchmark of one replica on your "
    "own mix decides."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a fleet is asked to serve: the requests of its busy hour, and the load over all of the time known.

    `loads` are tokens a second in windows of `window_seconds`, empty where less than a day is known.
    """

    trace: Trace
    told: str
    loads: Floats
    window_seconds: float
    notices: tuple[str, ...] = ()
    whole: Trace | None = None  # all requests of a day or more, where they are known one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Rent:
    """What the hours of either fleet cost, as rented by the hour, in `currency`; spares in neither."""

    price_per_gpu_hour: float
    currency: str
    fixed: float
    following: float
    replayed: bool
    kept: bool  # following keeps the promise wherever the fixed fleet does; by formula: taken to


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How the fleet is run: routing, spares, and how it may follow the load."""

    routing: Routing = "round_robin"
    redundancy: Redundancy = NO_SPARES
    least_replicas: int = 1
    delay_seconds: float | None = None
    leave_out_too_long: bool = False
    price_per_gpu_hour: float | None = None  # rent; None: not known
    currency: str = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """The fleet for a promise, and what it rests on. Replayed, unless `formula_replicas` alone would say."""

    replica: ReplicaSummary
    promise: Promise
    promise_assumed: bool
    asked: str
    requests: int
    requests_per_second: float
    fleet: Fleet
    band: Band
    alone: Seen
    gpus: int
    scaling: Scaling | None  # by formula, from loads by window
    followed: Followed | None  # replayed; None: requests are not known one by one over a day
    rent: Rent | None
    formula_replicas: int | None = None  # what `breakeven decide` takes for the same demand, by formula
    notices: tuple[str, ...] = ()


def sized(
    asked: Asked, replica: ReplicaSummary, paced: Paced, promise: Promise, how: How, *, assumed: bool = False
) -> Sized:
    """The fleet, its band and what following the load saves. Raises `NoFleet` when none keeps the promise."""
    trace = without_too_large(asked.trace, paced.likely, leave_out=how.leave_out_too_long)
    redundancy = replace(how.redundancy, gpus_per_replica=replica.gpus)
    try:
        fleet = smallest_fleet(trace, paced.likely, promise, routing=how.routing, redundancy=redundancy)
    except NoFleet as problem:
        raise NoFleet(problem.what, fix=ASSUMED_FIX if assumed else problem.fix) from None
    by_window = _scaling(asked, replica, fleet, how)
    replayed = _followed(asked, paced, promise, how, by_window)
    left_out = len(asked.trace) - len(trace)
    notices = (f"{left_out:,} requests that no replica can hold were left out.",) if left_out else ()
    return Sized(
        replica=replica,
        promise=promise,
        promise_assumed=assumed,
        asked=asked.told,
        requests=len(trace),
        requests_per_second=len(trace) / max(trace.seconds, 1e-9),
        fleet=fleet,
        band=_band(trace, paced, promise, how, fleet),
        alone=lone(paced.likely, trace, promise.percentile),
        gpus=(fleet.replicas + fleet.spares) * replica.gpus,
        scaling=by_window,
        followed=replayed,
        rent=_rent(by_window, replayed, replica, how),
        notices=(*notices, *asked.notices, BELOW_SATURATION),
    )


def _band(trace: Trace, paced: Paced, promise: Promise, how: How, fleet: Fleet) -> Band:
    """The fleets of a replica at either end of its band. The slow end may have none; the fast end needs no more."""

    def at(one: OneReplica, most: int) -> int | None:
        guess = int(whole_up(fleet.replicas * one.costs.over(paced.likely.costs)))
        try:
            return fewest(trace, one, promise, routing=how.routing, guess=guess, most=most)
        except NoFleet:
            return None

    low = at(paced.fast, fleet.replicas) if fleet.replicas > 1 else 1
    high = at(paced.slow, max(MANY_TIMES * fleet.replicas, FEW))
    return Band(low=low or fleet.replicas, likely=fleet.replicas, high=high and max(high, fleet.replicas))


def _scaling(asked: Asked, replica: ReplicaSummary, fleet: Fleet, how: How) -> Scaling | None:
    if not asked.loads.size:
        return None
    return scaling(
        asked.loads,
        asked.window_seconds,
        fixed_replicas=fleet.replicas,
        delay_seconds=load_seconds(replica.weight_bytes) if how.delay_seconds is None else how.delay_seconds,
        least_replicas=how.least_replicas,
    )


def _followed(asked: Asked, paced: Paced, promise: Promise, how: How, by_window: Scaling | None) -> Followed | None:
    if asked.whole is None or by_window is None:
        return None
    whole = without_too_large(asked.whole, paced.likely, leave_out=how.leave_out_too_long)
    return followed(whole, paced.likely, promise, by_window, how.routing)


def _rent(by_window: Scaling | None, replayed: Followed | None, replica: ReplicaSummary, how: How) -> Rent | None:
    """The hours in money: the replayed ones where there are any."""
    if by_window is None or how.price_per_gpu_hour is None:
        return None
    rent_per_replica = how.price_per_gpu_hour * replica.gpus
    fixed, following = (
        (by_window.fixed_replica_hours, by_window.scaled_replica_hours)
        if replayed is None
        else (replayed.fixed_replica_hours, replayed.replica_hours)
    )
    return Rent(
        price_per_gpu_hour=how.price_per_gpu_hour,
        currency=how.currency,
        fixed=fixed * rent_per_replica,
        following=following * rent_per_replica,
        replayed=replayed is not None,
        kept=replayed is None or replayed.kept,
    )


def asked_of_log(path: Path, columns: Mapping[str, str] | None = None) -> Asked:
    """The busiest hour of a log, request by request where it shows them, else minute by minute."""
    requests = read_requests(path, columns=columns or None)
    if requests is not None:
        return asked_of_trace(trace_of_requests(requests, where=str(path)), path)
    reading = read_log(path, columns=columns or None)
    minutes = dense(reading.table)
    sizes = together(reading.sizes) if reading.sizes else None
    how = "lengths made up around the minute's mean" if sizes is None else "lengths drawn from the log's own"
    return Asked(
        trace=hour_of_minutes(minutes, sizes),
        told=f"the busiest hour of {path.name}: requests of each minute at random within it, {how}",
        loads=_of_minutes(minutes.tokens) if minutes.count * 60 >= DAY_SECONDS else np.zeros(0),
        window_seconds=LEAST_WINDOW_SECONDS,
        notices=() if minutes.count * 60 >= DAY_SECONDS else (TOO_SHORT,),
    )


def asked_of_trace(trace: Trace, path: Path) -> Asked:
    """The busiest hour of a log that has its requests one by one."""
    hour, long = busiest_hour(trace), trace.seconds > DAY_SECONDS - 60  # in its last minute, as by the minute
    whole = "" if len(hour) < len(trace) else ", all of it"
    left_out = f"{trace.set_aside:,} rows that could not be used, or without tokens in or out, were set aside."
    aside = (left_out,) if trace.set_aside else ()
    return Asked(
        trace=hour,
        told=f"the busiest hour of {path.name}{whole}, as it came",
        loads=windows_of(trace, LEAST_WINDOW_SECONDS) if long else np.zeros(0),
        window_seconds=LEAST_WINDOW_SECONDS,
        notices=aside if long else (*aside, TOO_SHORT),
        whole=trace if long else None,
    )


def _of_minutes(tokens: Floats) -> Floats:
    """Tokens a second in windows of five minutes; the last, if it is not whole, is left out."""
    whole = tokens[: tokens.size // 5 * 5].reshape(-1, 5)
    found: Floats = whole.sum(axis=1) / LEAST_WINDOW_SECONDS
    return found
