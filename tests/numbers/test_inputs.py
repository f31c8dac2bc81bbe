"""Inputs with a range: draws, percentiles, one at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.numbers.inputs import (
    Input,
    Source,
    draw,
    likely,
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
    "growth": replace(TRIANGLE, likely=along(MONTH, [1, 2])),
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


def test_likely_and_ranks() -> None:
    assert likely(INPUTS)["price"] == 4.0
    assert rank_is_right(1.0)
    assert rank_is_right(along(MONTH, [1, 2]))
    assert not rank_is_right(np.ones(36))


def test_a_source_says_when_its_date_is_not_known() -> None:
    assert str(Source(title="list price", date="2026-11-09")) == "list price (2026-11-09)"
    assert str(Source(title="a page")) == "a page (date unknown)"
