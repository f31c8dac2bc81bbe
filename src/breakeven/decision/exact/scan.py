"""Where to look: the same stretches in floats, hundreds of start points at once, along the scenario axis.

The scan says where a line certainly keeps its sign. Everything else (a root, a jump, a value too near zero to
tell) is left to the exact tracer, so the answer is exact and only the searching is approximate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from breakeven.decision.exact.along import Along
from breakeven.decision.exact.tracing import NotAffine
from breakeven.numbers.operations import SCENARIO, Value, along

Floats = NDArray[np.float64]
STARTS = 256
NUDGE = 1e-9  # relative: a restart lands safely right of the kink it hops over
SURE = 1e-7  # relative to the largest value seen: nearer to zero the sign is not sure
MOST_HOPS = 4_000
FEW_HOPS = 100  # so many before it is asked where the sign may change at all
MOST_CUTS = 16  # of stretches that are still open


class BatchPath:
    """Floats at many points: the distance of the nearest kink to the right of each."""

    def __init__(self, points: int) -> None:
        self.room = np.full(points, np.inf)

    def kink(self, value: Value, slope: Value) -> None:
        """A quantity matters when it reaches zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = np.asarray(-value / np.asarray(slope, dtype=float))
        distance = np.where(np.isfinite(distance) & (distance > 0), distance, np.inf)
        if distance.ndim:
            distance = np.min(distance, axis=tuple(a for a in range(-distance.ndim, 0) if a != SCENARIO))
        self.room = np.minimum(self.room, distance)

    def positive(self, value: Value, slope: Value) -> Value:
        """Whether a quantity is positive just right of the start."""
        return (value > 0) | ((value == 0) & (slope > 0))

    def level(self, value: Value, slope: Value) -> Value:
        """The whole number that holds just right of the start."""
        whole = np.rint(value)
        on = abs(value - whole) <= 1e-12 * np.maximum(1.0, abs(value))
        up = np.where(on, whole, np.ceil(value))
        return np.where(on & (np.asarray(slope) > 0), whole + 1, up)


Traced = Callable[[BatchPath, Value], tuple[Value, Value]]  # value and slope at points along the scenario axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """Straight stretches in floats, by rising start; `end` inf: no further kink. None is missing below `sound_to`."""

    start: Floats
    end: Floats
    value: Floats
    slope: Floats
    value_at_end: Floats
    sound_to: float
    complete: bool

    def noise(self) -> Floats:
        """How near to zero the sign of each stretch is not sure."""
        largest = max(float(np.max(np.abs(self.value))), float(np.max(np.abs(self.value_at_end))), 1e-300)
        return np.asarray(SURE * largest + 4 * NUDGE * np.abs(self.slope * self.start))

    def clear(self) -> NDArray[np.bool_]:
        """Stretches whose signs at both ends are sure."""
        size = self.noise()
        return np.asarray((np.abs(self.value) > size) & (np.abs(self.value_at_end) > size))

    def doubtful(self) -> NDArray[np.bool_]:
        """Stretches in or beside which the sign may change."""
        size = self.noise()
        ends = np.where(np.abs(self.value_at_end) > size, np.sign(self.value_at_end), 0)
        starts = np.where(np.abs(self.value) > size, np.sign(self.value), 0)
        doubt: NDArray[np.bool_] = (starts * ends) <= 0
        between = (ends[:-1] * starts[1:]) <= 0
        doubt[:-1] |= between
        doubt[1:] |= between
        return doubt


def sketch(line: Along, start: float, end: float) -> Sketch:
    """All stretches of the line on (start, end], or on as much of it as some thousand hops can cover.

    Of what has too many, only that is walked where the sign may change at all.
    """

    def traced(path: BatchPath, at: Value) -> tuple[Value, Value]:
        return line.traced(path, at, 1.0)

    whole = hopped(traced, start, end, most=FEW_HOPS)
    if whole.complete:
        return whole
    sure, at, limit = surely(line, start, end)
    if not at.size:
        return sure
    walked = walk(traced, at, limit, end)
    if walked.complete:
        return joined([sure, walked], sound_to=end)
    part = hopped(traced, start, start + (whole.sound_to - start) * STARTS / 2)
    return replace(part, complete=False)


