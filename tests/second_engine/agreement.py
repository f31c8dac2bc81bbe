"""What the lines say of a case, what the second engine says, and where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from plain import Case, Numbers, run
from random_cases import values

from breakeven.numbers.operations import AXES, OPTION
from breakeven.study.register import full_model

RELATIVE = 1e-9
DIFFERENCES_OF_LOADS = frozenset(
    (
        "spill", "own_load", "utilization", "peak_shortfall", "interactive_spill", "batch_spill", "free_capacity",
        "batch_load", "committed_burst",
    )
)  # fmt: skip
DIFFERENCES_OVER_TIME = frozenset({"present_value_of_savings", "net_present_value", "cumulative_saving"})
DIFFERENCES_OF_MONEY = frozenset(
    (
        "saving", "minimum_top_up", "tier_discount", "opportunity_cost", "pay_as_you_go", "tiered_spend", "gateway_fee",
        "negotiated_discount", "spill_cost", "idle_for_peak", "usage_bill", "egress", "night_route_back", "power",
        "refresh_shadow", "hardware_upkeep", "bought_by_token", "tiered_bought", "tiered_burst", "tiered_batch_burst",
        "interactive_burst_cost", "batch_burst_cost",
        "on_call_incidents", "refresh_people", "burst_by_token", "committed_burst_relief",
    )
)  # fmt: skip
DIFFERENCES_OF_TOKENS = frozenset({"tokens_in_tiers", "interactive_burst_tokens", "batch_burst_tokens", "tier_tokens"})
NAMES = frozenset(full_model().lines)


def given(case: Case) -> dict[str, Any]:
    """The case as the model takes it, with the fleets pinned where it pins some: the others follow the demand."""
    inputs = values(case)
    if not any(option.get("replicas") for option in case["options"]):
        return inputs
    needed = full_model().evaluate(inputs, ["replicas"])["replicas"]
    fleets = np.broadcast_to(needed, (1, 1, len(case["options"]), 1, case["months"])).copy()
    for i, option in enumerate(case["options"]):
        if option.get("replicas"):
            fleets[0, 0, i, 0] = option["replicas"]
    return inputs | {"replicas": fleets}


def rows(value: Any, option: int) -> np.ndarray:
    """A line of one option: workloads by months, one of each where it does not vary."""
    array = np.asarray(value, dtype=float)
    if array.ndim == 0:
        return array.reshape(1, 1)
    assert array.ndim == len(AXES)
    assert array.shape[0] == array.shape[-2] == 1
    taken: np.ndarray = array[0, :, option if array.shape[OPTION] > 1 else 0, 0]
    return taken


def gap(line: Any, plain: Any, option: int) -> float:
    """The largest difference relative to the larger of the two, infinite where one of them is no number."""
    ours, theirs = rows(line, option), np.atleast_2d(np.asarray(plain, dtype=float))
    if not (np.all(np.isfinite(ours)) and np.all(np.isfinite(theirs))):
        return np.inf
    size = np.maximum(np.abs(ours), np.abs(theirs))
    return float(np.max(np.abs(ours - theirs) / np.where(size > 0, size, 1)))


def dust(name: str, plain: Numbers) -> float:
    """A part in 1e12 of the amounts that the line is a difference of: what is below is floats' dust, not a gap."""
    if name in DIFFERENCES_OF_LOADS:
        return 1e-12 * max(*plain["load"], *plain["usable_capacity"])
    if name in DIFFERENCES_OF_TOKENS:
        return 1e-12 * max(plain["volume"])
    if name in DIFFERENCES_OVER_TIME:
        return 1e-12 * (sum(map(abs, plain["monthly_cost"])) + sum(map(abs, plain["baseline_cost"])))
    if name in DIFFERENCES_OF_MONEY:
        moved = (a * b for a, b in zip(plain["load"], plain["list_cost_per_busy_replica"], strict=True))
        return 1e-12 * max(*moved, *plain["baseline_cost"], *plain["list_spend"], *plain["compute"])
    return 0.0


def differences(
    case: Case, got: Mapping[str, Any], plain: list[Numbers] | None = None, names: Iterable[str] = NAMES
) -> Iterator[tuple[str, int, float]]:
    """Line, option and relative gap of every one of the named lines on which the engines do not agree."""
    for option, theirs in enumerate(plain or run(case)):
        for name in names:
            if name not in theirs or name not in got:
                continue
            found = gap(got[name], theirs[name], option)
            if found <= RELATIVE:
                continue
            off = np.abs(rows(got[name], option) - np.atleast_2d(np.asarray(theirs[name], dtype=float)))
            if not np.max(off) <= dust(name, theirs):
                yield name, option, found
