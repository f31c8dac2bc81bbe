"""A request trace for replay: arrivals with prompt and output lengths, and block hashes where there are any.

Read from the two kinds that public traces come in: a CSV with a time, input and output tokens (Azure, and
whatever names its columns alike), and JSON lines with milliseconds and `hash_ids` (Mooncake, vLLM's timed trace).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path

from breakeven.capacity.replay.step_costs import PICOSECONDS
from breakeven.files import ordinary
from breakeven.problems import Problem
from breakeven.written import csv_rows, json_of

HASH_TOKENS = 512  # tokens of a hashed block in Mooncake's traces
TIMES = ("timestamp", "arrived_at", "arrival_time", "time")
INPUTS = ("contexttokens", "input_tokens", "input_length", "num_prefill_tokens", "input_toks", "prompt_tokens")
OUTPUTS = ("generatedtokens", "output_tokens", "output_length", "num_decode_tokens", "output_toks", "completion_tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Requests in order of arrival. Picoseconds from the first arrival, tokens."""

    arrival: tuple[int, ...]
    prompt: tuple[int, ...]
    output: tuple[int, ...]
    hashes: tuple[tuple[int, ...], ...] = ()
    hash_tokens: int = HASH_TOKENS
    set_aside: int = 0  # rows without output or input tokens

    def __len__(self) -> int:
        return len(self.arrival)

    @property
    def seconds(self) -> float:
        """From the first arrival to the last."""
        return self.arrival[-1] / PICOSECONDS


LARGEST = 1e12  # seconds and tokens: 30,000 years, and more than any model reads
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
    """Read a trace; the kind is told by the first character."""
    ordinary(path, fix="Give a CSV or JSON-lines file of requests.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = [each for each in file if each.strip()]
    if not lines:
        raise Problem("the trace is empty", where=str(path), fix="Give a CSV or JSON-lines file of requests.")
    read = _json_rows if lines[0].lstrip().startswith("{") else _csv_rows
    found = list(read(lines, str(path)))
    rows = [each for each in found if each[1] > 0 and each[2] > 0]
    return trace_of(rows, set_aside=len(found) - len(rows), where=str(path))


def _csv_rows(lines: list[str], where: str) -> Iterable[Row]:
    reader = csv_rows(lines, where)
    names = {name.strip().lower(): place for place, name in enumerate(next(reader))}
    time, tokens_in, tokens_out = (_column(names, each, where) for each in (TIMES, INPUTS, OUTPUTS))
    for number, row in enumerate(reader, start=2):
        try:
            yield _row(_seconds(row[time]), float(row[tokens_in]), float(row[tokens_out]), ())
        except (ValueError, IndexError, OverflowError) as error:
            fix = "Each row needs a time and two whole numbers of tokens."
            raise Problem(f"cannot read {','.join(row)[:80]!r}", where=f"{where}:{number}", fix=fix) from error


def _json_rows(lines: list[str], where: str) -> Iterable[Row]:
    for number, line in enumerate(lines, start=1):
        try:
            row = json_of(line)
            names = {name.lower(): name for name in row}
            time, tokens_in, tokens_out = (row[names[_key(names, each)]] for each in (TIMES, INPUTS, OUTPUTS))
            hashes = tuple(int(each) for each in row.get("hash_ids", ()))
            scale = 1000.0 if "hash_ids" in row or "input_length" in names else 1.0
            yield _row(float(time) / scale, float(tokens_in), float(tokens_out), hashes)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            fix = "Each line needs timestamp, input_length and output_length."
            raise Problem(f"cannot read {line.strip()[:80]!r}", where=f"{where}:{number}", fix=fix) from error


def _row(seconds: float, prompt: float, output: float, hashes: tuple[int, ...]) -> Row:
    """A request. Raises `ValueError` for a number that no trace holds."""
    if not all(isfinite(each) and abs(each) <= LARGEST for each in (seconds, prompt, output)):
        raise ValueError
    return seconds, int(prompt), int(output), hashes


def _key(names: Mapping[str, object], wanted: tuple[str, ...]) -> str:
    return next(each for each in wanted if each in names) if any(each in names for each in wanted) else wanted[0]


def _column(names: Mapping[str, int], wanted: tuple[str, ...], where: str) -> int:
    for each in wanted:
        if each in names:
            return names[each]
    fix = f"Name a column one of {', '.join(wanted)}."
    raise Problem(f"the trace has the columns {', '.join(names)}", where=f"{where}:1", fix=fix)


def _seconds(text: str) -> float:
    """A number of seconds, or a date with a time (seven decimals too, as Azure writes them)."""
    try:
        return float(text)
    except ValueError:
        whole, _, fraction = text.strip().removesuffix("Z").partition(".")
        moment = datetime.fromisoformat(whole)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.timestamp() + (float(f"0.{fraction}") if fraction.isdigit() else 0.0)
