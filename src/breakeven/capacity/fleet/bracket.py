"""Where to begin looking for the smallest fleet: batch under the promise, busiest minute, room for waiting.

A first guess only; the replay decides. Method: docs/method/capacity.md.
"""

from __future__ import annotations

from math import inf

import numpy as np

from breakeven.capacity.fleet.queueing import highest_utilization
from breakeven.capacity.promise.goodput import OneReplica
from breakeven.capacity.promise.promise import Promise, Seen
from breakeven.capacity.replay.ledger import BLOCK
from breakeven.capacity.replay.step_costs import PICOSECONDS
from breakeven.capacity.replay.trace import Trace
from breakeven.numbers.operations import whole_up

WINDOW_SECONDS = 60.0
LEAST_WAIT_SECONDS = 1e-3  # where the prefill alone fills the promise
MOST_VARIABILITY = 10.0  # squared coefficient of variation of the gaps beyond which the formula means little


def first_guess(one: OneReplica, trace: Trace, promise: Promise, floor: Seen, *, most: int) -> int:
    """Replicas that should keep the promise at the trace's busy minutes; 1 to `most`."""
    sequences, seconds = _best_batch(one, trace, promise)
    load = busy_rate(trace, promise.percentile) * seconds / sequences  # replicas kept busy
    wait = inf if promise.ttft_seconds is None else promise.ttft_seconds - floor.ttft_seconds
    for count in range(max(int(whole_up(load)), 1), most):
        allowed = highest_utilization(
            wait_limit_seconds=min(max(wait, LEAST_WAIT_SECONDS), 3600.0),
            servers=count * sequences,
            service_seconds=seconds,
            arrival_variability=min(_variability(np.diff(trace.arrival)), MOST_VARIABILITY),
            service_variability=_variability(np.array(trace.output)),
        )
        if load <= count * allowed:
            return count
    return most


def busy_rate(trace: Trace, percentile: float) -> float:
    """Requests a second in the minute that is busier than the minutes of `percentile` % of the requests."""
    seconds = np.array(trace.arrival, dtype=float) / PICOSECONDS
    window = min(WINDOW_SECONDS, max(float(seconds[-1]), 1e-9))
    counts = np.bincount((seconds / window).astype(int)).astype(float)
    counts.sort()
    place = np.searchsorted(np.cumsum(counts), percentile / 100 * len(seconds))
    return float(counts[min(int(place), counts.size - 1)] / window)


def _best_batch(one: OneReplica, trace: Trace, promise: Promise) -> tuple[int, float]:
    """Sequences decoded together that serve most within the promise, and seconds each of them stays."""
    prompt, output = float(np.mean(trace.prompt)), float(np.mean(trace.output))
    costs, context = one.costs, prompt + output / 2
    most = max(min(one.limits.most_sequences, int(one.limits.kv_blocks * BLOCK / context)), 1)
    batch = np.arange(1, most + 1, dtype=float)
    arithmetic = costs.per_token * batch * (1 + prompt / output)
    step = costs.overhead + np.maximum(costs.weights, arithmetic)
    step += (costs.per_sequence + costs.per_context_token * context) * batch
    allowed = batch[step <= (promise.tpot_seconds or inf)]
    best = int(allowed[-1]) if allowed.size else 1
    return best, float(output * step[best - 1])


def _variability(values: np.ndarray) -> float:
    """Variance over the squared mean; 0 of nothing."""
    mean = float(np.mean(values)) if values.size else 0.0
    return float(np.var(values)) / mean**2 if mean else 0.0
