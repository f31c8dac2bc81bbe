"""From saturated throughput to what is served within a promise: the step model, at that pace, replayed.

The estimate (published or modelled) sets the pace of every step; the replay finds the largest random rate at which
the promise holds, at the likely pace and at both ends of the estimate's range. Method: docs/method/capacity.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import exp, hypot, log

from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.promise.goodput import (
    HALF,
    LEAST_SHARE,
    OneReplica,
    engine_limits,
    holdable,
    kept_share,
    lone,
    saturated_rate,
    shown,
    usual_promise,
)
from breakeven.capacity.promise.promise import Promise
from breakeven.capacity.promise.unloaded import NoFleet, require_attainable
from breakeven.capacity.replay.synthetic import made_up
from breakeven.capacity.speed.modelled_costs import modelled_costs
from breakeven.capacity.speed.published import Estimate
from breakeven.demand.log.histogram import Sizes

REQUESTS = 2400  # made up; a third of them fill the engine. Ten times as many move the result by 5 % at most
SETTINGS_SPREAD = log(1.25)  # engine settings, lengths, chance: docs/decisions/0005-what-a-promise-costs.md
REMEMBERED = 256
DIGITS = 3  # significant ones of what a result is remembered by


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodput:
    """Requests a second of one replica within the promise, at the likely pace and at the ends of its range."""

    slow: float
    likely: float
    fast: float
    saturated: float  # at the likely pace, nothing promised
    promise: Promise


def promised(estimate: Estimate, setup: Setup, promise: Promise | None, sizes: Sizes | None = None) -> Estimate:
    """The estimate under the promise, with a wider spread; None: under `usual_promise`.

    A slow replica may keep next to nothing of a strict promise, and a fast one cannot exceed its pace: the two sides
    of the band differ.

    Raises `NoFleet` when no load keeps a given promise.
    """
    goodput = goodput_at(setup, promise, estimate.tokens_per_second, estimate.spread, sizes)
    per_request = setup.mean_input_tokens + setup.mean_output_tokens
    low = max(goodput.slow, LEAST_SHARE * goodput.saturated)
    share = goodput.likely * per_request / estimate.tokens_per_second
    return replace(
        estimate,
        tokens_per_second=goodput.likely * per_request,
        spread=hypot(log(max(goodput.likely / low, 1.0)), SETTINGS_SPREAD),
        spread_up=hypot(log(max(goodput.fast / goodput.likely, 1.0)), SETTINGS_SPREAD),
        because=f"{estimate.because} Under the promise of {goodput.promise}, a replay of the step model at that pace "
        f"leaves {share:.0%} of it.",
        saturated=False,
        promise=goodput.promise,
        cached_share=setup.cached_share,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What a goodput is remembered by; facts on GPUs hold tables, so the setup counts by its text."""

    text: str
    promise: Promise | None
    saturated_tokens_per_second: float
    spread: float
    sizes: Sizes | None
    setup: Setup = field(compare=False)


def goodput_at(
    setup: Setup,
    promise: Promise | None,
    saturated_tokens_per_second: float,
    spread: float,
    sizes: Sizes | None = None,
) -> Goodput:
    """Goodput of a replica of that saturated pace [input + output tokens/s], the pace being known to e^±spread."""
    return _goodput(
        _Question(
            text=repr(setup),
            promise=promise,
            saturated_tokens_per_second=_rounded(saturated_tokens_per_second),
            spread=_rounded(spread),
            sizes=sizes,
            setup=setup,
        )
    )


@lru_cache(maxsize=REMEMBERED)
def _goodput(asked: _Question) -> Goodput:
    setup = asked.setup
    modelled = modelled_costs(setup)
    pace = modelled.tokens_per_second / asked.saturated_tokens_per_second
    limits = engine_limits(setup, modelled.kv_blocks)
    likely = OneReplica(limits=limits, costs=modelled.likely.times(pace), lanes=modelled.lanes)
    per_request = setup.mean_input_tokens + setup.mean_output_tokens
    means = max(setup.fresh_input_tokens, 1.0), setup.mean_output_tokens
    trace = holdable(made_up(*means, REQUESTS, asked.sizes), limits)
    if asked.promise is not None:
        require_attainable(lone(likely, trace, asked.promise.percentile), asked.promise)
    most = saturated_rate(likely, trace)
    if (excess := most * likely.lanes * per_request / asked.saturated_tokens_per_second) > 1 and likely.lanes > 1:
        likely, most = likely.slowed(excess), most / excess  # lanes err alike, and nobody measured them
    promise = asked.promise or usual_promise(likely, trace, saturated=most)
    least = HALF if asked.promise is None else 0.0  # a promise nobody made is relaxed for a slow replica too
    paces = [exp(by) for by in (asked.spread, 0.0, -asked.spread)]
    at = shown(likely, trace, promise.percentile, saturated=most)
    slow, middle, fast = (max(kept_share(at, promise, pace), least) * most * likely.lanes / pace for pace in paces)
    if not middle:
        raise NoFleet(
            f"{promise} leaves next to nothing: a prompt of others delays every answer for longer than that",
            fix="Relax the promise; or put a replica on more or faster GPUs.",
        )
    return Goodput(slow=slow, likely=middle, fast=fast, saturated=most * likely.lanes, promise=promise)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
