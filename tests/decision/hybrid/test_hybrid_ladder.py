"""Own the base, burst the rest: the ladder of owned replicas, and the one break-even of a hybrid."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from breakeven.decision.hybrid.best_bases import BestBases
from breakeven.decision.hybrid.hybrid import fleets, ladder
from breakeven.decision.hybrid.hybrid_windows import hybrid_break_even
from breakeven.numbers.inputs import likely
from breakeven.numbers.operations import MONTH, OPTION, STEP, WORKLOAD, along
from breakeven.study.register import full_model, register

HOURS, LOADS = np.array([73, 146, 219, 292]), np.array([9000, 6000, 3500, 1000])  # hours a month, tokens a second
MEAN = float(HOURS @ LOADS / 730)
NOTHING = (
    "hosted_fte", "run_fte", "incidents_per_month", "oncall_slots", "refreshes_per_year", "compliance_cost_per_year",
    "storage_gb", "build_person_months", "migration_cost_per_workload", "evaluation_set_cost", "shadow_days",
    "canary_share", "cached_share", "observability_per_node_month", "pay_escalation_per_year", "discount_rate_per_year",
)  # fmt: skip


def four_blocks(scale: float = 1.0) -> dict[str, Any]:
    """Four load blocks, replicas of 2,000 tokens/s at 2,920 a month, 1.25 against 0.05 per MTok, 2,000 fixed."""
    plain = {
        "input_mtok_per_month": along(WORKLOAD, [0.0]),
        "output_mtok_per_month": along(WORKLOAD, [MEAN * 2.628 * scale]),
        "input_price_per_mtok": along(WORKLOAD, [0.0]),
        "output_price_per_mtok": along(WORKLOAD, [1.25]),
        "load_over_mean": along(STEP, LOADS / MEAN),
        "block_share": along(STEP, HOURS / 730),
        "peak_over_mean": 9000 / MEAN,
        "replica_tokens_per_second": 2000.0,
        "usable_share": 1.0,
        "gpu_price_per_hour": along(OPTION, [0.0, 4.0]),
        "egress_gb_per_mtok": 0.5,
        "egress_price_per_gb": 0.1,
        "fallback_commitment_per_month": 2000.0,
        "retry_factor": 1.0,
    }
    months = {"months_elapsed": 0, "years_elapsed": 0, "months_to_payment": 1, "first_month": 1, "live": 1}
    options = {"is_baseline": [1, 0], "self_hosts": [0, 1], "holds_fleet": [0, 1], "moved": [0, 1]}
    return {
        **likely(register()),
        **dict.fromkeys(NOTHING, 0.0),
        **plain,
        **{name: along(MONTH, [float(value)]) for name, value in months.items()},
        **{name: along(OPTION, [float(each) for each in value]) for name, value in options.items()},
    }


def test_each_replica_adds_what_its_slice_of_the_load_is_worth() -> None:
    found = ladder(full_model(), four_blocks(), 1, 0)
    adds = [each.adds for each in found.rungs]
    assert adds == pytest.approx([2125.76, 391.28, -1027.84, -2289.28, -2604.64], abs=0.005)
    assert found.best == 1
    assert found.rungs[1].monthly_saving == pytest.approx(517.04, abs=0.005)
    assert found.rungs[-1].monthly_saving == pytest.approx(-5404.72, abs=0.005)
    assert found.entry_ticket == pytest.approx(2000)
    assert found.screening_share == pytest.approx(0.46296, abs=5e-6)


def test_each_base_stands_beside_what_it_is_worth_at_half_the_demand() -> None:
    half = ladder(full_model(), four_blocks(0.5), 1, 0)
    at_half = [each.at_half for each in ladder(full_model(), four_blocks(), 1, 0).rungs]
    assert at_half[: len(half.rungs)] == pytest.approx([each.net_present_value for each in half.rungs])
    assert at_half[-1] < at_half[0] < 0


def test_at_half_the_load_no_base_pays_its_entry() -> None:
    found = ladder(full_model(), four_blocks(0.5), 1, 0)
    assert found.best == -1
    assert found.rungs[0].monthly_saving == pytest.approx(-741.48, abs=0.005)
    assert found.rungs[1].monthly_saving == pytest.approx(-2400.04, abs=0.005)


def test_a_hybrid_has_one_break_even_and_stays_above_it() -> None:
    found = hybrid_break_even(BestBases(model=full_model(), values=four_blocks(), months=1, keeps=False))
    (window,) = found.windows
    assert window.end is None
    assert 0.5 < float(window.start) < 1.0
    just = ladder(full_model(), four_blocks(float(window.start) * 1.001), 1, 0)
    below = ladder(full_model(), four_blocks(float(window.start) * 0.999), 1, 0)
    assert (just.best >= 0, below.best) == (True, -1)


def test_spares_are_looked_at_beside_what_carries_the_peak() -> None:
    plain = ladder(full_model(), four_blocks(), 1, 0)
    spared = ladder(full_model(), four_blocks() | {"spare_replicas": 1.0}, 1, 0)
    assert [each.replicas - 1 for each in spared.rungs] == [each.replicas for each in plain.rungs]
    assert [each.spill_share for each in spared.rungs] == [each.spill_share for each in plain.rungs]
    assert spared.rungs[-1].spill_share == plain.rungs[-1].spill_share == 0


def test_many_sizes_are_looked_at_in_even_steps_and_no_others() -> None:
    """Between those, the sizes that fill what is paid for together: only where a bunch is more than one."""
    steps = fleets(10_000)
    assert (len(steps), steps[0], steps[-1]) == (64, 1, 10_000)
    filled = set(fleets(10_000, bunch=8)) - set(steps)
    assert filled
    assert all(each % 8 == 0 for each in filled)
