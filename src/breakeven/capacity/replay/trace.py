"""A request trace for replay: arrivals with prompt and output lengths, and block hashes where there are any.

Any log that shows its requests one by one is one: it is read by the formats of the demand stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    known = sorted(rows, key=lambda row: row[0])
    if not known:
        raise Problem("the trace has no request with tokens in and out", where=where, fix="Give at least one.")
    start = known[0][0]
    hashed = any(row[3] for row in known)
    return Trace(
        arrival=tuple(round((row[0] - start) * PICOSECONDS) for row in known),
        prompt=tuple(row[1] for row in known),
        output=tuple(row[2] for row in known),
        hashes=tuple(row[3] for row in known) if hashed else (),
        set_aside=set_aside,
    )


def read_trace(path: Path, columns: Mapping[str, str] | None = None) -> Trace:
    """Read a trace from any log that shows its requests one by one; `columns`: which of its columns holds a field."""
    found = read_requests(path, columns=columns or None)
    if found is None:
        what = "the log does not show its requests one by one, so they cannot be replayed"
        fix = f"Give one row a request, {MOST_REQUESTS:,} at most; `breakeven size --log` takes sums, too."
        raise Problem(what, where=str(path), fix=fix)
    return trace_of_requests(found, where=str(path))


def trace_of_requests(requests: Requests, *, where: str) -> Trace:
    """The requests in order of arrival; those without tokens in or out are set aside."""
    usable = np.flatnonzero((requests.input_tokens > 0) & (requests.output_tokens > 0))
    lost = [option for option in requests.set_aside if option.lost]
    if not usable.size:
        sentence = "; ".join(f"{loss.rows:,}: {loss.reason}" for loss in lost[:3])
        fix = f"Rows that could not be used: {sentence}." if sentence else "Give at least one."
        raise Problem("the trace has no request with tokens in and out", where=where, fix=fix)
    order = usable[np.argsort(requests.seconds[usable], kind="stable")]
    seconds = requests.seconds[order]
    return Trace(
        arrival=tuple(round(second) for second in ((seconds - seconds[0]) * PICOSECONDS).tolist()),
        prompt=tuple(requests.input_tokens[order].tolist()),
        output=tuple(requests.output_tokens[order].tolist()),
        hashes=tuple(requests.blocks[i] for i in order) if requests.blocks else (),
        set_aside=requests.seconds.size - usable.size + sum(loss.rows for loss in lost),
    )
