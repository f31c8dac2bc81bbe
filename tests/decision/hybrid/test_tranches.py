"""A base that grows with the demand: against every path there is, and where it starts to pay."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_hybrid_ladder import four_blocks

from breakeven.decision.comparison import by_option, pinned
from breakeven.decision.hybrid.best_bases import BestBases
from breakeven.decision.hybrid.hybrid import bunch_of, fleets
from breakeven.decision.hybrid.hybrid_windows import hybrid_break_even
from breakeven.decision.hybrid.tranches import best_path, rising, worth_of_path
from breakeven.numbers.operations import MONTH, along
from breakeven.study.register import full_model

MONTHS = 5


def growing(growth: float, first_live: int = 0) -> dict[str, Any]:
    """Four load blocks over some months, the demand rising or falling, with a shadow run before the cut-over."""
    months = np.arange(MONTHS, dtype=float)
    return four_blocks() | {
        "growth_per_month": growth,
        "discount_rate_per_year": 0.1,
        "shadow_days": 21.0,
        "months_elapsed": along(MONTH, months),
        "years_elapsed": along(MONTH, months / 12),
        "months_to_payment": along(MONTH, months + 1),
        "first_month": along(MONTH, (months == first_live) * 1.0),
        "live": along(MONTH, (months >= first_live) * 1.0),
    }


SIZES = np.arange(1.0, 7.0)


def worths(values: dict[str, Any], paths: np.ndarray) -> np.ndarray:
    """Net present value of each path (paths,), by the line."""
    got = full_model().evaluate(pinned(values, 1, paths), ["net_present_value"])["net_present_value"]
    return np.asarray(by_option(got, len(paths) + 1, 1)[0, 1:])


def dodges(values: dict[str, Any], path: tuple[float, ...], *, keeps: bool) -> bool:
    """Whether it begins below what its first month is worth by itself, and a later month holds more than the first
    fleet comes to when it grows as the load does.
    """
    saving = full_model().evaluate(pinned(values, 1, SIZES), ["saving"])["saving"][0, 0, 1:, 0, 0]
    if path[0] >= SIZES[int(np.argmax(saving))]:
        return False
    load = np.ravel(full_model().evaluate(values, ["load"])["load"][0, 0, -1])
    grown = np.maximum.accumulate(load) if keeps else load
    return any(
        held > np.floor(path[0] * max(at / load[0], 1) * (1 + 1e-9)) for held, at in zip(path, grown, strict=True)
    )


def every_path(values: dict[str, Any], *, keeps: bool) -> tuple[np.ndarray, float]:
    """The best of all paths of one to six replicas that do not dodge the shadow run, by trying each."""
    every = [p for p in product(SIZES, repeat=MONTHS) if not keeps or list(p) == sorted(p)]
    paths = np.array([p for p in every if not dodges(values, p, keeps=keeps)])
    worth = worths(values, paths)
    return paths[int(np.argmax(worth))], float(worth.max())


@pytest.mark.parametrize(
    ("growth", "price_change", "keeps"),
    [
        (0.0, 0.0, True), (0.0, -0.01, False), (0.12, -0.01, True), (0.3, 0.0, False), (0.3, -0.01, True),
        (-0.15, 0.0, True), (-0.15, -0.01, True),
    ],
)  # fmt: skip
def test_no_other_path_is_worth_more(growth: float, price_change: float, *, keeps: bool) -> None:
    values = growing(growth) | {"hosted_price_change_per_month": price_change}
    path = best_path(full_model(), values, 1, MONTHS, keeps=keeps)
    best, worth = every_path(values, keeps=keeps)
    assert worths(values, path[None, :])[0] == pytest.approx(worth, rel=1e-12)
    assert path.tolist() == best.tolist()


@pytest.mark.parametrize("keeps", [True, False])
@given(shadow_days=st.floats(0, 200), scale=st.floats(0.3, 4))
@settings(max_examples=20, deadline=None)
def test_of_a_level_demand_the_first_month_is_served_by_the_fleet_that_stays(
    shadow_days: float, scale: float, *, keeps: bool
) -> None:
    """However long the shadow run: to begin with one replica would only dodge its price."""
    values = growing(0.0) | {"shadow_days": shadow_days, "volume_scale": scale, "hosted_price_change_per_month": 0.0}
    path = best_path(full_model(), values, 1, MONTHS, keeps=keeps)
    assert set(path.tolist()) == {path[-1]}
    fixed = [worth_of_path(full_model(), values, 1, np.full(MONTHS, size)) for size in np.arange(1.0, 26.0)]
    assert worth_of_path(full_model(), values, 1, path) == pytest.approx(max(fixed), rel=1e-12)


@pytest.mark.parametrize("keeps", [True, False])
@given(
    growth=st.floats(-0.2, 0.3),
    price_change=st.floats(-0.05, 0.03),
    shadow_days=st.floats(0, 200),
    scale=st.floats(0.3, 4),
)
@example(growth=0.0, price_change=-0.01, shadow_days=36.0, scale=2.0)
@settings(max_examples=20, deadline=None)
def test_no_fleet_that_stays_as_it_is_is_worth_more(
    growth: float, price_change: float, shadow_days: float, scale: float, *, keeps: bool
) -> None:
    """Where hosted prices fall the later months deserve less, and the first fleet still pays its own shadow run."""
    changed = {"shadow_days": shadow_days, "volume_scale": scale, "hosted_price_change_per_month": price_change}
    values = growing(growth) | changed
    path = best_path(full_model(), values, 1, MONTHS, keeps=keeps)
    fixed = worths(values, np.repeat(np.arange(1.0, 26.0)[:, None], MONTHS, axis=1))
    assert worths(values, path[None, :])[0] >= fixed.max() - 1e-9 * abs(fixed.max())


def test_what_stays_never_falls_and_what_is_rented_follows() -> None:
    falling = growing(-0.15) | {"volume_scale": 2.0, "shadow_days": 7.0}  # short, so that a larger start is worth it
    assert np.all(np.diff(best_path(full_model(), falling, 1, MONTHS, keeps=True)) >= 0)
    assert np.any(np.diff(best_path(full_model(), falling, 1, MONTHS, keeps=False)) < 0)
    assert np.any(np.diff(best_path(full_model(), growing(0.3), 1, MONTHS, keeps=True)) > 0)


def test_nothing_grows_before_the_cut_over() -> None:
    path = best_path(full_model(), growing(0.3, first_live=2), 1, MONTHS, keeps=False)
    assert path[0] == path[1] == path[2]


def test_of_equals_the_smaller() -> None:
    worth = np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 0.0], [0.0, 2.0, 1.0]])
    assert rising(worth).tolist() == [0, 0, 2]


def test_where_a_growing_base_pays_its_windows_say_so() -> None:
    values = growing(0.3) | {"fallback_commitment_per_month": 4000.0}
    found = hybrid_break_even(BestBases(model=full_model(), values=values, months=MONTHS, keeps=False))
    (window,) = found.windows
    assert window.end is None
    for factor, pays in ((1.001, True), (0.999, False), (10.0, True), (0.1, False)):
        there = {**values, "volume_scale": float(window.start) * factor}
        path = best_path(full_model(), there, 1, MONTHS, keeps=False)
        assert (worth_of_path(full_model(), there, 1, path) > 0) == pays


def test_of_a_large_fleet_whole_nodes_are_looked_at_too() -> None:
    """A thousand replicas of two GPUs, eight billed together: the sizes to look at fill them, but for the ends."""
    sizes = fleets(1000, 0, 4)
    assert {1, 1000} <= set(sizes)
    assert all(abs(size - 4 * round(size / 4)) == 0 or size in fleets(1000) for size in sizes)
    assert {4 * round(size / 4) for size in fleets(1000) if size > 1} <= set(sizes)
    values = growing(0.0) | {"gpus_billed_together": 8.0, "gpus_per_replica": 2.0, "gpus_per_node": 6.0}
    assert bunch_of(values, 1) == 4
    assert bunch_of(values, 1, "gpus_per_node") == 3
    assert bunch_of(values | {"gpus_billed_together": 1.5}, 1) == 1
