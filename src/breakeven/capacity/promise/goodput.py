"""Requests a second that one replica serves within a promise: the largest rate at which a replay keeps it.

Arrivals are independent of each other (Poisson), as in a benchmark at a fixed rate; what bursts take away on top
is `usable_share` (docs/decisions/0005-what-a-promise-costs.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.fit.workspace import usual_limits
from breakeven.capacity.promise.promise import USUAL, Promise, Seen, seen
from breakeven.capacity.replay.ledger import BLOCK, Limits
from breakeven.capacity.replay.replay import Replayed, Replicas, Routing, replay
from breakeven.capacity.replay.step_costs import PICOSECONDS, StepCosts
from breakeven.capacity.replay.summary import latencies
from breakeven.capacity.replay.synthetic import paced, synthetic
from breakeven.capacity.replay.trace import Trace
from breakeven.capacity.step_model.engine_age import prompts_first

FILLING = 3  # the first of so many parts of the requests fill the engine and are not judged
LEAST_SHARE = 0.02  # of the saturated rate; a promise kept below it only is taken as not kept
HALVINGS = 6  # of the bracket; 1.02 / 2^6 is 1.6 % of the saturated rate
HALF = 0.5  # of the saturated rate: what an assumed promise lets a replica serve at least; our judgement
JUDGED = 2400  # requests that show what a replica keeps at half load
LONE = 200  # requests replayed one by one to see the floor


@dataclass(frozen=True, slots=True, kw_only=True)
class OneReplica:
    """A replica to be replayed: its engine's limits and what its steps cost.

    Both are of one of its `lanes`: data-parallel ranks and stages of a pipeline each serve a batch of their own.
    """

    limits: Limits
    costs: StepCosts
    lanes: int = 1

    def fleet(self, replicas: int, routing: Routing = "round_robin") -> Replicas:
        """So many of them, as the engines that are replayed."""
        return Replicas(replicas=replicas * self.lanes, limits=self.limits, costs=self.costs, routing=routing)

    def slowed(self, factor: float) -> OneReplica:
        """The same, every part of a step taking `factor` times as long."""
        return replace(self, costs=self.costs.times(factor))


def engine_limits(setup: Setup, kv_blocks: int, most_sequences: int | None = None, budget: int | None = None) -> Limits:
    """The limits of a lane of an engine on that GPU, as stated or else as vLLM takes them.

    Stages of a pipeline share out the sequences of an engine.
    """
    usual_sequences, usual_budget = usual_limits(setup.gpu)
    sequences = max((most_sequences or usual_sequences) // setup.layout.pipeline, 1)
    early = prompts_first(setup.bench)
    return Limits(
        kv_blocks=kv_blocks,
        most_sequences=sequences,
        token_budget=max(budget or usual_budget, sequences),
        lookahead=not early,
        prompts_first=early,
    )


def holdable(trace: Trace, limits: Limits) -> Trace:
    """The trace with prompts, then outputs, cut to what the KV cache holds: for made-up requests only."""
    most = limits.kv_blocks * BLOCK
    prompt = tuple(min(each, max(most - 1, 1)) for each in trace.prompt)
    output = tuple(max(min(each, most - held), 1) for each, held in zip(trace.output, prompt, strict=True))
    return replace(trace, prompt=prompt, output=output)


def saturated_rate(one: OneReplica, trace: Trace) -> float:
    """Requests a second with requests always waiting: the pace between a fifth and four fifths of them done."""
    done = _served(one, replace(trace, arrival=(0,) * len(trace)))
    ends = np.sort(np.array(done.book.last, dtype=float)) / PICOSECONDS
    first, last = len(ends) // 5, len(ends) * 4 // 5
    return float((last - first) / (ends[last] - ends[first])) if ends[last] > ends[first] else float("inf")


def lone(one: OneReplica, trace: Trace, percentile: float) -> Seen:
    """The percentile when every request has the replica for itself: no fleet is faster."""
    step = max(len(trace) // LONE, 1)
    picked = range(0, len(trace), step)
    longest = max(trace.output[request] for request in picked)
    apart = PICOSECONDS * (1 + int(longest * _slowest_step(one)))
    alone = replace(
        trace,
        arrival=tuple(place * apart for place in range(len(picked))),
        prompt=tuple(trace.prompt[request] for request in picked),
        output=tuple(trace.output[request] for request in picked),
        hashes=(),
    )
    return seen(latencies(_served(one, alone)), percentile)


def _slowest_step(one: OneReplica) -> float:
    costs, budget = one.costs, one.limits.token_budget
    most = one.limits.kv_blocks * BLOCK
    step = costs.overhead + max(costs.weights, costs.per_token * budget) + costs.per_context_token * most
    return step + costs.per_sequence + costs.per_prefill_step + costs.per_prefill_pair * budget * most


def goodput(one: OneReplica, trace: Trace, promise: Promise, *, saturated: float) -> float:
    """The largest rate [requests/s] that keeps the promise, by halving; 0 when next to none does.

    `trace` comes at one request a second. Never above `saturated`: a trace that ends hides a queue that grows.
    """
    return saturated * kept_share(shown(one, trace, promise.percentile, saturated=saturated), promise)


def shown(one: OneReplica, trace: Trace, percentile: float, *, saturated: float) -> Callable[[float], Seen]:
    """What clients see at a share of the saturated rate; each share is replayed once.

    At the same share of its own saturated rate a slower replica does the same, by a slower clock.
    """

    @cache
    def at(share: float) -> Seen:
        measured = latencies(_served(one, paced(trace, share * saturated)))
        return seen(measured, percentile, first=len(trace) // FILLING)

    return at


def kept_share(at: Callable[[float], Seen], promise: Promise, pace: float = 1.0) -> float:
    """The largest share at which a replica keeps the promise whose every step takes `pace` times as long."""
    return largest(lambda share: not at(share).times(pace).broken(promise), LEAST_SHARE, 1.0, HALVINGS)


def usual_promise(one: OneReplica, trace: Trace, *, saturated: float | None = None) -> Promise:
    """What is assumed where nothing is promised: `USUAL`, or what the replica keeps at half its saturated rate.

    The least relaxation that leaves a replica worth having: below it, it would stand idle most of its time. It moves
    with the lengths without a step. Of a trace only the lengths count; they come at random.
    """
    few = _at_random(trace)
    most = saturated_rate(one, few) if saturated is None else saturated
    at_half_load = seen(latencies(_served(one, paced(few, HALF * most))), USUAL.percentile, first=len(few) // FILLING)
    assert USUAL.ttft_seconds is not None
    assert USUAL.tpot_seconds is not None
    return replace(
        USUAL,
        ttft_seconds=max(USUAL.ttft_seconds, at_half_load.ttft_seconds),
        tpot_seconds=max(USUAL.tpot_seconds, at_half_load.tpot_seconds),
    )


def _at_random(trace: Trace) -> Trace:
    """At most `JUDGED` of its requests, one a second on average."""
    picked = range(0, len(trace), -(-len(trace) // JUDGED))
    return replace(
        trace,
        arrival=synthetic(1.0, 1.0, len(picked)).arrival,
        prompt=tuple(trace.prompt[each] for each in picked),
        output=tuple(trace.output[each] for each in picked),
        hashes=(),
    )


def largest(kept: Callable[[float], bool], low: float, high: float, halvings: int) -> float:
    """The largest number between the two at which it is kept, by halving; 0 when not even at the lower."""
    if kept(high):
        return high
    found = 0.0
    for _ in range(halvings):
        middle = (low + high) / 2
        low, high, found = (middle, high, middle) if kept(middle) else (low, middle, found)
    return found or (low if kept(low) else 0.0)


def _served(one: OneReplica, trace: Trace) -> Replayed:
    return replay(trace, Replicas(replicas=1, limits=one.limits, costs=one.costs))
