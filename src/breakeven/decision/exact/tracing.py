"""Exact values of the unchanged lines along one input: `value + slope * (x - start)`, up to the next kink.

A line is made of `+ - * /` and of `whole_up`, `maximum`, `minimum`, `where`, `total`. Along one input each of
these is a straight line until a kink whose distance it can tell. `Trace` carries value and slope through the
lines and collects the nearest kink; hopping from kink to kink gives every root and every jump, in fractions.
All values are those just right of `start`, so a step that is paid above n·Q is paid from n·Q on.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import floor
from typing import Any, Protocol

import numpy as np

from breakeven.numbers.operations import Value
from breakeven.problems import Problem

STILL = 0  # the slope of what does not move: recognised by identity, so that nothing is computed with it


class NotAffine(Problem):
    """The wanted line is not piecewise straight in this input: two traced values meet in a product."""


class AnyPath(Protocol):
    """What a way of tracing must tell: where kinks lie, and which side of them holds just right of the start."""

    def kink(self, value: Any, slope: Any) -> None:
        """A quantity matters when it reaches zero."""

    def positive(self, value: Value, slope: Value) -> Value:
        """Whether a quantity is positive just right of the start."""

    def level(self, value: Value, slope: Value) -> Value:
        """The whole number that holds just right of the start."""


class Path:
    """Exact fractions: where the nearest kink to the right lies, as a distance; None while no line has one."""

    __slots__ = ("room",)

    def __init__(self) -> None:
        self.room: Fraction | None = None

    def kink(self, value: Any, slope: Any) -> None:
        """A quantity `value`, changing by `slope`, matters when it reaches zero."""
        if isinstance(value, np.ndarray) or isinstance(slope, np.ndarray):
            for one_value, one_slope in zip(*map(np.ravel, np.broadcast_arrays(value, slope)), strict=True):
                self.kink(one_value, one_slope)
        elif slope is not STILL and slope and value and (value < 0) == (slope > 0):
            distance = -value / slope
            if self.room is None or distance < self.room:
                self.room = distance

    def positive(self, value: Value, slope: Value) -> Value:
        """Whether a quantity is positive just right of the start."""
        if isinstance(value, Fraction) and value:
            return value > 0
        return (value > 0) | ((value == 0) & (slope > 0))

    def level(self, value: Value, slope: Value) -> Value:
        """The whole number that holds just right of the start."""
        return each(step_level, value, slope)


class Moving:
    """A value that moves with an input: it is compared by the sign of a difference, and equals nothing."""

    __slots__ = ()
    __array_ufunc__ = None  # an array on the left hands its operators to us
    __hash__ = None  # type: ignore[assignment]

    def above(self) -> Value:
        """Whether it is positive."""
        raise NotImplementedError

    def __sub__(self, other: Value) -> Any:
        raise NotImplementedError

    def __gt__(self, other: Value) -> Value:
        return (self - other).above()

    def __lt__(self, other: Value) -> Value:
        return (other - self).above()

    def __ge__(self, other: Value) -> Value:
        return np.logical_not((other - self).above())

    def __le__(self, other: Value) -> Value:
        return np.logical_not((self - other).above())

    def __eq__(self, other: object) -> bool:
        raise NotAffine("an equality of a value that moves")


class Trace(Moving):
    """A straight line in the traced input, valid until the path's next kink."""

    __slots__ = ("path", "slope", "value")

    def __init__(self, path: AnyPath, value: Value, slope: Value) -> None:
        self.path, self.value, self.slope = path, value, slope

    def _with(self, value: Value, slope: Value) -> Trace:
        return Trace(self.path, value, slope)

    def __neg__(self) -> Trace:
        return self._with(-self.value, -self.slope)

    def __add__(self, other: Value) -> Trace:
        if isinstance(other, Trace):
            return self._with(self.value + other.value, plus(self.slope, other.slope))
        return self._with(self.value + other, self.slope)

    __radd__ = __add__

    def __sub__(self, other: Value) -> Trace:
        if isinstance(other, Trace):
            return self._with(self.value - other.value, plus(self.slope, -other.slope))
        return self._with(self.value - other, self.slope)

    def __rsub__(self, other: Value) -> Trace:
        return self._with(other - self.value, -self.slope)

    def __mul__(self, other: Value) -> Trace:
        if not isinstance(other, Trace):
            return self._with(self.value * other, times(self.slope, other))
        if moves(self.slope) and moves(other.slope) and np.any(self.slope * other.slope):
            raise NotAffine("a product of two traced values")
        slope = plus(times(self.slope, other.value), times(other.slope, self.value))
        return self._with(self.value * other.value, slope)

    __rmul__ = __mul__

    def __truediv__(self, other: Value) -> Trace:
        divisor = steady(other) if isinstance(other, Trace) else other
        return self._with(self.value / divisor, self.slope if self.slope is STILL else self.slope / divisor)

    def __rtruediv__(self, other: Value) -> Trace:
        return self._with(other / steady(self), STILL)

    def above(self) -> Value:
        """Whether it is positive just right of the start; its next zero is a kink."""
        self.path.kink(self.value, self.slope)
        return self.path.positive(self.value, self.slope)

    def numbers_operation(self, name: str, arguments: tuple[Value, ...], **named: Any) -> Trace:
        """The operation of that name, on traces."""
        return OPERATIONS[name](self.path, *(lift(self.path, each) for each in arguments), **named)


