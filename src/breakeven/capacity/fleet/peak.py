"""The stretch of demand that a fleet is sized for: the busiest hour of a trace or of a minute table, or one made up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from breakeven.capacity.promise.unloaded import picked
from breakeven.capacity.replay.step_costs import PICOSECONDS
from breakeven.capacity.replay.synthetic import SEED, Counts, at_rate, drawn, lengths, made_up, scaled_by_group
from breakeven.capacity.replay.trace import Trace
from breakeven.demand.log.histogram import Sizes
from breakeven.demand.shape.minute_statistics import Minutes
from breakeven.problems import Problem

HOUR_SECONDS = 3600.0
MINUTES_PER_HOUR = 60
MOST_REQUESTS = 20_000  # made up; an hour of more than that is shortened, at the same rate
LEAST_REQUESTS = 2_400  # so many are made up even when the hour has fewer, at the same rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A workload to be made up. `sizes`: of its requests in the log, None where they are not known one by one."""

    requests_per_second: float
    mean_input_tokens: float
    mean_output_tokens: float
    sizes: Sizes | None = None


def busiest_hour(trace: Trace) -> Trace:
    """The hour with the most tokens, from one arrival on; the whole trace when it is no longer than that."""
    span = int(HOUR_SECONDS * PICOSECONDS)
    if trace.arrival[-1] <= span:
        return trace
    tokens = np.concatenate([[0], np.cumsum(np.array(trace.prompt) + np.array(trace.output))])
    ends = [bisect_left(trace.arrival, at + span) for at in trace.arrival]
    first = int(np.argmax(tokens[ends] - tokens[: len(trace)]))
    return picked(trace, list(range(first, ends[first])))


def hour_of_minutes(minutes: Minutes, sizes: Sizes | None = None) -> Trace:
    """The busiest hour of a minute table: as many requests in each minute, at random within it, lengths made up.

    A minute's tokens are its own: shared out over lengths drawn from the log's `sizes`, or made up around the mean.
    Hours of more than `MOST_REQUESTS` are thinned to as many, in less time.
    """
    if minutes.bucket_minutes > 1:
        raise Problem(
            f"the log sums {minutes.bucket_minutes:,} minutes a row, so it does not show how requests come",
            fix="Give a log with a row for each request.",
        )
    tokens = np.convolve(minutes.tokens, np.ones(min(MINUTES_PER_HOUR, minutes.count)), mode="valid")
    first = int(np.argmax(tokens))
    within = slice(first, first + MINUTES_PER_HOUR)
    requests = minutes["requests"][within]
    counts = np.rint(requests).astype(int)
    if not counts.sum():
        raise Problem("the log has no request", fix="Give a log with requests.")
    chance = np.random.default_rng(SEED)
    minute = np.repeat(np.arange(counts.size), counts)
    tokens_in, tokens_out = (minutes[name][within] for name in ("input_tokens", "output_tokens"))
    prompt, output = (
        _around(minute, (tokens_in, tokens_out), requests, chance)
        if sizes is None
        else (
            scaled_by_group(lengths, minute, total)
            for lengths, total in zip(drawn(sizes, minute.size, chance), (tokens_in, tokens_out), strict=True)
        )
    )
    seconds = np.sort((minute + chance.uniform(size=minute.size)) * 60)
    made = Trace(
        arrival=at_rate(seconds - seconds[0], 1.0), prompt=tuple(prompt.tolist()), output=tuple(output.tolist())
    )
    return thinned(made)


def _around(
    minute: Counts, tokens: tuple[np.ndarray, np.ndarray], requests: np.ndarray, chance: np.random.Generator
) -> tuple[Counts, ...]:
    """Lengths around the mean of each request's minute."""
    means = [each / np.maximum(requests, 1) for each in tokens]
    return tuple(
        np.maximum(np.rint(lengths(1000.0, minute.size, chance) / 1000 * mean[minute]), 1).astype(int) for mean in means
    )


def thinned(trace: Trace) -> Trace:
    """Every so-many-th request, the clock running so much faster: the same rate and shape, fewer requests."""
    every = -(-len(trace) // MOST_REQUESTS)
    if every == 1:
        return trace
    kept = picked(trace, list(range(0, len(trace), every)))
    return replace(kept, arrival=tuple(each // every for each in kept.arrival))


def made_up_hour(parts: Sequence[Part]) -> Trace:
    """Requests at random of several workloads, their lengths drawn from the log's where those are known."""
    rate = sum(share.requests_per_second for share in parts)
    count = min(max(int(rate * HOUR_SECONDS), LEAST_REQUESTS), MOST_REQUESTS)
    rows: list[tuple[int, int, int]] = []
    for part in parts:
        made = _made_up(part, max(round(count * part.requests_per_second / rate), 1))
        rows += zip(made.arrival, made.prompt, made.output, strict=True)
    rows.sort()
    return Trace(
        arrival=tuple(row[0] - rows[0][0] for row in rows),
        prompt=tuple(row[1] for row in rows),
        output=tuple(row[2] for row in rows),
    )


def _made_up(part: Part, count: int) -> Trace:
    means = part.mean_input_tokens, part.mean_output_tokens
    return made_up(*means, count, part.sizes, requests_per_second=part.requests_per_second)
