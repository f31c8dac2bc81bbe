"""What `quick` answers: a frozen record that goes into JSON as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from breakeven.quick.tco import Cheaper

Verdict = Literal["NEVER", "LOSES", "FRAGILE", "HOLDS"]
Interval = tuple[float, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A month's two costs in whole dollars, as the brief's function rounds and compares them."""

    hosted_usd: int
    self_hosted_usd: int
    cheaper: Cheaper


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfTest:
    """The same sum at half the utilization. `passes`: self-hosting is still strictly cheaper."""

    hosted_usd: int
    self_hosted_usd: int
    cheaper: Cheaper
    gpus: int
    passes: bool
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickMargin:
    """How far the planned volume is from the ends of its win interval, as shares of it.

    Inside one: `below` and `above` (None: unbounded). In none: `to_nearest`, signed (None: nothing wins).
    """

    below: float | None = None
    above: float | None = None
    to_nearest: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What the plan asks of the fleet. `utilization` is a result, and None while the capacity is not known."""

    gpus: int
    tokens_per_second: float
    tokens_per_second_per_gpu: float
    utilization: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickAnswer:
    """The three figures of the brief's function first, then what they leave unsaid."""

    hosted_usd: int
    self_hosted_usd: int
    cheaper: Cheaper
    verdict: Verdict
    sentence: str
    saving_usd: float  # unrounded; what the verdict rests on, and a tie buys
    break_even_mtok: tuple[float, ...]  # of the listed intervals; continuous roots only
    win_intervals: tuple[Interval, ...]  # half-open (from, to]; None: unbounded
    win_interval_count: int
    capacity_warning: str | None
    half_volume: Side  # the fleet kept
    half_utilization: Mapping[Literal["T1", "T2"], HalfTest]
    margin_of_safety: QuickMargin
    flips: Mapping[str, float | None]  # option → relative change to the nearest turn; None: cannot
    flips_at: Mapping[str, float | None]  # option → the value there
    load: Load
    inputs: Mapping[str, float | None]
    omitted: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries, lists, numbers and strings."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
