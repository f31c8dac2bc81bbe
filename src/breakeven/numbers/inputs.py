"""What the model is given: each number with its range, unit, kind and source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from breakeven.numbers.operations import AXES, OPTION, SCENARIO, Value, along

Kind = Literal["constant", "measured", "published", "modelled", "assumed"]
Distribution = Literal["fixed", "triangular", "lognormal"]
KINDS: tuple[Kind, ...] = get_args(Kind)
P95 = 1.6448536269514722  # standard normal quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a number is from. `date`: the ISO day it was true or checked; "unknown" is said, never hidden."""

    title: str
    address: str = ""
    date: str = "unknown"

    def __str__(self) -> str:
        return f"{self.title}{f' ({self.date})' if self.date != 'unknown' else ' (date unknown)'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A number the model is given.

    `likely` is a scalar or an array of the five axes; `low` and `high` are its 5th and 95th
    percentile whatever the distribution, and None when it is not uncertain.
    """

    likely: Value
    unit: str
    kind: Kind
    source: Source
    low: float | None = None
    high: float | None = None
    distribution: Distribution = "fixed"
    meaning: str = ""

    @property
    def uncertain(self) -> bool:
        return (
            self.kind != "constant"
            and self.low is not None
            and self.high is not None
            and self.low < self.high
        )


def likely(inputs: Mapping[str, Input]) -> dict[str, Value]:
    """The one case in which every input takes its likely value."""
    return {name: each.likely for name, each in inputs.items()}


def uncertain(inputs: Mapping[str, Input]) -> list[str]:
    """Names of the inputs that have a range, in their order."""
    return [name for name, each in inputs.items() if each.uncertain]


def draw(inputs: Mapping[str, Input], *, scenarios: int, seed: int) -> dict[str, Value]:
    """The likely case with every uncertain scalar input drawn along the scenario axis."""
    generator = np.random.default_rng(seed)
    drawn = {
        name: along(SCENARIO, quantile(inputs[name], generator.random(scenarios)))
        for name in uncertain(inputs)
        if not np.ndim(inputs[name].likely)
    }
    return likely(inputs) | drawn


def quantile(one: Input, share: np.ndarray) -> np.ndarray:
    """The input's value below which `share` of its distribution lies; 5 % below low, 5 % above high."""
    assert one.low is not None and one.high is not None
    if one.distribution == "lognormal":
        from scipy.special import ndtri  # noqa: PLC0415 - scipy is heavy and only some draws need it

        middle, spread = np.log(one.low * one.high) / 2, np.log(one.high / one.low) / (2 * P95)
        return np.asarray(np.exp(middle + spread * ndtri(share)))
    start, end = triangle_ends(float(one.low), float(one.likely), float(one.high))
    turn = (one.likely - start) / (end - start)
    rising = start + np.sqrt(share * (end - start) * (one.likely - start))
    falling = end - np.sqrt((1 - share) * (end - start) * (end - one.likely))
    return np.asarray(np.where(share < turn, rising, falling))


def triangle_ends(low: float, mode: float, high: float) -> tuple[float, float]:
    """Ends of the triangle whose 5th and 95th percentiles are `low` and `high`, by fixed-point steps."""
    start, end = low, high
    for _ in range(200):  # converges geometrically; 200 steps reach float precision
        width = end - start
        start = low - np.sqrt(0.05 * width * max(mode - start, 0.0))
        end = high + np.sqrt(0.05 * width * max(end - mode, 0.0))
    return start, end


def one_at_a_time(inputs: Mapping[str, Input]) -> dict[str, Value]:
    """Two scenarios for each uncertain scalar input, its low and its high, all others likely."""
    names = [name for name in uncertain(inputs) if not np.ndim(inputs[name].likely)]
    moved = {}
    for i, name in enumerate(names):
        column = np.full(2 * len(names), float(inputs[name].likely))
        column[2 * i], column[2 * i + 1] = inputs[name].low, inputs[name].high
        moved[name] = along(SCENARIO, column)
    return likely(inputs) | moved


def options(**by_option: Sequence[float]) -> dict[str, Value]:
    """Values that differ between the options, laid along the option axis."""
    return {name: along(OPTION, values) for name, values in by_option.items()}


def rank_is_right(value: Value) -> bool:
    """A scalar, or an array with all five axes: nothing in between can be read safely."""
    return np.ndim(value) in (0, len(AXES))
