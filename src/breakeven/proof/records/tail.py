"""A shadow log as it grows: the rows since the last look, whole lines only, through rotation and truncation."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from breakeven.problems import Problem
from breakeven.proof.records.files import log_files
from breakeven.proof.records.row import Row, read_row
from breakeven.written import json_of

PACKED = ".gz"
AT_ONCE = 2**24  # bytes of one file at one look


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """How far each file was read, by inode: a file that was renamed goes on where it was.

    `source`: a folder of logs, or one file and what it was renamed to. `read`: what makes a row of a line's data, None
    where it is about no row. `unread`: lines that are none; `behind`: more was written than one look reads.
    """

    source: Path
    read: Callable[[Any], Row | None] = read_row
    offsets: dict[int, int] = field(default_factory=dict)
    unread: int = 0
    behind: bool = False


def at_its_end(tail: Tail) -> Tail:
    """The same, without what stands there now."""
    offsets: dict[int, int] = {}
    for path in _files(tail.source):
        with suppress(FileNotFoundError):  # it was rotated away between the listing and now
            state = path.stat()
            offsets[state.st_ino] = state.st_size
    return replace(tail, offsets=offsets)


def new_rows(tail: Tail) -> tuple[list[Row], Tail]:
    """The rows since the last look, file by file, and how far it was read now. A log that is not there yet has none."""
    offsets, rows, unread, behind = dict(tail.offsets), list[Row](), tail.unread, False
    for path in _files(tail.source):
        try:
            with path.open("rb") as file:
                inode, size = _state(file.fileno())
                start = offsets.get(inode, 0)
                start = start if start <= size else 0  # it was cut, and is another one now
                file.seek(start)
                content = file.read(AT_ONCE)
        except OSError:  # renamed or deleted between the listing and now: the next look finds it under its new name
            continue
        whole = content[: content.rfind(b"\n") + 1]
        if not whole and len(content) == AT_ONCE:  # no row is as long
            whole = content
        offsets[inode] = start + len(whole)
        behind = behind or len(content) == AT_ONCE
        file_rows, none = _rows(whole, tail.read)
        rows, unread = rows + file_rows, unread + none
    return rows, replace(tail, offsets=offsets, unread=unread, behind=behind)


def _files(source: Path) -> list[Path]:
    if not source.is_dir():
        return [path for path in (*source.parent.glob(f"{source.name}.[0-9]*"), source) if path.is_file()]
    try:
        return [path for path in log_files([source]) if path.suffix != PACKED]
    except Problem:
        return []


def _state(handle: int) -> tuple[int, int]:
    found = os.fstat(handle)
    return found.st_ino, found.st_size


def _rows(content: bytes, read: Callable[[Any], Row | None]) -> tuple[list[Row], int]:
    """The rows, and how many lines are none."""
    rows, none = list[Row](), 0
    for line in filter(bytes.strip, content.splitlines()):
        try:
            row = read(json_of(line.decode("utf-8-sig")))
        except (ValueError, KeyError, TypeError, OverflowError, Problem):
            none += 1
        else:
            rows += [] if row is None else [row]
    return rows, none
