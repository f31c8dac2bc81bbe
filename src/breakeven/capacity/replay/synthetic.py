"""Requests made up for a replay where no trace is at hand: lengths around a mean, arrivals at random. Fixed seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from breakeven.capacity.replay.step_costs import PICOSECONDS
from breakeven.capacity.replay.trace import Trace
from breakeven.demand.log.histogram import BINS, Lengths, Sizes

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


def made_up(
    mean_input_tokens: float,
    mean_output_tokens: float,
    count: int,
    sizes: Sizes | None = None,
    *,
    requests_per_second: float = 1.0,
) -> Trace:
    """Requests at random around these means, their lengths spread as in the log's `sizes` where those are known."""
    means = mean_input_tokens, mean_output_tokens
    made = synthetic(*means, count, requests_per_second=requests_per_second)
    if sizes is None:
        return made
    both = drawn(sizes, count, np.random.default_rng(SEED))
    prompt, output = (tuple(scaled(scaled_to, mean).tolist()) for scaled_to, mean in zip(both, means, strict=True))
    return replace(made, prompt=prompt, output=output)


def drawn(sizes: Sizes, count: int, chance: np.random.Generator) -> tuple[Counts, Counts]:
    """Input and output tokens of so many requests, one token or more each."""
    cells = sizes.joint.ravel()
    cell = chance.choice(cells.size, size=count, p=cells / cells.sum())
    return _within(sizes.input, cell // len(BINS), chance), _within(sizes.output, cell % len(BINS), chance)


def scaled(tokens: Counts, mean_tokens: float) -> Counts:
    """The same lengths, their mean as asked within rounding."""
    found: Counts = np.maximum(np.rint(tokens * (mean_tokens / tokens.mean())), 1).astype(np.int64)
    return found


def scaled_by_group(tokens: Counts, group: Counts, total_tokens: np.ndarray) -> Counts:
    """The same lengths, those of each group adding up to its total within rounding."""
    sums = np.bincount(group, weights=tokens, minlength=total_tokens.size)
    factor = total_tokens / np.maximum(sums, 1)
    found: Counts = np.maximum(np.rint(tokens * factor[group]), 1).astype(np.int64)
    return found


def _within(lengths: Lengths, bins: Counts, chance: np.random.Generator) -> Counts:
    """A length of each bin, as often as the log has it. Every bin drawn holds a request."""
    ends = np.concatenate([[0], np.cumsum(lengths.requests)])
    edges = np.searchsorted(lengths.length, (*BINS, np.iinfo(np.int64).max))
    low, high = ends[edges[bins]], ends[edges[bins + 1]]
    place = low + (chance.uniform(size=bins.size) * (high - low)).astype(np.int64)
    found: Counts = np.maximum(lengths.length[np.searchsorted(ends, place, side="right") - 1], 1)
    return found
