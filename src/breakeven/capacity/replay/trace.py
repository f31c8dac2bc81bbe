"""A request trace for replay: arrivals with prompt and output lengths, and block hashes where there are any.

Any log that shows its requests one by one is one: it is read by the formats of the demand stage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from breakeven.capacity.replay.step_costs import PICOSECONDS
from breakeven.demand.log.requests import MOST_REQUESTS, Requests
from breakeven.demand.usage.read_log import read_requests
from breakeven.problems import Problem

HASH_TOKENS = 512  # tokens of a hashed block in Mooncake's traces


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Requests in order of arrival. Picoseconds from the first arrival, tokens."""

    arrival: tuple[int, ...]
    prompt: tuple[int, ...]
    output: tuple[int, ...]
    hashes: tuple[tuple[int, ...], ...] = ()
    hash_tokens: int = HASH_TOKENS
    set_aside: int = 0  # rows that could not be used, or without output or input tokens

    def __len__(self) -> int:
        return len(self.arrival)

    @property
    def seconds(self) -> float:
        """From the first arrival to the last."""
        return self.arrival[-1] / PICOSECONDS


Row = tuple[float, int, int, tuple[int, ...]]  # seconds, prompt, output, hashes


def trace_of(rows: Iterable[Row], *, set_aside: int = 0, where: str = "") -> Trace:
    """A trace of rows in any order."""
    known = sorted(rows, key=lambda each: each[0])
    if not known:
        raise Problem("the trace has no request with tokens in and out", where=where, fix="Give at least one.")
    start = known[0][0]
    hashed = any(each[3] for each in known)
    return Trace(
        arrival=tuple(round((each[0] - start) * PICOSECONDS) for each in known),
        prompt=tuple(each[1] for each in known),
        output=tuple(each[2] for each in known),
        hashes=tuple(each[3] for each in known) if hashed else (),
        set_aside=set_aside,
    )


def read_trace(path: Path) -> Trace:
    """Read a trace from any log that shows its requests one by one."""
    found = read_requests(path)
    if found is None:
        what = "the log does not show its requests one by one, so they cannot be replayed"
        fix = f"Give one row a request, {MOST_REQUESTS:,} at most; `breakeven size --log` takes sums, too."
        raise Problem(what, where=str(path), fix=fix)
    return trace_of_requests(found, where=str(path))


def trace_of_requests(found: Requests, *, where: str) -> Trace:
    """The requests in order of arrival; those without tokens in or out are set aside."""
    usable = np.flatnonzero((found.input_tokens > 0) & (found.output_tokens > 0))
    lost = [each for each in found.set_aside if each.lost]
    if not usable.size:
        said = "; ".join(f"{each.rows:,}: {each.reason}" for each in lost[:3])
        fix = f"Rows that could not be used: {said}." if said else "Give at least one."
        raise Problem("the trace has no request with tokens in and out", where=where, fix=fix)
    order = usable[np.argsort(found.seconds[usable], kind="stable")]
    seconds = found.seconds[order]
    return Trace(
        arrival=tuple(round(each) for each in ((seconds - seconds[0]) * PICOSECONDS).tolist()),
        prompt=tuple(found.input_tokens[order].tolist()),
        output=tuple(found.output_tokens[order].tolist()),
        hashes=tuple(found.blocks[i] for i in order) if found.blocks else (),
        set_aside=found.seconds.size - usable.size + sum(each.rows for each in lost),
    )
