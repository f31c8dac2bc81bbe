"""Every break-even of a line along one input: roots, jumps, touches, and the intervals in which it is positive.

Method: docs/method/break-even.md. Nothing is sampled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, pairwise

import numpy as np

from breakeven.decision.exact.along import Along, Segment, exactly, sign_of
from breakeven.decision.exact.reach import FarOut
from breakeven.decision.exact.scan import Sketch, sketch

MOST_EXACT = 20_000
DUST = Fraction(1, 10**9)
MARGIN = 64  # beyond the last zero by such a part of it
NEXT_TO_NOTHING = Fraction(1, 2**20)  # where there is none
MOST_BLIND = 1_000  # exact stretches walked where nothing is known of what lies far out


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """An interval (start, end] in which the line is positive; `end` None: for ever."""

    start: Fraction
    end: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossings:
    """Where a line changes sign on (start, searched_to]; beyond that it keeps `sign_beyond`.

    Every end of a window but the first start is a root or a jump. `sign_beyond` None: not known, or changing
    for ever; -1 also stands for a line that is never positive again but may touch zero.
    """

    windows: tuple[Window, ...]
    roots: tuple[Fraction, ...]  # where the line passes through zero without a step
    jumps: tuple[Fraction, ...]  # steps at which it starts or stops being positive
    touches: tuple[Fraction, ...]  # other breakpoints at which it is zero on one side at least
    searched_to: Fraction
    sign_beyond: int | None

    @property
    def stays_positive_from(self) -> Fraction | None:
        """The point after which the line stays positive for ever; None when there is none or it is not known."""
        return self.windows[-1].start if self.windows and self.windows[-1].end is None else None

    @property
    def never(self) -> bool:
        """Whether it is sure that the line is nowhere positive."""
        return not self.windows and self.sign_beyond is not None and self.sign_beyond <= 0

    def window_of(self, x: Fraction) -> Window | None:
        """The window that holds x."""
        for each in self.windows:
            if each.start < x and (each.end is None or x <= each.end):
                return each
        return None


def segments(line: Along, start: Fraction, end: Fraction | None) -> Iterator[Segment]:
    """The exact straight stretches from `start` on, the last one the first that reaches beyond `end`."""
    at: Fraction | None = start
    while at is not None and (end is None or at <= end):
        stretch = line.at(at)
        yield stretch
        at = stretch.end


def crossings(line: Along, *, start: Fraction = Fraction(0), most: int = MOST_EXACT) -> Crossings:
    """All sign changes of the line on (start, ∞), exactly. What it did not reach it says in `searched_to`."""
    line.slim()
    far = line.tail()
    if far.sign is None and far.period is None:
        blind = [*islice(segments(line, start, None), MOST_BLIND)]
        return told(blind, blind[-1].end, None)
    end = max(far.beyond, start) + (far.period or 1)
    near = walked_to(far, start, end)
    rough = sketch(line, float(start), float(near))
    exact = merged(line, rough, start, near if rough.complete else exactly(rough.sound_to), most)
    reached = exact[-1].end
    if reached is None:
        return told(exact, None, None)
    if reached < near:
        return told(exact, reached, None)
    exact[-1] = replace(exact[-1], end=near)
    if near < end:
        exact.append(sure(near, end, float(far.sign or 0)))
    return told(exact, end, far_sign(far, exact, end))


def walked_to(far: FarOut, start: Fraction, end: Fraction) -> Fraction:
    """How far stretches are looked at one by one: a little beyond where the sign is known for good, so that the last
    zero lies inside, however many steps of a large plan come after it.
    """
    if not far.sign:
        return end
    return min(max(far.beyond, start) + (far.beyond / MARGIN or NEXT_TO_NOTHING), end)


def far_sign(far: FarOut, exact: list[Segment], end: Fraction) -> int | None:
    """The sign beyond `end`. What repeats has the sign that it keeps over a whole period, if it keeps one."""
    if far.sign is not None or far.period is None:
        return far.sign
    lost, inside = (
        end - far.period,
        [window for window in windows(exact) if window.end is None or window.end > end - far.period],
    )
    if not inside:
        return -1
    return 1 if inside[0].start <= lost and inside[0].end == end else None


def told(exact: list[Segment], searched_to: Fraction | None, sign: int | None) -> Crossings:
    """What the stretches say. `searched_to` None: the last one has no end, so its own sign is that beyond."""
    last, positive_windows = exact[-1], [*windows(exact)]
    roots, steps = [*inner_roots(exact), *kink_roots(exact)], [*jumps(exact)]
    if searched_to is None:
        searched_to, sign = root_in(last) or last.start, sign_of(last.slope) or sign_of(last.value)
    elif sign is not None:
        positive = bool(positive_windows) and positive_windows[-1].end == searched_to
        if positive != (sign > 0):  # it turns just where the stretches end: of those in floats none begins there
            (roots if near_zero(last) else steps).append(searched_to)
        if sign > 0:
            begins = positive_windows.pop().start if positive else searched_to
            positive_windows.append(Window(start=begins, end=None))
    return Crossings(
        windows=tuple(positive_windows),
        roots=tuple(sorted(roots)),
        jumps=tuple(steps),
        touches=tuple(touches(exact)),
        searched_to=searched_to,
        sign_beyond=sign,
    )


def near_zero(last: Segment) -> bool:
    """Whether a stretch ends at zero, but for the dust of floats."""
    ending = last.value_at_end or Fraction(0)
    return abs(ending) <= DUST * max(abs(last.value), abs(ending))


def merged(line: Along, rough: Sketch, start: Fraction, end: Fraction, most: int) -> list[Segment]:
    """Exact stretches wherever the sign is in doubt; between them one stretch of the sign that is sure.

    Of a line that is another in every month, which no more than floats can discount, floats serve where their signs
    are clear.
    """
    clear = rough.clear() if line.by_month else np.zeros(rough.start.size, dtype=bool)
    stretches: list[Segment] = []
    at: Fraction | None = start
    for first, last in doubtful_runs(rough):
        assert at is not None
        begin = start if first == 0 else middle(rough, first - 1)
        if begin > at:
            stretches.append(sure(at, begin, rough.value[first - 1]))
            at = begin
        stop = end if last + 1 == rough.start.size else min(end, exactly(rough.start[last + 1]))
        some = segments(line, at, stop)
        if clear[first : last + 1].all():
            some = in_floats(rough, first, last, at, stop)
        for stretch in some:
            stretches.append(stretch)
            at = stretch.end
            if at is None or len(stretches) >= most:
                return stretches
    if at is not None and at < end:
        stretches.append(sure(at, end, rough.value[-1]))
    return stretches


def in_floats(rough: Sketch, first: int, last: int, start: Fraction, stop: Fraction) -> Iterator[Segment]:
    """The stretches of a run as the scan saw them, each up to the start of the next."""
    begins = [exactly(each) for each in rough.start[first : last + 1]]
    if start < begins[0]:
        yield sure(start, begins[0], rough.value[max(first - 1, 0)])
    for i, (begin, end) in enumerate(pairwise([*begins, stop]), first):
        if begin < end:
            yield Segment(start=begin, end=end, value=Fraction(rough.value[i]), slope=Fraction(rough.slope[i]))


def middle(rough: Sketch, i: int) -> Fraction:
    """A point well inside a stretch."""
    return Fraction(float(rough.start[i] + min(rough.end[i], rough.start[i + 1])) / 2)


def sure(start: Fraction, end: Fraction, value: float) -> Segment:
    """A stretch known to keep its sign; only that is meant by it."""
    return Segment(start=start, end=end, value=Fraction(sign_of(Fraction(value))), slope=Fraction(0))


def doubtful_runs(rough: Sketch) -> Iterator[tuple[int, int]]:
    """First and last index of each run of neighbouring stretches whose sign is in doubt."""
    where = np.flatnonzero(rough.doubtful())
    for run in np.split(where, np.flatnonzero(np.diff(where) > 1) + 1):
        if run.size:
            yield int(run[0]), int(run[-1])


def root_in(each: Segment) -> Fraction | None:
    """The zero strictly inside a stretch, if there is one."""
    if not each.slope or not each.value or (each.value > 0) == (each.slope > 0):
        return None
    root = each.start - each.value / each.slope
    return root if each.end is None or root < each.end else None


def windows(stretches: Iterable[Segment]) -> Iterator[Window]:
    """The positive intervals, merged where one begins as the other ends."""
    current: Window | None = None
    for part in (part for stretch in stretches for part in positive_part(stretch)):
        if current is not None and current.end == part.start:
            current = Window(start=current.start, end=part.end)
            continue
        if current is not None:
            yield current
        current = part
    if current is not None:
        yield current


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
    return pairwise(stretches)


def inner_roots(stretches: list[Segment]) -> Iterator[Fraction]:
    """Zeros strictly inside a stretch."""
    return (root for each in stretches if (root := root_in(each)) is not None)


def kink_roots(stretches: list[Segment]) -> Iterator[Fraction]:
    """Breakpoints at which the line passes through zero without a step."""
    for left, right in pairs(stretches):
        if turns(left, right) and left.value_at_end == 0 == right.value:
            yield right.start


def jumps(stretches: list[Segment]) -> Iterator[Fraction]:
    """Breakpoints at which the line starts or stops being positive by a step."""
    for left, right in pairs(stretches):
        if turns(left, right) and not left.value_at_end == 0 == right.value:
            yield right.start


def touches(stretches: list[Segment]) -> Iterator[Fraction]:
    """Breakpoints where the line is zero on one side at least and is as positive after as before."""
    for left, right in pairs(stretches):
        if not turns(left, right) and (left.value_at_end == 0 or right.value == 0):
            yield right.start


def turns(left: Segment, right: Segment) -> bool:
    """Whether the line is positive on one side of a breakpoint only."""
    before = sign_of(left.value_at_end) or -sign_of(left.slope)
    return (before > 0) != (side(right) > 0)


def side(each: Segment) -> int:
    """The sign just right of the start."""
    return sign_of(each.value) or sign_of(each.slope)
