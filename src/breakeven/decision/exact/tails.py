"""How a line behaves far out: `slope * x + offset`, the offset between two bounds, for every x above `reach`.

`whole_up(y)` lies between y and y + 1, a maximum is in the end its steeper side; so the sign of a line beyond
a computable point is known without looking at every step. This is what makes the exact search finite, and
what lets the answer say "never" or "always from here on". Where the bounds leave the sign open, all that is
left of the line repeats with a period that the steps tell, so one period decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import ceil, gcd
from typing import Any

import numpy as np

from breakeven.decision.exact.reach import Reach
from breakeven.decision.exact.tracing import Moving, NotAffine, each, either
from breakeven.numbers.operations import Value, whole_up

Grain = Callable[[], Value]  # asked for late: only a rounding up needs it, and it costs more than all the rest
STILL = Fraction(0)  # the slope of what does not move: recognised by identity


class Tail(Moving):
    """A line far out: slope, least and greatest offset. It is always a whole multiple of `grain` (None: of nothing).

    Where the offset is known, `low` and `high` are one object, and everything is computed once.
    """

    __slots__ = ("_grain", "high", "low", "reach", "slope")

    def __init__(self, reach: Reach, slope: Value, low: Value, high: Value, grain: Grain = lambda: None) -> None:
        self.reach, self.slope, self.low, self.high, self._grain = reach, slope, low, high, grain

    @property
    def grain(self) -> Value:
        """What it is a whole multiple of."""
        found = None if self.reach.rough else self._grain()
        self._grain = lambda: found
        return found

    @property
    def known(self) -> bool:
        """Whether both bounds of the offset are one."""
        return self.low is self.high

    def __neg__(self) -> Tail:
        low, high = (once := -self.low, once) if self.known else (-self.high, -self.low)
        return Tail(self.reach, self.slope if self.slope is STILL else -self.slope, low, high, lambda: self.grain)

    def __add__(self, other: Value) -> Tail:
        other = lift(self.reach, other)
        low = self.reach.sum_of(self.low, other.low)
        high = low if self.known and other.known else self.reach.sum_of(self.high, other.high)
        slope = plus(self.reach, self.slope, other.slope)
        return Tail(self.reach, slope, low, high, lambda: each(common, self.grain, other.grain))

    __radd__ = __add__

    def __sub__(self, other: Value) -> Tail:
        return self.__add__(-other)

    def __rsub__(self, other: Value) -> Tail:
        return self.__neg__().__add__(other)

    def __mul__(self, other: Value) -> Tail:
        if isinstance(other, Tail):
            return self.__mul__(steady(other)) if is_steady(other) else other.__mul__(steady(self))
        low = high = self.low * other
        if not self.known:
            above = self.high * other
            low, high = each(min, low, above), each(max, low, above)
        slope = self.slope if self.slope is STILL else self.slope * other
        return Tail(self.reach, slope, low, high, lambda: each(scaled, self.grain, other))

    __rmul__ = __mul__

    def __truediv__(self, other: Value) -> Tail:
        return self.__mul__(1 / (steady(other) if isinstance(other, Tail) else other))

    def __rtruediv__(self, other: Value) -> Value:
        return other / steady(self)

    def above(self) -> Value:
        """Whether it is positive far out. Undecided (flat, bounds astride zero) raises."""
        self.reach.beyond(self.low, self.slope)
        self.reach.beyond(self.high, self.slope)
        flat = self.slope == 0
        if np.any(flat & (self.low <= 0) & (self.high > 0)):
            raise NotAffine("a comparison that is never settled far out")
        return (self.slope > 0) | (flat & (self.low > 0))

    def numbers_operation(self, name: str, arguments: tuple[Value, ...], **named: Any) -> Tail:
        """The operation of that name, far out."""
        return OPERATIONS[name](self.reach, *(lift(self.reach, one) for one in arguments), **named)


def lift(reach: Reach, value: Value) -> Tail:
    """A value that does not move, far out."""
    return value if isinstance(value, Tail) else Tail(reach, STILL, value, value, lambda: abs(value))


def plus(reach: Reach, a: Value, b: Value) -> Value:
    """The sum of two slopes."""
    return b if a is STILL else a if b is STILL else reach.sum_of(a, b)


def common(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    """The largest number of which both are whole multiples; zero is a multiple of everything."""
    if a is None or b is None:
        return None
    return Fraction(gcd(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator)


def scaled(grain: Fraction | None, factor: Fraction) -> Fraction | None:
    """The grain of a multiple."""
    return Fraction(0) if not factor else None if grain is None else abs(grain * factor)


def is_steady(tail: Tail) -> bool:
    """Whether the value is exactly known and does not move."""
    still = tail.slope is STILL or not np.any(tail.slope)
    return still and (tail.known or not np.any(tail.low != tail.high))


def steady(tail: Tail) -> Value:
    """The value of a tail that is exactly known and does not move."""
    if not is_steady(tail):
        raise NotAffine("a product or division by a value that moves far out")
    return tail.low


def choose(reach: Reach, condition: Tail, a: Tail, b: Tail) -> Tail:
    """`where` far out: the condition is settled."""
    slope, low = either(condition.low, a.slope, b.slope), either(condition.low, a.low, b.low)
    high = low if a.known and b.known else either(condition.low, a.high, b.high)
    return Tail(reach, slope, low, high, lambda: either(condition.low, a.grain, b.grain))


def extreme(reach: Reach, a: Tail, b: Tail, best: Callable[..., Any], steeper: Callable[..., Any]) -> Tail:
    """The larger or smaller of two: the steeper wins; parallel ones are bounded by the best of both bounds."""
    known = a.known and b.known
    steeper_by = plus(reach, a.slope, b.slope if b.slope is STILL else -b.slope)
    for part in (a.low - b.high,) if known else (a.low - b.high, a.high - b.low):
        reach.beyond(part, steeper_by)
    flat, first = a.slope == b.slope, steeper(a.slope, b.slope)

    def of(one: Value, other: Value, both: Callable[..., Any]) -> Value:
        return (
            either(flat, each(both, one, other), either(first, one, other))
            if np.any(flat)
            else either(first, one, other)
        )

    low = of(a.low, b.low, best)
    high = low if known else of(a.high, b.high, best)
    return Tail(reach, either(first, a.slope, b.slope), low, high, lambda: of(a.grain, b.grain, common))


def step_up(reach: Reach, x: Tail) -> Tail:
    """The next whole number: above x by less than one, and by less still when x only takes certain fractions."""
    if reach.rough:
        low, high = (
            np.where(x.slope != 0, *pair) for pair in ((x.low, whole_up(x.low)), (x.high + 1.0, whole_up(x.high)))
        )
        return Tail(reach, x.slope, low, low if x.known and not np.any(x.slope) else high)
    reach.steps |= {slope for slope in np.ravel(np.asarray(x.slope, dtype=object)) if slope}
    low, high = each(rounded_low, x.slope, x.low), each(rounded_high, x.slope, x.high, x.grain)
    return Tail(reach, x.slope, low, high, lambda: Fraction(1))


def rounded_low(slope: Fraction, low: Fraction) -> Fraction:
    """The least offset after rounding up."""
    return low if slope else Fraction(ceil(low))


def rounded_high(slope: Fraction, high: Fraction, grain: Fraction | None) -> Fraction:
    """The greatest offset after rounding up."""
    if not slope:
        return Fraction(ceil(high))
    return high + 1 if grain is None else high + 1 - Fraction(1, grain.denominator)


def summed(reach: Reach, x: Tail, *, over: int) -> Tail:
    """The sum along an axis."""
    if not np.shape(x.slope + x.low):
        return x

    def grain() -> Value:
        return np.frompyfunc(common, 2, 1).reduce(wide(x, x.grain)[-1], axis=over, keepdims=True)

    return of_parts(reach, sums(x, lambda part: np.sum(part, axis=over, keepdims=True)), grain)


def running(reach: Reach, x: Tail) -> Tail:
    """The running sum along the months."""

    def grain() -> Value:
        return np.frompyfunc(common, 2, 1).accumulate(wide(x, x.grain)[-1], axis=-1)

    return of_parts(reach, sums(x, lambda part: np.cumsum(part, axis=-1)), grain)


def shifted(reach: Reach, x: Tail) -> Tail:
    """Last month's value; zero in the first month."""
    parts = (np.concatenate([part[..., :1] * 0, part[..., :-1]], axis=-1) for part in wide(x))
    return of_parts(reach, parts, lambda: None)


