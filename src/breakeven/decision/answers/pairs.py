"""Two inputs at once: the smallest equal move of both, as a share of each one's range, that turns the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from breakeven.decision.answers.flips import STRUCTURE
from breakeven.decision.comparison import CRITERION, Comparison, by_option
from breakeven.numbers.distributions import Floats
from breakeven.numbers.inputs import Input, along_scenarios, standing

MOST_INPUTS = 6
STEPS = 40  # of each range at which a pair is looked at first
HALVINGS = 4  # each divides the bracket by the steps of the finer look
FINER = 16
CHUNK = 1024  # scenarios evaluated at once


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFlip:
    """Two inputs moved together by the same `share` of the way from their means to the end of their ranges.

    `at` are their values where the net present value changes sign; None: no joint move within both ranges turns it.
    """

    names: tuple[str, str]
    expected: tuple[float, float]
    at: tuple[float, float] | None
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """A pair with the ends of the ranges that it moves to."""

    names: tuple[str, str]
    expected: tuple[float, float]
    ends: tuple[float, float]

    def at(self, share: float) -> tuple[float, float]:
        """Both values at a share of the way."""
        first, second = (a + share * (b - a) for a, b in zip(self.expected, self.ends, strict=True))
        return first, second


def pair_flips(
    comparison: Comparison, option: int, inputs: Mapping[str, Input], names: Sequence[str]
) -> tuple[PairFlip, ...]:
    """The smallest joint move of every pair of the first few named inputs that have a range; the nearest first.

    The fleet follows the inputs unless it is fixed, as for single flips.
    """
    usable = [name for name in names if inputs[name].uncertain and name not in STRUCTURE][:MOST_INPUTS]
    ways = [way for pair in combinations(usable, 2) for way in directions(pair, inputs, comparison)]
    values = comparison.pair(option)
    if not ways:
        return ()
    today = worth(comparison, values, inputs, ways[:1], np.zeros((1, 1)))[0, 0] > 0
    shares = turning(comparison, values, inputs, ways, today)
    pairs = [
        nearest([(way, share) for way, share in zip(ways, shares, strict=True) if way.names == pair])
        for pair in combinations(usable, 2)
    ]
    return tuple(sorted(pairs, key=lambda one: np.inf if one.share is None else one.share))


def directions(pair: tuple[str, str], inputs: Mapping[str, Input], comparison: Comparison) -> list[Direction]:
    """All ways to move both inputs away from where they stand; an end that stands there is no way."""
    first, second = (standing(inputs[name], comparison.values[name]) for name in pair)
    expected = first, second
    ends = [
        [each for each in (inputs[name].low, inputs[name].high) if each not in (None, start)]
        for name, start in zip(pair, expected, strict=True)
    ]
    return [Direction(names=pair, expected=expected, ends=(float(a or 0), float(b or 0))) for a, b in product(*ends)]


def nearest(tried: Sequence[tuple[Direction, float]]) -> PairFlip:
    """The direction that turns it first."""
    way, share = min(tried, key=lambda one: one[1])
    if not np.isfinite(share):
        return PairFlip(names=way.names, expected=way.expected, at=None, share=None)
    return PairFlip(names=way.names, expected=way.expected, at=way.at(share), share=float(share))


def turning(
    comparison: Comparison,
    values: Mapping[str, object],
    inputs: Mapping[str, Input],
    ways: Sequence[Direction],
    today: bool,
) -> Floats:
    """The least share of each direction at which the sign is another than today's; infinite where there is none."""
    low, high = np.zeros(len(ways)), np.ones(len(ways))
    open_ways, steps = np.arange(len(ways)), STEPS
    for _ in range(1 + HALVINGS):
        grid = low[open_ways, None] + (high - low)[open_ways, None] * np.arange(1, steps + 1) / steps
        turned = (worth(comparison, values, inputs, [ways[int(i)] for i in open_ways], grid) > 0) != today
        hits = turned.any(axis=1)
        first, width = turned.argmax(axis=1)[hits], (high - low)[open_ways][hits] / steps
        open_ways, reached = open_ways[hits], grid[hits, first]
        missed = np.setdiff1d(np.arange(len(ways)), open_ways)
        high[open_ways], low[open_ways], high[missed] = reached, reached - width, np.inf
        steps = FINER
        if not open_ways.size:
            break
    return high


def worth(
    comparison: Comparison,
    values: Mapping[str, object],
    inputs: Mapping[str, Input],
    ways: Sequence[Direction],
    shares: Floats,
) -> Floats:
    """Net present value of the option in each direction (ways) at each of its shares (ways, shares)."""
    count = shares.size
    starts = {name: start for way in ways for name, start in zip(way.names, way.expected, strict=True)}
    columns = {name: np.full(count, start) for name, start in starts.items()}
    for i, way in enumerate(ways):
        mine = slice(i * shares.shape[1], (i + 1) * shares.shape[1])
        for name, start, end in zip(way.names, way.expected, way.ends, strict=True):
            columns[name][mine] = start + shares[i] * (end - start)
    batches = []
    for begin in range(0, count, CHUNK):
        part = {name: column[begin : begin + CHUNK] for name, column in columns.items()}
        given = along_scenarios(values, inputs, part, starts)
        size = min(CHUNK, count - begin)
        with np.errstate(all="ignore"):
            batches.append(by_option(comparison.model.evaluate(given, [CRITERION])[CRITERION], 2, size)[:, 1])
    return np.nan_to_num(np.concatenate(batches)).reshape(shares.shape)
