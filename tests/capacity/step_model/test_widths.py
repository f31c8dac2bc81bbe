"""How wide the band is: by what kind of deployment it is, and by what of it nobody measured."""

from __future__ import annotations

import numpy as np
import pytest
from step_setups import make_setup

from breakeven.capacity.step_model.levels import levels
from breakeven.capacity.step_model.predictor import calibration, predictor
from breakeven.capacity.step_model.widths import (
    DOUBTS,
    EVERY,
    LEAST_HALF,
    NEW,
    fit_widths,
    half_of,
    keys_of,
    known_levels,
    width_of,
)

DENSE, MIXTURE = levels(make_setup()), levels(make_setup(model="gpt-oss-120b", precision="mxfp4"))
KNOWN = known_levels([DENSE])


def ratio(**asked: object) -> float:
    """The end of the band over its middle."""
    found = predictor().predict([make_setup(**asked)])[0]  # type: ignore[arg-type]
    return found.p90 / found.p50


def test_a_level_that_nobody_measured_counts_as_new_and_not_as_nothing() -> None:
    assert keys_of(DENSE, KNOWN) == (EVERY, *((factor, DENSE[factor]) for factor in DOUBTS))
    strange = set(keys_of(MIXTURE, KNOWN)) - set(keys_of(DENSE, KNOWN))
    assert strange == {(NEW, "mixture"), (NEW, "lineage")}


def test_widths_are_found_again_from_errors_made_with_them() -> None:
    chance = np.random.default_rng(1)
    keys = [(EVERY, ("engine", "sure")), (EVERY, ("engine", "unsure"))] * 2000
    ratios = chance.standard_t(4, 4000) * np.tile([0.5, 2.0], 2000)
    found = fit_widths(keys, ratios, np.ones(4000))
    sure, unsure = (width_of(each, found) for each in keys[:2])
    assert sure == pytest.approx(0.5, rel=0.1)
    assert unsure == pytest.approx(2.0, rel=0.1)


def test_a_group_with_few_rows_keeps_nearly_the_usual_width() -> None:
    usual = [(EVERY, ("engine", "known"))] * 200
    ratios = np.append(np.random.default_rng(2).standard_t(4, 200), 6.0)
    found = fit_widths([*usual, (EVERY, ("engine", "once"))], ratios, np.ones(201))
    assert 1 < width_of([("engine", "once")], found) < 3


def test_a_group_without_a_factor_has_the_usual_width() -> None:
    assert width_of([EVERY, ("engine", "unheard of")], {EVERY: 0.0}) == 1.0


def test_no_band_is_narrower_than_the_least() -> None:
    found = half_of(np.array([0.001, 0.1]), 2.0)
    assert found == pytest.approx([LEAST_HALF, 0.2])
    assert ratio(gpu="l40", concurrency=1) >= np.exp(LEAST_HALF) * (1 - 1e-9)


def test_what_ships_is_less_sure_of_mixtures_and_of_families_of_models_that_nobody_measured() -> None:
    assert ratio(model="gpt-oss-120b", precision="mxfp4") > ratio(model="llama-3.1-8b")
    assert calibration().widths[NEW, "lineage"] > 0
