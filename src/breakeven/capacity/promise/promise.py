"""What is promised to those who wait: a percentile of the time to the first token and per further token."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from breakeven.capacity.replay.summary import Latencies
from breakeven.problems import Problem


class BadPromise(Problem):
    """A promise that promises nothing, or something that cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Seconds that `percentile` of the requests stay within. None: not promised.

    TTFT is the time to the first token, TPOT the mean time of each further token of a request.
    """

    ttft_seconds: float | None = None
    tpot_seconds: float | None = None
    percentile: float = 95.0

    def __post_init__(self) -> None:
        limits = [each for each in (self.ttft_seconds, self.tpot_seconds) if each is not None]
        if not limits:
            raise BadPromise("nothing is promised", fix="Give seconds of the first token, of each further, or both.")
        if not all(0 < each < inf for each in limits):
            raise BadPromise(f"a promise of {min(limits):g} seconds", fix="Give seconds, more than zero.")
        if not 0 < self.percentile < 100:
            raise BadPromise(f"a promise for {self.percentile:g} % of the requests", fix="Give 50 to 99.9, such as 95.")

    def __str__(self) -> str:
        said = [
            f"{name} p{self.percentile:g} {limit:.3g} s"
            for name, limit in (("TTFT", self.ttft_seconds), ("TPOT", self.tpot_seconds))
            if limit is not None
        ]
        return " and ".join(said)


USUAL = Promise(ttft_seconds=1.0, tpot_seconds=0.05)  # assumed where nothing is promised: a chat that answers at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The promised percentile as a replay shows it [s]."""

    ttft_seconds: float
    tpot_seconds: float

    def times(self, factor: float) -> Seen:
        """The same by a clock that goes so many times slower."""
        return Seen(ttft_seconds=self.ttft_seconds * factor, tpot_seconds=self.tpot_seconds * factor)

    def broken(self, promise: Promise) -> tuple[str, ...]:
        """What of the promise does not hold: TTFT, TPOT, both, or nothing."""
        pairs = (("TTFT", self.ttft_seconds, promise.ttft_seconds), ("TPOT", self.tpot_seconds, promise.tpot_seconds))
        return tuple(name for name, seen, limit in pairs if limit is not None and seen > limit)


def seen(found: Latencies, percentile: float, *, first: int = 0) -> Seen:
    """The percentile of the latencies, the `first` requests left out (an engine that is still filling up)."""
    ttft, tpot = found.ttft[first:], found.tpot[first:]
    return Seen(
        ttft_seconds=float(np.percentile(ttft, percentile)) if ttft.size else 0.0,
        tpot_seconds=float(np.percentile(tpot, percentile)) if tpot.size else 0.0,
    )
