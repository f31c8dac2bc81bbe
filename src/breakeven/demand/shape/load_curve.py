"""From loads over time to a load curve: exact block means, peaks, and curves of several workloads as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from breakeven.demand.demand import LoadCurve
from breakeven.numbers.inputs import Kind, Source

Array = np.ndarray[Any, np.dtype[np.float64]]
BLOCK_EDGES = np.array([0, 0.1, 0.5, 1, 2, 3.5, *np.arange(5, 100, 5), 99, 100]) / 100  # finest at the peak


def windows(
    minute: np.ndarray, amount: np.ndarray, *, first: int, last: int, window_minutes: int
) -> tuple[Array, Array]:
    """Amount per minute, and minutes, of each UTC window from the first to the last minute, empty ones too.

    The first and the last window count only the minutes that the log covers.
    """
    start, end = first // window_minutes, last // window_minutes
    sums = np.bincount(minute // window_minutes - start, weights=amount, minlength=end - start + 1)
    edges = np.arange(start, end + 2, dtype=float) * window_minutes
    minutes = np.diff(np.clip(edges, first, last + 1))
    return sums / minutes, minutes


def peak_over_mean(
    minute: np.ndarray, amount: np.ndarray, *, first: int, last: int, window_minutes: int
) -> float | None:
    """The busiest window over the mean of all; None when the log covers fewer than two windows."""
    load, minutes = windows(minute, amount, first=first, last=last, window_minutes=window_minutes)
    mean = float(np.average(load, weights=minutes))
    return float(load.max() / mean) if minutes.sum() >= 2 * window_minutes and mean > 0 else None


def measured_curve(load: Array, minutes: Array, *, name: str, source: Source) -> LoadCurve:
    """The load curve of windows: sorted, cut at BLOCK_EDGES, each block with its exact mean load."""
    order = np.argsort(-load, kind="stable")
    load, share = load[order] / np.average(load, weights=minutes), minutes[order] / minutes.sum()
    upto = np.concatenate([[0], np.cumsum(share)]) / share.sum()
    work = np.interp(BLOCK_EDGES, upto, np.concatenate([[0], np.cumsum(load * share)]))
    return LoadCurve(
        name=name,
        share_of_time=tuple(np.diff(BLOCK_EDGES).tolist()),
        load_over_mean=tuple((np.diff(work) / np.diff(BLOCK_EDGES) / work[-1]).tolist()),
        p99_over_mean=exceeded_for(0.01, load, upto),
        p999_over_mean=exceeded_for(0.001, load, upto),
        kind="measured",
        source=source,
    )


def exceeded_for(share: float, load: Array, upto: Array) -> float:
    """The smallest load that is exceeded for at most `share` of the time."""
    return float(load[min(int(np.searchsorted(upto[1:], share + 1e-12, side="right")), load.size - 1)])


def joint_curve(curves: Sequence[LoadCurve], weights: Sequence[float], *, kind: Kind, source: Source) -> LoadCurve:
    """Several workloads as one load, all busy at the same time: the most demanding way they can meet."""
    if len({(curve.name, curve.load_over_mean) for curve in curves}) == 1:
        return curves[0]
    parts = np.asarray(weights, dtype=float) / sum(weights)
    edges = np.unique(np.concatenate([_edges(curve) for curve in curves]).round(12))
    middle = (edges[:-1] + edges[1:]) / 2
    load = sum(part * _load_at(curve, middle) for part, curve in zip(parts, curves, strict=True))
    return LoadCurve(
        name=" + ".join(dict.fromkeys(curve.name for curve in curves)),
        share_of_time=tuple(np.diff(edges).tolist()),
        load_over_mean=tuple(np.asarray(load).tolist()),
        p99_over_mean=float(sum(p * c.p99_over_mean for p, c in zip(parts, curves, strict=True))),
        p999_over_mean=float(sum(p * c.p999_over_mean for p, c in zip(parts, curves, strict=True))),
        kind=kind,
        source=source,
    )


def _edges(curve: LoadCurve) -> Array:
    ends = np.cumsum(curve.share_of_time)
    return np.concatenate([[0.0], ends / ends[-1]])


def _load_at(curve: LoadCurve, share: Array) -> Array:
    place = np.searchsorted(_edges(curve)[1:], share, side="right")
    return np.asarray(curve.load_over_mean)[np.minimum(place, len(curve.load_over_mean) - 1)]
