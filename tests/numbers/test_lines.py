"""Wiring lines by the names of their parameters, and what is refused with which words."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from breakeven.numbers.lines import Model, ModelError, line
from breakeven.numbers.operations import MONTH, SCENARIO, along


def module(*functions: Callable[..., Any]) -> ModuleType:
    made = ModuleType("made")
    for i, each in enumerate(functions):
        setattr(made, f"line_{i}", each)
    return made


@line("USD/month", source="test")
def rent(gpus, price):
    """Rent of the GPUs. A second sentence is not shown."""
    return gpus * price


@line("USD/month", source="test")
def bill(rent, fee):
    """Rent and fee."""
    return rent * (1 + fee)


@line("USD/month", source="test")
def twice(bill):
    """Two bills."""
    return bill * 2


INPUTS = ("gpus", "price", "fee")
GIVEN = {"gpus": 8.0, "price": 2.0, "fee": 0.5}
MODEL = Model(module(twice, bill, rent), inputs=INPUTS)


def test_lines_are_computed_in_the_order_they_need_each_other() -> None:
    assert list(MODEL.lines) == ["rent", "bill", "twice"]
    assert MODEL.evaluate(GIVEN) == {"rent": 16, "bill": 24, "twice": 48}
    assert rent(8, 2) == 16  # a line is still a function


def test_only_what_is_wanted_is_computed() -> None:
    assert MODEL.evaluate({"gpus": 8.0, "price": 2.0}, ["rent"]) == {"rent": 16}
    assert MODEL.ancestors(["bill"]) == ["rent", "bill"]


def test_a_given_line_is_not_computed() -> None:
    assert MODEL.evaluate({"rent": 10.0, "fee": 0.5}, ["bill"]) == {"bill": 15}
    assert MODEL.evaluate({"bill": 1.0}, ["bill", "twice"]) == {"bill": 1.0, "twice": 2.0}
    assert MODEL.ancestors(["twice"], given=["bill"]) == ["twice"]


def test_an_input_can_be_wanted() -> None:
    assert MODEL.evaluate(GIVEN, ["gpus", "rent"]) == {"gpus": 8, "rent": 16}


def test_values_broadcast_over_the_axes() -> None:
    got = MODEL.evaluate(GIVEN | {"price": along(SCENARIO, [1, 2, 3]), "fee": along(MONTH, [0, 1])}, ["bill"])
    assert got["bill"].shape == (1, 1, 1, 3, 2)


@pytest.mark.parametrize(
    ("given", "wanted", "message"),
    [
        (GIVEN | {"gpu": 8.0}, None, 'Given is "gpu", which is no line and no input.\nDid you mean "gpus"?'),
        (GIVEN | {"Rent": 8.0}, None, 'Given is "Rent", which is no line and no input.\nDid you mean "rent"?'),
        (GIVEN, ["bil"], 'Wanted is "bil", which is no line and no input.\nDid you mean "bill"?'),
        ({"gpus": 8.0}, ["bill"], 'Line "rent" needs "price", which was not given.'),
        (
            GIVEN | {"price": np.ones(36)},
            None,
            '"price" has shape (36,): neither one number nor five axes.\nUse along().',
        ),
        (GIVEN | {"price": np.ones((2, 36))}, None, '"price" has shape (2, 36)'),
    ],
)
def test_what_cannot_be_read_is_refused(given: dict, wanted: list | None, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        MODEL.evaluate(given, wanted)
    assert str(caught.value).startswith(message)


def test_a_misspelt_parameter_is_refused() -> None:
    with pytest.raises(ModelError, match='Line "rent" needs "price", which is no line and no input') as caught:
        Model(module(rent), inputs=["gpus", "prices"])
    assert 'Did you mean "prices"?' in str(caught.value)


def test_two_lines_of_one_name_are_refused() -> None:
    @line("1", source="test")
    def rent(gpus):
        """Another rent."""
        return gpus

    with pytest.raises(ModelError, match='Two definitions are named "rent"'):
        Model(module(rent, MODEL.lines["rent"].compute), inputs=INPUTS)
    with pytest.raises(ModelError, match='Two definitions are named "rent"'):
        Model(module(rent), inputs=[*INPUTS, "rent"])


def test_a_line_imported_twice_is_one_line() -> None:
    assert len(Model(module(rent), module(rent), inputs=INPUTS).lines) == 1


def test_lines_that_need_each_other_are_refused() -> None:
    @line("1", source="test")
    def egg(hen):
        """Laid by the hen."""
        return hen

    @line("1", source="test")
    def hen(egg):
        """Hatched from the egg."""
        return egg

    with pytest.raises(ModelError, match=r"in a circle: (egg → hen → egg|hen → egg → hen)"):
        Model(module(egg, hen), inputs=[])


def test_a_line_says_what_it_is() -> None:
    @line("1", source="test")
    def silent(gpus):
        return gpus

    assert MODEL.lines["rent"].meaning == "Rent of the GPUs. A second sentence is not shown."
    with pytest.raises(ModelError, match='"silent" has no docstring'):
        Model(module(silent), inputs=INPUTS)


def test_an_exact_line_has_no_float_and_no_power() -> None:
    @line("1", source="test")
    def half(gpus):
        """Half."""
        return gpus * 0.5

    @line("1", source="test")
    def square(gpus):
        """Square."""
        return gpus**2

    for each, part in ((half, "0.5"), (square, r"gpus \*\* 2")):
        with pytest.raises(ModelError, match=f"is not exact: {part}"):
            Model(module(each), inputs=INPUTS)


def test_a_line_is_one_expression() -> None:
    @line("1", source="test")
    def long(gpus):
        """Two statements."""
        gpus += 1
        return gpus

    with pytest.raises(ModelError, match="must be a docstring and one return"):
        Model(module(long), inputs=INPUTS)


class Watched(np.ndarray):
    """An array that can be watched being freed."""


def test_what_is_no_longer_needed_is_freed() -> None:
    kept: list[weakref.ref] = []

    @line("1", source="test")
    def first(price):
        """A large intermediate."""
        return watched(price)

    @line("1", source="test")
    def second(first):
        """Its only reader."""
        return first + 1

    @line("1", source="test")
    def third(second):
        """By now the first is gone."""
        return second * alive()

    def watched(price: Any) -> Any:
        made = (price * 1).view(Watched)
        kept.append(weakref.ref(made))
        return made

    def alive() -> int:
        return sum(each() is not None for each in kept)

    model = Model(module(first, second, third), inputs=["price"])
    got = model.evaluate({"price": np.ones((1,) * 5)}, ["third"])
    assert np.all(got["third"] == 0)
    assert list(got) == ["third"]
    kept.clear()
    assert np.all(model.evaluate({"price": np.ones((1,) * 5)}, ["first", "third"])["third"] == 2)
