"""Which inputs move the result: closed forms of a product of two lognormals, alone and correlated."""

from __future__ import annotations

from math import exp, sin

import numpy as np
import pytest
from lottery import SPREAD, comparison, one, outcomes, two

from breakeven.decision.risk.correlation import Correlation
from breakeven.decision.risk.draws import draws
from breakeven.decision.risk.sensitivity import Share, tornado, variance_shares
from breakeven.decision.risk.uncertainty import simulate

PRICE_SPREAD = 0.2


def shares(correlation: float = 0.0, seed: int = 1) -> dict[str, Share]:
    pairs = (Correlation(first="tokens", second="price", rank=correlation),)
    found = simulate(comparison(), two(PRICE_SPREAD), draws(two(PRICE_SPREAD), seed=seed, correlations=pairs))
    got = variance_shares(comparison(), two(PRICE_SPREAD), found, (0, 1), 1, correlations=pairs)
    return {each.name: each for each in got}


def spread_of(log_variance: float) -> float:
    """Variance of a lognormal over its squared mean."""
    return exp(log_variance) - 1


@pytest.mark.parametrize("rank", [0.0, 0.5, -0.6])
@pytest.mark.parametrize("seed", range(3))
def test_the_shares_agree_with_closed_forms(rank: float, seed: int) -> None:
    found, of_scores = shares(rank, seed), 2 * sin(np.pi * rank / 6)
    whole = spread_of(SPREAD**2 + PRICE_SPREAD**2 + 2 * of_scores * SPREAD * PRICE_SPREAD)
    for name, mine, others in (("tokens", SPREAD, PRICE_SPREAD), ("price", PRICE_SPREAD, SPREAD)):
        first = spread_of((mine + of_scores * others) ** 2) / whole
        total = 1 - spread_of((others + of_scores * mine) ** 2) / whole
        assert found[name].first.value == pytest.approx(first, abs=4 * found[name].first.standard_error + 0.005)
        assert found[name].total.value == pytest.approx(total, abs=4 * found[name].total.standard_error)
        assert found[name].total.standard_error < 0.05


def test_what_does_not_matter_has_no_share() -> None:
    found = shares()["nuisance"]
    assert found.total.value == found.total_of_paying.value == 0
    assert found.first.value < 0.005


def test_an_option_that_was_not_drawn_has_none_and_no_uncertainty_has_none() -> None:
    assert variance_shares(comparison(), two(), outcomes(two(), scenarios=2**10), (0,), 1) == ()
    assert variance_shares(comparison(), {}, outcomes({}, scenarios=2**10), (0, 1), 1) == ()


def test_the_tornado_is_the_model_at_both_ends() -> None:
    bars = tornado(comparison(), 1, two())
    assert [bar.name for bar in bars] == ["tokens", "price"]  # what changes nothing is left out
    tokens, inputs = bars[0], one()["tokens"]
    assert (tokens.low, tokens.high) == (inputs.low, inputs.high)
    assert tokens.worth_at_low == pytest.approx(tokens.low * 0.5 - 20_000)
    assert tokens.worth_at_high == pytest.approx(tokens.high * 0.5 - 20_000)
    assert tornado(comparison(), 1, {}) == ()
