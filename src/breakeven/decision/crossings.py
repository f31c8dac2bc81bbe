"""Every break-even of a line along one input: roots, jumps, touches, and the intervals in which it is positive.

Method: model of a staircase, model.md §5.2 in the docs as method/break-even.md. Nothing is sampled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from breakeven.decision.along import Along, Segment, exactly
from breakeven.decision.scan import Sketch, sketch

MOST_EXACT = 20_000


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


def segments(line: Along, start: Fraction, end: Fraction) -> Iterator[Segment]:
    """The exact straight stretches from `start` on, the last one the first that reaches beyond `end`."""
    at: Fraction | None = start
    while at is not None and at <= end:
        stretch = line.at(at)
        yield stretch
        at = stretch.end


def crossings(line: Along, *, start: Fraction = Fraction(0), most: int = MOST_EXACT) -> Crossings:
    """All sign changes of the line on (start, ∞), exactly. After `most` exact stretches it stops and says so."""
    edge, sign = line.tail()
    end = max(edge, start + 1)
    exact = merged(line, sketch(line, float(start), float(end)), start, end, most)
    last = exact[-1]
    complete = last.end is None or last.end > end
    beyond = (sign_of(last.slope) or sign_of(last.value)) if last.end is None else sign
    return Crossings(
        windows=tuple(windows(exact, open_ended=complete and beyond == 1)),
        roots=tuple(sorted((*inner_roots(exact), *kink_roots(exact)))),
        jumps=tuple(jumps(exact)),
        touches=tuple(touches(exact)),
        searched_to=end if complete or last.end is None else last.end,
        sign_beyond=beyond if complete else None,
    )


def merged(line: Along, rough: Sketch, start: Fraction, end: Fraction, most: int) -> list[Segment]:
    """Exact stretches wherever the sign is in doubt; between them one stretch of the sign that is sure."""
    found: list[Segment] = []
    at: Fraction | None = start
    for first, last in doubtful_runs(rough):
        begin = (
            exactly((rough.start[first - 1] + min(rough.end[first - 1], rough.start[first])) / 2) if first else start
        )
        assert at is not None
        if begin > at:
            found.append(sure(at, begin, rough.value[first - 1]))
            at = begin
        stop = rough.start[last + 1] if last + 1 < rough.start.size else float(end)
        for stretch in segments(line, at, exactly(stop)):
            found.append(stretch)
            at = stretch.end
            if at is None or len(found) >= most:
                return found
    if at is not None and at <= end:
        found.append(sure(at, end + 1, rough.value[-1]))
    return found


def sure(start: Fraction, end: Fraction, value: float) -> Segment:
    """A stretch known to keep its sign; only that is meant by it."""
    return Segment(start=start, end=end, value=Fraction(sign_of(Fraction(value))), slope=Fraction(0))


def doubtful_runs(rough: Sketch) -> Iterator[tuple[int, int]]:
    """First and last index of each run of neighbouring stretches whose sign is in doubt."""
    where = np.flatnonzero(rough.doubtful())
    for run in np.split(where, np.flatnonzero(np.diff(where) > 1) + 1):
        if run.size:
            yield int(run[0]), int(run[-1])


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


def inner_roots(stretches: list[Segment]) -> Iterator[Fraction]:
    """Zeros strictly inside a stretch."""
    return (root for each in stretches if (root := root_in(each)) is not None)


def kink_roots(stretches: list[Segment]) -> Iterator[Fraction]:
    """Breakpoints at which the line passes through zero without a step."""
    for left, right in pairs(stretches):
        if turns(left, right) and left.value_at_end == 0 == right.value:
            yield right.start


def jumps(stretches: list[Segment]) -> Iterator[Fraction]:
    """Breakpoints at which the sign changes by a step."""
    for left, right in pairs(stretches):
        if turns(left, right) and not left.value_at_end == 0 == right.value:
            yield right.start


def touches(stretches: list[Segment]) -> Iterator[Fraction]:
    """Breakpoints where the line is zero on one side at least, but for those where it passes through zero."""
    for left, right in pairs(stretches):
        through = turns(left, right) and left.value_at_end == 0 == right.value
        if not through and (left.value_at_end == 0 or right.value == 0):
            yield right.start


def turns(left: Segment, right: Segment) -> bool:
    """Whether the signs just left and just right of a breakpoint are opposite."""
    before = sign_of(left.value_at_end) or -sign_of(left.slope)
    return before * side(right) == -1


def side(each: Segment) -> int:
    """The sign just right of the start."""
    return sign_of(each.value) or sign_of(each.slope)
