"""What must hold of the cost lines whatever the numbers: units of money, sums, tiers, capacity."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.costs.compute import capital_charge_per_gpu
from breakeven.decision.exact.along import inexactly
from breakeven.numbers.inputs import likely
from breakeven.numbers.operations import OPTION, STEP, WORKLOAD, along
from breakeven.study.register import full_model, register
from test_examples import structure, time

MODEL = full_model()
UNITS = {name: one.unit for name, one in register().items()} | {name: one.unit for name, one in MODEL.lines.items()}
MONEY = [name for name in register() if re.match(r"USD\b", UNITS[name])]


def values(**changed: Any) -> dict[str, Any]:
    """Two workloads over a year, bought or served on rented GPUs, with everything switched on."""
    made = {name: value for name, value in likely(register()).items() if value is not None}
    made |= {name: inexactly(value) for name, value in (structure(2) | time(12)).items()}
    made |= {
        "input_mtok_per_month": along(WORKLOAD, [30_000, 8_000]),
        "output_mtok_per_month": along(WORKLOAD, [6_000, 4_000]),
        "input_price_per_mtok": along(WORKLOAD, [0.6, 1.2]),
        "output_price_per_mtok": along(WORKLOAD, [2.4, 4.8]),
        "replica_tokens_per_second": along(WORKLOAD, [9_000, 5_000]),
        "load_over_mean": along(STEP, [1.6, 1.2, 0.8]),
        "block_share": along(STEP, [0.1, 0.3, 0.6]),
        "peak_over_mean": 1.5,
        "gpu_price_per_hour": 2.69,
        "growth_per_month": 0.02,
        "hosted_price_change_per_month": -0.02,
        "gateway_fee_share": 0.05,
        "observability_per_mtok": 0.001,
        "procurement_cost": 3_000,
        "nights_on_api_share": 0.25,
    }
    return made | changed


@given(st.floats(0.01, 100))
def test_another_currency_scales_all_money_and_nothing_else(rate: float) -> None:
    here, there = (MODEL.evaluate(values(**{n: values()[n] * k for n in MONEY})) for k in (1, rate))
    for name, value in here.items():
        factor = rate if UNITS[name].startswith("USD") else 1
        assert there[name] == pytest.approx(value * factor, rel=1e-9, abs=1e-6), name


@given(st.floats(0.01, 100))
def test_volume_scale_is_the_volume(scale: float) -> None:
    volumes = ("input_mtok_per_month", "output_mtok_per_month")
    scaled = MODEL.evaluate(values(volume_scale=scale), ["monthly_cost", "replicas"])
    stated = MODEL.evaluate(values(**{n: values()[n] * scale for n in volumes}), ["monthly_cost", "replicas"])
    assert np.allclose(scaled["replicas"], stated["replicas"])
    assert np.allclose(scaled["monthly_cost"], stated["monthly_cost"])


def test_the_month_is_the_sum_of_its_items() -> None:
    """Every item of the cost table once, and nothing besides."""
    items = (
        "gpu_rent", "serverless_cost", "capital_charge", "owned_idle_value",
        "power", "colocation", "maintenance", "licences", "host_and_storage", "egress",
        "run_engineering", "on_call_stipends", "on_call_incidents", "night_route_back",
        "observability", "refresh_people", "refresh_compute", "refresh_shadow", "security_and_compliance",
        "fallback_commitment",
        "opportunity_cost", "outage_cost", "hosted_engineering",
        "fresh_input_cost", "cached_input_cost", "cache_write_cost", "batch_cost", "output_cost", "spill_cost",
        "tier_discount", "negotiated_discount", "gateway_fee", "committed_cost", "minimum_top_up",
    )  # fmt: skip
    got = MODEL.evaluate(values())
    assert np.allclose(sum(got[name] for name in items) - got["committed_relief"], got["monthly_cost"])
    assert np.all(got["saving"][:, :, 0] == 0)


@given(st.floats(0.01, 30), st.integers(0, 8), st.integers(0, 2))
def test_a_fleet_never_serves_more_than_it_can(scale: float, fleet: int, spares: int) -> None:
    fleets = along(OPTION, [0, fleet + spares])
    got = MODEL.evaluate(values(volume_scale=scale, replicas=fleets, spare_replicas=spares))
    assert np.all(got["own_load"] <= got["usable_capacity"] + 1e-9)
    assert np.all(got["utilization"] <= 1)
    assert np.all(got["spill"] >= 0)
    assert np.all(got["api_bill"] >= 0)
    assert np.allclose(got["own_load"] + got["spill"], got["load"])


def test_a_fleet_sized_for_the_peak_has_no_shortfall() -> None:
    for scale in (0.1, 1.0, 7.3):
        got = MODEL.evaluate(values(volume_scale=scale), ["peak_shortfall"])
        assert np.all(got["peak_shortfall"] <= 1e-9)


def test_no_interest_is_the_limit_of_little_interest() -> None:
    plain = capital_charge_per_gpu(37_500, 0.175, 0.0, 48, 1)
    assert plain == pytest.approx(37_500 * 0.825 / 48)
    assert capital_charge_per_gpu(37_500, 0.175, 1e-7, 48, 1) == pytest.approx(plain, rel=1e-4)
    several = capital_charge_per_gpu(37_500, 0.175, along(OPTION, [0, 0.01]), 48, 1)
    assert several[0, 0, 0, 0, 0] == pytest.approx(plain)


def test_hosted_buys_everything_and_owns_nothing() -> None:
    got = MODEL.evaluate(values())
    for name in ("own_cost", "one_time_cost", "replicas", "spill", "utilization"):
        assert np.all(np.asarray(got[name])[..., 0, :, :] == 0), name
