"""A zero exactly at a kink: a break-even where the sign changes, a touch where it does not."""

from __future__ import annotations

from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest

from breakeven.decision.exact.along import Along
from breakeven.decision.exact.crossings import Crossings, Window, crossings
from breakeven.numbers.lines import Model, line
from breakeven.numbers.operations import maximum, whole_up

ONLY = Window(start=Fraction(5), end=None)


@line("1", source="test")
def passing(x):  # type: ignore[no-untyped-def]
    """Steeper beyond the zero at 5."""
    return maximum(x - 5, 2 * (x - 5))


@line("1", source="test")
def touching(x):  # type: ignore[no-untyped-def]
    """Down to zero at 5 and up again."""
    return maximum(x - 5, 5 - x)


@line("1", source="test")
def falling(x):  # type: ignore[no-untyped-def]
    """Down to zero at 5, where a step leads below zero for ever."""
    return 5 - x - 3 * whole_up(x / 5) + 3


def along(function: Any) -> Crossings:
    module = ModuleType("module")
    setattr(module, function.__name__, function)
    line_of = Along(Model(module, inputs=["x"]), {"x": Fraction(1)}, wanted=function.__name__, name="x")
    return crossings(line_of)


def test_passing_through_zero_at_a_kink_is_a_root() -> None:
    found = along(passing)
    assert (found.roots, found.jumps, found.touches, found.windows) == ((5,), (), (), (ONLY,))


def test_touching_zero_at_a_kink_is_no_root() -> None:
    found = along(touching)
    assert (found.roots, found.jumps, found.touches) == ((), (), (5,))


def test_zero_followed_by_a_step_below_is_a_jump() -> None:
    found = along(falling)
    assert (found.roots, found.jumps) == ((), (5,))


@pytest.mark.parametrize("capacity", [10, 20])
def test_free_gpus_make_no_step(capacity: int) -> None:
    from breakeven.quick.model import MODEL

    given = {"tokens": 1, "hosted_price": 1, "gpu_monthly": 0, "eng_monthly": 20, "gpu_capacity": capacity}
    exact = {name: Fraction(each) for name, each in given.items()}
    found = crossings(Along(MODEL, exact, wanted="saving", name="tokens"))
    assert (found.roots, found.jumps) == ((20,), ())
