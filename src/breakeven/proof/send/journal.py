"""What was sent and what came back, on the disk: nothing is sent twice, however often the worker is stopped.

Before a request goes out it is noted in FILE.sent; its row goes to FILE when the answer has ended. One that is noted
and has no row was under way when the worker was stopped: what became of it is not known, and it is not sent again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from errno import ENOSPC
from io import FileIO
from pathlib import Path

from breakeven.outputs import unwritable
from breakeven.problems import Problem
from breakeven.proof.records.alone import alone
from breakeven.proof.records.row import Row, Text, plain
from breakeven.written import json_of

LOOKED_BACK = 2**16  # bytes at a time, for the end of the last whole line
Key = tuple[str, str]
"""Pair and arm."""


@dataclass(slots=True, kw_only=True)
class Journal:
    """Open files of one run. `sent`: all that ever went out; `answered`: what has a row."""

    rows: FileIO
    notes: FileIO
    texts: FileIO | None
    sent: set[Key] = field(default_factory=set)
    answered: set[Key] = field(default_factory=set)

    @property
    def unknown(self) -> int:
        """Requests that went out in an earlier run and have no row."""
        return len(self.sent - self.answered)

    def note(self, key: Key) -> None:
        """Before it is sent."""
        _append(self.notes, {"pair": key[0], "arm": key[1]})
        self.sent.add(key)

    def keep(self, row: Row, text: Text | None) -> None:
        """After it has ended."""
        _append(self.rows, plain(row))
        self.answered.add((row.pair, row.arm))
        if text is not None and self.texts is not None:
            _append(self.texts, plain(text))


@contextmanager
def journal(path: Path, *, texts: bool) -> Iterator[Journal]:
    """The journal beside the rows. Raises `Problem` where another worker writes to it, or it is none."""
    notes, beside = path.with_name(f"{path.name}.sent"), texts_beside(path)
    with alone(notes, who="another worker", fix="Wait for it, or name another file with -o."), ExitStack() as kept:
        made = Journal(
            rows=kept.enter_context(_appending(path)),
            notes=kept.enter_context(_appending(notes)),
            texts=kept.enter_context(_appending(beside)) if texts else None,
        )
        made.answered, made.sent = _keys(path), _keys(notes)
        made.sent |= made.answered
        yield made


def texts_beside(path: Path) -> Path:
    """Where the texts of the rows in a file go."""
    return path.with_name(f"{path.stem}.texts{path.suffix}")


def _appending(path: Path) -> FileIO:
    """The file to append to, for its owner alone. What a killed worker left of a last line is cut off."""
    try:
        file = FileIO(path, "a+", opener=lambda name, flags: os.open(name, flags, 0o600))
        _cut_unfinished(file)
    except OSError as error:
        raise unwritable(path, error) from None
    return file


def _cut_unfinished(file: FileIO) -> None:
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(end - LOOKED_BACK, 0)
        file.seek(start)
        last = file.read(end - start).rfind(b"\n")
        if last >= 0:
            end = start + last + 1
            break
        end = start
    file.truncate(end)


def _keys(path: Path) -> set[Key]:
    """Pair and arm of each line."""
    keys = set()
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            row = json_of(line.decode("utf-8", "replace"))
            keys.add((str(row["pair"]), str(row["arm"])))
        except (json.JSONDecodeError, TypeError, KeyError):
            fix = "Name a file of an earlier run, or a new one, with -o."
            raise Problem("this is no row of a shadow log", where=f"{path}:{number}", fix=fix) from None
    return keys


def _append(file: FileIO, row: object) -> None:
    """One line in one write, so that a reader never sees two halves of two. Raises `Problem`."""
    line = f"{json.dumps(row, ensure_ascii=True)}\n".encode()
    try:
        whole = file.write(line) == len(line)
    except OSError as error:
        raise unwritable(Path(str(file.name)), error) from None
    if not whole:
        raise unwritable(Path(str(file.name)), OSError(ENOSPC, os.strerror(ENOSPC)))
