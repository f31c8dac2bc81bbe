"""Usage: all that a reading of a log shows, exact. `Demand` is its part for later stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from breakeven.demand.demand import Demand
from breakeven.demand.log.failures import Failed, by_status, failures_apart
from breakeven.demand.log.minutes import MinuteTable
from breakeven.demand.shape.measured import iso
from breakeven.demand.shape.minute_statistics import (
    WINDOWS,
    LoadDuration,
    Minutes,
    Peaks,
    bucket_minutes,
    dense,
    load_duration,
    peaks,
    span,
    used,
)
from breakeven.demand.shape.season import Season, season
from breakeven.demand.shape.sliding import SlidingPeak, sliding_peaks
from breakeven.demand.shape.widths import burst_range
from breakeven.demand.usage.reading import Reading, demand_of_reading
from breakeven.demand.usage.reconcile import Reconciliation

COUNTED = ("requests", "input_tokens", "cached_input_tokens", "output_tokens", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What one workload asked of one model: sums, its first and last minute (UTC), and its own peaks.

    `failed_by_status` is None where the log has too many workloads to tell their failures apart.
    """

    name: str
    model: str
    sums: dict[str, int]
    first: str
    last: str
    peak_over_mean: dict[str, float | None]
    failed_by_status: dict[str, int] | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Usage:
    """A reading, worked out. `bounds`: peaks inside the buckets of a log that sums many requests a row."""

    reading: Reading
    demand: Demand
    minutes: Minutes
    uses: tuple[Use, ...]
    peaks: Peaks
    sliding: dict[str, SlidingPeak | None]
    bounds: dict[str, tuple[float, float]]
    duration: LoadDuration
    season: Season | None
    bill: Reconciliation | None = None


def usage(
    reading: Reading,
    *,
    time_zone: str = "UTC",
    profile_if_short: str | None = None,
    bill: Reconciliation | None = None,
) -> Usage:
    """Everything local about a reading; the log itself is not needed."""
    demand = demand_of_reading(reading, time_zone=time_zone, profile_if_short=profile_if_short)
    minutes = dense(reading.table)
    windows = peaks(minutes)
    return Usage(
        reading=reading,
        demand=demand,
        minutes=minutes,
        uses=uses(reading.table, reading.failed),
        peaks=windows,
        sliding=reading.sliding or sliding_peaks(minutes, None),
        bounds=_bounds(minutes, windows),
        duration=load_duration(minutes),
        season=season(minutes, time_zone),
        bill=bill,
    )


def _bounds(minutes: Minutes, found: Peaks) -> dict[str, tuple[float, float]]:
    """Peaks of windows shorter than the buckets: the busiest bucket times what bursts were inside real ones."""
    load = minutes["requests"]
    if minutes.bucket_minutes <= 1 or not load.any():
        return {}
    busiest = float(load.max() / load.mean())
    ranges = {name: burst_range(minutes.bucket_minutes, name) for name in WINDOWS if found["requests"][name] is None}
    return {name: (busiest * each[0], busiest * each[1]) for name, each in ranges.items() if each}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Parts of the whole; None where the log does not tell. `in_flight`: requests at work at once, on average.

    `requests_sent`: requests that did work and failures that did none, each once; `failed_of_requests` is the part
    of them that failed.
    `busiest_in_flight` takes a request's whole time into the minute it starts in. `answered_by_gateway` counts
    requests that a response cache answered: they reached no model and are in no other number. `retries`: how often
    requests were sent again.
    """

    cached_of_input: float | None
    batch_of_tokens: float | None
    requests_sent: int | None
    failed_of_requests: float | None
    answered_by_gateway: int
    retries: int | None
    in_flight: float | None
    busiest_in_flight: float | None


def shares(table: MinuteTable) -> Shares:
    """What part was cached, sent in batches, failed; and how many requests were at work at once."""
    sums = {name: int(values.sum()) for name, values in table.columns.items() if name != "minute"}
    known, timed = sums["input_tokens_with_cache_known"], sums.get("requests_with_latency", 0)
    tokens, batch = sums["input_tokens"] + sums["output_tokens"], sums.get("batch_tokens", 0)
    sent = _requests_sent(sums)
    in_flight, busiest = _in_flight(table, sums["requests"] / timed) if timed else (None, None)
    return Shares(
        cached_of_input=sums["cached_input_tokens"] / known if known else None,
        batch_of_tokens=batch / tokens if batch else None,
        requests_sent=sent,
        failed_of_requests=None if sent is None else sums["failed"] / max(sent, 1),
        answered_by_gateway=sums.get("cache_hits", 0),
        retries=sums["retries"] if sums.get("rows_with_retries") else None,
        in_flight=in_flight,
        busiest_in_flight=busiest,
    )


def _requests_sent(sums: Mapping[str, int]) -> int | None:
    """Each request once; None for a table saved before it was told which failures are among the requests."""
    if not sums["failed"]:
        return sums["requests"]
    both = sums.get("failed_with_tokens")
    return None if both is None else sums["requests"] + sums["failed"] - both


def _in_flight(table: MinuteTable, requests_per_timed: float) -> tuple[float, float]:
    """Little's law: arrivals times time in the system; requests without a time take the mean of the others."""
    first, last = span(table)
    minutes = table["latency_ms"] / 60_000 * requests_per_timed
    by_minute = np.bincount((table["minute"] - first).clip(0), weights=minutes)
    return float(minutes.sum() / (last - first + 1)), float(by_minute.max())


