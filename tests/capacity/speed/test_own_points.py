"""Measurements of one's own move the band: by the rule of normal with normal, and as far as they should."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pytest
from step_setups import make_setup

from breakeven.capacity.check.own_check import own_check
from breakeven.capacity.speed.own_points import OWN, Point, foresee, updated, with_own_effect
from breakeven.capacity.step_model.cross_validation import folds, left_out
from breakeven.capacity.step_model.pooling import SPREADS
from breakeven.capacity.step_model.predictor import calibration, predictor, published_table

AT_16, AT_64 = make_setup(engine="vLLM", concurrency=16), make_setup(engine="vLLM", concurrency=64)


def test_one_measurement_by_hand() -> None:
    """Prior N(0, 0.2²), noise 0.03: an error of 0.3 is believed by 0.04 / (0.04 + 0.0009)."""
    shift, deviation = updated(np.full((2, 2), 0.04), np.array([0.3]))
    believed = 0.04 / (0.04 + OWN.noise**2)
    assert shift[0] == pytest.approx(0.3 * believed)
    assert deviation[0] == pytest.approx(sqrt(0.04 * (1 - believed) + OWN.noise**2))


def test_three_equal_measurements_by_hand() -> None:
    shift, deviation = updated(np.full((4, 4), 0.04), np.array([0.1, 0.2, 0.3]))
    believed = 0.04 / (0.04 + OWN.noise**2 / 3)
    assert shift[0] == pytest.approx(0.2 * believed)
    assert deviation[0] == pytest.approx(sqrt(0.04 * (1 - believed) + OWN.noise**2))


def test_what_nobody_else_shares_is_added() -> None:
    found = with_own_effect(np.zeros((2, 2)), np.array([[0.0, 0.0], [0.0, SPREADS.reach]]))
    assert found[0, 0] == pytest.approx(OWN.level**2 + OWN.near**2)
    assert found[0, 1] == pytest.approx(OWN.level**2 + OWN.near**2 * exp(-0.5))


def test_without_measurements_it_is_the_published_band() -> None:
    (found,) = foresee([], [AT_16])
    assert found.tokens_per_second == predictor().predict([AT_16])[0]
    assert found.tpot_seconds.p50 == pytest.approx(16 / found.tokens_per_second.p50)
    assert foresee([], []) == []


@pytest.mark.parametrize("factor", [0.6, 0.9, 1.3])
def test_a_measurement_moves_the_band_and_never_widens_it(factor: float) -> None:
    before, other_before = foresee([], [AT_16, AT_64])
    measured = before.tokens_per_second.p50 * factor
    after, other = foresee([Point(setup=AT_16, output_tokens_per_second=measured)], [AT_16, AT_64])
    assert after.tokens_per_second.p50 == pytest.approx(measured, rel=0.03)
    assert abs(log(other.tokens_per_second.p50 / other_before.tokens_per_second.p50 / factor)) < 0.35 * abs(log(factor))
    for one, two in ((before, after), (other_before, other)):
        width, narrower = (each.tokens_per_second.p90 / each.tokens_per_second.p10 for each in (one, two))
        assert narrower <= width * (1 + 1e-9)
    assert after.tpot_seconds.p50 == pytest.approx(16 / after.tokens_per_second.p50)


def test_a_measured_time_per_token_is_believed_too() -> None:
    (before,) = foresee([], [AT_64])
    point = Point(
        setup=AT_16, output_tokens_per_second=foresee([], [AT_16])[0].tokens_per_second.p50, tpot_seconds=0.012
    )
    (after,) = foresee([point], [AT_16])
    assert after.tpot_seconds.p50 == pytest.approx(0.012, rel=0.05)
    (other,) = foresee([point], [AT_64])
    assert other.tpot_seconds.p50 > before.tpot_seconds.p50 * 1.3


@pytest.mark.parametrize("factors", [[0.3], [3.0], [0.5, 2.0], [0.7, 0.8, 0.9], [2.0, 2.0, 1.0]])
def test_the_middle_stays_between_the_measured_and_the_modelled(factors: list[float]) -> None:
    middle = foresee([], [AT_16])[0].tokens_per_second.p50
    points = [Point(setup=AT_16, output_tokens_per_second=middle * each) for each in factors]
    after = foresee(points, [AT_16])[0].tokens_per_second.p50 / middle
    mean = exp(sum(map(log, factors)) / len(factors))
    assert min(1, mean) * 0.999 <= after <= max(1, mean) * 1.001


@pytest.mark.heavy
def test_three_points_bring_the_error_to_about_five_percent() -> None:
    """On a part of the published rows, each group left out and three of its rows given back."""
    table = published_table()
    part = table.take(np.array([each.bench.series == "inferencemax" for each in table.setups]))
    check = own_check(part, left_out(part, folds(part.groups), SPREADS), calibration().fitted)
    for told in check.configurations:
        assert told.after.size > 200
        before, after = (float(np.median(np.abs(np.expm1(each)))) for each in (told.before, told.after))
        assert after < 0.5 * before
    three = check.configurations[-1]
    assert float(np.median(np.abs(np.expm1(three.after)))) < 0.06
    assert float(np.median(np.abs(np.expm1(three.tpot_after)))) < 0.06
    assert 0.65 < float(np.mean(np.abs(three.after) <= calibration().own_band * three.deviations)) < 0.98


def test_a_measurement_above_the_datasheets_is_believed() -> None:
    """Drafted tokens: several of a step."""
    alone = make_setup(engine="vLLM", concurrency=1)
    most = float(np.exp(predictor().together([alone]).most[0]))
    (found,) = foresee([Point(setup=alone, output_tokens_per_second=1.5 * most)], [alone])
    assert found.tokens_per_second.p50 == pytest.approx(1.5 * most, rel=0.1)
