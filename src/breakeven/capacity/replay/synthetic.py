"""Requests made up for a replay where no trace is at hand: lengths around a mean, arrivals at random. Fixed seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from breakeven.capacity.replay.step_costs import PICOSECONDS
from breakeven.capacity.replay.trace import Trace

SEED = 20261121
VARIATION = 1.0  # standard deviation over mean of the lengths; Azure's chat of 2023: 0.96 input, 0.77 output
LONGEST = 8.0  # no request is longer than this many means (that trace: 12 and 5)

Counts = NDArray[np.int64]


def lengths(mean_tokens: float, count: int, chance: np.random.Generator) -> Counts:
    """Lognormal lengths of one token or more, their mean as asked within rounding."""
    deviation = np.sqrt(np.log1p(VARIATION**2))
    drawn = np.minimum(chance.lognormal(-(deviation**2) / 2, deviation, count), LONGEST)
    found: Counts = np.maximum(np.rint(drawn * mean_tokens / drawn.mean()), 1).astype(np.int64)
    return found


def synthetic(
    mean_input_tokens: float, mean_output_tokens: float, count: int, *, requests_per_second: float = 1.0
) -> Trace:
    """`count` requests that come independently of each other (Poisson) at that rate."""
    chance = np.random.default_rng(SEED)
    gaps = chance.exponential(1.0, count)
    arrival = np.cumsum(gaps) - gaps[0]
    prompt = lengths(mean_input_tokens, count, chance)
    output = lengths(mean_output_tokens, count, chance)
    return Trace(
        arrival=at_rate(arrival, requests_per_second),
        prompt=tuple(prompt.tolist()),
        output=tuple(output.tolist()),
    )


def at_rate(arrival: NDArray[np.float64], requests_per_second: float) -> tuple[int, ...]:
    """Arrivals at one a second [s] as arrivals at another rate [ps]."""
    return tuple((arrival * (PICOSECONDS / requests_per_second)).astype(np.int64).tolist())


def paced(trace: Trace, factor: float) -> Trace:
    """The same requests, coming `factor` times as fast."""
    return Trace(
        arrival=tuple(round(each / factor) for each in trace.arrival),
        prompt=trace.prompt,
        output=trace.output,
        hashes=trace.hashes,
        hash_tokens=trace.hash_tokens,
        set_aside=trace.set_aside,
    )
