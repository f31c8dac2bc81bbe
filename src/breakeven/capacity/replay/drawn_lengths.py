"""Lengths of made-up requests drawn from a log's own: input and output together, long ones as often as they came.

A request's bins are drawn from the log's joint histogram, its lengths from the exact counts within each bin: both
lengths are spread as in the log, and long inputs go with long outputs as far as the bins show it.
"""

from __future__ import annotations

import numpy as np

from breakeven.capacity.replay.synthetic import Counts
from breakeven.demand.log.histogram import BINS, Lengths, Sizes


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
