"""Step costs of a replica whose goodput is known: the modelled ones, slowed or quickened until the replay agrees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.promise.goodput import (
    HALF,
    OneReplica,
    engine_limits,
    holdable,
    kept_share,
    saturated_rate,
    shown,
)
from breakeven.capacity.promise.promise import Promise
from breakeven.capacity.replay.synthetic import made_up
from breakeven.capacity.speed.modelled_costs import modelled_costs
from breakeven.capacity.speed.own_measurements import OwnMeasurements
from breakeven.capacity.speed.promised import REQUESTS
from breakeven.demand.log.histogram import Sizes

ROUNDS = 4  # goodput is nearly in proportion to the pace, so a few corrections meet it
CLOSE = 0.02  # how near is near enough; a replay with made-up requests knows no better


@dataclass(frozen=True, slots=True, kw_only=True)
class Paced:
    """A replica at the ends and in the middle of what is known of its speed."""

    slow: OneReplica
    likely: OneReplica
    fast: OneReplica


def modelled(
    setup: Setup,
    most_sequences: int | None = None,
    token_budget: int | None = None,
    own: OwnMeasurements | None = None,
) -> Paced:
    """The step model's replica, with its own band, or that of the user's benchmarks. Raises `NoArithmetic`."""
    costs = modelled_costs(setup, own)
    limits = engine_limits(setup, costs.kv_blocks, most_sequences, token_budget)
    slow, likely, fast = (
        OneReplica(limits=limits, costs=pace, lanes=costs.lanes) for pace in (costs.slow, costs.likely, costs.fast)
    )
    return Paced(slow=slow, likely=likely, fast=fast)


def at_goodput(setup: Setup, promise: Promise, band: tuple[float, float, float], sizes: Sizes | None = None) -> Paced:
    """The replica whose goodput under the promise is the band's (p10, p50, p90) [input + output tokens/s]."""
    start = modelled(setup).likely
    per_request = setup.mean_input_tokens + setup.mean_output_tokens
    made = made_up(max(setup.fresh_input_tokens, 1.0), setup.mean_output_tokens, REQUESTS, sizes)
    trace = holdable(made, start.limits)
    most = saturated_rate(start, trace)
    at = shown(start, trace, promise.percentile, saturated=most)

    def rate(pace: float) -> float:
        """Of a replica so slow that no load keeps the promise: half of its saturated rate, to quicken it by."""
        return (kept_share(at, promise, pace) or HALF) * most / pace

    slow, likely, fast = (start.slowed(_pace(rate, end / per_request / start.lanes)) for end in band)
    return Paced(slow=slow, likely=likely, fast=fast)


def _pace(rate: Callable[[float], float], wanted: float) -> float:
    """How many times as long a step must take until the replica serves the wanted requests a second."""
    pace = 1.0
    for _ in range(ROUNDS):
        found = rate(pace)
        if abs(found / wanted - 1) <= CLOSE:
            break
        pace *= found / wanted
    return pace
