"""How many records a text file holds, counted apart from the engine that reads it: what it loses is seen.

One pass over the bytes also checks the checksums of packed files and finds the longest record.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from breakeven.demand.log.format.headers import reading

CHUNK = 2**18  # bytes looked at together: they stay in the processor's cache
LARGEST_FIELD = 2**24
LF, CR, QUOTE = 10, 13, 34
BLANK, BETWEEN = " \t\r\n", " \t\r\n,"
END = "here ends the file"  # a record of its own unless a quote is still open
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records of a file, blank lines and the header left out.

    `plain` where a quote is an ordinary character, None where only the engine can tell; `quoted` where quotes hold
    lines together, None where they do not pair up. `longest`: the bytes of the longest record, up to a few chunks too
    many.
    """

    plain: int | None
    quoted: int | None
    longest: int

    def without(self, above: int) -> Records:
        """The records below so many others that are no rows."""
        fewer = [None if each is None else max(each - above, 0) for each in (self.plain, self.quoted)]
        return replace(self, plain=fewer[0], quoted=fewer[1])


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
            lines = chain(TextIOWrapper(file, encoding="latin-1", newline=""), ["\n", END])
            count, last = 0, list[str]()
            for record in csv.reader(lines, delimiter=delimiter):
                count, last = (count + 1, record) if record else (count, last)
            return count - 1 if last == [END] else None  # else a quote that is open holds it
    except csv.Error:
        return None
    finally:
        csv.field_size_limit(limit)


def json_records(path: Path) -> Records:
    """The records of a file of JSON lines."""
    starts, before = _Starts(), LF
    for chunk in _chunks(path):
        if b"\n " in chunk or b"\n\t" in chunk or chunk[0] in b" \t":
            return _json_by_line(path)  # blank lines may hold spaces
        block = np.frombuffer(chunk, np.uint8)
        starts.add(_starts(chunk, block, before))
        before = int(block[-1])
    starts.end()
    return Records(plain=starts.records, quoted=starts.records, longest=starts.longest)


def _json_by_line(path: Path) -> Records:
    records = longest = 0
    with reading(path) as file:
        for line in file:
            longest = max(longest, len(line))
            bare = line.strip()
            records += sum(1 for each in bare.split(b"\r") if each.strip()) if b"\r" in bare else bool(bare)
    return Records(plain=records, quoted=records, longest=longest)


def json_rows(path: Path, lists: Sequence[Sequence[str]], *, lines: bool) -> int | None:
    """How many rows the records of a JSON file are, their `lists` laid out; None where that cannot be told.

    A record whose list is empty or missing is one row. Of two equal keys the first counts, as in the engine.
    """
    names = {step.removesuffix("[]") for parts in lists for step in parts}
    decoder = json.JSONDecoder(object_pairs_hook=lambda pairs: {k: v for k, v in reversed(pairs) if k in names})
    innermost = lists[-1] if lists else ()
    try:
        records = _json_lines(path, decoder) if lines else _json_values(path, decoder)
        return sum(_laid_out(record, innermost) for record in records)
    except (ValueError, RecursionError):
        return None


def _laid_out(value: Any, steps: Sequence[str]) -> int:
    """Rows of a value along the steps of its innermost list."""
    for place, step in enumerate(steps):
        value = value.get(step.removesuffix("[]")) if isinstance(value, dict) else None
        if step.endswith("[]"):
            rows = value if isinstance(value, list) else []
            return max(sum(_laid_out(each, steps[place + 1 :]) for each in rows), 1)
    return 1


def _json_lines(path: Path, decoder: json.JSONDecoder) -> Iterator[Any]:
    with reading(path) as file:
        for line in file:
            if bare := line.removeprefix(BYTE_ORDER_MARK).strip():
                yield decoder.decode(bare.decode("utf-8"))


def _json_values(path: Path, decoder: json.JSONDecoder) -> Iterator[Any]:
    """The values of a file, or of the list that it is, one after the other; no more is held than one of them takes."""
    with reading(path) as file:
        text = TextIOWrapper(file, encoding="utf-8-sig")
        rest, place, in_list = text.read(CHUNK), 0, False
        while True:
            place = _skipped(rest, place, BETWEEN if in_list else BLANK)
            if rest[place : place + 1] == ("]" if in_list else "["):
                place, in_list = place + 1, not in_list
                continue
            try:
                value, end = decoder.raw_decode(rest, place)
            except json.JSONDecodeError:
                end = len(rest)
            if end == len(rest):  # it may go on
                more = text.read(max(CHUNK, len(rest) - place))
                if not more:
                    if place < len(rest):
                        yield decoder.decode(rest[place:])
                    return
                rest, place = rest[place:] + more, 0
                continue
            yield value
            place = end


def _skipped(text: str, place: int, signs: str) -> int:
    while text[place : place + 1] and text[place] in signs:
        place += 1
    return place


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
