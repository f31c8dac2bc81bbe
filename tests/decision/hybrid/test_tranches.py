"""A base that grows with the demand: against every path there is, and where it starts to pay."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_hybrid_ladder import four_blocks

from breakeven.decision.comparison import by_option, pinned
from breakeven.decision.hybrid.best_bases import BestBases
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


def evenly(values: dict[str, Any], paths: np.ndarray) -> np.ndarray:
    """Net present value of each path (paths,), its shadow run at the mean of what its live months' fleets ask."""
    counts = (values["live"] * full_model().evaluate(values, ["discount_factor"])["discount_factor"]).ravel()
    got = full_model().evaluate(pinned(values, 1, paths), ["net_present_value", "shadow_run"])
    worth, paid = (by_option(line, len(paths) + 1, 1)[0, 1:] for line in got.values())
    asked = full_model().evaluate(pinned(values, 1, SIZES), ["shadow_run"])["shadow_run"]
    asked = by_option(asked, len(SIZES) + 1, 1)[0, 1:]
    return np.asarray(worth + paid - asked[paths.astype(int) - 1] @ counts / counts.sum())


def every_path(values: dict[str, Any], *, keeps: bool) -> tuple[np.ndarray, float]:
    """The best of all paths of one to six replicas, by trying each."""
    paths = np.array([p for p in product(SIZES, repeat=MONTHS) if not keeps or list(p) == sorted(p)])
    worth = evenly(values, paths)
    return paths[int(np.argmax(worth))], float(worth.max())


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("growth", [0.0, 0.12, 0.3, -0.15])
def test_no_other_path_is_worth_more(growth: float, *, keeps: bool) -> None:
    values = growing(growth)
    path = best_path(full_model(), values, 1, MONTHS, keeps=keeps)
    best, worth = every_path(values, keeps=keeps)
    assert evenly(values, path[None, :])[0] == pytest.approx(worth, rel=1e-12)
    assert path.tolist() == best.tolist()


@pytest.mark.parametrize("keeps", [True, False])
@given(shadow_days=st.floats(0, 200), scale=st.floats(0.3, 4))
@settings(max_examples=40, deadline=None)
def test_of_a_level_demand_the_first_month_is_served_by_the_fleet_that_stays(
    shadow_days: float, scale: float, *, keeps: bool
) -> None:
    """However long the shadow run: to begin with one replica would only dodge its price."""
    values = growing(0.0) | {"shadow_days": shadow_days, "volume_scale": scale, "hosted_price_change_per_month": 0.0}
    path = best_path(full_model(), values, 1, MONTHS, keeps=keeps)
    assert set(path.tolist()) == {path[-1]}
    fixed = [worth_of_path(full_model(), values, 1, np.full(MONTHS, size)) for size in np.arange(1.0, 26.0)]
    assert worth_of_path(full_model(), values, 1, path) == pytest.approx(max(fixed), rel=1e-12)


def test_what_stays_never_falls_and_what_is_rented_follows() -> None:
    falling = growing(-0.15) | {"volume_scale": 2.0}
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
