"""A shadow log as it grows: the rows since the last look, whole lines only, through rotation and truncation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from breakeven.problems import Problem
from breakeven.proof.records.files import log_files
from breakeven.proof.records.row import Row, read_row
from breakeven.written import json_of

PACKED = ".gz"
AT_ONCE = 2**24  # bytes of one file at one look


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """How far each file was read, by inode: a file that was renamed goes on where it was.

    `unread`: lines that are no rows; `cut`: files that became shorter, and are read from their start; `behind`: more
    was written than one look reads.
    """

    folder: Path
    offsets: dict[int, int] = field(default_factory=dict)
    unread: int = 0
    cut: int = 0
    behind: bool = False


def new_rows(tail: Tail) -> tuple[list[Row], Tail]:
    """The rows since the last look, file by file, and how far it was read now. A log that is not there yet has none."""
    offsets, rows, unread, cut = dict(tail.offsets), list[Row](), tail.unread, tail.cut
    behind = False
    for path in _files(tail.folder):
        try:
            with path.open("rb") as file:
                inode, size = _state(file.fileno())
                start = offsets.get(inode, 0)
                if size < start:
                    start, cut = 0, cut + 1
                file.seek(start)
                content = file.read(AT_ONCE)
        except OSError:  # renamed or deleted between the listing and now: the next look finds it under its new name
            continue
        whole = content[: content.rfind(b"\n") + 1]
        offsets[inode] = start + len(whole)
        behind = behind or len(content) == AT_ONCE
        for row in _rows(whole):
            if row is None:
                unread += 1
            else:
                rows.append(row)
    return rows, replace(tail, offsets=offsets, unread=unread, cut=cut, behind=behind)


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in log_files([folder]) if path.suffix != PACKED]
    except Problem:
        return []


def _state(handle: int) -> tuple[int, int]:
    found = os.fstat(handle)
    return found.st_ino, found.st_size


def _rows(content: bytes) -> Iterator[Row | None]:
    for line in content.splitlines():
        try:
            yield read_row(json_of(line.decode()))
        except (ValueError, Problem):
            yield None
