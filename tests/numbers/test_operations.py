"""What lines may do with their values: rounding up without phantoms, sums along one axis, walks along months."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.numbers.operations import (
    AXES,
    AXIS_NAMES,
    MONTH,
    OPTION,
    WORKLOAD,
    along,
    cumulative,
    maximum,
    minimum,
    previous,
    total,
    where,
    whole_up,
)


@given(st.integers(1, 10**6), st.floats(1e-6, 1e6))
def test_an_exact_multiple_buys_no_phantom_replica(count: int, capacity: float) -> None:
    assert whole_up(count * capacity / capacity) == count


def test_the_plain_ceiling_would_buy_one() -> None:
    """3 * 0.1 / 0.1 is a dust above 3 in floats."""
    assert np.ceil(3 * 0.1 / 0.1) == 4
    assert whole_up(3 * 0.1 / 0.1) == 3


@pytest.mark.parametrize(("x", "expected"), [(2.0000001, 3), (2.1, 3), (0.0, 0), (-0.5, 0), (-2.0, -2)])
def test_what_is_more_than_dust_counts(x: float, expected: int) -> None:
    assert whole_up(x) == expected
    assert np.all(whole_up(np.full((1,) * 5, x)) == expected)


@given(st.fractions())
def test_fractions_round_exactly(x: Fraction) -> None:
    up = whole_up(x)
    assert type(up) is Fraction
    assert up.denominator == 1
    assert up - 1 < x <= up
    assert whole_up(along(MONTH, [x]))[0, 0, 0, 0, 0] == up


def test_a_hair_above_counts_for_a_fraction_and_is_dust_for_a_float() -> None:
    hair = Fraction(2) + Fraction(1, 10**12)
    assert whole_up(hair) == 3
    assert whole_up(float(hair)) == 2


@pytest.mark.parametrize("axis", AXES, ids=AXIS_NAMES.get)
def test_along_lays_values_on_one_of_five_axes(axis: int) -> None:
    laid = along(axis, [1, 2, 3])
    assert laid.ndim == 5
    assert laid.shape[axis] == 3
    assert total(laid, over=axis).shape == (1,) * 5
    assert total(laid, over=axis).item() == 6


def test_fractions_stay_fractions_along_an_axis() -> None:
    assert along(OPTION, [Fraction(1, 3), 2]).dtype == object
    assert along(OPTION, [1, 2]).dtype == float


def test_a_total_keeps_the_other_axes() -> None:
    grid = along(WORKLOAD, [1, 2]) * along(MONTH, [1, 10])
    assert total(grid, over=WORKLOAD).shape == (1, 1, 1, 1, 2)
    assert [*total(grid, over=WORKLOAD).flat] == [3, 30]
    assert total(7.0, over=MONTH) == 7.0


def test_walks_along_the_months() -> None:
    months = along(MONTH, [1, 2, 3])
    assert [*cumulative(months).flat] == [1, 3, 6]
    assert [*previous(months).flat] == [0, 1, 2]


def test_constants_beside_fractions_become_fractions() -> None:
    third = Fraction(1, 3)
    assert type(maximum(-third, 0)) is Fraction
    assert type(minimum(1, third + 1)) is Fraction
    assert type(where(False, third, 0)) is Fraction
    assert {type(each) for each in maximum(along(MONTH, [-third, third]), 0).flat} == {Fraction}


def test_where_leaves_scalars_scalars() -> None:
    assert where(True, 1.5, 2.0) == 1.5
    assert np.ndim(where(True, 1.5, 2.0)) == 0


class Echo:
    """An object that brings its own operations."""

    def numbers_operation(self, name: str, arguments: tuple, **named: int) -> tuple:
        return name, len(arguments), named


def test_an_object_may_bring_its_own_operations() -> None:
    assert whole_up(Echo()) == ("whole_up", 1, {})
    assert maximum(1, Echo()) == ("maximum", 2, {})
    assert total(Echo(), over=MONTH) == ("total", 1, {"over": MONTH})
