"""Every break-even of a line along one input: roots, jumps, touches, and the intervals in which it is positive.

Method: model of a staircase, model.md §5.2 in the docs as method/break-even.md. Nothing is sampled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from breakeven.decision.tails import Reach, Tail
from breakeven.decision.tracing import NotAffine, Path, Trace
from breakeven.numbers.lines import Model, Values
from breakeven.numbers.operations import Value

MOST_SEGMENTS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A straight stretch on (start, end]; `value` is just right of the start. `end` None: no further kink."""

    start: Fraction
    end: Fraction | None
    value: Fraction
    slope: Fraction

    @property
    def value_at_end(self) -> Fraction | None:
        """The value at the end, or None when the stretch has none."""
        return None if self.end is None else self.value + self.slope * (self.end - self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """An interval (start, end] in which the line is positive; `end` None: for ever."""

    start: Fraction
    end: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossings:
    """Where a line changes sign on (0, searched_to]; beyond that it keeps `sign_beyond` (None: not known)."""

    windows: tuple[Window, ...]
    roots: tuple[Fraction, ...]  # continuous zeros that change the sign
    jumps: tuple[Fraction, ...]  # steps at which the sign changes
    touches: tuple[Fraction, ...]  # zeros that do not change the sign
    searched_to: Fraction
    sign_beyond: int | None

    @property
    def stays_positive_from(self) -> Fraction | None:
        """The point after which the line stays positive for ever; None when there is none or it is not known."""
        return self.windows[-1].start if self.windows and self.windows[-1].end is None else None

    def window_of(self, x: Fraction) -> Window | None:
        """The window that holds x."""
        for each in self.windows:
            if each.start < x and (each.end is None or x <= each.end):
                return each
        return None


def exactly(value: Value) -> Value:
    """Floats as the decimal fraction they print as: 0.1 is one tenth. Arrays become arrays of fractions."""
    if isinstance(value, np.ndarray):
        return value if value.dtype == object else np.frompyfunc(exactly, 1, 1)(value)
    return value if isinstance(value, Fraction) else Fraction(repr(float(value)))


def inexactly(value: Value) -> Value:
    """Fractions as floats."""
    return value.astype(float) if isinstance(value, np.ndarray) else float(value)


class Along:
    """One line of a model as an exact function of one input, everything else held at its given value."""

    def __init__(self, model: Model, given: Values, *, wanted: str, name: str) -> None:
        self.model, self.wanted, self.name = model, wanted, name
        order = model.ancestors([wanted], given)
        moving = {name}
        self.moving = [each for each in order if not moving.isdisjoint(model.lines[each].needs) and not moving.add(each)]
        needed = {need for each in order for need in model.lines[each].needs} | {wanted}
        self.fixed = {each: exactly(given[each]) for each in given if each in needed and each != name}
        for each in (each for each in order if each not in moving):
            self.fixed[each] = self._steady(each)
        for each in self.moving:
            if not model.lines[each].exact:
                raise NotAffine(f'Line "{each}" depends on "{name}" and is not exact.')

    def _steady(self, name: str) -> Value:
        line = self.model.lines[name]
        values = [self.fixed[need] for need in line.needs]
        return line.compute(*values) if line.exact else exactly(line.compute(*map(inexactly, values)))

    def _through(self, x: Value) -> Value:
        values = {self.name: x}
        for each in self.moving:
            line = self.model.lines[each]
            values[each] = line.compute(*(values[n] if n in values else self.fixed[n] for n in line.needs))
        return values[self.wanted] if self.wanted in values else self.fixed[self.wanted]

    def at(self, x: Fraction) -> Segment:
        """The straight stretch that begins just right of x."""
        path = Path()
        result = self._through(Trace(path, x, Fraction(1)))
        value, slope = (result.value, result.slope) if isinstance(result, Trace) else (result, Fraction(0))
        end = None if path.room is None else x + path.room
        return Segment(start=x, end=end, value=only(value), slope=only(slope))

    def tail(self) -> tuple[Fraction, int | None]:
        """(x, sign): beyond x the line keeps that sign (0: zero or changing for ever; None: not known)."""
        reach = Reach()
        try:
            result = self._through(Tail(reach, Fraction(1), Fraction(0), Fraction(0)))
        except NotAffine:
            return Fraction(0), None
        if not isinstance(result, Tail):
            value = only(result)
            return Fraction(0), (value > 0) - (value < 0)
        slope, low, high = only(result.slope), only(result.low), only(result.high)
        if slope:
            edge = -low / slope if slope > 0 else -high / slope
            return max(reach.value, edge), 1 if slope > 0 else -1
        return reach.value, 1 if low > 0 else -1 if high <= 0 else None


def only(value: Value) -> Fraction:
    """The one number of a value that has no axis left."""
    if isinstance(value, Fraction):
        return value
    return Fraction(value.reshape(()).item() if isinstance(value, np.ndarray) else value)


def segments(line: Along, start: Fraction, end: Fraction) -> Iterator[Segment]:
    """The straight stretches from `start` on, the last one the first that reaches `end`."""
    at: Fraction | None = start
    while at is not None and at <= end:
        stretch = line.at(at)
        yield stretch
        at = stretch.end


def crossings(line: Along, *, start: Fraction = Fraction(0), most: int = MOST_SEGMENTS) -> Crossings:
    """All sign changes of the line on (start, ∞). Stops after `most` stretches and says how far it looked."""
    edge, sign = line.tail()
    seen: list[Segment] = []
    for stretch in segments(line, start, max(edge, start)):
        seen.append(stretch)
        if len(seen) >= most:
            break
    reached = seen[-1].end
    complete = reached is None or reached > edge
    beyond = ((seen[-1].slope > 0) - (seen[-1].slope < 0) or sign_of(seen[-1].value)) if reached is None else sign
    return Crossings(
        windows=tuple(windows(seen, open_ended=complete and beyond == 1)),
        roots=tuple(root for each in seen if (root := root_in(each)) is not None),
        jumps=tuple(jumps(seen)),
        touches=tuple(touches(seen)),
        searched_to=edge if complete else reached or edge,
        sign_beyond=beyond if complete else None,
    )


def sign_of(value: Fraction | None) -> int:
    """-1, 0 or 1."""
    return 0 if value is None else (value > 0) - (value < 0)


def root_in(each: Segment) -> Fraction | None:
    """The zero strictly inside a stretch, if there is one."""
    if not each.slope or not each.value or (each.value > 0) == (each.slope > 0):
        return None
    root = each.start - each.value / each.slope
    return root if each.end is None or root < each.end else None


def windows(stretches: Iterable[Segment], *, open_ended: bool) -> Iterator[Window]:
    """The positive intervals, merged where one begins as the other ends."""
    current: Window | None = None
    for part in (part for each in stretches for part in positive_part(each)):
        if current is not None and current.end == part.start:
            current = Window(start=current.start, end=part.end)
            continue
        if current is not None:
            yield current
        current = part
    if current is not None:
        yield Window(start=current.start, end=None if open_ended else current.end)


def positive_part(each: Segment) -> Iterator[Window]:
    """The part of a stretch on which the line is positive."""
    root = root_in(each)
    rising = each.slope > 0
    if each.value > 0 or (each.value == 0 and rising):
        yield Window(start=each.start, end=each.end if root is None else root)
    elif root is not None and rising:
        yield Window(start=root, end=each.end)


def pairs(stretches: list[Segment]) -> Iterator[tuple[Segment, Segment]]:
    """Each stretch with the next."""
    return zip(stretches, stretches[1:], strict=False)


def jumps(stretches: list[Segment]) -> Iterator[Fraction]:
    """Breakpoints at which the sign changes without passing through zero inside a stretch."""
    for left, right in pairs(stretches):
        if {sign_of(left.value_at_end), side(right)} == {1, -1}:
            yield right.start


def touches(stretches: list[Segment]) -> Iterator[Fraction]:
    """Breakpoints where the line is zero on one side at least."""
    for left, right in pairs(stretches):
        if left.value_at_end == 0 or right.value == 0:
            yield right.start


def side(each: Segment) -> int:
    """The sign just right of the start."""
    return sign_of(each.value) or sign_of(each.slope)


def single(value: Any) -> Fraction:
    """Any number as an exact fraction."""
    return exactly(value)  # type: ignore[no-any-return]
