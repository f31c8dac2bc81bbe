"""What was sent and what came back, on the disk: nothing is sent twice, however often the worker is stopped.

Before a request goes out it is noted in FILE.sent; its row goes to FILE when the answer has ended. One that is noted
and has no row was under way when the worker was stopped: what became of it is not known, and it is not sent again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from breakeven.outputs import unwritable
from breakeven.problems import Problem
from breakeven.proof.records.row import Row, Text, plain
from breakeven.written import json_of

try:
    import fcntl
except ImportError:  # a system without such locks
    fcntl = None  # type: ignore[assignment]

Key = tuple[str, str]
"""Pair and arm."""


@dataclass(slots=True, kw_only=True)
class Journal:
    """Open files of one run. `sent`: all that ever went out; `answered`: what has a row."""

    rows: int
    notes: int
    texts: int | None
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
    handles: list[int] = []
    try:
        names = [path, path.with_name(f"{path.name}.sent"), *([texts_beside(path)] if texts else [])]
        handles.extend(map(_opened, names))
        _lock(handles[1], path)
        made = Journal(rows=handles[0], notes=handles[1], texts=handles[2] if texts else None)
        made.answered, made.sent = _keys(names[0]), _keys(names[1])
        made.sent |= made.answered
        yield made
    finally:
        for handle in handles:
            os.close(handle)


def texts_beside(path: Path) -> Path:
    """Where the texts of the rows in a file go."""
    return path.with_name(f"{path.stem}.texts{path.suffix}")


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        raise unwritable(path, error) from None


def _lock(handle: int, path: Path) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        told = "another worker is writing to it"
        raise Problem(told, where=str(path), fix="Wait for it, or name another file with -o.") from None


def _keys(path: Path) -> set[Key]:
    """Pair and arm of each line. What a killed worker left of a last line is cut off."""
    content = path.read_bytes()
    if content and not content.endswith(b"\n"):
        os.truncate(path, content.rfind(b"\n") + 1)
    found = set()
    for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), start=1):
        try:
            row = json_of(line.decode("utf-8", "replace"))
            found.add((str(row["pair"]), str(row["arm"])))
        except (json.JSONDecodeError, TypeError, KeyError):
            fix = "Name a file of an earlier run, or a new one, with -o."
            raise Problem("this is no row of a shadow log", where=f"{path}:{number}", fix=fix) from None
    return found


def _append(handle: int, row: object) -> None:
    """One line in one write, so that a reader never sees two halves of two."""
    os.write(handle, f"{json.dumps(row, ensure_ascii=True, allow_nan=False)}\n".encode())
