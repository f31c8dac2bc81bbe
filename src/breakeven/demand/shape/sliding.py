"""The worst window wherever it starts: seconds are asked for only where the worst can be.

A window of n minutes lies in n + 1 whole minutes. Runs of n + 1 minutes that hold less than the busiest
aligned window cannot contain it; of the others the engine gives the seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from breakeven.demand.log.histogram import worked
from breakeven.demand.log.libraries import as_arrow, pyarrow
from breakeven.demand.shape.minute_statistics import WINDOWS, Minutes, worst_window

MOST_MINUTES = 3_000  # asked for second by second; beyond it the answer is a bound

SecondsOf = Callable[[list[int]], tuple[np.ndarray, np.ndarray]]  # minutes -> seconds and requests in each


@dataclass(frozen=True, slots=True, kw_only=True)
class SlidingPeak:
    """The busiest window over the mean. Exact: at any whole second; else no window is busier than this."""

    over_mean: float
    exact: bool


def sliding_peaks(minutes: Minutes, seconds_of: SecondsOf | None) -> dict[str, SlidingPeak | None]:
    """For each window length the worst at any start, of requests; None where the log is too short or too coarse."""
    found = {name: _candidates(minutes, size) for name, size in WINDOWS.items() if _long_enough(minutes, size)}
    wanted = sorted({minute for starts, size, _ in found.values() for start in starts for minute in _run(start, size)})
    offered = [minutes.first + each for each in wanted]
    second, requests = seconds_of(offered) if seconds_of and offered else (np.zeros(0), np.zeros(0))
    return {
        name: _peak(minutes, found[name], second, requests, known=seconds_of is not None) if name in found else None
        for name in WINDOWS
    }


def _long_enough(minutes: Minutes, size: int) -> bool:
    return minutes.bucket_minutes == 1 and minutes.count >= 2 * size and bool(minutes["requests"].any())


def _run(start: int, size: int) -> range:
    return range(start, start + size + 1)


def _candidates(minutes: Minutes, size: int) -> tuple[list[int], int, float]:
    """Starts of the runs that may hold the worst window, the busiest first, and the most any other run holds."""
    upto = np.concatenate([[0.0], np.cumsum(minutes["requests"])])
    runs = upto[size + 1 :] - upto[: -size - 1]
    at_least = (upto[size:] - upto[:-size]).max()
    busy = [int(each) for each in np.argsort(-runs, kind="stable")[: MOST_MINUTES // size] if runs[each] > at_least]
    left = np.delete(runs, busy)
    return busy, size, float(max(at_least, left.max(initial=0)))


def _peak(
    minutes: Minutes, candidates: tuple[list[int], int, float], second: np.ndarray, requests: np.ndarray, *, known: bool
) -> SlidingPeak:
    _, size, others = candidates
    upto = np.concatenate([[0.0], np.cumsum(minutes["requests"])])
    aligned = float((upto[size:] - upto[:-size]).max())
    per_window = minutes["requests"].sum() * size / minutes.count
    if not known:
        wide = float((upto[size + 1 :] - upto[: -size - 1]).max())
        return SlidingPeak(over_mean=float(wide / per_window), exact=wide <= aligned)
    worst = max(aligned, worst_window(second, requests, 60 * size))
    return SlidingPeak(over_mean=float(max(worst, others) / per_window), exact=bool(others <= worst))


def second_counts(rows: Any, minutes: Sequence[int], *, by_join: bool = False) -> Any:
    """The push-down: requests by second within these minutes, listed, or joined where a long list is slow."""
    good = rows.filter((rows.reason == "") & worked(rows))
    minute = good.second // 60
    if by_join:
        there = rows.get_backend()
        there.con.register("asked_minutes", pyarrow().table({"minute": as_arrow(np.asarray(minutes))}))
        wanted = there.table("asked_minutes")
        used = good.semi_join(wanted, minute == wanted.minute)
    else:
        used = good.filter(minute.isin(minutes))
    return used.group_by("second").agg(requests=used.count().cast("int64"))
