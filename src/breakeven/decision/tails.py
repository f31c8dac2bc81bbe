"""How a line behaves far out: `slope * x + offset`, the offset between two bounds, for every x above `reach`.

`whole_up(y)` lies between y and y + 1, a maximum is in the end its steeper side; so the sign of a line beyond
a computable point is known without looking at every step. This is what makes the exact search finite, and
what lets the answer say "never" or "always from here on".
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from breakeven.decision.tracing import NotAffine, each, pick
from breakeven.numbers.operations import Value


class Reach:
    """The largest x at which two far-out lines still change order."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = Fraction(0)

    def beyond(self, offset: Any, slope: Any) -> None:
        """From some x on, `slope * x + offset` has the sign of its slope: remember that x."""
        if isinstance(offset, np.ndarray) or isinstance(slope, np.ndarray):
            for pair in zip(*map(np.ravel, np.broadcast_arrays(offset, slope)), strict=True):
                self.beyond(*pair)
        elif slope:
            self.value = max(self.value, Fraction(-offset) / slope)


class Tail:
    """A line far out: slope, and the least and greatest offset."""

    __slots__ = ("high", "low", "reach", "slope")
    __array_ufunc__ = None

    def __init__(self, reach: Reach, slope: Value, low: Value, high: Value) -> None:
        self.reach, self.slope, self.low, self.high = reach, slope, low, high

    def _with(self, slope: Value, low: Value, high: Value) -> Tail:
        return Tail(self.reach, slope, low, high)

    def __neg__(self) -> Tail:
        return self._with(-self.slope, -self.high, -self.low)

    def __add__(self, other: Value) -> Tail:
        if isinstance(other, Tail):
            return self._with(self.slope + other.slope, self.low + other.low, self.high + other.high)
        return self._with(self.slope, self.low + other, self.high + other)

    __radd__ = __add__

    def __sub__(self, other: Value) -> Tail:
        return self.__add__(-other)

    def __rsub__(self, other: Value) -> Tail:
        return self.__neg__().__add__(other)

    def __mul__(self, other: Value) -> Tail:
        if isinstance(other, Tail):
            return self.__mul__(steady(other)) if not np.any(other.slope) else other.__mul__(steady(self))
        one, two = self.low * other, self.high * other
        return self._with(self.slope * other, each(min, one, two), each(max, one, two))

    __rmul__ = __mul__

    def __truediv__(self, other: Value) -> Tail:
        return self.__mul__(1 / (steady(other) if isinstance(other, Tail) else other))

    def __rtruediv__(self, other: Value) -> Value:
        return other / steady(self)

    def __gt__(self, other: Value) -> Value:
        return above(self - other)

    def __lt__(self, other: Value) -> Value:
        return above(other - self)

    def numbers_operation(self, name: str, arguments: tuple[Value, ...], **named: Any) -> Tail:
        """The operation of that name, far out."""
        return OPERATIONS[name](self.reach, *(lift(self.reach, one) for one in arguments), **named)


def lift(reach: Reach, value: Value) -> Tail:
    """A value that does not move, far out."""
    return value if isinstance(value, Tail) else Tail(reach, 0, value, value)


def steady(tail: Tail) -> Value:
    """The value of a tail that is exactly known and does not move."""
    if np.any(tail.slope) or np.any(tail.low != tail.high):
        raise NotAffine("a product or division by a value that moves far out")
    return tail.low


def above(difference: Tail) -> Value:
    """Whether a difference is positive far out. Undecided (flat, bounds astride zero) raises."""
    difference.reach.beyond(difference.low, difference.slope)
    difference.reach.beyond(difference.high, difference.slope)
    flat = difference.slope == 0
    if np.any(flat & (difference.low <= 0) & (difference.high > 0)):
        raise NotAffine("a comparison that is never settled far out")
    return (difference.slope > 0) | (flat & (difference.low > 0))


def choose(reach: Reach, condition: Tail, a: Tail, b: Tail) -> Tail:
    """`where` far out: the condition is settled."""
    parts = (pick(condition.low, getattr(a, part), getattr(b, part)) for part in ("slope", "low", "high"))
    return Tail(reach, *parts)


def extreme(reach: Reach, a: Tail, b: Tail, best: Callable[..., Any], steeper: Callable[..., Any]) -> Tail:
    """The larger or smaller of two: the steeper wins; parallel ones are bounded by the best of both bounds."""
    for part in (a.low - b.high, a.high - b.low):
        reach.beyond(part, a.slope - b.slope)
    flat, first = a.slope == b.slope, steeper(a.slope, b.slope)
    low, high = each(best, a.low, b.low), each(best, a.high, b.high)
    return Tail(
        reach,
        pick(first, a.slope, b.slope),
        pick(flat, low, pick(first, a.low, b.low)),
        pick(flat, high, pick(first, a.high, b.high)),
    )


def summed(reach: Reach, x: Tail, *, over: int) -> Tail:
    """The sum along an axis."""
    shape = np.broadcast_shapes(np.shape(x.slope), np.shape(x.low), np.shape(x.high))
    if not shape:
        return x
    parts = (np.sum(np.broadcast_to(part, shape), axis=over, keepdims=True) for part in (x.slope, x.low, x.high))
    return Tail(reach, *parts)


OPERATIONS: dict[str, Callable[..., Tail]] = {
    "whole_up": lambda reach, x: Tail(reach, x.slope, x.low, x.high + 1),
    "maximum": lambda reach, a, b: extreme(reach, a, b, max, lambda one, two: one > two),
    "minimum": lambda reach, a, b: extreme(reach, a, b, min, lambda one, two: one < two),
    "where": choose,
    "total": summed,
}
