"""Exact statistics of a minute table: every minute of the span counts, the empty ones too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from breakeven.demand.log.minutes import MinuteTable
from breakeven.demand.shape.load_curve import peak_over_mean, windows

Array = np.ndarray[Any, np.dtype[np.float64]]
MEASURES = ("requests", "input_tokens", "output_tokens")
WINDOWS = {"1min": 1, "5min": 5, "60min": 60}
DURATION_PERCENT = (0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 100)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Minutes:
    """The whole log minute by minute, from minute `first` (since 1970) on; a minute without use holds zero.

    A row that sums a longer time (`bucket_minutes` over 1) is spread evenly over it: its peaks are not known.
    """

    first: int
    columns: dict[str, Array]
    bucket_minutes: int

    def __getitem__(self, column: str) -> Array:
        return self.columns[column]

    @property
    def count(self) -> int:
        """How many minutes the log covers."""
        return self["requests"].size

    @property
    def tokens(self) -> Array:
        """Input and output tokens of each minute."""
        return np.asarray(self["input_tokens"] + self["output_tokens"])

    @property
    def index(self) -> np.ndarray:
        """The minutes since 1970."""
        return np.arange(self.first, self.first + self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDuration:
    """Load over its mean that is reached or exceeded for each share of the time, in percent."""

    percent: tuple[float, ...]
    requests_over_mean: tuple[float, ...]
    tokens_over_mean: tuple[float, ...]
    window_minutes: int


Peaks = dict[str, dict[str, float | None]]  # measure -> window -> busiest over mean


def bucket_minutes(table: MinuteTable) -> np.ndarray:
    """How many minutes each entry sums: 1 for single requests."""
    seconds = table.columns.get("bucket_s")
    if seconds is None:
        return np.ones(table["minute"].size, dtype=np.int64)
    return np.asarray(np.maximum(1, -(-seconds // 60)))


def used(table: MinuteTable) -> np.ndarray:
    """True for the entries that tell of requests; the others are lines of a bill, or hours and days without use."""
    found = (table["requests"] > 0) | (table["failed"] > 0) | (table.tokens > 0)
    return np.asarray(found | (bucket_minutes(table) == 1))


def loaded(table: MinuteTable) -> np.ndarray:
    """True for the entries whose time the log covers: all but lines of a bill alone."""
    idle = table.columns.get("idle_buckets")
    return used(table) if idle is None else np.asarray(used(table) | (idle > 0))


def span(table: MinuteTable) -> tuple[int, int]:
    """The first and the last UTC minute that the log covers; a bucket counts to its end, a bill not at all."""
    told = loaded(table)
    ends = (table["minute"] + bucket_minutes(table) - 1)[told]
    if told.all() or not told.any():
        return table.first_second // 60, max(table.last_second // 60, int(ends.max(initial=0)))
    return int(table["minute"][told].min()), int(ends.max())


def dense(table: MinuteTable) -> Minutes:
    """Every minute of the log's span."""
    first, last = span(table)
    length, keep = bucket_minutes(table), loaded(table)
    minute, kept = table["minute"][keep] - first, length[keep]
    columns = {name: _spread(minute, kept, table[name][keep], last - first + 1) for name in MEASURES}
    return Minutes(first=first, columns=columns, bucket_minutes=int(kept.max(initial=1)))


def _spread(minute: np.ndarray, length: np.ndarray, amount: np.ndarray, count: int) -> Array:
    """Amounts per minute, each entry spread evenly over its minutes, by differences at its ends."""
    single = length == 1
    total: Array = np.bincount(minute[single], weights=amount[single], minlength=count).astype(float)
    if single.all():
        return total
    rise, fall = minute[~single], minute[~single] + length[~single]
    rate = amount[~single] / length[~single]
    steps = np.bincount(rise, weights=rate, minlength=count + 1) - np.bincount(fall, weights=rate, minlength=count + 1)
    return np.asarray(total + np.maximum(np.cumsum(steps)[:count], 0))


def peaks(minutes: Minutes) -> Peaks:
    """The busiest UTC-aligned window over the mean of all; None where the log is too short or too coarse."""
    return {measure: {name: _peak(minutes, measure, size) for name, size in WINDOWS.items()} for measure in MEASURES}


def _peak(minutes: Minutes, measure: str, size: int) -> float | None:
    if size < minutes.bucket_minutes:
        return None
    span_of = {"first": minutes.first, "last": minutes.first + minutes.count - 1}
    return peak_over_mean(minutes.index, minutes[measure], **span_of, window_minutes=size)


def load_duration(
    minutes: Minutes, window_minutes: int = 5, percent: Sequence[float] = DURATION_PERCENT
) -> LoadDuration:
    """For which share of the time the load is how high, in requests and in tokens; windows without use count."""
    size = max(window_minutes, minutes.bucket_minutes)
    requests, tokens = (_duration(minutes, series, size, percent) for series in (minutes["requests"], minutes.tokens))
    return LoadDuration(
        percent=tuple(map(float, percent)),
        requests_over_mean=requests,
        tokens_over_mean=tokens,
        window_minutes=size,
    )


def _duration(minutes: Minutes, amount: Array, size: int, percent: Sequence[float]) -> tuple[float, ...]:
    last = minutes.first + minutes.count - 1
    load, width = windows(minutes.index, amount, first=minutes.first, last=last, window_minutes=size)
    if not load.any():
        return (0.0,) * len(percent)
    order = np.argsort(-load, kind="stable")
    upto = np.cumsum(width[order]) / width.sum()
    at = np.searchsorted(upto, np.asarray(percent) / 100 - 1e-12)
    over_mean = load[order] / np.average(load, weights=width)
    return tuple(over_mean[np.minimum(at, load.size - 1)].tolist())


def course(minutes: Minutes, cells: int) -> tuple[float, ...]:
    """Tokens over their mean in that many equal parts of the log's time, from its first minute to its last."""
    edges = np.linspace(0, minutes.count, min(cells, minutes.count) + 1)
    upto = np.concatenate([[0.0], np.cumsum(minutes.tokens)])
    parts = np.diff(np.interp(edges, np.arange(minutes.count + 1), upto)) / np.diff(edges)
    mean = upto[-1] / minutes.count
    return tuple((parts / mean).tolist()) if mean > 0 else (0.0,) * parts.size


def worst_window(second: np.ndarray, amount: np.ndarray, seconds: int) -> float:
    """The most that falls into any window of this many seconds, whatever whole second it starts at."""
    if not second.size:
        return 0.0
    order = np.argsort(second, kind="stable")
    moment, upto = second[order], np.concatenate([[0], np.cumsum(amount[order])])
    end = np.searchsorted(moment, moment + seconds, side="left")
    return float((upto[end] - upto[:-1]).max())
