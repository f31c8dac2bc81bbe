"""The smallest fleet that keeps a promise: a guess by formula, then replays of the arrivals, one more or one fewer.

Every number of replicas looked at is a whole replay of the trace. The answer is a number that keeps the promise
while one fewer does not; where more replicas once break it again (round robin deals the same requests to other
replicas), the smallest such number found between the two ends is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import floor

from breakeven.capacity.fleet.availability import COMMON_CAUSE_SHARE, least_nodes, node_availability, node_mtbf_hours
from breakeven.capacity.fleet.bracket import first_guess
from breakeven.capacity.promise.goodput import OneReplica, lone
from breakeven.capacity.promise.promise import Promise, Seen, seen
from breakeven.capacity.promise.unloaded import NoFleet, picked, require_attainable
from breakeven.capacity.replay.replay import Replicas, Routing, replay
from breakeven.capacity.replay.summary import Latencies, joined, latencies, uses
from breakeven.capacity.replay.trace import Trace

MOST_REPLICAS = 4096
SHORT_MEMORY = 0.005  # preemptions over requests from which memory is what limits
BURSTS = 0.6  # a fleet that fails though its busiest replica works less than this share of the time fails in bursts
GPU_MTBF_HOURS = 50_677.0  # Llama 3's training: 419 interruptions of 16,384 GPUs in 54 days


@dataclass(frozen=True, slots=True, kw_only=True)
class Redundancy:
    """How failures are covered: so many spare replicas, or as many as an availability needs (a share of time)."""

    spares: int = 0
    availability: float | None = None
    gpus_per_replica: int = 1
    mttr_hours: float = 4.0  # rented: another one within hours
    gpu_mtbf_hours: float = GPU_MTBF_HOURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What so many replicas do with the trace. Shares are of the fullest or busiest replica."""

    replicas: int
    requests: int
    seen: Seen
    broken: tuple[str, ...]  # TTFT, TPOT
    busy_share: float
    most_kv_share: float
    most_running: int
    preemptions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Replicas that serve, spares on top, and why so many."""

    replicas: int
    spares: int
    binding: str  # minimum, TTFT, TPOT, KV memory, batch limit
    because: str
    kept: Tried
    one_fewer: Tried | None  # None: one replica is enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Replicas that serve if replicas are as fast as the band's fast end, likely, or slow end."""

    low: int
    likely: int
    high: int | None  # None: at the slow end no fleet keeps the promise


def smallest_fleet(
    trace: Trace,
    one: OneReplica,
    promise: Promise,
    *,
    routing: Routing = "round_robin",
    redundancy: Redundancy | None = None,
    guess: int | None = None,
    most: int = MOST_REPLICAS,
) -> Fleet:
    """The fleet for a trace. Raises `NoFleet` when none keeps the promise."""
    floor = lone(one, trace, promise.percentile)
    require_attainable(floor, promise)
    start = guess or first_guess(one, trace, promise, floor, most=most)
    looked: dict[int, Tried] = {}

    def keeps(replicas: int) -> bool:
        if replicas not in looked:
            looked[replicas] = tried(trace, one, promise, replicas, routing)
        return not looked[replicas].broken

    def gains(fewer: int, more: int) -> bool:
        return looked[fewer].seen != looked[more].seen

    fewest_replicas = smallest(keeps, start, most, gains=gains)
    if fewest_replicas is None:
        raise _none(looked[max(looked)], promise)
    fewer = looked.get(fewest_replicas - 1)
    binding, why = _because(fewer, promise, one)
    spares, covered = _spares(fewest_replicas, redundancy or Redundancy())
    return Fleet(
        replicas=fewest_replicas,
        spares=spares,
        binding=binding,
        because=why + covered,
        kept=looked[fewest_replicas],
        one_fewer=fewer,
    )


def fewest(
    trace: Trace,
    one: OneReplica,
    promise: Promise,
    *,
    routing: Routing = "round_robin",
    guess: int,
    most: int = MOST_REPLICAS,
) -> int:
    """The replicas of `smallest_fleet` alone, without what is said of them. Raises `NoFleet`.

    Served in turn, replicas ask nothing of each other: they are replayed one by one, and no more of them once it is
    sure that too many requests are late.
    """
    if routing != "round_robin":
        return smallest_fleet(trace, one, promise, routing=routing, guess=guess, most=most).replicas
    require_attainable(lone(one, trace, promise.percentile), promise)
    replicas_needed = smallest(cache(lambda replicas: _kept_in_turn(trace, one, promise, replicas)), guess, most)
    if replicas_needed is None:
        raise NoFleet(f"{_counted(most)} do not keep {promise}", fix="Relax the promise.")
    return replicas_needed


