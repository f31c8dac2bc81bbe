"""Draws: percentiles, correlations, and which inputs are drawn at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lottery import TEST, lognormal
from scipy.stats import qmc

from breakeven.decision.risk.correlation import DEFAULTS, Correlation, matrix, nearest
from breakeven.decision.risk.draws import SCRAMBLES, at, draws
from breakeven.decision.risk.sobol import directions, scrambled
from breakeven.numbers.inputs import Input, expected
from breakeven.numbers.operations import OPTION, WORKLOAD, along
from breakeven.problems import Problem
from breakeven.study.register import register

TEAM = {"run_fte": lognormal(1.0, 0.4), "build_person_months": lognormal(6.0, 0.4), "other": lognormal(2.0, 0.4)}


def ranks(column: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(column))


def test_default_correlations_are_reached_and_the_rest_is_independent() -> None:
    drawn = draws(TEAM, seed=1).values
    found = np.corrcoef([ranks(drawn[name]) for name in TEAM])
    assert found[0, 1] == pytest.approx(0.6, abs=0.01)
    assert found[0, 2] == pytest.approx(0.0, abs=0.02)
    assert all(each.source.title.startswith("judgement") and each.reason for each in DEFAULTS)


def test_percentiles_survive_the_correlation() -> None:
    drawn = draws(TEAM, seed=2).values
    for name, each in TEAM.items():
        assert np.quantile(drawn[name], [0.05, 0.95]) == pytest.approx([each.low, each.high], rel=0.01)


def test_constants_and_what_the_case_does_not_have_are_never_drawn() -> None:
    spread = lognormal(1.0, 0.4)
    inputs = {
        "constant": replace(spread, kind="constant"),
        "absent": replace(spread, likely=0.0),
        "certain": replace(spread, low=1.0, high=1.0),
        "drawn": spread,
    }
    assert draws(inputs, seed=1).names == ("drawn",)


def test_an_input_over_workloads_or_options_moves_as_one() -> None:
    likely = along(WORKLOAD, [0.0, 2.0, 6.0])
    price = along(OPTION, [0.0, 3.0])
    inputs = {"speed": replace(lognormal(2.0, 0.4), likely=likely), "price": replace(lognormal(3.0, 0.2), likely=price)}
    drawn = draws(inputs, seed=1)
    values = at(expected(inputs), inputs, drawn, slice(0, 100))
    assert values["speed"].shape == (1, 3, 1, 100, 1)
    assert np.all(values["speed"][0, 0] == 0)
    assert values["speed"][0, 2] == pytest.approx(3 * values["speed"][0, 1])
    assert values["speed"][0, 1, 0, :, 0] == pytest.approx(drawn.values["speed"][:100])
    assert values["price"].shape == (1, 1, 2, 100, 1)


def test_each_scramble_covers_every_input_evenly() -> None:
    drawn = draws(TEAM, scenarios=2**12, seed=1, correlations=())
    each = 2**12 // SCRAMBLES
    from scipy.special import ndtr

    for part in np.split(ndtr(drawn.scores), SCRAMBLES):
        assert np.array_equal(np.sort(np.floor(part * each), axis=0), np.tile(np.arange(each)[:, None], 3))


def test_the_same_seed_gives_the_same_draws() -> None:
    assert np.array_equal(draws(TEAM, seed=5).scores, draws(TEAM, seed=5).scores)
    assert not np.array_equal(draws(TEAM, seed=5).scores, draws(TEAM, seed=6).scores)


@pytest.mark.parametrize("many", [0, 1, 64, 1000])
def test_the_number_of_draws_is_a_power_of_two(many: int) -> None:
    with pytest.raises(Problem, match=f"{many} draws"):
        draws(TEAM, scenarios=many, seed=1)


def test_ranks_that_cannot_be_together_are_named_with_the_nearest_that_can() -> None:
    wrong = [
        Correlation(first="run_fte", second="other", rank=0.9),
        Correlation(first="build_person_months", second="other", rank=0.9),
        Correlation(first="run_fte", second="build_person_months", rank=-0.5),
    ]
    with pytest.raises(Problem, match="not positive definite") as told:
        draws(TEAM, seed=1, correlations=wrong)
    assert "run_fte and other 0.9" in told.value.what
    offered = [
        float(each.rsplit(" ", 1)[1]) for each in told.value.fix.rstrip(".").removeprefix("The nearest").split(", ")
    ]
    mended = [replace(each, rank=rank) for each, rank in zip(wrong, offered, strict=True)]
    assert draws(TEAM, seed=1, correlations=mended).names == tuple(TEAM)


def test_a_rank_beyond_one_is_refused() -> None:
    with pytest.raises(Problem, match=r"run_fte and other: 1\.2"):
        matrix(list(TEAM), [Correlation(first="run_fte", second="other", rank=1.2)])


def test_the_nearest_matrix_to_a_sound_one_is_itself() -> None:
    sound = matrix(list(TEAM), DEFAULTS)
    assert nearest(sound) == pytest.approx(sound)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"low": 3.0, "high": 2.0}, "low 3, likely 1, high 2 are not in rising order"),
        ({"low": 2.0, "high": 3.0}, "low 2, likely 1, high 3 are not in rising order"),
        ({"low": -1.0, "high": 3.0}, "a lognormal is above zero, not -1"),
    ],
)
def test_a_range_that_is_none_is_refused_by_name(change: dict[str, float], said: str) -> None:
    with pytest.raises(Problem, match=f"run_fte: {said}"):
        draws({"run_fte": replace(lognormal(1.0, 0.4), **change)}, seed=1)


def test_an_input_without_likely_value_in_the_case_has_no_draws() -> None:
    absent = Input(likely=0.0, low=1.5, high=2.8, unit="kilowatt", kind="published", source=TEST)
    assert draws({"node_idle_kw": absent}, seed=1).names == ()


@pytest.mark.parametrize(("many", "count"), [(2, 1), (256, 38), (4096, 17), (16, 256)])
def test_the_points_are_the_scrambled_sobol_points_of_scipy(many: int, count: int) -> None:
    ours = scrambled(many, count, np.random.default_rng(1).spawn(3))
    for points, generator in zip(ours, np.random.default_rng(1).spawn(3), strict=True):
        theirs = qmc.Sobol(count, scramble=True, rng=generator).random(many)
        assert np.array_equal(np.floor(points * many), np.floor(theirs * many))


def test_every_input_that_the_model_knows_could_be_drawn() -> None:
    assert directions(len(register()), 8).shape == (len(register()), 8, 8)
    with pytest.raises(Problem, match="Draw 256 at most"):
        scrambled(4, 257, [np.random.default_rng(1)])
