"""Inputs with a range: draws, percentiles, one at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.numbers.distributions import Distribution
from breakeven.numbers.inputs import (
    Input,
    Source,
    along_scenarios,
    draw,
    expected,
    likely,
    mean_value,
    middle,
    quantile,
    rank_is_right,
    uncertain,
)
from breakeven.numbers.operations import MONTH, along

BASE = Input(likely=4.0, low=3.0, high=7.0, unit="USD", kind="assumed", source=Source(title="test"))
TRIANGLE = replace(BASE, distribution="triangular")
LOGNORMAL = replace(BASE, distribution="lognormal")
FIXED = replace(BASE, low=None, high=None)
INPUTS = {
    "price": TRIANGLE,
    "pay": LOGNORMAL,
    "hours": replace(FIXED, kind="constant"),
    "speed": replace(TRIANGLE, likely=40.0, low=30.0, high=70.0),
    "growth": replace(TRIANGLE, likely=along(MONTH, [4, 2])),
}


@pytest.mark.parametrize("one", [TRIANGLE, LOGNORMAL], ids=["triangular", "lognormal"])
def test_low_and_high_are_the_5th_and_95th_percentile(one: Input) -> None:
    assert quantile("one", one, np.array([0.05, 0.95])) == pytest.approx([3, 7], rel=1e-9)


@given(st.floats(0, 1), st.floats(0.01, 100))
def test_percentiles_hold_for_any_triangle(place: float, width: float) -> None:
    one = replace(TRIANGLE, low=10.0, high=10.0 + width, likely=10.0 + place * width)
    assert quantile("one", one, np.array([0.05, 0.95])) == pytest.approx([10, 10 + width], rel=1e-6)
    assert np.all(np.diff(quantile("one", one, np.linspace(0, 1, 50))) >= -1e-9 * width)


def test_what_is_never_negative_is_never_drawn_negative() -> None:
    share = replace(TRIANGLE, low=0.0, likely=0.0, high=0.5)
    drawn = quantile("share", share, np.linspace(0, 1, 101))
    assert drawn[0] == 0
    assert drawn[5] == pytest.approx(0, abs=1e-9)
    assert drawn[6] > 0
    assert quantile("change", replace(share, low=-0.1), np.array([0.0]))[0] < -0.1


def test_the_same_shares_draw_the_same_values() -> None:
    shares = {name: np.random.default_rng(7).random(100) for name in ("price", "pay")}
    one, again = draw(INPUTS, shares), draw(INPUTS, shares)
    assert one.keys() == {"price", "pay"}
    assert np.all(one["price"] == again["price"])


def test_only_uncertain_numbers_are_named() -> None:
    assert uncertain(INPUTS) == ["price", "pay", "speed", "growth"]
    assert not replace(TRIANGLE, kind="constant").uncertain
    assert not replace(TRIANGLE, low=4.0, high=4.0).uncertain


RANGES = st.tuples(st.floats(0.01, 1), st.floats(0, 1), st.floats(0.01, 1)).map(
    lambda each: (each[0], each[0] + each[1] * each[2], each[0] + each[2])
)


@settings(max_examples=60, deadline=None)
@given(
    RANGES, st.sampled_from(["triangular", "pert", "lognormal", "discrete"]), st.sampled_from(["1", "USD"]),
    st.sampled_from([0.0, 0.005, 0.5]),
)  # fmt: skip
def test_the_mean_is_the_average_of_what_is_drawn(
    ends: tuple[float, float, float], distribution: Distribution, unit: str, shift: float
) -> None:
    """Cut where draws are cut: at zero, and a share at one; and below zero where its low is."""
    low, middle_, high = (each - shift for each in ends) if distribution != "lognormal" else ends
    one = replace(BASE, low=low, likely=middle_, high=high, distribution=distribution, unit=unit)
    shares = (np.arange(2**16) + 0.5) / 2**16
    drawn = quantile("one", one, shares)
    if one.uncertain:
        assert middle("one", one) == pytest.approx(drawn.mean(), abs=2e-4 * np.ptp(drawn))


def test_means_by_hand() -> None:
    """A triangle from 2 to 8 with its top at 5, and one of which half is cut off at zero."""
    symmetric = replace(TRIANGLE, low=3.0, likely=5.0, high=7.0)
    assert middle("one", symmetric) == pytest.approx(5, abs=1e-9)
    assert middle("one", replace(symmetric, likely=3.0)) < 5 < middle("one", replace(symmetric, likely=7.0))
    # low = likely = 0: the triangle rises from its start s to 0 with 5 % of its area below, so (0-s) / (e-s) = 0.05;
    # the 95th percentile 0.5 gives (e-0.5)² / ((e-s) e) = 0.05: e = 0.6488; 95 % lie above zero, on average at e / 3
    cut = replace(TRIANGLE, low=0.0, likely=0.0, high=0.5, unit="1")
    end = 0.5 / (1 - np.sqrt(0.05 / 0.95))
    assert middle("one", cut) == pytest.approx(0.95 * end / 3, rel=1e-6)
    # 4 (e^(0.3402²/2) Φ(0.3402) + e^(0.1749²/2) Φ(-0.1749)), log-spreads ln(7/4) / 1.6449 and ln(4/3) / 1.6449
    assert middle("one", LOGNORMAL) == pytest.approx(4 * (1.05957 * 0.63315 + 1.01541 * 0.43058), rel=1e-4)
    assert middle("one", FIXED) == 4.0


def test_the_mean_of_an_input_that_varies_moves_all_its_elements() -> None:
    """In proportion; those of a rate, whose range crosses zero, by as much."""
    growth = replace(TRIANGLE, low=0.5, high=3.0, likely=along(MONTH, [0, 1, 2]))
    mean = middle("growth", growth)
    assert [*mean_value("growth", growth).flat] == pytest.approx([0, mean, 2 * mean])
    rate = replace(TRIANGLE, low=-0.02, high=0.06, likely=along(MONTH, [0.0, 0.01, 0.03]))
    by = middle("rate", rate) - 0.01
    assert [*mean_value("rate", rate).flat] == pytest.approx([by, 0.01 + by, 0.03 + by])
    drawn = draw({"rate": rate}, {"rate": np.array([0.1, 0.9])})
    spread = along_scenarios(expected({"rate": rate}), {"rate": rate}, drawn)["rate"]
    assert np.ravel(spread[..., 1]) == pytest.approx(drawn["rate"])
    assert np.ravel(spread[..., 2]) == pytest.approx(drawn["rate"] + 0.02)


def test_likely_and_ranks() -> None:
    assert likely(INPUTS)["price"] == 4.0
    assert rank_is_right(1.0)
    assert rank_is_right(along(MONTH, [1, 2]))
    assert not rank_is_right(np.ones(36))


def test_a_source_says_when_its_date_is_not_known() -> None:
    assert str(Source(title="list price", date="2026-11-09")) == "list price (2026-11-09)"
    assert str(Source(title="a page")) == "a page (date unknown)"
