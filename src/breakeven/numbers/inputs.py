"""What the model is given: each number with its range, unit, kind and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Literal, get_args

import numpy as np

from breakeven.numbers.distributions import QUANTILES, SCORE_95, Distribution, Floats, mean, rate_of_mean_path
from breakeven.numbers.operations import AXES, SCENARIO, Places, Value, along, pick
from breakeven.problems import Problem

Kind = Literal["constant", "measured", "published", "modelled", "assumed"]
KINDS: tuple[Kind, ...] = get_args(Kind)  # what is known best first
P95 = SCORE_95  # standard normal quantile
RANKS = (0, len(AXES))
ALIKE = 12  # digits to which ranges are held against each other


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a number is from. `date`: the ISO day it was true or checked; "unknown" is said, never hidden; empty: it is
    of no day, as what the case itself decides.
    """

    title: str
    address: str = ""
    date: str = "unknown"

    def __str__(self) -> str:
        said = "date unknown" if self.date == "unknown" else self.date
        return f"{self.title} ({said})" if said else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFrom:
    """How one element of an input is known. `low` and `high`: its own 5th and 95th percentile.

    None where it has none of its own: it is then as wide, in proportion, as that of the whole input.
    """

    kind: Kind
    source: Source
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A number the model is given.

    `likely` is a scalar or an array of the five axes; `low` and `high` are its 5th and 95th
    percentile whatever the distribution, and None when it is not uncertain.
    `known_from`: a `KnownFrom` for each element along its axes, as `likely` has them, where they differ; `kind` and
    `source` are then those of the least known. None: `kind` and `source` hold for every element.
    `compounds`: of an unknown rate, the periods over which it compounds.
    """

    likely: Value
    unit: str
    kind: Kind
    source: Source
    low: float | None = None
    high: float | None = None
    distribution: Distribution = "fixed"
    meaning: str = ""
    known_from: np.ndarray | None = None
    compounds: int = 0

    @property
    def uncertain(self) -> bool:
        """Whether it is drawn: no constant, and nothing the case does not have (zero, with a range above zero)."""
        if self.kind == "constant" or self.low is None or self.high is None or self.low == self.high:
            return False
        return bool(np.any(self.likely)) or self.low <= 0 <= self.high


def mixed(one: Input, axis: int, known: Sequence[KnownFrom]) -> Input:
    """The input with its elements along an axis known from where each is.

    Of ranges the widest, in proportion, is that of the whole input; the others stand beside their elements.
    """
    if all(element.low is not None for element in known):
        middles = np.broadcast_to(np.ravel(one.likely), len(known))
        widths = [(ends.low / at, ends.high / at) for ends, at in zip(known, middles, strict=True)]
        widest = known[max(range(len(known)), key=lambda i: widths[i][1] / widths[i][0])]
        one = replace(one, low=widest.low, high=widest.high)
        if len({(round(low, ALIKE), round(high, ALIKE)) for low, high in widths}) == 1:
            one = replace(one, low=known[0].low, high=known[0].high)
            known = [replace(element, low=None, high=None) for element in known]
    elements = np.empty(len(known), dtype=object)
    elements[:] = known
    return with_elements(one, elements.reshape([-1 if place == axis else 1 for place in AXES]))


def with_elements(one: Input, elements: np.ndarray) -> Input:
    """The input with a `KnownFrom` for each element, an array of the five axes; told once where they are all alike."""
    least = weakest(elements.flat)
    alike = len({*elements.flat}) == 1
    return replace(one, kind=least.kind, source=least.source, known_from=None if alike else elements)


def weakest(known: Iterable[KnownFrom]) -> KnownFrom:
    """The first of those that are known least."""
    return max(known, key=lambda each: KINDS.index(each.kind))


def known_from(
    one: Input, *, step: Places = None, workload: Places = None, option: Places = None, month: Places = None
) -> KnownFrom:
    """How the element of an input at a place is known."""
    if one.known_from is None:
        return KnownFrom(kind=one.kind, source=one.source)
    found = pick(one.known_from, step=step, workload=workload, option=option, month=month).item()
    assert isinstance(found, KnownFrom)
    return found


def all_known_from(one: Input) -> tuple[KnownFrom, ...]:
    """How the elements of an input are known, each way once, in their order."""
    return (known_from(one),) if one.known_from is None else tuple(dict.fromkeys(one.known_from.ravel()))


def own_ranges(one: Input) -> tuple[Floats, Floats] | None:
    """Low and high of every element, where each has its own."""
    if one.known_from is None or one.known_from.ravel()[0].low is None:
        return None
    low, high = (np.vectorize(lambda each, end=end: getattr(each, end), otypes=[float]) for end in ("low", "high"))
    return low(one.known_from), high(one.known_from)


def likely(inputs: Mapping[str, Input]) -> dict[str, Value]:
    """The one case in which every input takes its likely value."""
    return {name: each.likely for name, each in inputs.items()}


def expected(inputs: Mapping[str, Input]) -> dict[str, Value]:
    """The one case in which every input that is drawn stands at its mean, all others at what is likely of them."""
    return {name: mean_value(name, each) for name, each in inputs.items()}


def mean_value(name: str, one: Input) -> Value:
    """An input at the mean of its draws; all elements of one that varies move as they do when it is drawn."""
    if not one.uncertain:
        return one.likely
    ranges = own_ranges(one)
    if ranges is None:
        return moved(one, one.likely, middle(name, one) - anchor(one))
    ends = zip(*map(np.ravel, (ranges[0], one.likely, ranges[1])), strict=True)
    means = [mean(one.distribution, (low, at, high), *bounds(one)) for low, at, high in ends]
    return np.reshape(means, np.shape(one.likely))


def middle(name: str, one: Input) -> float:
    """The mean of what is drawn of an input, of the element that its range belongs to.

    Of a rate that compounds it is the rate of the mean path: what grows at it sums up to what the draws sum up to on
    average. At the mean rate it would be less, since of two paths the faster one adds more than the slower one lacks.
    """
    if not one.uncertain:
        return anchor(one)
    range_of = in_order(name, one)
    if one.compounds > 1:
        return rate_of_mean_path(one.distribution, range_of, one.compounds)
    return mean(one.distribution, range_of, *bounds(one))


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

    def spread(name: str, scenarios: Floats) -> Value:
        one = inputs[name]
        if not np.ndim(one.likely):
            return along(SCENARIO, scenarios)
        if own_ranges(one) is not None:
            return values[name] / mean_value(name, one) * each_of(one, along(SCENARIO, scenarios))
        start = middle(name, one) if starts is None else starts[name]
        return moved(one, values[name], along(SCENARIO, scenarios - start), start)

    return {**values} | {name: spread(name, numbers) for name, numbers in drawn.items()}


def each_of(one: Input, drawn: Value) -> Value:
    """Every element of a lognormal where the one that the range belongs to is `drawn`: each as far into its own range.

    All stand at the same share of their distributions: what makes one replica slow makes all slow.
    """
    ranges = own_ranges(one)
    assert ranges is not None
    assert one.low is not None
    assert one.high is not None
    away = np.log(drawn / anchor(one))
    score = away / np.where(away < 0, log(anchor(one) / one.low) or 1.0, log(one.high / anchor(one)) or 1.0)
    return one.likely * np.where(score < 0, (one.likely / ranges[0]) ** score, (ranges[1] / one.likely) ** score)


def standing(one: Input, value: Value) -> float:
    """Where a value of an input stands: its element that the range belongs to."""
    return float(np.ravel(value)[home(one)])


def anchor(one: Input) -> float:
    """The likely value of the element that the range belongs to."""
    return float(np.ravel(one.likely)[home(one)])


def home(one: Input) -> int:
    """Which element, counted through, the range belongs to: the first that is not zero, of several the widest."""
    ranges = own_ranges(one)
    if ranges is not None:
        return int(np.argmax(ranges[1] / ranges[0]))
    found = np.flatnonzero(one.likely)
    return int(found[0]) if found.size else 0


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
    low, middle, high = ordered = float(one.low), anchor(one), float(one.high)
    if not low <= middle <= high:
        listed = ", ".join(
            f"{word} {number:g}" for word, number in zip(("low", "likely", "high"), ordered, strict=True)
        )
        raise Problem(f"{name}: {listed} are not in rising order", fix="Low and high are its 5th and 95th percentile.")
    if (one.distribution == "lognormal" and low <= 0) or (one.distribution == "count" and middle <= 0):
        raise Problem(f"{name}: a {one.distribution} is above zero, not {min(low, middle):g}", fix="Use triangular.")
    return ordered


def rank_is_right(value: Value) -> bool:
    """A scalar, or an array with all five axes: nothing in between can be read safely."""
    if type(value) is float:
        return True
    return (value.ndim if isinstance(value, np.ndarray) else np.ndim(value)) in RANKS
