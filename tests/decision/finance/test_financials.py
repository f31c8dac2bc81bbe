"""Published and hand-checked figures of finance."""

from __future__ import annotations

import numpy as np
import pytest

from breakeven.decision.finance.financials import (
    CreditTier,
    Lease,
    modified_rate,
    net_advantage_of_leasing,
    peak_funding,
    present_value,
    rates_of_return,
    sla_coverage,
    tax_shield,
)

AZURE = [
    CreditTier(below_uptime=0.999, credit_share=0.10),
    CreditTier(below_uptime=0.99, credit_share=0.25),
    CreditTier(below_uptime=0.95, credit_share=1.0),
]


def test_every_rate_of_return_is_told() -> None:
    assert rates_of_return([-1000, 2500, -1540]) == pytest.approx((0.10, 0.40))
    assert rates_of_return([100, 200]) == ()
    assert rates_of_return([-120_000, *([16_000] * 36)]) == pytest.approx((0.131787,), abs=1e-6)


def test_modified_rate_of_the_flow_with_two_rates() -> None:
    assert modified_rate([-1000, 2500, -1540], 0.10, 0.10) == pytest.approx(0.10)
    assert modified_rate([1, 2], 0.1, 0.1) is None


@pytest.mark.parametrize(
    ("schedule", "worth"), [("macrs-5", 57_994.53), ("straight-line-5", 56_861.80), ("bonus-100", 68_181.82)]
)
def test_tax_shields_of_a_server(schedule: str, worth: float) -> None:
    assert tax_shield(300_000, 0.25, 0.10, schedule) == pytest.approx(worth, abs=0.005)


def test_a_two_hour_outage_is_covered_by_a_quarter() -> None:
    found = sla_coverage(100_000, 2, 20_000, AZURE)
    assert found.uptime == pytest.approx(0.99726, abs=1e-5)
    assert (found.credit, found.loss, found.coverage) == (10_000, 40_000, 0.25)
    assert (found.ask_credit_share, found.ask_cap_multiple) == (0.40, 4.0)


def test_peak_funding_is_the_deepest_point() -> None:
    assert peak_funding([-100, -50, 30, 200]) == 150
    assert peak_funding([10, 10]) == 0


def test_leasing_at_the_price_of_owning_gains_nothing() -> None:
    payment = 1000 / sum(1.05**-year for year in range(1, 5))
    lease = Lease(
        payment=payment, periods=4, purchase=1000, residual=0, maintenance_avoided=0, tax_rate=0, tax_shield=0
    )
    assert net_advantage_of_leasing(lease, 0.05, 0.1) == pytest.approx(0)


def test_present_value_counts_from_today() -> None:
    assert present_value(np.array([1.0, 1.1]), 0.1) == pytest.approx(2.0)


def test_no_tier_reached_is_no_credit() -> None:
    found = sla_coverage(1_000, 0.01, 100, AZURE)
    assert (found.credit, found.coverage, found.ask_cap_multiple) == (0.0, 0.0, None)


def test_one_flow_of_either_sign_has_no_rate_and_two_have_one() -> None:
    assert rates_of_return([0.0, -100.0, 0.0]) == ()
    assert rates_of_return([-100.0, 110.0]) == pytest.approx([0.1])
