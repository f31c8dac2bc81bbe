"""Distributions: low and high are the 5th and 95th percentile of each, whatever its form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.numbers.distributions import (
    QUANTILES,
    count,
    discrete,
    lognormal,
    mean,
    pert,
    rate_of_mean_path,
    triangular,
)
from breakeven.numbers.inputs import Input, Source, quantile
from breakeven.problems import Problem

SHARES = np.array([0.05, 0.5, 0.95])


@pytest.mark.parametrize("form", [triangular, pert, lognormal])
@pytest.mark.parametrize("told", [(1, 4, 10), (1, 1.5, 10), (1, 9, 10), (2, 3, 3.5), (0.001, 0.002, 1)])
def test_low_and_high_are_percentiles(form, told: tuple[float, float, float]) -> None:
    low, _, high = told
    assert form(*told, SHARES[[0, 2]]) == pytest.approx([low, high], rel=1e-4)


@given(st.floats(0.01, 1), st.floats(0.0, 1), st.floats(0.01, 10), st.sampled_from(sorted(QUANTILES)))
def test_a_larger_share_is_never_a_smaller_value(low: float, part: float, width: float, name: str) -> None:
    found = QUANTILES[name](low, low + part * width, low + width, np.linspace(0.001, 0.999, 200))  # type: ignore[index]
    assert np.all(np.diff(found) >= -1e-9)
    assert np.isfinite(found).all()


def test_the_likely_value_of_a_lognormal_is_its_median() -> None:
    assert lognormal(1, 4, 10, SHARES)[1] == pytest.approx(4)


def test_a_lognormal_told_evenly_is_the_lognormal() -> None:
    """Low and high a factor of e^(0.3 x 1.645) from the middle: log-spread 0.3."""
    told = (np.exp(-0.3 * 1.6448536269514722), 1.0, np.exp(0.3 * 1.6448536269514722))
    assert lognormal(*told, np.array([0.8413447460685429])) == pytest.approx([np.exp(0.3)])


def test_a_pert_is_rounder_than_a_triangle() -> None:
    shares = np.linspace(0.0005, 0.9995, 1000)
    rounder, straight = pert(1, 4, 10, shares), triangular(1, 4, 10, shares)
    assert np.abs(rounder - 4).mean() < np.abs(straight - 4).mean()


def test_a_choice_is_one_of_three() -> None:
    assert discrete(0, 1, 5, np.array([0.2, 0.3, 0.7, 0.8])).tolist() == [0, 1, 1, 5]


def test_counts_are_whole_and_spread_as_told() -> None:
    shares = (np.arange(20_000) + 0.5) / 20_000
    found = count(1, 4, 10, shares)
    assert np.all(found == np.rint(found))
    assert (found <= 10).mean() == pytest.approx(0.95, abs=0.001)
    assert (found < 1).mean() < 0.05 <= (found <= 1).mean() + 0.001
    assert found.var() > 1.2 * found.mean()


def test_counts_that_spread_no_more_than_chance_are_poisson() -> None:
    """Poisson of mean 4.74: at most 1 with chance .0502, at most 8 with chance .95."""
    found = count(2, 4, 8, (np.arange(20_000) + 0.5) / 20_000)
    assert found.var() == pytest.approx(found.mean(), rel=0.02)
    assert (found <= 8).mean() == pytest.approx(0.95, abs=0.001)


def test_shares_stay_shares_and_what_is_not_negative_stays_so() -> None:
    share = Input(likely=0.9, low=0.5, high=0.99, unit="1", kind="assumed", source=Source(title="test"))
    ends = quantile("share", share, np.array([1e-9, 1 - 1e-9]))
    assert ends[0] > 0
    assert ends[1] == 1.0


def test_a_count_around_zero_is_refused() -> None:
    wrong = Input(likely=0, low=0, high=3, unit="1", kind="assumed", source=Source(title="t"), distribution="count")
    with pytest.raises(Problem, match="incidents: a count is above zero, not 0"):
        quantile("incidents", wrong, SHARES)


def test_the_rate_of_the_mean_path_by_hand() -> None:
    """-10 %, 0 or +10 % with chances of a quarter, a half and a quarter, over three periods: the paths add up to 2.71,
    3 and 3.31, on average 3.005; 1 + (1 + r) + (1 + r)^2 = 3.005 at r = 0.166 %.
    """
    rate = rate_of_mean_path("discrete", (-0.1, 0.0, 0.1), 3)
    assert rate == pytest.approx((-3 + np.sqrt(9 + 4 * 0.005)) / 2, abs=1e-12)


@given(
    low=st.floats(-0.05, -0.001), width=st.floats(0.002, 0.1), top=st.floats(0.05, 0.95), periods=st.integers(2, 240)
)
def test_a_rate_that_compounds_adds_up_to_the_mean_of_the_paths(
    low: float, width: float, top: float, periods: int
) -> None:
    range_of = (low, low + top * width, low + width)
    rate = rate_of_mean_path("triangular", range_of, periods)
    rates = triangular(*range_of, (np.arange(2**14) + 0.5) / 2**14)
    whole = np.mean(np.sum((1 + rates[:, None]) ** np.arange(periods), axis=1))
    assert np.sum((1 + rate) ** np.arange(periods)) == pytest.approx(whole, rel=1e-9)
    if periods > 2:
        assert rate >= mean("triangular", range_of, -np.inf, np.inf) - 1e-9  # the faster path adds more