def _kept_in_turn(trace: Trace, one: OneReplica, promise: Promise, replicas: int) -> bool:
    """Whether so many replicas, served in turn, keep the promise."""
    lonely = Replicas(replicas=1, limits=one.limits, costs=one.costs)
    engines = replicas * one.lanes
    parts: list[Latencies] = []
    for number in range(min(engines, len(trace))):
        parts.append(latencies(replay(picked(trace, range(number, len(trace), engines)), lonely)))
        if surely_broken(parts, promise, len(trace), sum(each > 1 for each in trace.output)):
            return False
    return not seen(joined(parts), promise.percentile).broken(promise)


def surely_broken(parts: Sequence[Latencies], promise: Promise, requests: int, with_more: int) -> bool:
    """Whether so many are late already that the percentile of all breaks the promise, however the others fare.

    `requests` are all, `with_more` those that have a further token.
    """
    share = promise.percentile / 100
    for limit, many, measured in (
        (promise.ttft_seconds, requests, [part.ttft for part in parts]),
        (promise.tpot_seconds, with_more, [part.tpot for part in parts]),
    ):
        if limit is not None and many:
            late = sum(int((part > limit).sum()) for part in measured)
            if late >= many - floor((many - 1) * share):
                return True
    return False


def _none(largest: Tried, promise: Promise) -> NoFleet:
    seen_there = f"TTFT {largest.seen.ttft_seconds:.3g} s, TPOT {largest.seen.tpot_seconds:.3g} s"
    return NoFleet(
        f"{_counted(largest.replicas)} do not keep {promise} ({seen_there}), and more do not either",
        fix="Relax the promise to that; or route otherwise, or put a replica on more or faster GPUs.",
    )


def smallest(
    keeps: Callable[[int], bool], start: int, most: int, *, gains: Callable[[int, int], bool] = lambda *_: True
) -> int | None:
    """A number from 1 that keeps while one fewer does not: strides from the guess, doubling, then halving.

    None: not up to `most`, or more gain nothing (`gains(fewer, more)`), as where a router leaves them idle.
    """
    low, high = 0, min(max(start, 1), most)  # low: known, or by definition, not to keep
    stride = 1
    if keeps(high):
        while high > 1:
            lower = max(high - stride, 1)
            if not keeps(lower):
                low = lower
                break
            high, stride = lower, stride * 2
    else:
        while not keeps(high):
            if high == most or (low and not gains(low, high)):
                return None
            low, high, stride = high, min(high + stride, most), stride * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if keeps(middle) else (middle, high)
    return high


def tried(trace: Trace, one: OneReplica, promise: Promise, replicas: int, routing: Routing) -> Tried:
    """One replay, summed up."""
    done = replay(trace, one.fleet(replicas, routing))
    as_seen, used = seen(latencies(done), promise.percentile), uses(done, one.limits)
    return Tried(
        replicas=replicas,
        requests=len(trace),
        seen=as_seen,
        broken=as_seen.broken(promise),
        busy_share=max(replica.busy_share for replica in used),
        most_kv_share=max(replica.most_kv_share for replica in used),
        most_running=max(replica.most_running for replica in used),
        preemptions=sum(done.book.preempted),
    )


def _because(fewer: Tried | None, promise: Promise, one: OneReplica) -> tuple[str, str]:
    """What decides, as a word and as a sentence."""
    if fewer is None:
        return "minimum", f"One replica is the least there is, and it keeps {promise}."
    values = {"TTFT": fewer.seen.ttft_seconds, "TPOT": fewer.seen.tpot_seconds}
    gives = " and ".join(f"{name} p{promise.percentile:g} {values[name]:.3g} s" for name in fewer.broken)
    binding, cause = fewer.broken[0], f"the busiest works {fewer.busy_share * 100:.0f} % of the time"
    if fewer.busy_share < BURSTS:
        cause += ": bursts decide, not the mean"
    if fewer.preemptions > SHORT_MEMORY * fewer.requests:
        binding, cause = "KV memory", f"the KV cache runs full: {fewer.preemptions:,} preemptions"
    elif fewer.most_running >= one.limits.most_sequences:
        binding, cause = "batch limit", f"all {one.limits.most_sequences:,} places for sequences are taken"
    return binding, f"{_counted(fewer.replicas)} would give {gives} ({cause})."


def _counted(replicas: int) -> str:
    return f"{replicas:,} replica{'' if replicas == 1 else 's'}"


def _spares(serving: int, how: Redundancy) -> tuple[int, str]:
    """Spare replicas, and a sentence on them."""
    if how.availability is None:
        sentence = f" {_counted(how.spares).capitalize()} more for redundancy." if how.spares else ""
        return how.spares, sentence
    up = node_availability(node_mtbf_hours(how.gpu_mtbf_hours, how.gpus_per_replica), how.mttr_hours)
    spares = least_nodes(serving, up, how.availability) - serving
    return spares, (
        f" {_counted(spares).capitalize()} more so that {serving:,} are up {how.availability:.4%} of the time (each "
        f"{up:.4%}; before what stops all of one site at once, {COMMON_CAUSE_SHARE:.1%} of the time)."
    )
