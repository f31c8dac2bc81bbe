"""What the model is given: each number with its range, unit, kind and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from breakeven.numbers.distributions import QUANTILES, SCORE_95, Distribution, Floats, mean
from breakeven.numbers.operations import AXES, SCENARIO, Value, along
from breakeven.problems import Problem

Kind = Literal["constant", "measured", "published", "modelled", "assumed"]
KINDS: tuple[Kind, ...] = get_args(Kind)
P95 = SCORE_95  # standard normal quantile


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
        """Whether it is drawn: no constant, and nothing the case does not have (zero, with a range above zero)."""
        if self.kind == "constant" or self.low is None or self.high is None or self.low == self.high:
            return False
        return bool(np.any(self.likely)) or self.low <= 0 <= self.high


def likely(inputs: Mapping[str, Input]) -> dict[str, Value]:
    """The one case in which every input takes its likely value."""
    return {name: each.likely for name, each in inputs.items()}


def expected(inputs: Mapping[str, Input]) -> dict[str, Value]:
    """The one case in which every input that is drawn stands at its mean, all others at what is likely of them."""
    return {name: mean_value(name, each) for name, each in inputs.items()}


def mean_value(name: str, one: Input) -> Value:
    """An input at the mean of its draws; all elements of one that varies move as they do when it is drawn."""
    return moved(one, one.likely, middle(name, one) - anchor(one)) if one.uncertain else one.likely


def middle(name: str, one: Input) -> float:
    """The mean of what is drawn of an input, of the element that its range belongs to."""
    return mean(one.distribution, in_order(name, one), *bounds(one)) if one.uncertain else anchor(one)


def moved(one: Input, value: Value, by: Value, start: float | None = None) -> Value:
    """A value of an input, when the element of its range moves `by` so much from `start` (default: the likely one).

    Elements of one that varies move in proportion; those of one whose range crosses zero, such as a rate, by as much.
    """
    if not np.ndim(one.likely) or (one.low is not None and one.low < 0):
        return value + by
    begin = anchor(one) if start is None else start
    return value * ((begin + by) / begin)


def uncertain(inputs: Mapping[str, Input]) -> list[str]:
    """Names of the inputs that have a range, in their order."""
    return [name for name, each in inputs.items() if each.uncertain]


def draw(inputs: Mapping[str, Input], shares: Mapping[str, Floats]) -> dict[str, Floats]:
    """A value for each share of each named input; of one that varies, of its first element that is not zero."""
    return {name: quantile(name, inputs[name], share) for name, share in shares.items()}


def along_scenarios(
    values: Mapping[str, Value],
    inputs: Mapping[str, Input],
    drawn: Mapping[str, Floats],
    starts: Mapping[str, float] | None = None,
) -> dict[str, Value]:
    """The values with drawn inputs along the scenario axis. All elements of one that varies move with it.

    `starts`: where the values of the drawn inputs stand; default: at their means.
    """

    def spread(name: str, each: Floats) -> Value:
        one = inputs[name]
        if not np.ndim(one.likely):
            return along(SCENARIO, each)
        start = middle(name, one) if starts is None else starts[name]
        return moved(one, values[name], along(SCENARIO, each - start), start)

    return {**values} | {name: spread(name, each) for name, each in drawn.items()}


def standing(one: Input, value: Value) -> float:
    """Where a value of an input stands: its element that the range belongs to."""
    if not np.ndim(one.likely):
        return float(np.ravel(value)[0])
    found = np.flatnonzero(one.likely)
    return float(np.ravel(value)[found[0] if found.size else 0])


def anchor(one: Input) -> float:
    """The element that the range belongs to: the first that is not zero."""
    flat = np.ravel(one.likely)
    return float(flat[np.flatnonzero(flat)[0]]) if np.any(flat) else 0.0


def quantile(name: str, one: Input, share: Floats) -> Floats:
    """The input's value below which each share of its distribution lies; 5 % below low, 5 % above high.

    What cannot be negative (low is not) stays at or above zero, and what is a share at or below one.
    """
    low, likely_value, high = in_order(name, one)
    found = QUANTILES[one.distribution](low, likely_value, high, share)
    return np.asarray(np.clip(found, *bounds(one)))


def bounds(one: Input) -> tuple[float, float]:
    """The least and the most that is drawn of an input with a range."""
    assert one.low is not None
    assert one.high is not None
    is_share = one.unit == "1" and one.low >= 0 and one.high <= 1
    return 0.0 if one.low >= 0 else -np.inf, 1.0 if is_share else np.inf


def in_order(name: str, one: Input) -> tuple[float, float, float]:
    """Low, likely and high. Raises `Problem` where they are not in rising order, or not what the distribution takes."""
    assert one.low is not None
    assert one.high is not None
    low, middle, high = found = float(one.low), anchor(one), float(one.high)
    if not low <= middle <= high:
        listed = ", ".join(f"{word} {each:g}" for word, each in zip(("low", "likely", "high"), found, strict=True))
        raise Problem(f"{name}: {listed} are not in rising order", fix="Low and high are its 5th and 95th percentile.")
    if (one.distribution == "lognormal" and low <= 0) or (one.distribution == "count" and middle <= 0):
        raise Problem(f"{name}: a {one.distribution} is above zero, not {min(low, middle):g}", fix="Use triangular.")
    return found


def rank_is_right(value: Value) -> bool:
    """A scalar, or an array with all five axes: nothing in between can be read safely."""
    if isinstance(value, np.ndarray):
        return value.ndim in (0, len(AXES))
    return isinstance(value, float) or np.ndim(value) in (0, len(AXES))
