"""How many records a text file holds, counted apart from the engine that reads it: what it loses is seen.

One pass over the bytes also checks the checksums of packed files and finds the longest record.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import numpy as np

from breakeven.demand.log.format.headers import reading

CHUNK = 2**18  # bytes looked at together: they stay in the processor's cache
LARGEST_FIELD = 2**24
LF, CR, QUOTE = 10, 13, 34
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records of a file, blank lines and the header left out.

    `plain` where a quote is an ordinary character; `quoted` where quotes hold lines together, None where they do
    not pair up. `longest`: the bytes of the longest record, up to a few chunks too many.
    """

    plain: int
    quoted: int | None
    longest: int


class _Starts:
    """Counts the starts of records: bytes after a line end that are none themselves."""

    def __init__(self) -> None:
        self.records, self.longest, self._seen, self._last = 0, 0, 0, 0

    def add(self, starts: np.ndarray) -> None:
        """The starts (true or false) of the next bytes."""
        found = int(np.count_nonzero(starts))
        if found:
            self._reach(self._seen + int(starts.argmax()))
            self._last = self._seen + starts.size - 1 - int(starts[::-1].argmax())
            self.longest = max(self.longest, starts.size)
        self.records += found
        self._seen += starts.size

    def _reach(self, place: int) -> None:
        self.longest = max(self.longest, place - self._last)

    def end(self) -> None:
        """The last record ends with the file."""
        self._reach(self._seen)


def csv_records(path: Path, delimiter: str) -> Records:
    """The records of a CSV file; lines end in LF, CR or both, as in the engine."""
    plain, pairs, before = _Starts(), _Quotes(ord(delimiter)), LF
    quoted = plain  # until there is a quote
    for chunk in _chunks(path):
        block = np.frombuffer(chunk, np.uint8)
        starts = _starts(chunk, block, before)
        if quoted is plain and b'"' in chunk:
            quoted = copy(plain)
        if quoted is not plain:
            quoted.add(pairs.outside(chunk, block, starts, before))
        plain.add(starts)
        before = int(block[-1])
    plain.end()
    quoted.end()
    count = quoted.records if pairs.pair_up else _by_library(path, delimiter)
    return Records(
        plain=max(plain.records - 1, 0),
        quoted=None if count is None else max(count - 1, 0),
        longest=quoted.longest if pairs.pair_up else plain.longest,
    )


def _starts(chunk: bytes, block: np.ndarray, before: int) -> np.ndarray:
    """Where a line that is not blank starts; `before` is the byte before the chunk."""
    end = block == LF
    if b"\r" in chunk:
        end |= block == CR
    starts = np.empty(end.size, dtype=np.bool_)
    starts[0] = before in (LF, CR) and not end[0]
    np.greater(end[:-1], end[1:], out=starts[1:])
    return starts


class _Quotes:
    """Which starts of records lie outside quotes, as long as a quote opens at the start of a field only."""

    def __init__(self, delimiter: int) -> None:
        self._count, self._regular = 0, True
        self._may_precede = np.array([delimiter, LF, CR, QUOTE], np.uint8)

    @property
    def pair_up(self) -> bool:
        """Whether that held to the end."""
        return self._regular and self._count % 2 == 0

    def outside(self, chunk: bytes, block: np.ndarray, starts: np.ndarray, before: int) -> np.ndarray:
        """The starts outside quotes; `before` is the byte before the chunk."""
        if b'"' not in chunk:
            return starts if self._count % 2 == 0 else np.zeros_like(starts)
        quotes = np.flatnonzero(block == QUOTE)
        opening = quotes[self._count % 2 :: 2]
        preceding = np.where(opening > 0, block[opening - 1], before)
        self._regular &= bool(np.isin(preceding, self._may_precede).all())
        begins = np.flatnonzero(starts)
        kept = np.zeros_like(starts)
        kept[begins[(np.searchsorted(quotes, begins) + self._count) % 2 == 0]] = True
        self._count += quotes.size
        return kept


def _by_library(path: Path, delimiter: str) -> int | None:
    """The same for quotes in any place, far slower; None where one opens and does not close."""
    limit = csv.field_size_limit(LARGEST_FIELD)
    try:
        with reading(path) as file:
            text = TextIOWrapper(file, encoding="latin-1", newline="")
            return sum(1 for record in csv.reader(text, delimiter=delimiter) if record)
    except csv.Error:
        return None
    finally:
        csv.field_size_limit(limit)


def json_records(path: Path) -> Records:
    """The records of a file of JSON lines."""
    found, before = _Starts(), LF
    for chunk in _chunks(path):
        if b"\n " in chunk or b"\n\t" in chunk or chunk[0] in b" \t":
            return _json_by_line(path)  # blank lines may hold spaces
        block = np.frombuffer(chunk, np.uint8)
        found.add(_starts(chunk, block, before))
        before = int(block[-1])
    found.end()
    return Records(plain=found.records, quoted=found.records, longest=found.longest)


def _json_by_line(path: Path) -> Records:
    records = longest = 0
    with reading(path) as file:
        for line in file:
            longest = max(longest, len(line))
            bare = line.strip()
            records += sum(1 for each in bare.split(b"\r") if each.strip()) if b"\r" in bare else bool(bare)
    return Records(plain=records, quoted=records, longest=longest)


def read_through(path: Path) -> None:
    """The whole file read, so that the checksum of a packed one is checked."""
    for _ in _chunks(path):
        pass


def _chunks(path: Path) -> Iterator[bytes]:
    with reading(path) as file:
        chunk: Any = file.read(CHUNK).removeprefix(BYTE_ORDER_MARK)
        while chunk:
            yield chunk
            chunk = file.read(CHUNK)
