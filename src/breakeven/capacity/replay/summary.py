"""What a replay comes to: latency percentiles, whether a promise is kept, how busy the replicas were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.capacity.replay.ledger import BLOCK, Limits
from breakeven.capacity.replay.replay import Replayed
from breakeven.capacity.replay.step_costs import PICOSECONDS

PERCENTILES = (50, 90, 95, 99)
ALL = slice(None)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """Seconds for each served request, in order of arrival; TPOT of those with two tokens or more."""

    ttft: Floats
    tpot: Floats
    end_to_end: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaUse:
    """How one replica was used. Shares of the time from the first arrival to its last token."""

    busy_share: float
    mean_sequences: float  # decoding, while busy
    most_running: int
    most_kv_share: float
    recomputed_share: float  # of the prefilled tokens: computed again after a preemption


def latencies(done: Replayed, part: slice = ALL) -> Latencies:
    """What clients saw, from the moment a request came (not from when a lost replica's work was begun again).

    `part`: of these requests only, by number.
    """
    served = np.ones(len(done.trace), dtype=bool)
    served[list(done.spilled)] = False
    arrival, first, last = (
        np.array(times[part], dtype=float)[served[part]] / PICOSECONDS
        for times in (done.trace.arrival, done.book.first, done.book.last)
    )
    output = np.array(done.trace.output[part])[served[part]]
    many = output > 1
    return Latencies(
        ttft=first - arrival + done.request_seconds,
        tpot=(last - first)[many] / (output[many] - 1),
        end_to_end=last - arrival + done.request_seconds,
    )


def joined(parts: Sequence[Latencies]) -> Latencies:
    """What clients of several replays saw, one replay after the other."""
    return Latencies(
        ttft=np.concatenate([each.ttft for each in parts]),
        tpot=np.concatenate([each.tpot for each in parts]),
        end_to_end=np.concatenate([each.end_to_end for each in parts]),
    )


def percentiles(seconds: Floats) -> dict[str, float]:
    """Mean and percentiles; nothing of nothing."""
    if not seconds.size:
        return {}
    points = np.percentile(seconds, PERCENTILES)
    return {"mean": float(seconds.mean())} | {
        f"p{name}": float(each) for name, each in zip(PERCENTILES, points, strict=True)
    }


def kept_share(done: Replayed, ttft_seconds: float | None, tpot_seconds: float | None) -> float:
    """Share of all requests served within both limits; a spilled one is not served here."""
    served = np.ones(len(done.trace), dtype=bool)
    served[list(done.spilled)] = False
    arrival, first, last = (
        np.array(times, dtype=float) / PICOSECONDS for times in (done.trace.arrival, done.book.first, done.book.last)
    )
    gaps = np.maximum(np.array(done.trace.output) - 1, 1)
    soon = first - arrival + done.request_seconds <= (np.inf if ttft_seconds is None else ttft_seconds)
    fluent = (last - first) / gaps <= (np.inf if tpot_seconds is None else tpot_seconds)
    return float((served & soon & fluent).mean())


def uses(done: Replayed, limits: Limits) -> tuple[ReplicaUse, ...]:
    """How every replica was used."""
    end = max(max(done.book.last, default=0), 1)
    return tuple(
        ReplicaUse(
            busy_share=tally.busy / end,
            mean_sequences=tally.sequence_time / max(tally.busy, 1),
            most_running=tally.most_running,
            most_kv_share=min(tally.most_context / (limits.kv_blocks * BLOCK), 1.0),
            recomputed_share=tally.recomputed / max(tally.prefilled, 1),
        )
        for tally in done.tallies
    )


def output_tokens_per_second(done: Replayed) -> float:
    """Output tokens of all replicas over the time to the last of them."""
    gone = set(done.spilled)
    tokens = sum(each for number, each in enumerate(done.trace.output) if number not in gone)
    return tokens * PICOSECONDS / max(max(done.book.last, default=0), 1)
