"""Half the utilization, and costs added one by one: a small model with round numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from staircase import module

from breakeven.decision.answers.halves import half_tests
from breakeven.decision.answers.hidden_costs import RUNGS, SPREAD, cost_ladder
from breakeven.decision.comparison import Comparison
from breakeven.numbers.lines import Model, line
from breakeven.numbers.operations import OPTION, along, whole_up


@line("replica", source="test")
def replicas(load, volume_scale, replica_tokens_per_second):
    """As many as the load needs."""
    return whole_up(load * volume_scale / replica_tokens_per_second)


@line("USD/month", source="test")
def monthly_cost(replicas, rent, bill, volume_scale, is_baseline):
    """The bill of who buys, the rent of who owns."""
    return is_baseline * bill * volume_scale + (1 - is_baseline) * rent * replicas


@line("USD", source="test")
def net_present_value(monthly_cost, bill, volume_scale):
    """Of one month."""
    return bill * volume_scale - monthly_cost


def owned() -> Comparison:
    fleets = along(OPTION, [0.0, 3.0])
    return Comparison(
        model=Model(
            module(replicas, monthly_cost, net_present_value),
            inputs=["load", "volume_scale", "replica_tokens_per_second", "rent", "bill", "is_baseline"],
        ),
        names=("buy", "own"),
        values={
            "load": 300.0, "volume_scale": 1.0, "replica_tokens_per_second": 100.0, "rent": 1_000.0, "bill": 5_000.0,
            "is_baseline": along(OPTION, [1.0, 0.0]),
        },
        fleets=fleets,
        months=1,
    )  # fmt: skip


def test_with_half_the_tokens_the_fleet_and_its_rent_stay() -> None:
    half = half_tests(owned(), 0)[1][0]
    assert (half.hosted_month, half.option_month, half.replicas) == (2_500, 3_000, 3)
    assert half.net_present_value == -500
    assert not half.wins


def test_with_replicas_half_as_fast_the_fleet_doubles_and_the_bill_stays() -> None:
    half = half_tests(owned(), 0)[1][1]
    assert (half.hosted_month, half.option_month, half.replicas) == (5_000, 6_000, 6)
    assert not half.wins
    assert half_tests(replace(owned(), values={**owned().values, "bill": 6_001.0}), 0)[1][1].wins


def test_a_tie_goes_to_buying() -> None:
    assert not half_tests(replace(owned(), values={**owned().values, "bill": 6_000.0}), 0)[1][1].wins


LINES = {name.lstrip("-") for _, names in RUNGS for name in names}


def ladder_of(**amounts: float):
    got = {name: along(OPTION, [0.0, amounts.get(name, 0.0)]) for name in [*LINES, "one_time_cost"]}
    got["monthly_cost"] = along(OPTION, [10_000.0, 0.0])
    return cost_ladder(replace(owned(), months=10), got, 1, 0)


def test_rungs_add_up_from_busy_gpus_to_everything_and_the_first_that_ends_the_saving_is_told() -> None:
    ladder = ladder_of(
        compute=6_000.0, idle_for_peak=1_500.0, redundancy=500.0, run_engineering=5_000.0, one_time_cost=20_000.0
    )
    so_far = {rung.label: rung.saving_so_far for rung in ladder.rungs}
    assert so_far["GPUs, as if always busy"] == 6_000  # 10,000 less 6,000 without what idles and what is spare
    assert so_far["idle GPUs for the peak"] == 4_500
    assert so_far["spare GPUs"] == 4_000
    assert so_far["engineers who run it"] == -1_000
    assert so_far[SPREAD] == -3_000  # 20,000 over ten months on top
    assert ladder.turns_at is not None
    assert ladder.rungs[ladder.turns_at].label == "engineers who run it"


def test_what_saves_to_the_end_turns_nowhere() -> None:
    ladder = ladder_of(compute=1_000.0)
    assert ladder.turns_at is None
    assert ladder.rungs[-1].saving_so_far == pytest.approx(9_000)
    assert np.isclose(sum(rung.adds for rung in ladder.rungs), 1_000)
