"""Shares of slices that chance alone makes uneven, and shares that a kind makes uneven."""

from __future__ import annotations

import numpy as np

from breakeven.capacity.check.by_chance import uneven

GROUPS = [f"group {at // 10}" for at in range(1000)]
KIND = [f"kind {at // 100}" for at in range(1000)]  # ten kinds of ten groups of ten rows


def test_slices_alike_are_within_what_chance_makes() -> None:
    inside = np.random.default_rng(1).uniform(size=100).repeat(10) < 0.8
    found = uneven(GROUPS, inside, [KIND])
    assert found.slices == 10
    assert found.by_chance[0] <= found.outside <= found.by_chance[2]


def test_a_kind_that_is_surer_than_others_is_more_than_chance() -> None:
    inside = np.array([kind in {"kind 0", "kind 1", "kind 2", "kind 3", "kind 4"} for kind in KIND])
    inside |= np.arange(1000) % 10 < 6
    found = uneven(GROUPS, inside, [KIND])
    assert found.outside == 10
    assert found.by_chance[2] < 10


def test_slices_of_few_rows_are_not_judged() -> None:
    assert uneven(GROUPS, np.ones(1000, dtype=bool), [GROUPS]).slices == 0
