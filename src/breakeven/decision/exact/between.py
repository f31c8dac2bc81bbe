"""Bounds of a line over whole stretches of its input, so that stretches that cannot change its sign are not walked.

On a stretch a value is `slope * x + offset`, the offset between two bounds: a rounding up adds less than one, of a
maximum that is not settled on the stretch both sides count. So a thousand steps cost as much as one. What the bounds
leave open is cut into shorter stretches, and what is then still open is walked (`scan`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from breakeven.decision.exact.tracing import Moving, NotAffine
from breakeven.numbers.distributions import Floats
from breakeven.numbers.operations import DUST, SCENARIO, Value, along

Ends = tuple[Value, Value]  # where each stretch starts and ends


class Between(Moving):
    """`slope * x + offset` on stretches, `low` and `high` the bounds of the offset."""

    __slots__ = ("ends", "high", "low", "slope")

    def __init__(self, ends: Ends, slope: Value, low: Value, high: Value) -> None:
        self.ends, self.slope, self.low, self.high = ends, slope, low, high

    @property
    def least(self) -> Value:
        """No value on the stretch is smaller."""
        return np.minimum(*(self.slope * x for x in self.ends)) + self.low

    @property
    def most(self) -> Value:
        """No value on the stretch is larger."""
        return np.maximum(*(self.slope * x for x in self.ends)) + self.high

    def along(self, slope: Value) -> Between:
        """The same told with another slope, whose bounds are wider."""
        turned = [(self.slope - slope) * x for x in self.ends]
        return Between(self.ends, slope, np.minimum(*turned) + self.low, np.maximum(*turned) + self.high)

    def steady(self) -> Value:
        """The value where it neither moves nor is in doubt; another cannot divide."""
        if np.any(self.slope) or np.any(self.low != self.high):
            raise NotAffine("a division by a value that moves")
        return self.low

    def __neg__(self) -> Between:
        return Between(self.ends, -self.slope, -self.high, -self.low)

    def __add__(self, other: Value) -> Between:
        other = lift(self.ends, other)
        return Between(self.ends, self.slope + other.slope, self.low + other.low, self.high + other.high)

    __radd__ = __add__

    def __sub__(self, other: Value) -> Between:
        return self.__add__(-other)

    def __rsub__(self, other: Value) -> Between:
        return self.__neg__().__add__(other)

    def __mul__(self, other: Value) -> Between:
        if isinstance(other, Between):
            return other.times(self) if not np.any(self.slope) else self.times(other)
        ends = self.low * other, self.high * other
        return Between(self.ends, self.slope * other, np.minimum(*ends), np.maximum(*ends))

    __rmul__ = __mul__

    def times(self, factor: Between) -> Between:
        """The product with what does not move but may be in doubt: extreme where each part is."""
        if np.any(factor.slope):
            raise NotAffine("a product of two values that move")
        slope = self.slope * (factor.low + factor.high) / 2
        corners = [
            (self.slope * x + offset) * bound - slope * x
            for x in self.ends
            for offset in (self.low, self.high)
            for bound in (factor.low, factor.high)
        ]
        return Between(self.ends, slope, reduce(np.minimum, corners), reduce(np.maximum, corners))

    def __truediv__(self, other: Value) -> Between:
        return self.__mul__(1 / (other.steady() if isinstance(other, Between) else other))

    def __rtruediv__(self, other: Value) -> Value:
        return other / self.steady()

    def above(self) -> Between:
        """Whether it is positive: 1 for sure, 0 never, between them where it is not the same throughout."""
        return Between(self.ends, 0.0, np.where(self.least > 0, 1.0, 0.0), np.where(self.most > 0, 1.0, 0.0))

    def __ge__(self, other: Value) -> Between:
        return self.__rsub__(other).above().__rsub__(1)

    def __le__(self, other: Value) -> Between:
        return self.__sub__(other).above().__rsub__(1)

    def numbers_operation(self, name: str, arguments: tuple[Value, ...], **named: Any) -> Between:
        """The operation of that name, on stretches."""
        return OPERATIONS[name](*(lift(self.ends, each) for each in arguments), **named)


def lift(ends: Ends, value: Value) -> Between:
    """A value that does not move."""
    return value if isinstance(value, Between) else Between(ends, 0.0, value, value)


def chosen(condition: Between, a: Between, b: Between) -> Between:
    """`where`: one side where the condition is settled, else whatever either may be."""
    settled = condition.low == condition.high
    slope = np.where((condition.high > 0), a.slope, b.slope)
    first, second = a.along(slope), b.along(slope)
    low, high = np.minimum(first.low, second.low), np.maximum(first.high, second.high)
    one, other = settled & (condition.low > 0), settled & (condition.high <= 0)
    return Between(
        a.ends,
        slope,
        np.where(one, first.low, np.where(other, second.low, low)),
        np.where(one, first.high, np.where(other, second.high, high)),
    )


def larger(a: Between, b: Between) -> Between:
    """The larger of two: it is no smaller than either, and as it bends upwards, no larger than at one of the ends."""
    apart = a - b
    first, second = apart.least >= 0, apart.most <= 0
    slope = np.where(second, b.slope, np.where(first | (abs(a.slope) >= abs(b.slope)), a.slope, b.slope))
    one, other = a.along(slope), b.along(slope)
    low = np.where(first, one.low, np.where(second, other.low, np.maximum(one.low, other.low)))
    high = np.where(first, one.high, np.where(second, other.high, np.maximum(one.high, other.high)))
    return Between(a.ends, slope, low, high)


def rounded(x: Between) -> Between:
    """The next whole number: less than one above; the number itself where it is the same throughout."""
    dust = DUST * np.maximum(abs(x.least), abs(x.most))
    least, most = np.ceil(x.least - dust), np.ceil(x.most + dust)
    same = least == most
    slope = np.where(same, 0.0, x.slope)
    return Between(x.ends, slope, np.where(same, least, x.low - dust), np.where(same, most, x.high + 1))


def of_each(function: Callable[..., Value]) -> Callable[..., Between]:
    """What adds up along an axis, on slope and bounds alike."""

    def of(x: Between, **named: Any) -> Between:
        return Between(x.ends, *(function(each, **named) for each in np.broadcast_arrays(x.slope, x.low, x.high)))

    return of


def previous(x: Value) -> Value:
    """Last month's value; zero in the first month."""
    return np.concatenate([np.zeros_like(x[..., :1]), x[..., :-1]], axis=-1)


OPERATIONS: dict[str, Callable[..., Between]] = {
    "whole_up": rounded,
    "maximum": larger,
    "minimum": lambda a, b: -larger(-a, -b),
    "where": chosen,
    "total": of_each(lambda x, over: np.sum(x, axis=over, keepdims=True) if np.ndim(x) else x),
    "cumulative": of_each(lambda x: np.cumsum(x, axis=-1)),
    "previous": of_each(previous),
}


def bounds(start: Floats, end: Floats, through: Callable[[Value], Value]) -> tuple[Floats, Floats]:
    """The least and the most that a line may be on each stretch, along the scenarios. Raises `NotAffine` where products
    move.
    """
    ends = along(SCENARIO, start), along(SCENARIO, end)
    found = lift(ends, through(Between(ends, 1.0, 0.0, 0.0)))
    return found.least, found.most
