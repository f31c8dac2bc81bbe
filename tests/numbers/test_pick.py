"""One way to take an element of a line."""

from __future__ import annotations

from fractions import Fraction

import pytest

from breakeven.numbers.operations import MONTH, OPTION, along, pick

TABLE = along(OPTION, [1.0, 2.0, 3.0]) * along(MONTH, [1.0, 10.0])


def test_one_element_has_a_place_on_each_axis_that_the_line_varies_along():
    assert float(pick(TABLE, option=2, month=1)) == 30.0
    assert float(pick(TABLE, option=-1, month=-1)) == 30.0


def test_a_range_keeps_its_axis():
    assert pick(TABLE, option=range(1, 3), month=range(2)).tolist() == [[2.0, 20.0], [3.0, 30.0]]
    assert pick(TABLE, option=1, month=range(2)).tolist() == [2.0, 20.0]


def test_what_does_not_vary_is_the_same_at_every_place():
    assert float(pick(7.0, option=4, month=11)) == 7.0
    assert pick(along(OPTION, [1.0, 2.0]), option=1, month=range(3)).tolist() == [2.0, 2.0, 2.0]


def test_fractions_stay_fractions():
    assert pick(along(OPTION, [Fraction(1, 3), Fraction(2, 3)]), option=1).item() == Fraction(2, 3)


@pytest.mark.parametrize(
    "places", [{"option": 1}, {"month": 1}, {"option": 3, "month": 0}, {"option": 0, "month": range(3)}]
)
def test_a_number_that_was_not_meant_is_refused(places):
    with pytest.raises(ValueError, match="shape"):
        pick(TABLE, **places)
