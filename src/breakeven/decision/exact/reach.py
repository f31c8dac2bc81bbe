"""From where on a line is far out: what its parts leave behind as they are compared and rounded up."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np

from breakeven.numbers.operations import Value

DOUBT = 1e-9  # relative: a difference in floats that is smaller has no sure sign
MOST_STEPS = 10_000  # steps in a period; longer ones are not walked


@dataclass(frozen=True, slots=True, kw_only=True)
class FarOut:
    """Above `beyond` a line keeps `sign` (0: stays zero; None: the bounds leave it open, see `period`)."""

    beyond: Fraction
    sign: int | None
    period: Fraction | None = None


class NotSure(Exception):
    """What is left of a difference in floats is too little to tell its sign."""


class Reach:
    """The largest x at which two far-out lines still change order, and how often each staircase steps.

    `rough`: of lines in floats; their bounds are wider, and a sign that rounding could turn is `NotSure`.
    """

    __slots__ = ("rough", "steps", "value")

    def __init__(self, *, rough: bool = False) -> None:
        self.rough = rough
        self.value = Fraction(0)
        self.steps: set[Fraction] = set()

    def sum_of(self, a: Value, b: Value) -> Value:
        """The sum; in floats none that is next to nothing beside its parts."""
        found = a + b
        if self.rough:
            self.sure(found, abs(a) + abs(b))
        return found

    def sure(self, value: Value, size: Value) -> None:
        """Refuse what is next to nothing beside the size of its parts, unless it is nothing."""
        if self.rough and np.any((value != 0) & (abs(value) <= DOUBT * size)):
            raise NotSure

    def beyond(self, offset: Any, slope: Any) -> None:
        """From some x on, `slope * x + offset` has the sign of its slope: remember that x."""
        if self.rough:
            offset, slope = np.broadcast_arrays(offset, slope)
            steep = slope != 0
            if np.any(steep):
                self.value = max(self.value, Fraction(float(np.max(-offset[steep] / slope[steep])) * (1 + DOUBT)))
        elif isinstance(offset, np.ndarray) or isinstance(slope, np.ndarray):
            for pair in zip(*map(np.ravel, np.broadcast_arrays(offset, slope)), strict=True):
                self.beyond(*pair)
        elif slope:
            self.value = max(self.value, Fraction(-offset) / slope)

    def period(self) -> Fraction | None:
        """The x after which every staircase has made whole steps; None when that takes too many."""
        found = Fraction(1)
        for i, step in enumerate(self.steps):
            one = abs(1 / step)
            found = Fraction(lcm(found.numerator, one.numerator), gcd(found.denominator, one.denominator)) if i else one
            if found * abs(step) > MOST_STEPS:
                return None
        return found
