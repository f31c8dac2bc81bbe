"""What benefits are worth given what one would know: means that are known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from breakeven.decision.risk.regression import expected, in_order, ranked, terms

DRAWS = 4096
CHANCE = np.random.default_rng(7)
KNOWN, OTHER, NOISE = CHANCE.normal(size=(3, DRAWS))


def test_the_mean_of_all_is_kept() -> None:
    benefits = np.column_stack([3 + KNOWN + NOISE, np.exp(OTHER)])
    assert expected(benefits, [KNOWN]).mean(axis=0) == pytest.approx(benefits.mean(axis=0), rel=1e-12)
    assert expected(benefits, [KNOWN, OTHER]).mean(axis=0) == pytest.approx(benefits.mean(axis=0), rel=1e-12)


def test_what_the_known_input_says_is_found_and_the_noise_is_not() -> None:
    got = expected((2 * KNOWN + 3 * NOISE)[:, None], [KNOWN])[:, 0]
    assert np.corrcoef(got, KNOWN)[0, 1] > 0.99
    assert got.std() == pytest.approx(2, rel=0.1)


def test_an_input_that_says_nothing_explains_nearly_nothing() -> None:
    assert expected(NOISE[:, None], [KNOWN])[:, 0].std() < 0.1


def test_a_product_of_two_known_inputs_is_seen() -> None:
    got = expected((KNOWN * OTHER)[:, None], [KNOWN, OTHER])[:, 0]
    assert np.corrcoef(got, KNOWN * OTHER)[0, 1] > 0.9


def test_equal_draws_keep_their_order() -> None:
    column = np.array([2.0, 1.0, 2.0, 1.0])
    assert in_order(column).tolist() == [1, 3, 0, 2]
    assert ranked(column).tolist() == [2, 0, 3, 1]


def test_terms_have_no_mean_of_their_own() -> None:
    assert np.abs(terms([KNOWN, OTHER]).mean(axis=0)).max() < 1e-12