def plus(a: Value, b: Value) -> Value:
    """The sum of two slopes."""
    return b if a is STILL else a if b is STILL else a + b


def times(slope: Value, factor: Value) -> Value:
    """A slope times a value that does not move."""
    return STILL if slope is STILL else slope * factor


def moves(slope: Value) -> bool:
    """Whether any element has a slope."""
    return slope is not STILL and bool(np.any(slope) if isinstance(slope, np.ndarray) else slope)


def lift(path: AnyPath, value: Value) -> Trace:
    """A value that does not move, as a trace."""
    return value if isinstance(value, Trace) else Trace(path, value, STILL)


def steady(trace: Trace) -> Value:
    """The value of a trace that does not move; a moving one cannot divide."""
    if moves(trace.slope):
        raise NotAffine("a division by a traced value")
    return trace.value


def choose(path: AnyPath, condition: Value, a: Trace, b: Trace) -> Trace:
    """`a` where the condition holds just right of the start, else `b`."""
    return Trace(path, either(condition, a.value, b.value), either(condition, a.slope, b.slope))


def either(condition: Value, a: Value, b: Value) -> Value:
    """`np.where` that leaves scalars scalars."""
    if any(isinstance(part, np.ndarray) for part in (condition, a, b)):
        chosen: Value = np.where(condition, a, b)
        return chosen
    return a if condition else b


def larger(path: AnyPath, a: Trace, b: Trace) -> Trace:
    """The larger of two traces."""
    return choose(path, (a - b).above(), a, b)


def smaller(path: AnyPath, a: Trace, b: Trace) -> Trace:
    """The smaller of two traces."""
    return choose(path, (a - b).above(), b, a)


def step_up(path: AnyPath, x: Trace) -> Trace:
    """The next whole number just right of the start; the next step is a kink."""
    level = path.level(x.value, x.slope)
    path.kink(x.value - (level - is_falling(x.slope)), x.slope)
    return Trace(path, level, STILL)


def is_falling(slope: Value) -> Value:
    """1 for a falling quantity, whose step ends one below its level; 0 for a rising one."""
    return 1 - (np.asarray(slope) > 0) if isinstance(slope, np.ndarray) else 0 if slope > 0 else 1


def step_level(value: Fraction, slope: Fraction) -> Fraction:
    """The whole number that holds just right of the start."""
    return Fraction(floor(value) + 1 if slope > 0 else -floor(-value))


def each(function: Callable[..., Any], *values: Value) -> Value:
    """The function on scalars, or element by element on arrays of fractions."""
    if any(isinstance(value, np.ndarray) for value in values):
        done = np.frompyfunc(function, len(values), 1)(*values)
        return done if any(np.asarray(value).dtype == object for value in values) else done.astype(float)
    return function(*values)


def summed(path: AnyPath, x: Trace, *, over: int) -> Trace:
    """The sum along an axis. A slope that does not vary along it counts once per element."""
    shape = np.broadcast_shapes(np.shape(x.value), np.shape(x.slope))
    if not shape or shape[over] == 1:
        return x
    value, slope = (np.sum(np.broadcast_to(part, shape), axis=over, keepdims=True) for part in (x.value, x.slope))
    return Trace(path, value, slope)


def running(path: AnyPath, x: Trace) -> Trace:
    """The running sum along the months."""
    value, slope = np.broadcast_arrays(x.value, x.slope)
    return Trace(path, np.cumsum(value, axis=-1), np.cumsum(slope, axis=-1))


def shifted(path: AnyPath, x: Trace) -> Trace:
    """Last month's value; zero in the first month."""
    parts = np.broadcast_arrays(x.value, x.slope)
    return Trace(path, *(np.concatenate([part[..., :1] * 0, part[..., :-1]], axis=-1) for part in parts))


def chosen_where(path: AnyPath, condition: Trace, a: Trace, b: Trace) -> Trace:
    """`where` whose condition has already been decided by a comparison."""
    return choose(path, condition.value, a, b)


OPERATIONS: dict[str, Callable[..., Trace]] = {
    "whole_up": step_up,
    "maximum": larger,
    "minimum": smaller,
    "where": chosen_where,
    "total": summed,
    "cumulative": running,
    "previous": shifted,
}
