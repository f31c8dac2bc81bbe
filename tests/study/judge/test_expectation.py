"""One expectation: the criterion is the mean over the draws; what is exact stands where every input is at its mean."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from breakeven import Case, Study, assess
from breakeven.numbers.inputs import expected, likely
from breakeven.numbers.operations import pick
from breakeven.report.pages.parts.answer import on_average
from breakeven.report.pages.parts.evidence import price_path
from breakeven.study.judge.assess import comparison_of, judge
from breakeven.study.resolve.resolve import resolve

CASE: dict[str, Any] = {
    "as_of": "2026-11-21",
    "workloads": [
        {
            "name": "chat",
            "hosted_model": "anthropic/claude-haiku-4-5",
            "requests_per_month": 20e6,
            "input_tokens_per_month": 23.1e9,
            "output_tokens_per_month": 4.22e9,
        }
    ],
    "open_model": "llama-3.3-70b",
    "self_hosting": {"precision": "fp8"},
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 1,
}
PRICES = "hosted_price_change_per_month"


@cache
def study() -> Study:
    return assess(Case.from_dict(CASE))


def worth(found: Study, values: dict[str, Any], option: int) -> float:
    comparison = comparison_of(found.basis)
    got = comparison.model.evaluate({**values, "replicas": found.basis.fleets}, ["net_present_value"])
    return float(pick(got["net_present_value"], option=option))


def test_the_headline_is_the_mean_of_the_draws_and_the_point_differs_by_curvature_only() -> None:
    """The most likely values lie far from both: cached and batch share, incidents and people reach to one side."""
    found = study()
    assert found.uncertainty is not None
    means = {each.name: each.mean.value for each in found.uncertainty.options}
    for i, option in enumerate(found.options, 1):
        mean, point = means[option.name], worth(found, expected(found.basis.inputs), i)
        assert option.expected_net_present_value == mean
        assert option.horizon.net_present_value == pytest.approx(point, rel=1e-9)
        if not found.basis.columns[i].hybrid:  # a fixed base has kinks: what is above it bursts
            mode = worth(found, likely(found.basis.inputs), i)
            assert abs(point - mean) < abs(mode - mean) / 2


def test_the_order_and_the_class_follow_the_mean_of_the_draws() -> None:
    found = study()
    values = [each.expected_net_present_value for each in found.options]
    assert found.robust.options[found.verdict.best_option].net_present_value == max(values)
    for option, value in zip(found.options, values, strict=True):
        assert (option.verdict in ("FRAGILE", "HOLDS", "ROBUST")) == (value > 0)


def test_without_draws_the_point_stands_for_both() -> None:
    found = judge(study().basis, scenarios=0)
    for option in found.options:
        assert option.expected_net_present_value == option.horizon.net_present_value


def test_a_sign_that_the_draws_turn_is_said() -> None:
    found = study()
    it = found.options[found.verdict.best_option - 1]
    assert on_average(found, it) == ""
    turned = replace(it, horizon=replace(it.horizon, net_present_value=-1234.0))
    assert "mean over the draws, which the class uses; with every input at its mean it is −$1,230" in on_average(
        found, turned
    )


def test_flat_prices_stand_beside_the_path() -> None:
    found, best = study(), study().verdict.best_option
    values = expected(found.basis.inputs) | {PRICES: 0.0}
    it = found.options[best - 1]
    assert it.net_present_value_at_flat_prices == pytest.approx(worth(found, values, best), rel=1e-9)
    low, high = found.basis.inputs[PRICES].low, found.basis.inputs[PRICES].high
    assert low is not None
    assert high is not None
    assert low < 0 < high
    assert "with flat API prices" in str(price_path(found, it))


def drawn(**parts: Any) -> dict[str, tuple[float | None, float | None]]:
    inputs = resolve(Case.from_dict({**CASE, **parts})).inputs
    return {name: (each.low, each.high) for name, each in inputs.items() if each.uncertain}


def test_what_the_case_states_is_not_drawn() -> None:
    assumed = {"cached_share": 0.4, "canary_share": {"likely": 0.02}}
    found = drawn(people={"incidents_per_month": 3}, assumptions=assumed, discount_rate_per_year=0.08)
    assert not found.keys() & {
        "run_fte",
        "incidents_per_month",
        "cached_share",
        "canary_share",
        "discount_rate_per_year",
    }
    assert {"batch_share", "engineer_cost_per_year"} <= found.keys()


def test_but_for_what_nobody_can_know_yet() -> None:
    """It keeps its spread around what is stated, unless the case gives one of its own."""
    found = drawn(
        assumptions={"growth_per_month": 0.04, "gpu_price_long_run_ratio": 0.5},
        hosted={"price_change_per_month": -0.02},
    )
    assert found["growth_per_month"] == pytest.approx((0.02, 0.09))
    assert found["gpu_price_long_run_ratio"] == pytest.approx((0.305, 0.815))
    assert found[PRICES] == pytest.approx((-0.04, 0.02))
    certain = {"likely": 0.04, "low": 0.04, "high": 0.04}
    assert "growth_per_month" not in drawn(assumptions={"growth_per_month": certain})


def test_the_study_says_which_inputs_are_drawn_and_where_they_stand() -> None:
    found = study()
    assert found.uncertainty is not None
    assert tuple(found.means) == found.uncertainty.inputs
    assert np.isfinite([*found.means.values()]).all()
    assert found.means["batch_share"] == pytest.approx(0.2055, abs=5e-4)
