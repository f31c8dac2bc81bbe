"""Our own prefix cache: how much of a prompt it holds, and what that is worth in speed.

What repeats of a prompt (the workload's cached share, or the log's) is still there when it comes again, if its blocks
were not given up meanwhile: the memory that running requests leave, over the tokens that come in a second, is how
long they stay. Method: docs/method/capacity.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, hypot, log

import numpy as np

from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.promise.goodput import HALF
from breakeven.capacity.replay.trace import Trace
from breakeven.capacity.speed.published import Details, Estimate
from breakeven.capacity.step_model.columns import columns
from breakeven.capacity.step_model.fit import values_of
from breakeven.capacity.step_model.levels import arithmetic, levels
from breakeven.capacity.step_model.predictor import calibration
from breakeven.capacity.step_model.step import GROWN_OUTPUT, log_tokens_per_second, memory_sequences, step_parts

REUSE_SECONDS = 60.0  # mean time until a prefix comes again (an agent's or a reader's turn); assumed
REUSE_BAND = (180.0, 20.0)  # the same, slow and fast
ROUTED = 0.9  # of the prefixes reach the replica that holds them, a router that looks at them given; assumed
ROUNDS = 12  # hits quicken a replica, which shortens the stay: so many halve the difference each


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """Share of what repeats that our cache still holds: likely, and at both ends of the assumed reuse."""

    low: float
    likely: float
    high: float
    stated: bool = False


def quickened(estimate: Estimate, setup: Setup, details: Details) -> tuple[Setup, Estimate]:
    """The deployment with its prefix cache and the format of its KV cache, and what that makes of the estimate.

    `setup` has neither, the estimate no prefix cache. The estimate must be saturated.
    """
    asked = replace(setup, kv_bytes_per_value=details.kv_bytes_per_value)
    before = replace(setup, kv_bytes_per_value=estimate.kv_bytes_per_value)
    told = _cache_words(worth(asked, before), asked, before)
    repeated = details.repeated_share
    if not repeated or details.hit_share == 0:
        return asked, _times(estimate, worth(asked, before), 0.0, told)
    expected_hits = hits(asked, repeated, details.hit_share)
    shares = (repeated * hit_share for hit_share in (expected_hits.low, expected_hits.likely, expected_hits.high))
    low, likely, high = (replace(asked, cached_share=share) for share in shares)
    gain, unsure = worth(likely, before), log(worth(high, setup) / worth(low, setup)) / 2
    told = (*told, _words(expected_hits, repeated, worth(likely, asked)))
    return likely, _times(estimate, gain, unsure, told)


def _times(estimate: Estimate, gain: float, unsure: float, told: tuple[str, ...]) -> Estimate:
    return replace(
        estimate,
        tokens_per_second=estimate.tokens_per_second * gain,
        spread=hypot(estimate.spread, unsure),
        notices=(*estimate.notices, *told),
    )


def _cache_words(gain: float, asked: Setup, before: Setup) -> tuple[str, ...]:
    """What another format of the KV cache than that of the estimate makes of it."""
    if asked.kv_bytes_per_value < before.kv_bytes_per_value:
        return (f"Its KV cache in 8 bits is worth x {gain:.2f} in speed.",)
    if asked.kv_bytes_per_value > before.kv_bytes_per_value:
        return (f"The published figure is of a KV cache in 8 bits; in 16 bits it is x {gain:.2f}.",)
    return ()


def _words(expected_hits: Hits, repeated: float, gain: float) -> str:
    how = (
        "stated"
        if expected_hits.stated
        else f"{expected_hits.low:.0%} to {expected_hits.high:.0%}; assumed: it comes again after {REUSE_SECONDS:g} s, "
        f"{REUSE_BAND[1]:g} to {REUSE_BAND[0]:g}, and is routed by prefix"
    )
    return (
        f"Our own prefix cache: {repeated:.0%} of the input has come before and {expected_hits.likely:.0%} of that is "
        f"still held ({how}), worth x {gain:.2f} in saturated speed. State yours as prefix hit share, "
        "under self-hosting."
    )


def hits(setup: Setup, repeated_share: float, stated: float | None = None) -> Hits:
    """For a deployment without a cache yet; `repeated_share` of its prompt has come before."""
    if stated is not None:
        return Hits(low=stated, likely=stated, high=stated, stated=True)
    low, likely, high = (_held(setup, repeated_share, each) for each in (REUSE_BAND[0], REUSE_SECONDS, REUSE_BAND[1]))
    return Hits(low=low, likely=likely, high=high)


def _held(setup: Setup, repeated_share: float, reuse_seconds: float) -> float:
    """The share of hits at which the stay of a prefix and the speed with those hits agree."""
    held = 0.0
    for _ in range(ROUNDS):
        stay = stay_seconds(replace(setup, cached_share=repeated_share * held))
        held = (held + ROUTED * (1 - exp(-stay / reuse_seconds))) / 2
    return held


def fresh(trace: Trace, cached_share: float) -> Trace:
    """The requests cut to what is prefilled, for a replica whose costs are `modelled_costs` with that cache."""
    return replace(trace, prompt=tuple(max(round(each * (1 - cached_share)), 1) for each in trace.prompt))


def stay_seconds(setup: Setup) -> float:
    """Seconds that a block which nobody uses stays in the KV cache of a replica at half of its load."""
    cells = columns([setup], arithmetic)
    values = values_of(calibration().fitted, [levels(setup)])
    context = setup.mean_input_tokens + GROWN_OUTPUT * setup.mean_output_tokens
    room = float(memory_sequences(cells, values)[0])
    unused = max(room - HALF * float(step_parts(cells, values)["batch"][0]), 0.0) * context
    outputs = HALF * float(np.exp(log_tokens_per_second(cells, values))[0])
    return unused / (outputs * (1 + setup.fresh_input_tokens / setup.mean_output_tokens))


def worth(setup: Setup, before: Setup) -> float:
    """Saturated speed of one over that of the other, by the step model; same model, GPU and lengths."""
    both = [setup, before]
    found = log_tokens_per_second(columns(both, arithmetic), values_of(calibration().fitted, [levels(e) for e in both]))
    return float(np.exp(found[0] - found[1]))
