"""The lines and a second engine in plain loops agree on every number of 1,000 random cases."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import NAMES, differences, given, rows
from plain import run
from random_cases import MODES, random_case

from breakeven.study.register import full_model

CASES, BATCH = 1_000, 125
AT_ONCE = 2 * BATCH  # cases that every run compares; the others go with what takes minutes
STEPS_ON_THE_WAY = {  # neither money nor a size: factors and volumes, each inside what is compared
    "growth_factor", "hosted_price_factor", "gpu_price_factor", "hosted_price_fall", "months_of_progress",
    "gpu_price_trend", "months_at_renewal", "reserved_price_factor",
    "power_price_factor", "pay_factor", "billed_factor",
    "tokens_for_the_bill", "our_tokens_per_stated",
    "own_share", "base_input_volume", "base_output_volume", "base_volume", "bought_input_volume",
    "bought_output_volume", "work_by_workload", "base_work", "base_bought_volume", "base_interactive_work",
    "work_per_busy_replica", "base_interactive_tokens", "base_batch_tokens",
    "committed_work", "committed_burst_work", "unit_capacity", "replica_capacity", "base_load",
    "base_interactive_load", "base_batch_load", "base_peak_load",
    "replicas_for_load", "replicas_serving", "gpus_bought", "busy_nodes",
}  # fmt: skip


def test_the_second_engine_knows_every_line() -> None:
    """A line that somebody adds is compared too, or named above. Nothing in money may be named there."""
    lines = full_model().lines
    assert set(run(random_case(1))[1]) == NAMES - STEPS_ON_THE_WAY
    assert not [name for name in STEPS_ON_THE_WAY if lines[name].unit.startswith("USD")]


@pytest.mark.parametrize(
    "first",
    [pytest.param(each, marks=[pytest.mark.heavy] * (each >= AT_ONCE)) for each in range(0, CASES, BATCH)],
)
def test_two_engines_agree(first: int) -> None:
    for seed in range(first, first + BATCH):
        case = random_case(seed)
        assert [*differences(case, full_model().evaluate(given(case)))] == [], seed


def test_the_cases_hold_what_they_promise() -> None:
    """Every way to buy GPUs, every kind of tier and commitment, fleets with and without room, wins and losses."""
    seen = set()
    for seed in range(200):
        case = random_case(seed)
        slabs = "slab" if case["common"]["tiers_are_slabs"] else "graduated"
        seen.add(f"{slabs} tiers" if len(case["tiers"]) > 1 else "one price")
        seen.add("several workloads" if len(case["workloads"]) > 1 else "one workload")
        seen.add("later cut-over" if case["cut_over"] else "at once")
        for option, got in zip(case["options"], run(case), strict=True):
            seen |= {name for name, is_so in shown(option, got).items() if is_so}
    assert seen == EXPECTED


def shown(option: dict[str, object], got: dict[str, list[float]]) -> dict[str, bool]:
    """What one option of a case shows."""
    return {
        "owned": bool(option["gpu_purchase_price"]),
        "serverless": bool(option["serverless_price_per_hour"]),
        "rented": bool(option["gpu_price_per_hour"] and option["self_hosts"]),
        "dedicated": bool(option["gpu_price_per_hour"] and not option["self_hosts"]),
        "endpoint": 1.0 in option["bought_elsewhere"],  # type: ignore[operator]
        "stays on the API": bool(option["self_hosts"]) and 0.0 in option["moved"],  # type: ignore[operator]
        "canary": bool(option["canary_share"]),
        "committed units, full": 0 < max(got["committed_relief"]) < 0.9 * max(got["list_spend"]),
        "committed units, idle": max(got["committed_relief"]) > 0.999 * max(got["list_spend"]),
        "minimum bill": max(got["minimum_top_up"]) > 0,
        "whole nodes billed": max(a - b for a, b in zip(got["gpus_billed"], got["gpus"], strict=True)) > 0,
        "spares": bool(option["spare_replicas"]),
        "pinned below the need": bool(option.get("replicas")) and max(got["peak_shortfall"]) > 0,
        "fewer than the spares": bool(option.get("replicas")) and min(got["replicas"]) < option["spare_replicas"],  # type: ignore[operator]
        "nothing spills": bool(option["holds_fleet"]) and max(got["spill"]) == 0,
        "some spills": 0 < max(got["spill"]) < max(got["load"]),
        "wins": got["net_present_value"] > 0,  # type: ignore[operator]
        "loses": got["net_present_value"] < 0,  # type: ignore[operator]
    }


EXPECTED = {
    *MODES, "slab tiers", "graduated tiers", "one price", "several workloads", "one workload", "later cut-over",
    "at once", "stays on the API", "canary", "committed units, full", "committed units, idle", "minimum bill",
    "whole nodes billed", "spares", "pinned below the need", "fewer than the spares", "nothing spills", "some spills",
    "wins", "loses",
}  # fmt: skip


def test_worst_gap_of_the_criterion() -> None:
    """Far below what is asked: the present value, relative to the money that flows."""
    worst = 0.0
    for seed in range(100):
        case = random_case(seed)
        got = full_model().evaluate(given(case), ["net_present_value"])["net_present_value"]
        for option, theirs in enumerate(run(case)):
            off = float(np.max(np.abs(rows(got, option) - theirs["net_present_value"])))
            worst = max(worst, off / (sum(theirs["monthly_cost"]) + sum(theirs["baseline_cost"])))
    assert worst < 1e-12
