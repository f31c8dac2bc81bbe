"""What no fleet can do better: a request that has a replica for itself. And requests that fit into none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor, log10

from breakeven.capacity.promise.goodput import OneReplica
from breakeven.capacity.promise.promise import Promise, Seen
from breakeven.capacity.replay.ledger import BLOCK, Limits
from breakeven.capacity.replay.trace import Trace
from breakeven.numbers.operations import whole_up
from breakeven.problems import Problem

DIGITS = 2  # significant ones of a relaxed promise
ALONE = {
    "TTFT": "the prefill alone takes",
    "TPOT": "a step with one sequence alone takes",
}


class NoFleet(Problem):
    """A promise that no number of replicas keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLarge:
    """Requests that hold more tokens at their end than the KV cache of a replica."""

    requests: int
    first: int  # number of the first, from 1
    longest_tokens: int
    kv_tokens: int


def rounded_up(seconds: float) -> float:
    """To two significant digits, upwards: 0.4012 becomes 0.41."""
    unit = 10.0 ** (floor(log10(seconds)) - DIGITS + 1)
    return float(f"{whole_up(seconds / unit) * unit:.12g}")


def require_attainable(floor_seen: Seen, promise: Promise) -> None:
    """Raise `NoFleet` when a request alone on a replica already breaks the promise."""
    broken = floor_seen.broken(promise)
    if not broken:
        return
    limits = {"TTFT": promise.ttft_seconds, "TPOT": promise.tpot_seconds}
    alone = {"TTFT": floor_seen.ttft_seconds, "TPOT": floor_seen.tpot_seconds}
    percentile = f"p{promise.percentile:g}"
    asked = " and ".join(f"{name} {percentile} {limits[name]:g} s" for name in broken)
    takes = ", ".join(f"{ALONE[name]} {alone[name]:.2g} s" for name in broken)
    relaxed = " and ".join(f"{name} {percentile} {rounded_up(alone[name]):g} s" for name in broken)
    raise NoFleet(
        f"no fleet meets {asked}: {takes}; least relaxation: {relaxed}",
        fix="Promise that, or more; or put a replica on more or faster GPUs, or narrow its weights.",
    )


def too_large(trace: Trace, limits: Limits) -> TooLarge | None:
    """The requests that no replica holds, counted; None when all fit."""
    room = limits.kv_blocks * BLOCK
    held = [prompt + output for prompt, output in zip(trace.prompt, trace.output, strict=True)]
    over = [number for number, each in enumerate(held, start=1) if each > room]
    if not over:
        return None
    return TooLarge(requests=len(over), first=over[0], longest_tokens=max(held), kv_tokens=room)


def without_too_large(trace: Trace, one: OneReplica, *, leave_out: bool) -> Trace:
    """The trace without what no replica holds; refused, counted and named, unless it may be left out."""
    oversized = too_large(trace, one.limits)
    if oversized is None:
        return trace
    if not leave_out or oversized.requests == len(trace):
        raise Problem(
            f"{oversized.requests:,} of {len(trace):,} requests hold more tokens at their end than the KV cache of a "
            f"replica ({oversized.kv_tokens:,}); the first is request {oversized.first:,}, the longest holds "
            f"{oversized.longest_tokens:,}",
            fix="Give the replica more memory (more or larger GPUs, smaller weights), or leave them out "
            "(--leave-out-too-long).",
        )
    room = oversized.kv_tokens
    kept = [
        i for i, (prompt, output) in enumerate(zip(trace.prompt, trace.output, strict=True)) if prompt + output <= room
    ]
    return picked(trace, kept)


def picked(trace: Trace, kept: Sequence[int]) -> Trace:
    """Some requests of a trace, its clock starting at the first of them."""
    start = trace.arrival[kept[0]]
    return replace(
        trace,
        arrival=tuple(trace.arrival[each] - start for each in kept),
        prompt=tuple(trace.prompt[each] for each in kept),
        output=tuple(trace.output[each] for each in kept),
        hashes=tuple(trace.hashes[each] for each in kept) if trace.hashes else (),
    )