def totals(table: MinuteTable) -> dict[str, int]:
    """The log's exact sums."""
    return {name: int(table[name].sum()) for name in COUNTED}


def uses(table: MinuteTable, failed: Sequence[Failed] = ()) -> tuple[Use, ...]:
    """Each workload and model, the most tokens first: one pass, however many there are."""
    covered, table, statuses = span(table), _of_load(table), failures_apart(failed)
    pairs = sorted(set(zip(table.workload, table.model, strict=True)))
    number = {pair: i for i, pair in enumerate(pairs)}
    index = np.array([number[pair] for pair in zip(table.workload, table.model, strict=True)], dtype=np.int64)
    sums = {name: _sums(index, table[name], len(pairs)) for name in COUNTED}
    first, last = np.full(len(pairs), np.iinfo(np.int64).max), np.zeros(len(pairs), dtype=np.int64)
    np.minimum.at(first, index, table["minute"])
    np.maximum.at(last, index, table["minute"])
    busiest = {name: _busiest(table, index, len(pairs), size, covered) for name, size in WINDOWS.items()}
    order = np.lexsort((np.arange(len(pairs)), -(sums["input_tokens"] + sums["output_tokens"])))
    return tuple(
        Use(
            name=pairs[i][0],
            model=pairs[i][1],
            sums={name: int(values[i]) for name, values in sums.items()},
            first=iso(int(first[i]) * 60),
            last=iso(int(last[i]) * 60),
            peak_over_mean={name: None if peaks is None else peaks[i] for name, peaks in busiest.items()},
            failed_by_status=None
            if statuses is None
            else by_status(statuses.get(pairs[i], ()), int(sums["failed"][i])),
        )
        for i in order
    )


def _of_load(table: MinuteTable) -> MinuteTable:
    """The table without the lines of a bill and the hours and days without use."""
    told = used(table)
    if told.all():
        return table
    return replace(
        table,
        workload=tuple(name for name, keep in zip(table.workload, told, strict=True) if keep),
        model=tuple(name for name, keep in zip(table.model, told, strict=True) if keep),
        columns={name: values[told] for name, values in table.columns.items()},
    )


def _sums(index: np.ndarray, amount: np.ndarray, groups: int) -> np.ndarray:
    total = np.zeros(groups, dtype=np.int64)
    np.add.at(total, index, amount)
    return total


def _busiest(
    table: MinuteTable, index: np.ndarray, groups: int, size: int, covered: tuple[int, int]
) -> list[float | None] | None:
    """Each group's busiest UTC window over its mean in the whole log; None where the log is too short or coarse."""
    first, last = covered
    longest = int(bucket_minutes(table).max(initial=1))
    if size < longest or last - first + 1 < 2 * size:
        return None
    start, count = first // size, last // size - first // size + 1
    edges = np.clip(np.arange(start, start + count + 1) * size, first, last + 1)
    cell, place = np.unique(index * count + table["minute"] // size - start, return_inverse=True)
    load = np.bincount(place, weights=table["requests"], minlength=cell.size) / np.diff(edges)[cell % count]
    top = np.zeros(groups)
    np.maximum.at(top, cell // count, load)
    mean = np.bincount(index, weights=table["requests"], minlength=groups) / (last - first + 1)
    return [float(high / low) if low > 0 else None for high, low in zip(top, mean, strict=True)]
