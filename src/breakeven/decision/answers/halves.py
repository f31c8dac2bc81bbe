"""The same sum again at half the utilization: half the tokens, or replicas half as fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from breakeven.decision.comparison import Comparison
from breakeven.numbers.operations import SCENARIO, Value, along, pick


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfTest:
    """One half-utilization test: costs of the named month, net present value over the horizon."""

    name: str
    hosted_month: float
    option_month: float
    net_present_value: float
    replicas: float

    @property
    def wins(self) -> bool:
        """Whether the option still beats buying; a tie goes to buying."""
        return self.net_present_value > 0


VOLUME, SPEED = "half the tokens, same fleet", "same tokens, replicas half as fast"
HALF = 0.5
WANTED = ("monthly_cost", "net_present_value", "replicas")


def half_tests(comparison: Comparison, month: int) -> tuple[tuple[HalfTest, HalfTest], ...]:
    """Both tests of every option, the first one included. People stay in both.

    T1: the whole demand path halves, the decided fleet stays. T2: a replica serves half as much, so the fleet is sized
    again.
    """
    speed = comparison.values["replica_tokens_per_second"]
    changed = halved(comparison, comparison.sized_anew(replica_tokens_per_second=speed / 2))
    return tests_in(comparison, comparison.evaluate(WANTED, **changed), month, range(2))


def halved(comparison: Comparison, anew: Value) -> dict[str, Value]:
    """What both tests change, along the scenario axis. `anew`: the fleets for replicas half as fast."""
    values = comparison.values
    return {
        "volume_scale": along(SCENARIO, [HALF, float(np.max(values["volume_scale"]))]),
        "replica_tokens_per_second": values["replica_tokens_per_second"] * along(SCENARIO, [1.0, HALF]),
        "replicas": np.concatenate(np.broadcast_arrays(comparison.fleets, anew), axis=SCENARIO),
    }


def tests_in(
    comparison: Comparison, got: Mapping[str, Value], month: int, scenarios: range
) -> tuple[tuple[HalfTest, HalfTest], ...]:
    """Both tests of every option, from the two scenarios of evaluated lines that hold them."""
    every = range(len(comparison.names))
    cost, replicas = (pick(got[n], option=every, scenario=scenarios, month=month) for n in ("monthly_cost", "replicas"))
    worth = pick(got["net_present_value"], option=every, scenario=scenarios)

    def test(name: str, option: int, which: int) -> HalfTest:
        return HalfTest(
            name=name,
            hosted_month=float(cost[0, which]),
            option_month=float(cost[option, which]),
            net_present_value=float(worth[option, which]),
            replicas=float(replicas[option, which]),
        )

    return tuple((test(VOLUME, option, 0), test(SPEED, option, 1)) for option in every)