def surely(line: Along, start: float, end: float) -> tuple[Sketch, Floats, Floats]:
    """The stretches whose bounds leave no doubt of the sign, and where those begin and end that are left."""
    fence = np.linspace(start, end, STARTS + 1)
    at, limit = fence[:-1], fence[1:]
    seen = [tuple(np.zeros((5, 0)))]
    largest = 0.0
    for _ in range(MOST_CUTS):
        try:
            least, most = line.bounds(at, limit)
        except NotAffine:  # nothing is known of it
            break
        largest = max(largest, float(np.max(np.abs(least))), float(np.max(np.abs(most))))
        size = 2 * SURE * largest
        value = np.where(least > size, least, np.where(most < -size, most, 0.0))
        clear = value != 0
        seen.append(tuple(part[clear] for part in (at, limit, value, np.zeros(at.size), value)))
        at, limit = at[~clear], limit[~clear]
        if not at.size or (np.max(limit - at) < (end - start) / MOST_HOPS / STARTS) or at.size > STARTS:
            break
        at, limit = dealt(at, limit, 2 * STARTS)
    return _sorted(with_margins(seen, limit - at), sound_to=end, complete=not at.size), at, limit


def with_margins(seen: Sequence[tuple[Floats, ...]], left: Floats) -> list[tuple[Floats, ...]]:
    """The stretches, each with a short one at both ends: what lies beside a doubt is looked at with it."""
    start, end, value, slope, _ = (np.concatenate(part) for part in zip(*seen, strict=True))
    margin = np.minimum(np.min(left, initial=np.inf), (end - start) / 3)
    fence = start, start + margin, end - margin, end
    return [(a, b, value, slope, value) for a, b in pairwise(fence)]


def hopped(traced: Traced, start: float, end: float, *, starts: int = STARTS, most: int = MOST_HOPS) -> Sketch:
    """All stretches on (start, end], walked from so many points at once."""
    fence = np.linspace(start, end, starts + 1)
    return walk(traced, fence[:-1].copy(), fence[1:], end, starts=starts, most=most)


def walk(
    traced: Traced, at: Floats, limit: Floats, end: float, *, starts: int = STARTS, most: int = MOST_HOPS
) -> Sketch:
    """Each of the points `at` hops from kink to kink until it reaches its limit.

    Where few still have a way to go, that is dealt anew among as many as there were: a pass costs nearly as much for
    one point as for all of them.
    """
    seen: list[tuple[Floats, ...]] = []
    for _ in range(most):
        path = BatchPath(at.size)
        value, slope = (np.broadcast_to(part, at.shape) for part in traced(path, along(SCENARIO, at)))
        stop = at + path.room
        seen.append((at, stop, value, slope, value + slope * (np.minimum(stop, end) - at)))
        at = stop * (1 + NUDGE) + 1e-300
        going = at < limit
        at, limit = dealt(at[going], limit[going], starts)
        if not at.size:
            break
    return _sorted(seen, sound_to=float(at[0]) if at.size else end, complete=not at.size)


def dealt(at: Floats, limit: Floats, starts: int) -> tuple[Floats, Floats]:
    """The ways from each point to its limit, cut into even parts while there are few of them."""
    parts = starts // max(at.size, 1)
    if parts < 2:
        return at, limit
    share = np.arange(parts + 1) / parts
    fence = at[:, None] + (limit - at)[:, None] * share
    return fence[:, :-1].ravel(), np.column_stack([fence[:, 1:-1], limit]).ravel()


def joined(parts: Sequence[Sketch], *, sound_to: float) -> Sketch:
    """Several sketches of one line as one."""
    rows = [(each.start, each.end, each.value, each.slope, each.value_at_end) for each in parts]
    return _sorted(rows, sound_to=sound_to, complete=True)


def _sorted(seen: Sequence[tuple[Floats, ...]], *, sound_to: float, complete: bool) -> Sketch:
    start, end, value, slope, value_at_end = (np.concatenate(part) for part in zip(*seen, strict=True))
    order = np.argsort(start, kind="stable")
    order = order[start[order] <= sound_to]
    return Sketch(
        start=start[order],
        end=end[order],
        value=value[order],
        slope=slope[order],
        value_at_end=value_at_end[order],
        sound_to=sound_to,
        complete=complete,
    )
