"""What turns the verdict: for every input the smallest change at which the option stops (or starts) paying.

Affine inputs are followed kink by kink through the unchanged lines; the others (powers, products) are bracketed
on a grid and bisected; counts are tried one by one. The fleet is sized again wherever an input changes what is
needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from breakeven.decision.comparison import Comparison
from breakeven.decision.exact.along import Along
from breakeven.decision.exact.crossings import Crossings
from breakeven.decision.exact.scan import NUDGE, BatchPath, hopped
from breakeven.decision.exact.tracing import NotAffine
from breakeven.numbers.inputs import Input
from breakeven.numbers.lines import Model, Values
from breakeven.numbers.operations import SCENARIO, Value, along, pick

UP_TO = 10.0  # an input may fall to its least or rise tenfold; beyond that it "cannot flip"
MOST_HOPS = 120  # kinks followed one by one; what lies beyond is bracketed
FEW_HOPS = 4  # so many first, then from many places at once
STARTS = 32
MOST_OF_A_COUNT = 20  # counts are tried up to this many, or tenfold
RATE_REACH = 0.2  # a monthly rate may move by this much either way
STRUCTURE = frozenset(
    {
        "gpus_per_replica",
        "gpus_per_node",
        "gpus_billed_together",
        "minimum_replicas",
        "load_over_mean",
        "block_share",
        "tier_from_mtok",
        "tier_price_step",
        "tiers_are_slabs",
        "unit_tokens_per_minute",
        "units_under_contract",
        "output_work_weight",
    }
)  # how things are built, not how much of them there is
COUNTS = frozenset({"spare_replicas", "gpus_already_owned", "oncall_slots", "committed_units"})
RATES = frozenset({"growth_per_month", "hosted_price_change_per_month", "gpu_price_change_per_month"})
ELSEWHERE = frozenset({"volume_scale"})  # told by the break-even volumes
LOWEST = {"peak_over_mean": 1.0, "opportunity_multiple": 1.0}  # by what they mean

Limits = Callable[[str], tuple[float, float]]  # the least and the greatest value that an input may take
Plausible = Literal["within its range", "no range known", "beyond its range"]
ORDER: tuple[Plausible, ...] = ("within its range", "no range known", "beyond its range")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """Where one input turns the sign of the net present value.

    `change` is relative, or absolute for a monthly rate and for what is zero today. `at` is None when no value
    that the input may take turns it. An input that varies (by workload, option or month) is told by its largest
    element; all elements move together.
    """

    name: str
    expected: float
    at: float | None
    change: float | None
    absolute: bool
    plausible: Plausible = "no range known"

    @property
    def size(self) -> float:
        """How far away the flip is, as a share; a monthly rate counts by the year. Infinite when there is none."""
        if self.change is None or self.at is None:
            return np.inf
        if self.name in RATES:
            return float(abs((1 + self.at) ** 12 - (1 + self.expected) ** 12))
        return abs(self.change)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One input of one option, and the line whose sign is asked for."""

    model: Model
    values: Values
    name: str
    wanted: str
    least: float
    greatest: float
    known: Values | None = None  # lines already evaluated at these values

    @property
    def first(self) -> float:
        """The value today; of several the largest."""
        return float(np.max(self.values[self.name]))

    def moved(self, to: Value) -> Value:
        """The input when its largest element is `to`."""
        return moved_to(self.name, self.values[self.name], to)

    def sampled(self, grid: np.ndarray) -> np.ndarray:
        """The line at many values at once; nothing where it makes no sense, such as no life at all."""
        moving = self.model.moved_by(self.name)
        steady = {each: value for each, value in (self.known or {}).items() if each not in moving}
        given = {**steady, **self.values, self.name: self.moved(along(SCENARIO, grid))}
        got = self.model.evaluate(given, [self.wanted])
        line = pick(got[self.wanted], option=1, scenario=range(grid.size))
        return np.where(np.isfinite(line), line, 0.0)


def moved_to(name: str, value: Value, to: Value) -> Value:
    """An input when its largest element is `to`: rates move by as much, the others in proportion."""
    start = np.asarray(value, dtype=float)
    if not start.ndim:
        return to
    first = float(np.max(start))
    return start + (to - first) if name in RATES or not first else start / first * to


def flips(
    comparison: Comparison, option: int, inputs: Mapping[str, Input], from_zero: Iterable[str], limits: Limits
) -> tuple[Flip, ...]:
    """One flip for every input that is not a constant and can matter; plausible ones first, then the nearest.

    An input that is zero is left out (the case has no such thing) unless `from_zero` names it.
    """
    values, allowed = comparison.pair(option), frozenset(from_zero)
    known = comparison.model.evaluate(values)
    names = [name for name in inputs if inputs[name].kind != "constant" and name not in STRUCTURE | ELSEWHERE]
    unordered = [
        flip(comparison.model, values, name, limits=limits(name), known=known)
        for name in names
        if name in allowed or np.any(values[name])
    ]
    return in_order(replace(one, plausible=plausible(one, inputs.get(one.name))) for one in unordered)


def in_order(found: Iterable[Flip]) -> tuple[Flip, ...]:
    """Plausible ones first, then the nearest; what cannot flip stands last."""
    return tuple(sorted(found, key=lambda one: (one.at is None, ORDER.index(one.plausible), one.size)))


