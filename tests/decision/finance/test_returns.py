"""A project whose prices fall: what its cash flow is worth, and that it has no rate of return."""

from __future__ import annotations

import numpy as np
import pytest

from breakeven.decision.finance.financials import Lease
from breakeven.decision.finance.returns import all_rates, lease_or_buy, levelised, returns

RATE = 1.1 ** (1 / 12) - 1
FACTOR = (1 + RATE) ** -np.arange(1.0, 37)


def project(falls: float) -> np.ndarray:
    """API 40,000 a month, self-hosting 24,000, 120,000 paid first; the API price falls by a share a month."""
    saved = 40_000 * (1 - falls) ** np.arange(36) - 24_000
    return np.concatenate([[-120_000.0], saved])


def test_a_price_that_stands_still() -> None:
    found = returns(project(0.0), FACTOR, RATE)
    assert (found.rates, found.rates_of_return) == ("unique", pytest.approx((0.131787,), abs=1e-6))
    assert found.payback_months == 7.5
    assert found.net_present_value == pytest.approx(378_983.34, abs=0.005)
    assert (found.pays_back_in_months, found.under_water_in_months, found.stop_month) == ((8,), (), 36)
    assert (found.peak_funding, found.peak_funding_month) == (120_000, 0)


def test_a_price_that_falls_three_percent_a_month_has_no_rate() -> None:
    found = returns(project(0.03), FACTOR, RATE)
    assert (found.rates, found.rates_of_return) == ("undefined", ())
    assert found.net_present_value == pytest.approx(-79_474.84, abs=0.005)
    assert (found.pays_back_in_months, found.under_water_in_months) == ((12,), (23,))
    assert found.stop_month == 17
    assert found.net_present_value_if_stopped == pytest.approx(4_865.24, abs=0.005)
    assert found.modified_rate is not None
    assert found.modified_rate < RATE  # a project that is worth less than nothing earns less than its capital costs
    assert all_rates(project(0.03)[:18]) == pytest.approx((0.01487,), abs=5e-6)


def test_a_price_that_falls_one_percent_a_month() -> None:
    found = returns(project(0.01), FACTOR, RATE)
    assert found.pays_back_in_months == (9,)
    assert found.net_present_value == pytest.approx(192_548.07, abs=0.005)


def test_a_price_that_falls_tenfold_a_year_never_pays_back() -> None:
    found = returns(project(1 - 0.1 ** (1 / 12)), FACTOR, RATE)
    assert (found.payback_months, found.pays_back_in_months, found.stop_month) == (None, (), 0)


def test_two_rates_are_both_told_and_neither_is_the_rate() -> None:
    found = returns(np.array([-1000.0, 2500.0, -1540.0]), np.array([1 / 1.1, 1 / 1.21]), 0.1)
    assert (found.rates, found.rates_of_return) == ("not unique", pytest.approx((0.1, 0.4)))


def test_the_levelised_cost_of_a_steady_project_is_its_mean() -> None:
    cost, got = np.array([0.0, 10.0, 10.0]), np.array([4.0, 4.0])
    assert levelised(cost, got, np.array([0.9, 0.8])) == pytest.approx(2.5)
    assert levelised(np.array([3.4, 10.0, 10.0]), got, np.array([0.9, 0.8])) == pytest.approx(3.0)
    assert levelised(cost, np.zeros(2), np.array([0.9, 0.8])) is None


def test_at_the_indifferent_payment_leasing_gains_nothing() -> None:
    terms = {"periods": 36, "purchase": 300_000.0, "residual": 90_000.0, "maintenance_avoided": 2_000.0,
             "tax_rate": 0.25, "tax_shield": 60_000.0}  # fmt: skip
    offer = lease_or_buy(Lease(payment=8 * 900.0, **terms), 8, 0.006, 0.008)  # type: ignore[arg-type]
    even = offer.indifferent_payment_per_gpu_month
    again = lease_or_buy(Lease(payment=8 * even, **terms), 8, 0.006, 0.008)  # type: ignore[arg-type]
    assert again.net_advantage_of_leasing == pytest.approx(0, abs=1e-6)
    assert offer.net_advantage_of_leasing is not None
    assert (offer.net_advantage_of_leasing > 0) == (even > 900)
    none_offered = lease_or_buy(Lease(payment=0.0, **terms), 8, 0.006, 0.008)  # type: ignore[arg-type]
    assert none_offered.net_advantage_of_leasing is None
    assert none_offered.indifferent_payment_per_gpu_month == pytest.approx(even)
