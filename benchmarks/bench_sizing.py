"""Sizing a fleet by replay: an hour of requests, the promise decided at p95, in so many plain replays of it.

The hour is Azure's conversation trace where `shared/data` lies beside the checkout, else one made up like it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from benchmarks.measure import ratio, versus
from benchmarks.replay_prototype import replayed

from breakeven.capacity.fleet.fleet_size import smallest_fleet
from breakeven.capacity.promise.goodput import OneReplica, goodput, saturated_rate
from breakeven.capacity.promise.promise import Promise
from breakeven.capacity.replay.ledger import Limits
from breakeven.capacity.replay.step_costs import StepCosts
from breakeven.capacity.replay.synthetic import synthetic
from breakeven.capacity.replay.trace import Trace, read_trace

AZURE = Path(__file__).parents[2] / "shared/data/traces/azure_2023_conversation.csv"
REQUESTS, REQUESTS_PER_SECOND = 19_366, 5.5
PROMISE = Promise(ttft_seconds=1.0, tpot_seconds=0.05)
# A 70B model in 8 bit on two H100, as the step model has it: two replicas are needed, or three.
COSTS = StepCosts(overhead=0.0037, weights=0.0097, per_token=6.35e-5, per_sequence=8e-6, per_context_token=5.3e-8)
ONE = OneReplica(limits=Limits(kv_blocks=14_455, most_sequences=1024, token_budget=8192), costs=COSTS)


@cache
def hour() -> Trace:
    return (
        read_trace(AZURE) if AZURE.exists() else synthetic(1155, 211, REQUESTS, requests_per_second=REQUESTS_PER_SECOND)
    )


@cache
def some() -> Trace:
    return synthetic(1155, 211, 2400)


def plainly() -> object:
    """The hour replayed once, by the prototype."""
    return replayed(hour(), COSTS, 2, ONE.limits.token_budget)


@ratio(limit=4)
def fleet_for_an_hour() -> float:
    return versus(lambda: smallest_fleet(hour(), ONE, PROMISE), plainly)


@ratio(limit=6)
def fleet_for_an_hour_least_loaded() -> float:
    return versus(lambda: smallest_fleet(hour(), ONE, PROMISE, routing="least_loaded"), plainly)


@ratio(limit=2)
def goodput_of_one_replica() -> float:
    return versus(lambda: goodput(ONE, some(), PROMISE, saturated=saturated_rate(ONE, some())), plainly)
