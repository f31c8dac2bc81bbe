"""What a line may do with its values besides `+ - * /`: the axes, and the few functions over them.

Every value is a scalar or an array with exactly these five axes, so nothing pairs up by accident.
All functions take floats, `Fraction`s, pint quantities, and any object that brings its own
`numbers_operation(name, arguments)` (the tracer of exact break-evens does).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np

STEP, WORKLOAD, OPTION, SCENARIO, MONTH = AXES = (-5, -4, -3, -2, -1)
AXIS_NAMES = dict(zip(AXES, ("step", "workload", "option", "scenario", "month"), strict=True))
DUST = 1e-9  # relative: an exact multiple that floats miss by less than this buys no phantom replica

Value = Any  # a scalar or an array of five axes, of float, Fraction, pint.Quantity or a trace


def along(axis: int, values: Sequence[Any] | np.ndarray) -> Value:
    """The values laid along one axis, as an array of the five axes. Fractions stay fractions."""
    numbers = isinstance(values, np.ndarray) and values.dtype != object
    exact = not numbers and any(isinstance(each, Fraction) for each in values)
    flat = np.asarray(values, dtype=object if exact else float)
    shape = [1] * len(AXES)
    shape[axis] = flat.size
    return flat.reshape(shape)


Places = int | range | None
ONE_EACH = (1,) * len(AXES)


def pick(
    line: Value,
    *,
    step: Places = None,
    workload: Places = None,
    option: Places = None,
    scenario: Places = None,
    month: Places = None,
) -> np.ndarray:
    """The element of a line at a place on each axis; a range keeps its axis, with the places of the range.

    What does not vary along an axis is the same at every place of it. Raises `ValueError` where the line varies along
    an axis that is not named, or has no such place: it is not the number that was meant.
    """
    sizes = np.shape(line) or ONE_EACH
    index, shape = list[int | slice](), list[int]()
    for place, size in zip((step, workload, option, scenario, month), sizes, strict=True):
        if isinstance(place, range):
            index.append(slice(place.start, place.stop) if size > 1 else slice(None))
            shape.append(len(place))
            there = size == 1 or 0 <= place.start <= place.stop <= size
        else:
            index.append(place or 0 if size > 1 else 0)
            there = size == 1 or (place is not None and -size <= place < size)
        if not there:
            raise ValueError(f"{place} is no place on an axis of the shape {sizes}")
    element = np.asarray(np.asarray(line).reshape(sizes)[tuple(index)])
    return element if element.shape == tuple(shape) else np.broadcast_to(element, shape)


def operation(function: Callable[..., Value]) -> Callable[..., Value]:
    """Let an argument that knows how to do the operation do it itself."""

    def apply(*arguments: Value, **named: Any) -> Value:
        for argument in arguments:
            if hasattr(argument, "numbers_operation"):
                return argument.numbers_operation(function.__name__, arguments, **named)
        return function(*arguments, **named)

    apply.__name__, apply.__doc__ = function.__name__, function.__doc__
    return apply


@operation
def whole_up(x: Value) -> Value:
    """The next whole number: exact for fractions, forgiving float dust of 1e-9 relative."""
    if isinstance(x, Fraction | int):
        return Fraction(ceil(x))
    if isinstance(x, np.ndarray) and x.dtype == object:
        return np.frompyfunc(lambda each: Fraction(ceil(each)), 1, 1)(x)
    return np.ceil(x - DUST * abs(x))


def is_exact(value: Value) -> bool:
    """Whether it is a fraction or an array of them."""
    return isinstance(value, Fraction) or (isinstance(value, np.ndarray) and value.dtype == object)


def alike(a: Value, b: Value) -> tuple[Value, Value]:
    """A whole constant beside a fraction as a fraction, so that no quotient of two constants becomes a float."""
    if isinstance(b, int) and is_exact(a):
        return a, Fraction(b)
    return (Fraction(a), b) if isinstance(a, int) and is_exact(b) else (a, b)


@operation
def maximum(a: Value, b: Value) -> Value:
    """The larger of two values, element by element."""
    return np.maximum(*alike(a, b))


@operation
def minimum(a: Value, b: Value) -> Value:
    """The smaller of two values, element by element."""
    return np.minimum(*alike(a, b))


@operation
def where(condition: Value, a: Value, b: Value) -> Value:
    """`a` where the condition holds, else `b`, element by element."""
    chosen: Value = np.where(condition, *alike(a, b))
    return chosen if chosen.ndim else chosen[()]


@operation
def total(x: Value, *, over: int) -> Value:
    """The sum along one axis, which keeps length one. A scalar has length one along every axis."""
    return np.sum(x, axis=over, keepdims=True) if np.ndim(x) and np.shape(x)[over] != 1 else x


@operation
def cumulative(x: Value) -> Value:
    """The running sum along the months. The value must vary by month."""
    return np.cumsum(x, axis=MONTH)


@operation
def previous(x: Value) -> Value:
    """Last month's value; zero in the first month."""
    return np.concatenate([np.zeros_like(x[..., :1]), x[..., :-1]], axis=MONTH)