def volume_flip(volume: Crossings, its: Input | None = None) -> Flip:
    """The multiple of the planned volume at which the answer turns: the nearest end of a winning window.

    `its`: the input that holds the volume's range.
    """
    ends = [end for each in volume.windows for end in (each.start, each.end) if end is not None and end > 0]
    at = min((float(end) for end in ends), key=lambda end: abs(end - 1), default=None)
    change = None if at is None else at - 1
    found = Flip(name="volume_scale", expected=1.0, at=at, change=change, absolute=False)
    return replace(found, plausible=plausible(found, its))


def plausible(one: Flip, its: Input | None) -> Plausible:
    """Whether a flip lies within the input's own range."""
    if its is None or its.low is None or its.high is None or one.at is None:
        return "no range known"
    return "within its range" if its.low <= one.at <= its.high else "beyond its range"


def flip(
    model: Model,
    values: Values,
    name: str,
    wanted: str = "net_present_value",
    *,
    limits: tuple[float, float] = (0.0, np.inf),
    known: Values | None = None,
) -> Flip:
    """The nearest change of one input at which the wanted line changes sign."""
    least = max(LOWEST.get(name, 0.0), limits[0])
    search = Search(model=model, values=values, name=name, wanted=wanted, least=least, greatest=limits[1], known=known)
    first = search.first
    absolute = name in RATES or not first
    with np.errstate(all="ignore"):
        roots = [*_roots(search)]
    if not roots:
        return Flip(name=name, expected=first, at=None, change=None, absolute=absolute)
    at = min(roots, key=lambda root: abs(root - first))
    change = at - first if absolute else (at - first) / first
    return Flip(name=name, expected=first, at=at, change=change, absolute=absolute)


def _roots(search: Search) -> Iterator[float]:
    if search.name in COUNTS:
        yield from _counted(search)
        return
    try:
        line = Along(search.model, search.values, wanted=search.wanted, name=search.name, option=1, known=search.known)
        if not line.moving:
            return
        for direction in (1.0, -1.0) if search.first else (1.0,):
            yield from _hop(search, line, direction)
    except NotAffine:
        yield from _bracketed(search, *_reach(search))


def _reach(search: Search) -> tuple[float, float]:
    """From where to where an input is searched."""
    if search.name in RATES:
        return max(search.first - RATE_REACH, -0.99), search.first + RATE_REACH
    return search.least, min(search.first * UP_TO if search.first else np.inf, search.greatest)


def _hop(search: Search, line: Along, direction: float) -> Iterator[float]:
    """The first sign change in one direction, if there is one within reach."""
    first, reach = search.first, direction * (_reach(search)[1 if direction > 0 else 0] - search.first)
    sign = end = 0.0
    for start, room, value, slope in _stretches(search, line, direction, reach):
        if not np.isfinite(value):
            return
        if sign and value and np.sign(value) != sign:
            yield first + direction * start
            return
        sign = sign or float(np.sign(value))
        distance = -value / slope if slope else np.inf
        if 0 < distance <= room:
            if start + distance <= reach:
                yield first + direction * (start + distance)
            return
        end = start + room * (1 + NUDGE)
    if end <= reach < np.inf:
        yield from _bracketed(search, *sorted((first + direction * end, first + direction * reach)))


def _stretches(
    search: Search, line: Along, direction: float, reach: float
) -> Iterator[tuple[float, float, float, float]]:
    """Start, length, value, slope of each straight stretch, by distance from today: first singly, then many at once."""
    steady = search.moved(1.0) if search.first else np.ones_like(search.moved(search.first))

    def traced(path: BatchPath, far: Value) -> tuple[Value, Value]:
        return line.traced(path, search.moved(search.first + direction * far), steady * direction)

    at = 0.0
    for _ in range(FEW_HOPS if np.isfinite(reach) else MOST_HOPS):
        path = BatchPath(1)
        value, slope = (float(part) for part in traced(path, at))
        yield at, float(path.room[0]), value, slope
        at += float(path.room[0]) * (1 + NUDGE)
        if not at <= reach:
            return
    if np.isfinite(reach):
        line.slim()
        stretches = hopped(traced, at, reach, starts=STARTS, most=MOST_HOPS)
        rows = (stretches.start, stretches.end - stretches.start, stretches.value, stretches.slope)
        yield from zip(*(column.tolist() for column in rows), strict=True)


def _counted(search: Search) -> Iterator[float]:
    """The nearest whole numbers at which the sign is another than today's."""
    most = min(max(search.first * UP_TO, MOST_OF_A_COUNT), search.greatest)
    grid = np.arange(np.ceil(search.least), np.floor(most) + 1)
    today = search.sampled(np.array([search.first]))[0] > 0
    yield from (float(each) for each in grid[(search.sampled(grid) > 0) != today])


def _bracketed(search: Search, start: float, end: float) -> Iterator[float]:
    """Sign changes between neighbours of a grid, each halved many times."""
    if not np.isfinite(end):
        return
    grid = np.linspace(start, end, 201)
    grid = np.unique(np.append(grid, search.first)) if start <= search.first <= end else grid
    got = search.sampled(grid)
    for i in np.flatnonzero(np.sign(got[:-1]) * np.sign(got[1:]) < 0):
        low, high = grid[i], grid[i + 1]
        for _ in range(4):
            fine = np.linspace(low, high, 33)
            turn = np.flatnonzero(np.diff(np.sign(search.sampled(fine))))
            if turn.size:
                low, high = fine[turn[0]], fine[turn[0] + 1]
        yield float((low + high) / 2)
