"""Hours down in a month, credits, penalties and what to ask for, against closed forms and plain simulation."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from breakeven.decision.finance.financials import CreditTier
from breakeven.decision.finance.outages import (
    CELLS,
    HOURS_PER_MONTH,
    STEP_HOURS,
    HigherTier,
    Outages,
    PenaltyTier,
    SlaTerms,
    downtime,
    expected_credit_share,
    expected_hours,
    expected_payment,
    expected_penalty,
    service_levels,
)
from breakeven.problems import Problem

CREDITS = (
    CreditTier(below_uptime=0.999, credit_share=0.10),
    CreditTier(below_uptime=0.99, credit_share=0.25),
    CreditTier(below_uptime=0.95, credit_share=1.0),
)
TWO_HOURS = Outages(per_month=1.0, hours=2.0)


def test_a_month_of_fixed_outages_is_poisson() -> None:
    chance = downtime(TWO_HOURS)
    assert [chance[200 * n] for n in range(3)] == pytest.approx([exp(-1), exp(-1), exp(-1) / 2])
    assert chance.sum() == pytest.approx(1)
    assert expected_hours(chance) == pytest.approx(2)


def test_credits_by_the_number_of_outages() -> None:
    """One to three outages of 2 h stay above 99 %, four to eighteen above 95 %."""
    weights = [exp(-1)]
    for n in range(1, 40):
        weights.append(weights[-1] / n)
    wanted = 0.10 * sum(weights[1:4]) + 0.25 * sum(weights[4:19]) + sum(weights[19:])
    assert expected_credit_share(TWO_HOURS, CREDITS) == pytest.approx(wanted)
    owed = expected_penalty(TWO_HOURS, [PenaltyTier(below_uptime=0.99, amount=1000.0)])
    assert owed == pytest.approx(1000 * sum(weights[4:]))


def test_lengths_that_vary_agree_with_a_simulation() -> None:
    outages = Outages(per_month=1.5, hours=1.0, long_hours=6.0)
    rng, months = np.random.default_rng(5), 200_000
    counts = rng.poisson(1.5, months)
    lengths = np.exp(np.log(6.0) / 1.6448536 * rng.standard_normal(counts.sum()))
    down = np.bincount(np.repeat(np.arange(months), counts), weights=lengths, minlength=months)
    down = np.minimum(down, 730.0)
    uptime = 1 - down / 730
    paid = np.select([uptime < 0.95, uptime < 0.99, uptime < 0.999], [1.0, 0.25, 0.10], 0.0)
    assert abs(expected_hours(downtime(outages)) - down.mean()) < 4 * down.std() / months**0.5
    assert abs(expected_credit_share(outages, CREDITS) - paid.mean()) < 4 * paid.std() / months**0.5


def test_the_negotiation_of_one_outage() -> None:
    terms = SlaTerms(hosted=TWO_HOURS, own=TWO_HOURS, credits=CREDITS, penalties=(), target_coverage=1.0)
    found = service_levels(terms, 100_000, 20_000)
    one = found.one_outage
    assert one.uptime == pytest.approx(0.99726, abs=5e-6)
    assert (one.credit, one.loss, one.coverage) == (10_000, 40_000, 0.25)
    assert (one.ask_credit_share, one.ask_cap_multiple) == (0.40, 4.0)
    assert found.ask_cap_multiple == pytest.approx(1 / found.coverage)
    assert found.highest_price_for_higher_tier is None


def test_a_higher_tier_is_worth_the_loss_it_spares_less_the_credits_it_ends() -> None:
    better = HigherTier(price_per_month=500, outages=Outages(per_month=0.5, hours=2.0), credits=CREDITS)
    terms = SlaTerms(
        hosted=TWO_HOURS, own=TWO_HOURS, credits=CREDITS, penalties=(), target_coverage=1.0, higher_tier=better
    )
    found = service_levels(terms, 100_000, 20_000)
    paid = [100_000 * expected_credit_share(each, CREDITS) for each in (TWO_HOURS, better.outages)]
    assert found.highest_price_for_higher_tier == pytest.approx(20_000 - (paid[0] - paid[1]))


def test_no_credit_is_no_multiple() -> None:
    terms = SlaTerms(hosted=TWO_HOURS, own=TWO_HOURS, credits=(), penalties=(), target_coverage=1.0)
    assert service_levels(terms, 100_000, 20_000).ask_cap_multiple is None


def test_a_service_that_is_always_down_is_refused() -> None:
    with pytest.raises(Problem, match="more than half of the month"):
        downtime(Outages(per_month=50, hours=10))


def test_a_credit_is_due_below_its_uptime_and_not_at_it() -> None:
    """Half a month down is an uptime of exactly 50 %: the tier below 50 % pays nothing yet, that below 51 % does."""
    chance = np.zeros(CELLS)
    chance[round(HOURS_PER_MONTH / 2 / STEP_HOURS)] = 1.0
    assert expected_payment(chance, [(0.5, 7.0)]) == 0.0
    assert expected_payment(chance, [(0.51, 7.0), (0.6, 3.0)]) == 7.0
