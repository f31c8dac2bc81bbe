"""The record of every action: lines of JSON, each with the hash of the one before, so that none can be changed unseen.

An action is on record before it is done and again when it is done: who was killed in between finds what was meant, and
does it once. A line that is not whole was never written: it is cut off.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from breakeven.files import unreadable
from breakeven.outputs import unwritable
from breakeven.problems import Problem
from breakeven.written import json_of

Phase = Literal["meant", "done"]
FIRST = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: when, what, in which phase, with what; `hash` is of it and of the one `before`."""

    at: datetime
    action: str
    phase: Phase
    what: Mapping[str, Any]
    before: str
    hash: str


def read_chain(path: Path) -> tuple[Entry, ...]:
    """Every entry, held against its hash. Raises `Problem` where one was changed, taken out or put in."""
    if not path.exists():
        return ()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None
    entries: list[Entry] = []
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        entry = _entry(line, where=f"{path}:{number}")
        if entry.before != (entries[-1].hash if entries else FIRST) or entry.hash != _hash(entry):
            fix = "Keep it as it is for whoever looks into it, and begin a new record under another name."
            raise Problem(
                "the record was changed: its hashes do not follow from each other", where=f"{path}:{number}", fix=fix
            )
        entries.append(entry)
    return tuple(entries)


def append(path: Path, action: str, phase: Phase, what: Mapping[str, Any], *, at: datetime) -> Entry:
    """Put an entry on record, on the disk before this returns. Raises `Problem`."""
    chain = read_chain(path)
    bare = Entry(at=at, action=action, phase=phase, what=what, before=chain[-1].hash if chain else FIRST, hash="")
    entry = Entry(at=at, action=action, phase=phase, what=what, before=bare.before, hash=_hash(bare))
    line = json.dumps(_plain(entry) | {"hash": entry.hash}, sort_keys=True).encode() + b"\n"
    try:
        with path.open("ab") as file:
            whole = file.tell() if not file.tell() else _whole(path)
            file.truncate(whole)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritable(path, error) from None
    return entry


def _whole(path: Path) -> int:
    """The length of all whole lines."""
    return path.read_bytes().rfind(b"\n") + 1


def _entry(line: bytes, *, where: str) -> Entry:
    try:
        data = json_of(line.decode())
        return Entry(
            at=datetime.fromisoformat(data["at"]), action=str(data["action"]), phase=data["phase"], what=data["what"],
            before=str(data["before"]), hash=str(data["hash"]),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError) as error:
        raise Problem(f"this is no entry of a record: {error}", where=where, fix="Was the file edited?") from None


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(), "action": entry.action, "phase": entry.phase, "what": dict(entry.what),
        "before": entry.before,
    }  # fmt: skip


def _hash(entry: Entry) -> str:
    return sha256(json.dumps(_plain(entry), sort_keys=True).encode()).hexdigest()