def sums(x: Tail, add: Callable[[Value], Value]) -> Iterable[Value]:
    """The parts of a tail added up; in floats none that is next to nothing beside what it is made of."""
    for part in wide(x):
        found = add(part)
        x.reach.sure(found, add(abs(part)) if x.reach.rough else 0)
        yield found


def of_parts(reach: Reach, parts: Iterable[Value], grain: Grain) -> Tail:
    """What became of slope, low and high (the last only where it is not the same as low)."""
    slope, low, *high = parts
    return Tail(reach, slope, low, high[0] if high else low, grain)


def wide(x: Tail, *more: Value) -> tuple[Value, ...]:
    """The slope, the offset or its two bounds, and what else is asked for, all of the same shape."""
    parts = (x.slope, x.low) if x.known else (x.slope, x.low, x.high)
    kind = float if x.reach.rough else object
    return tuple(np.broadcast_arrays(*(np.asarray(part, dtype=kind) for part in (*parts, *more))))


OPERATIONS: dict[str, Callable[..., Tail]] = {
    "whole_up": step_up,
    "maximum": lambda reach, a, b: extreme(reach, a, b, max, lambda one, two: one > two),
    "minimum": lambda reach, a, b: extreme(reach, a, b, min, lambda one, two: one < two),
    "where": choose,
    "total": summed,
    "cumulative": running,
    "previous": shifted,
}
