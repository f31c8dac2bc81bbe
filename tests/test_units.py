"""Every line computes the unit it declares, keeps fractions exact, and gives the same in floats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pint
import pytest

from breakeven.numbers.lines import Line
from breakeven.numbers.operations import AXES
from breakeven.study.register import full_model, register

MODEL = full_model()
LINES = [*MODEL.lines.values()]
EXACT = [each for each in LINES if each.exact]
UNITS = {name: one.unit for name, one in register().items()} | {each.name: each.unit for each in LINES}
BASE = (
    "USD", "token", "MTok", "GPU", "replica", "node", "unit", "FTE", "incident", "refresh", "GB", "kilowatt",
    "second", "minute", "hour", "day", "week", "month", "year",
)  # fmt: skip
# Each is a dimension of its own, time units included: an hourly price never passes for a monthly one, and
# every conversion needs an input that says what it is.
REGISTRY = pint.UnitRegistry(None)
for each in BASE:
    REGISTRY.define(f"{each} = [{each}]")


def by_name(each: Line) -> str:
    return each.name


all_lines = pytest.mark.parametrize("one", LINES, ids=by_name)
SCALAR = [each for each in EXACT if "cumulative" not in each.compute.__code__.co_names]  # which walks the months
scalar_lines = pytest.mark.parametrize("one", SCALAR, ids=by_name)
exact_lines = pytest.mark.parametrize("one", EXACT, ids=by_name)


def unit(name: str) -> pint.Unit:
    return REGISTRY.Unit("" if UNITS[name] == "1" else UNITS[name])


def magnitudes() -> Iterator[float]:
    """Different for every argument, so that no difference of two is zero by accident."""
    return iter(1.25 + 0.0625 * np.arange(30))


@all_lines
def test_a_line_computes_the_unit_it_declares(one: Line) -> None:
    sizes = magnitudes()
    arguments = [REGISTRY.Quantity(next(sizes), unit(name)) for name in one.needs]
    got = REGISTRY.Quantity(one.compute(*arguments))
    assert got.to_root_units().units == REGISTRY.Quantity(1.0, unit(one.name)).to_root_units().units


@all_lines
def test_the_order_of_arguments_does_not_hide_a_unit(one: Line) -> None:
    """Again with arrays of the five axes, as a comparison of options evaluates it."""
    sizes = magnitudes()
    arguments = [REGISTRY.Quantity(np.full((2,) * len(AXES), next(sizes)), unit(name)) for name in one.needs]
    assert REGISTRY.Quantity(one.compute(*arguments)).units == REGISTRY.Quantity(1.0, unit(one.name)).units


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_made_of_known_parts(name: str) -> None:
    assert {*re.split(r"[*/]", UNITS[name])} <= {*BASE, "1"}
    unit(name)


def rational(random: Random) -> Fraction:
    """Never a whole number but for luck, so that differences are seldom zero."""
    return Fraction(random.randint(2, 400), random.choice([7, 11, 13, 17]))


def rationals(random: Random) -> np.ndarray:
    shape = tuple(random.choice([1, 2, 2]) for _ in AXES)
    return np.array([rational(random) for _ in range(int(np.prod(shape)))], dtype=object).reshape(shape)


def alike(arguments: list[Any]) -> list[Any]:
    """The arguments with the axes that they share equally long."""
    shape = np.broadcast_shapes(*map(np.shape, arguments))
    return [np.broadcast_to(each, shape) for each in arguments]


@scalar_lines
def test_an_exact_line_keeps_a_fraction(one: Line) -> None:
    random = Random(one.name)
    for _ in range(20):
        got = one.compute(*(rational(random) for _ in one.needs))
        assert type(got) is Fraction


@exact_lines
def test_an_exact_line_keeps_arrays_of_fractions(one: Line) -> None:
    random = Random(one.name)
    for _ in range(5):
        got = one.compute(*alike([rationals(random) for _ in one.needs]))
        assert got.dtype == object
        assert {type(each) for each in got.flat} == {Fraction}


@scalar_lines
def test_floats_give_what_fractions_give(one: Line) -> None:
    random = Random(one.name)
    for _ in range(20):
        each = [rational(random) for _ in one.needs]
        assert one.compute(*map(float, each)) == pytest.approx(float(one.compute(*each)), rel=1e-9, abs=1e-9)


@exact_lines
def test_arrays_of_floats_give_what_fractions_give(one: Line) -> None:
    random = Random(one.name)
    for _ in range(5):
        arguments = alike([rationals(random) for _ in one.needs])
        exact = one.compute(*arguments).astype(float)
        assert one.compute(*(each.astype(float) for each in arguments)) == pytest.approx(exact, rel=1e-9, abs=1e-9)


@all_lines
def test_a_line_says_what_it_is(one: Line) -> None:
    assert one.meaning.endswith(".")
    assert one.source


@pytest.mark.parametrize("name", register())
def test_an_input_has_a_range_in_order(name: str) -> None:
    one = register()[name]
    ends = [each for each in (one.low, one.likely, one.high) if each is not None and one.uncertain]
    switched_off = one.likely == 0 and one.low is not None and one.low > 0  # a part that most cases do not have
    assert switched_off or ends == sorted(ends)
    assert one.kind != "constant" or one.low is None


def test_every_input_is_read_by_a_line() -> None:
    needed = {need for each in LINES for need in each.needs}
    assert set(register()) - needed == set()
