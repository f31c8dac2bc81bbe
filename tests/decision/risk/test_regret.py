"""The robust choice, and W4's locked fleet when demand halves."""

from __future__ import annotations

import numpy as np
import pytest
from staircase import module

from breakeven.decision.comparison import Comparison
from breakeven.decision.risk.regret import half_demand_locked, robust_choice
from breakeven.numbers.lines import Model, Values, line
from breakeven.numbers.operations import MONTH, OPTION, STEP, along
from breakeven.problems import Problem
from breakeven.study.register import full_model, register


@line("USD", source="test")
def net_present_value(volume_scale, rate, replicas, fixed):
    """What it saves."""
    return volume_scale * rate - replicas * fixed


@line("replica", source="test")
def replicas(held):
    """Replicas."""
    return held


def four_options() -> Comparison:
    """Buying, a small, a large and a barred fleet: 0 | 100 - 40 | 180 - 118 | 300 - 118 at planned demand."""
    held = along(OPTION, [0.0, 40.0, 118.0, 118.0])
    return Comparison(
        model=Model(module(replicas, net_present_value), inputs=["volume_scale", "rate", "fixed", "held"]),
        names=("buy", "small", "large", "barred"),
        values={"volume_scale": 1.0, "rate": along(OPTION, [0.0, 100.0, 180.0, 300.0]), "fixed": 1.0, "held": held},
        fleets=held,
        months=1,
    )


ALLOWED = (True, True, True, False)


def test_the_least_worst_regret_within_the_tolerance_is_recommended() -> None:
    """At half demand: 0, 10, -28; at double: 0, 160, 242. Worst regrets: 242, 82, 38."""
    found = robust_choice(four_options(), tolerance=5.0, allowed=ALLOWED)
    assert (found.best, found.recommended) == (2, 2)
    assert [each.worst for each in found.options[:3]] == pytest.approx([242, 82, 38])
    assert found.options[1].regrets == pytest.approx((0, 82))
    halved = robust_choice(four_options(), tolerance=5.0, allowed=ALLOWED, demands=(0.5,))
    assert (halved.best, halved.recommended) == (2, 1)
    assert halved.given_up == pytest.approx(2)
    assert halved.spared == pytest.approx(38)
    assert halved.options[2].worst_demand == 0.5


def test_nothing_beyond_the_tolerance_is_recommended() -> None:
    found = robust_choice(four_options(), tolerance=1.0, allowed=ALLOWED, demands=(0.5,))
    assert found.recommended == found.best == 2
    assert not found.options[1].within_tolerance


def test_an_option_that_is_not_allowed_is_neither_best_nor_a_rival() -> None:
    assert robust_choice(four_options(), tolerance=0.0).best == 3
    assert robust_choice(four_options(), tolerance=1e9, allowed=ALLOWED).options[3].regrets[1] < 0
    with pytest.raises(Problem, match="no option is allowed"):
        robust_choice(four_options(), tolerance=0.0, allowed=(False,) * 4)
    with pytest.raises(Problem, match="a tolerance of -1"):
        robust_choice(four_options(), tolerance=-1.0)


def stepped_load() -> Values:
    """W4: four blocks of load, a replica of 2,000 tokens/s at 2,920 a month, fixed 2,000, price 1.25, own 0.05."""
    given = {
        "months_elapsed": along(MONTH, [0.0]),
        "years_elapsed": along(MONTH, [0.0]),
        "months_to_payment": along(MONTH, [1.0]),
        "first_month": along(MONTH, [1.0]),
        "live": along(MONTH, [1.0]),
        "is_baseline": along(OPTION, [1.0, 0.0]),
        "self_hosts": along(OPTION, [0.0, 1.0]),
        "holds_fleet": along(OPTION, [0.0, 1.0]),
        "moved": along(OPTION, [0.0, 1.0]),
        "load_over_mean": along(STEP, np.array([9000.0, 6000.0, 3500.0, 1000.0]) / 3550),
        "block_share": along(STEP, np.array([73.0, 146.0, 219.0, 292.0]) / 730),
        "input_mtok_per_month": 0.0,
        "output_mtok_per_month": 9329.4,
        "input_price_per_mtok": 0.0,
        "output_price_per_mtok": 1.25,
        "replica_tokens_per_second": 2000.0,
        "gpu_price_per_hour": 4.0,
        "compliance_cost_per_year": 24_000.0,
        "egress_gb_per_mtok": 1.0,
        "egress_price_per_gb": 0.05,
        "peak_over_mean": 1.0,
        "life_months": 48.0,
        **dict.fromkeys(("gpu_price_half_life_months", "reserved_term_months", "gpu_price_long_run_ratio"), 1.0),
        "tier_price_step": 1.0,
    }
    ones = ("volume_scale", "price_scale", "usable_share", "retry_factor", "tokenizer_ratio", "opportunity_multiple")
    kept = {n: each.likely for n, each in register().items() if each.kind == "constant" and each.likely is not None}
    stated = dict.fromkeys(("full_platform_gpus", "least_compliance_share"), 1.0)
    structure = dict.fromkeys(("gpus_per_replica", "gpus_billed_together", "gpus_per_node", "minimum_replicas"), 1.0)
    rest = dict.fromkeys(register(), 0.0)
    return (
        rest
        | kept
        | dict.fromkeys(ones, 1.0)
        | structure
        | stated
        | {"unit_tokens_per_minute": 1.0, "output_work_weight": 1.0}
        | given
    )


def test_the_locked_fleet_at_half_demand() -> None:
    """W4: two replicas locked lose 2,400.04; one would lose 741.48, so that buying is best."""
    found = half_demand_locked(full_model(), stepped_load(), 1, 2, 0)
    assert found.locked_saving == pytest.approx(-2400.04, abs=0.005)
    assert found.best_saving == pytest.approx(-741.48, abs=0.005)
    assert found.best_replicas == 0
    assert found.commitment_costs == pytest.approx(2400.04, abs=0.005)


def test_the_locked_fleet_at_planned_demand_is_the_best() -> None:
    """W4: two replicas save 517.04."""
    found = half_demand_locked(full_model(), stepped_load(), 1, 2, 0, demand=1.0)
    assert found.locked_saving == pytest.approx(517.04, abs=0.005)
    assert found.best_replicas == 2
    assert found.commitment_costs == pytest.approx(0, abs=1e-6)
