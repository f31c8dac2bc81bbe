"""One expectation: the criterion is the mean over the draws; what is exact stands where every input is at its mean."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from breakeven import Case, Study, assess
from breakeven.decision.risk.curvature import bends
from breakeven.decision.risk.draws import at, draws
from breakeven.numbers.inputs import anchor, expected, likely, middle, moved, quantile
from breakeven.numbers.operations import pick
from breakeven.report.pages.parts.answer import on_average
from breakeven.report.pages.parts.evidence import bent, price_path
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
    assert "mean over all scenarios; with every input at its mean it is −$1,234" in on_average(found, turned)


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


def test_the_point_has_the_volume_and_the_prices_that_the_draws_have_on_average() -> None:
    """Growth and prices are unknown rates: over the months they compound to more than their mean rate does."""
    found = study()
    comparison = comparison_of(found.basis)
    drawn_values = draws(found.basis.inputs, scenarios=2**13, seed=5)
    values = at(comparison.values, found.basis.inputs, drawn_values, slice(0, 2**13))
    for line in ("growth_factor", "hosted_price_factor"):
        point = np.sum(pick(comparison.evaluate([line])[line], month=range(comparison.months)))
        path = comparison.model.evaluate(values, [line])[line]
        mean = np.mean(np.sum(pick(path, scenario=range(2**13), month=range(comparison.months)), axis=-1))
        assert point == pytest.approx(mean, rel=2e-3)


def test_what_is_bought_by_the_token_is_worth_at_the_point_what_it_is_worth_on_average() -> None:
    """$209,000 apart of $1,337,000 while growth stood at its mean rate."""
    found = study()
    (bought,) = (
        each for each, its in zip(found.options, found.basis.columns[1:], strict=True) if its.mode == "endpoint"
    )
    assert bought.horizon.net_present_value == pytest.approx(bought.expected_net_present_value, rel=0.01)


def test_what_is_left_is_told_input_by_input() -> None:
    """By hand: the worth at the middles of 32 equal shares of the input's range, less the worth at the point."""
    found = study()
    own = next(i for i, each in enumerate(found.basis.columns) if each.mode == "rented")
    comparison, inputs = comparison_of(found.basis), found.basis.inputs
    told = {each.name: each.adds for each in bends(comparison, own, inputs)}
    point = worth(found, dict(comparison.values), own)
    for name in ("growth_per_month", "replica_tokens_per_second"):
        middles = quantile(name, inputs[name], (np.arange(32) + 0.5) / 32)
        middles += middle(name, replace(inputs[name], compounds=0)) - middles.mean()
        each = [
            worth(
                found,
                {**comparison.values, name: moved(inputs[name], inputs[name].likely, x - anchor(inputs[name]))},
                own,
            )
            for x in middles
        ]
        assert told[name] == pytest.approx(np.mean(each) - point, rel=1e-6)
    assert told["growth_per_month"] == min(told.values())
    assert abs(told.get("engineer_cost_per_year", 0.0)) < 1e-6 * abs(point)  # a straight line


def test_a_difference_that_matters_is_on_the_page_with_its_cause() -> None:
    found = study()
    own = next(i for i, each in enumerate(found.basis.columns) if each.mode == "rented")
    it = found.options[own - 1]
    its = replace(found, curvature=bends(comparison_of(found.basis), own, found.basis.inputs))
    assert "with every input at its mean" in bent(its, it)
    assert "volume growth alone bends it by −$" in bent(its, it)
    assert bent(found, found.options[found.verdict.best_option - 1]) == ""
