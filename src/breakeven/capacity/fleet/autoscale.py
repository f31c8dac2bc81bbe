"""Replica-hours of a fleet that follows the load, against one that stands. From loads by window; nothing is replayed.

Replicas are ordered for the load of a window and for what it may grow by while new ones load their model
(the steepest growth ever seen times that delay). Method: docs/method/capacity.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.capacity.replay.step_costs import PICOSECONDS
from breakeven.capacity.replay.trace import Trace
from breakeven.numbers.operations import whole_up
from breakeven.problems import Problem

SECONDS_PER_HOUR = 3600.0
LEAST_WINDOW_SECONDS = 300.0
STEEPEST = 99.0  # percentile of the growth between windows; the very steepest would be one outlier
LOADING_BYTES_PER_SECOND = 1e9  # weights from a network disk into GPU memory; judgement
STARTING_SECONDS = 90.0  # container, engine, graphs; judgement

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """How a fleet follows the load. Hours are of replicas, over `hours` of time; spares are in neither."""

    hours: float
    window_seconds: float
    delay_seconds: float
    least_replicas: int
    fixed_replicas: int
    fixed_replica_hours: float
    scaled_replica_hours: float
    bound_replica_hours: float  # the load itself: no scaling does with fewer
    most_replicas: int
    saved_share: float


def load_seconds(weights_bytes: float) -> float:
    """Seconds from ordering a replica to its first token, the machine being there."""
    return STARTING_SECONDS + weights_bytes / LOADING_BYTES_PER_SECOND


def windows_of(trace: Trace, window_seconds: float) -> Floats:
    """Tokens a second in each window of a trace, the last one over its own length."""
    seconds = np.array(trace.arrival, dtype=float) / PICOSECONDS
    tokens = np.array(trace.prompt, dtype=float) + np.array(trace.output, dtype=float)
    place = (seconds / window_seconds).astype(int)
    whole: Floats = np.bincount(place, weights=tokens) / window_seconds
    return whole


def scaling(
    loads: Floats,
    window_seconds: float,
    *,
    fixed_replicas: int,
    delay_seconds: float,
    least_replicas: int = 1,
) -> Scaling:
    """A fleet that follows `loads` (any unit) against `fixed_replicas`, which carry the largest of them.

    Never more than the fixed fleet. Raises `Problem` for fewer than two windows.
    """
    if loads.size < 2 or not loads.max() > 0:
        raise Problem(
            "the log is too short to say what following the load would save",
            fix=f"Give one of at least two windows of {window_seconds:,.0f} seconds; a week shows nights and weekends.",
        )
    if not least_replicas >= 1:
        raise Problem(f"at least {least_replicas} replicas kept", fix="Keep one or more.")
    carries = loads.max() / fixed_replicas  # what one replica carries at the promise
    growth = np.maximum(np.diff(loads), 0.0) / window_seconds
    margin = float(np.percentile(growth, STEEPEST)) * delay_seconds
    floor = min(least_replicas, fixed_replicas)
    ordered = np.clip(whole_up((loads + margin) / carries), floor, fixed_replicas)
    hours = loads.size * window_seconds / SECONDS_PER_HOUR
    scaled = float(ordered.sum()) * window_seconds / SECONDS_PER_HOUR
    fixed = fixed_replicas * hours
    return Scaling(
        hours=hours,
        window_seconds=window_seconds,
        delay_seconds=delay_seconds,
        least_replicas=floor,
        fixed_replicas=fixed_replicas,
        fixed_replica_hours=fixed,
        scaled_replica_hours=scaled,
        bound_replica_hours=float(loads.sum() / carries) * window_seconds / SECONDS_PER_HOUR,
        most_replicas=int(ordered.max()),
        saved_share=1 - scaled / fixed,
    )
