"""Where some owned base with burst pays: the winning windows in volume of every fleet that is looked at, united.

In floats, on a grid of volumes and then halved: a fixed fleet's worth is continuous but for slab tiers, and straight
beyond its last kink. Discounting is not exact anyway, and a fixed fleet has no staircase to hide an edge behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from breakeven.decision.comparison import pinned
from breakeven.decision.exact.along import Along
from breakeven.decision.exact.crossings import Crossings, Window
from breakeven.decision.exact.scan import BatchPath
from breakeven.decision.hybrid.hybrid import sizes_up_to, union
from breakeven.numbers.distributions import Floats
from breakeven.numbers.lines import Model
from breakeven.numbers.operations import SCENARIO, Value, along

LEAST, MOST = 1e-2, 2048.0  # multiples of the plan within which a fleet is looked at
POINTS = 64
FINER, ROUNDS = 16, 3  # each bracket is divided so often; the last stretch is taken as straight
PEAK_ROUNDS = 3  # around a maximum below zero
FAR = 1e6  # times the last point: a root beyond is floats' dust
GLUE = 1e-8  # relative: windows this near to each other are one


def hybrid_break_even(
    model: Model, values: Mapping[str, Value], option: int, most: int, paths: Sequence[Floats] = ()
) -> Crossings:
    """The union of the winning windows of fleets of up to `most` replicas, and of the fleets `paths` (months,) each.

    With linear hosted prices there is at most one break-even (the saving of the best fleet never falls as volume
    rises); with tiers there may be several.
    """
    fleets = [np.array([float(size)]) for size in sizes_up_to(most)] + [np.asarray(path, dtype=float) for path in paths]
    windows: list[Window] = []
    for fleet in fleets:
        given = pinned(values, option, fleet[None, :])
        windows += winning(Along(model, given, wanted="net_present_value", name="volume_scale", option=1))
    united = union(windows)
    return Crossings(
        windows=united,
        roots=tuple(each.start for each in united if each.start),
        jumps=(),
        touches=(),
        searched_to=Fraction(MOST),
        sign_beyond=1 if united and united[-1].end is None else None if united else -1,
    )


def winning(line: Along) -> list[Window]:
    """The windows of volume in which one fixed fleet pays."""
    at = np.concatenate([[LEAST * 1e-3], np.geomspace(LEAST, MOST, POINTS)])
    worth = values_at(line, at)
    at, worth = with_peaks(line, at, worth)
    edges = [root(line, at[i], at[i + 1]) for i in np.flatnonzero((worth[1:] > 0) != (worth[:-1] > 0))]
    ends = ([0.0] if worth[0] > 0 else []) + edges
    if len(ends) % 2:  # it still pays at the last point
        return windows_of([*ends, turns_beyond(line, falling=True)])
    begins = turns_beyond(line, falling=False)
    return windows_of(ends if begins is None else [*ends, begins, None])


def windows_of(ends: Sequence[float | None]) -> list[Window]:
    """Starts and ends in turn, as windows; an end moves up by a little so that neighbours are one."""
    found = []
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        assert start is not None
        stop = None if end is None else Fraction(end * (1 + GLUE))
        found.append(Window(start=Fraction(start), end=stop))
    return found


def values_at(line: Along, at: Floats) -> Floats:
    """The line at many volumes."""
    return np.asarray(np.broadcast_to(line.values(at), at.shape), dtype=float)


def with_peaks(line: Along, at: Floats, worth: Floats) -> tuple[Floats, Floats]:
    """The points, with more around each maximum that is not above zero, in case it is in between."""
    for _ in range(PEAK_ROUNDS):
        inner = worth[1:-1]
        tops = 1 + np.flatnonzero((inner <= 0) & (inner >= worth[:-2]) & (inner >= worth[2:]) & (inner > worth.min()))
        tops = np.array([i for i in tops if could_reach(at, worth, int(i))], dtype=int)
        if not tops.size:
            break
        more = np.unique(np.concatenate([np.linspace(at[i - 1], at[i + 1], FINER + 1) for i in tops]))
        more = np.setdiff1d(more, at)
        both, values = np.concatenate([at, more]), np.concatenate([worth, values_at(line, more)])
        order = np.argsort(both, kind="stable")
        at, worth = both[order], values[order]
    return at, worth


def could_reach(at: Floats, worth: Floats, top: int) -> bool:
    """Whether the slopes to both sides of a maximum meet above zero."""
    if top < 2 or top > at.size - 3:
        return True
    rise = (worth[top - 1] - worth[top - 2]) / (at[top - 1] - at[top - 2])
    fall = (worth[top + 2] - worth[top + 1]) / (at[top + 2] - at[top + 1])
    if not rise > fall:
        return True
    meet = (worth[top + 1] - worth[top - 1] + rise * at[top - 1] - fall * at[top + 1]) / (rise - fall)
    return bool(worth[top - 1] + rise * (meet - at[top - 1]) > 0)


def root(line: Along, low: float, high: float) -> float:
    """Where the sign changes between two points; the last stretch is straight, or the step lies at its end."""
    for _ in range(ROUNDS):
        at = np.linspace(low, high, FINER + 1)
        worth = values_at(line, at)
        i = int(np.flatnonzero((worth[1:] > 0) != (worth[:-1] > 0))[0])
        low, high = float(at[i]), float(at[i + 1])
    first, last = float(worth[i]), float(worth[i + 1])
    return low - first * (high - low) / (last - first)


def turns_beyond(line: Along, *, falling: bool) -> float | None:
    """Where the straight line beyond the last point crosses zero; None: never."""
    value, slope = (float(np.ravel(part)[0]) for part in line.traced(BatchPath(1), along(SCENARIO, [MOST]), 1.0))
    if not slope or (slope < 0) != falling:
        return None
    crossing = MOST - value / slope
    return crossing if crossing < FAR * MOST else None
