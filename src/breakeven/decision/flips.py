"""What turns the verdict: for every input the smallest change at which the option stops (or starts) paying.

Affine inputs are followed kink by kink through the unchanged lines; the others (powers, products) are bracketed
on a grid and bisected. The fleet is sized again wherever an input changes what is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from breakeven.decision.along import Along
from breakeven.decision.comparison import Comparison
from breakeven.decision.scan import NUDGE, BatchPath
from breakeven.decision.tracing import NotAffine
from breakeven.numbers.inputs import Input
from breakeven.numbers.lines import Model, Values
from breakeven.numbers.operations import SCENARIO, Value, along

UP_TO = 10.0  # an input may fall to zero or rise tenfold; beyond that it "cannot flip"
MOST_HOPS = 400
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
        "output_work_weight",
    }
)  # how things are built, not how much of them there is
LOWEST = {
    "peak_over_mean": 1.0,
    "retry_factor": 1.0,
    "opportunity_multiple": 1.0,
}  # what an input cannot fall below; others: zero
SCALES = ("volume_scale", "price_scale")  # the whole demand, all hosted prices


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """Where one input turns the sign of the net present value; `change` is relative (or absolute from zero).

    `at` is None when no value from zero to tenfold turns it. For an input that varies (by workload or month)
    `at` and `likely` are of its first element and all elements move together.
    """

    name: str
    likely: float
    at: float | None
    change: float | None
    from_zero: bool
    within_range: bool = False  # whether the flip lies between the input's own low and high

    @property
    def size(self) -> float:
        """How far away the flip is, as a share; a monthly rate counts by the year. Infinite when there is none."""
        if self.change is None:
            return np.inf
        if self.from_zero and self.name.endswith("_per_month"):
            return float(abs((1 + self.change) ** 12 - 1))
        return abs(self.change)


def flips(
    comparison: Comparison, option: int, inputs: Mapping[str, Input], from_zero: Iterable[str]
) -> tuple[Flip, ...]:
    """One flip for every input that is not a constant and can matter; plausible ones first, then the nearest.

    An input that is zero is left out (the case has no such thing) unless `from_zero` names it.
    """
    values, allowed = comparison.pair(option), frozenset(from_zero)
    names = [name for name in inputs if inputs[name].kind != "constant" and name not in STRUCTURE]
    found = [
        flip(comparison.model, values, name) for name in [*SCALES, *names] if name in allowed or np.any(values[name])
    ]
    judged = [replace(one, within_range=is_within(one, inputs.get(one.name))) for one in found]
    return tuple(sorted(judged, key=lambda one: (not one.within_range, one.size)))


def is_within(one: Flip, its: Input | None) -> bool:
    """Whether a flip is as plausible as the input's own range."""
    if its is None or its.low is None or its.high is None or one.at is None:
        return False
    return its.low <= one.at <= its.high


def flip(model: Model, values: Values, name: str, wanted: str = "net_present_value") -> Flip:
    """The nearest change of one input at which the wanted line changes sign."""
    start = np.asarray(values[name], dtype=float)
    first = float(np.max(start)) if start.ndim else float(start)
    unit = (start / first if first else np.ones_like(start)) if start.ndim else 1.0
    roots = [*_roots(model, values, name, unit, first, wanted)]
    if not roots:
        return Flip(name=name, likely=first, at=None, change=None, from_zero=not first)
    at = min(roots, key=lambda root: abs(root - first))
    return Flip(name=name, likely=first, at=at, change=(at - first) / first if first else at, from_zero=not first)


def _roots(model: Model, values: Values, name: str, unit: Value, first: float, wanted: str) -> Iterator[float]:
    try:
        line = Along(model, values, wanted=wanted, name=name, option=1)
        if not line.moving:
            return
        for direction in (1.0, -1.0) if first else (1.0,):
            yield from _hop(line, unit, first, direction)
    except NotAffine:
        yield from _bracketed(model, values, name, unit, first, wanted)


def _hop(line: Along, unit: Value, first: float, direction: float) -> Iterator[float]:
    """The first sign change in one direction, if there is one within reach."""
    at, limit = first, farthest(line.name, first) if direction > 0 else LOWEST.get(line.name, 0.0)
    sign = 0.0
    for _ in range(MOST_HOPS):
        path = BatchPath(1)
        value, slope = (float(part) for part in line.traced(path, at * unit, direction * unit))
        room = float(path.room[0])
        if sign and value and np.sign(value) != sign:
            yield at
            return
        sign = sign or float(np.sign(value))
        distance = -value / slope if slope else np.inf
        if 0 < distance <= room:
            root = at + direction * distance
            if (root <= limit) if direction > 0 else (root >= limit):
                yield root
            return
        at += direction * room * (1 + NUDGE)
        if not np.isfinite(at) or (at > limit if direction > 0 else at < limit):
            return


def farthest(name: str, first: float) -> float:
    """How far an input may rise: a share to one, what is zero today without limit, the rest tenfold."""
    if name.endswith("_share"):
        return 1.0
    return first * UP_TO if first else np.inf


def _bracketed(model: Model, values: Values, name: str, unit: Value, first: float, wanted: str) -> Iterator[float]:
    grid = np.linspace(LOWEST.get(name, 0.0), farthest(name, first), 201) if first else np.linspace(-0.2, 0.2, 161)
    grid = np.unique(np.append(grid, first))
    got = _sampled(model, values, name, unit, grid, wanted)
    for i in np.flatnonzero(np.sign(got[:-1]) * np.sign(got[1:]) < 0):
        low, high = grid[i], grid[i + 1]
        for _ in range(4):
            fine = np.linspace(low, high, 33)
            turn = np.flatnonzero(np.diff(np.sign(_sampled(model, values, name, unit, fine, wanted))))
            if turn.size:
                low, high = fine[turn[0]], fine[turn[0] + 1]
        yield float((low + high) / 2)


def _sampled(model: Model, values: Values, name: str, unit: Value, grid: np.ndarray, wanted: str) -> np.ndarray:
    with np.errstate(all="ignore"):  # a grid may pass through values that make no sense, such as no life at all
        got = model.evaluate({**values, name: along(SCENARIO, grid) * unit}, [wanted])[wanted]
    line: np.ndarray = np.broadcast_to(got, (1, 1, 2, grid.size, 1))[0, 0, 1, :, 0]
    return np.where(np.isfinite(line), line, 0.0)


def nearest_flips(found: Iterable[Flip], count: int) -> tuple[Flip, ...]:
    """The first few that exist."""
    return tuple(one for one in found if one.at is not None)[:count]
