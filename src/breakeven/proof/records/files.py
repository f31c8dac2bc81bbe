"""The files of a shadow log while they are written: found anew when one is rotated under the reader's eyes."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from breakeven.files import ordinary, system_error, unreadable
from breakeven.problems import Problem

Found = TypeVar("Found")
PATTERNS = ("*.jsonl", "*.jsonl.gz", "*.jsonl.[0-9]*")
NO_ROWS = ("texts-", ".texts.")  # files of texts stand beside those of rows
TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What was read. `again`: how often all of it was read anew because a file was rotated; `unfinished`: whose last
    line is still being written, and counts next time.
    """

    paths: tuple[Path, ...]
    again: int
    unfinished: tuple[str, ...]


def read_steadily(given: Sequence[Path], reading: Callable[[tuple[Path, ...]], Found]) -> tuple[Found, Files]:
    """What `reading` makes of all files, none of which was replaced or cut while it was read.

    A file may grow meanwhile. Raises `Problem` where they never hold still, or one cannot be read.
    """
    for again in range(TRIES):
        before = {path: _state(path) for path in log_files(given)}
        try:
            content = reading(tuple(before))
        except Exception as error:
            if all(_holds(path, state) for path, state in before.items()):
                if (refused := system_error(error)) is not None:
                    raise unreadable(next(iter(before)), refused) from None
                if (packed := _no_packed_file(error, before)) is not None:
                    raise packed from None
                raise
            continue
        if all(_holds(path, state) for path, state in before.items()):
            return content, Files(paths=tuple(before), again=again, unfinished=tuple(_unfinished(before)))
    where = ", ".join(map(str, given))
    raise Problem("the files are replaced faster than they can be read", where=where, fix="Name finished files only.")


def _no_packed_file(error: Exception, paths: Iterable[Path]) -> Problem | None:
    """What DuckDB says of a .gz that is none, or whose end is missing; None where something else is wrong."""
    said = str(error)
    if "GZIP" not in said:
        return None
    where = next((str(path) for path in paths if str(path) in said), "")
    return Problem("this is no whole gzip file", where=where, fix="Pack it again: gzip.")


def log_files(given: Sequence[Path]) -> tuple[Path, ...]:
    """The files named, and those in the folders named, without the texts. Raises `Problem` where there are none."""
    files: list[Path] = []
    for source in given:
        if source.is_dir():
            inside = sorted({path for pattern in PATTERNS for path in source.glob(pattern)})
            files += [path for path in inside if not any(mark in path.name for mark in NO_ROWS)]
        else:
            ordinary(source)
            files.append(source)
    if not files:
        where = ", ".join(map(str, given))
        raise Problem("there is no shadow log", where=where, fix="A log is named *.jsonl, or *.jsonl.gz once packed.")
    return tuple(dict.fromkeys(files))


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_ino, found.st_size)


def _holds(path: Path, before: tuple[int, int]) -> bool:
    """Still the same file, and no shorter."""
    inode, size = _state(path)
    return inode == before[0] and size >= before[1]


def _unfinished(paths: Sequence[Path] | dict[Path, tuple[int, int]]) -> Iterator[str]:
    for path in paths:
        if path.suffix != ".gz" and path.stat().st_size and not _ends_a_line(path):
            yield path.name


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def lines_of(path: Path) -> Iterator[str]:
    """The whole lines of a file, packed or not; one that is being written is left for the next time."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.endswith("\n"):
                yield line
