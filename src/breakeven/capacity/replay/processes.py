"""Replicas that meet no one else's requests, replayed in processes beside each other.

Where it is known beforehand which replica gets which request, each replays its share alone, so some can do so in
processes of their own. They are programs of their own, not copies of the caller's: nothing of a script that uses
this library is run again. Where no process can be started, or one dies, its shares are replayed here.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any, cast

from breakeven.capacity.replay.engine import replica
from breakeven.capacity.replay.ledger import NEVER, Ledger, Limits, Tally, ledger
from breakeven.capacity.replay.prefix_cache import PrefixCache
from breakeven.capacity.replay.step_costs import StepCosts, in_picoseconds

PAYS_FROM = 200_000  # requests; below it starting a process takes longer than it saves (docs/method/replay.md)
MOST_PROCESSES = 16
WORK = "from breakeven.capacity.replay.processes import work; work()"
WRITTEN = ("queued", "scheduled", "first", "last", "preempted", "cached")  # what an engine writes of a request
ASKED = ("arrival", "prompt", "output")
WIDEST = 1 << 63  # an array holds whole numbers below this


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one replica serves, alone: its requests in order of arrival, and how it was started."""

    asked: tuple[Sequence[int], ...]  # arrival, prompt, output
    hashes: tuple[tuple[int, ...], ...]
    hash_tokens: int
    limits: Limits
    costs: StepCosts
    ready: int
    jump: bool
    note_queued: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What became of a share: of each request what `WRITTEN` names, and what the replica did."""

    written: tuple[Sequence[int], ...]
    tally: Tally


def processes_for(requests: int, replicas: int) -> int:
    """How many processes pay, this one included: one a core and replica, fewer by what waits for a core, or one."""
    if requests < PAYS_FROM:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    waiting = max(round(_load()) - cores, 0)  # beyond the cores: up to that it may be the replay before this one
    return max(min(cores - waiting, replicas, MOST_PROCESSES), 1)


def _load() -> float:
    """Processes that ran or wanted to in the last minute, on average; 0 where the system does not say."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):
        return 0.0


def cut(column: Sequence[Any], inbox: Sequence[int]) -> Sequence[Any]:
    """The entries of the requests in an inbox."""
    if isinstance(inbox, range):
        return column[inbox.start : inbox.stop : inbox.step]
    return [column[each] for each in inbox]


def share_of(book: Ledger, inbox: Sequence[int], *, hashes: Sequence[tuple[int, ...]], **told: Any) -> Share:
    """The share of the requests in an inbox; the rest of a `Share` by name, `hashes` of all requests."""
    return Share(
        asked=tuple(_packed(cut(column, inbox)) for column in (getattr(book, name) for name in ASKED)),
        hashes=tuple(cut(hashes, inbox)) if hashes else (),
        **told,
    )


def served(share: Share) -> Served:
    """Replay a share."""
    book, tally = ledger(*(list(column) for column in share.asked)), Tally()
    cache = PrefixCache(share.hashes, tuple(book.prompt), share.hash_tokens) if share.hashes else None
    costs = in_picoseconds(share.costs, share.limits.most_sequences)
    tally.inbox.extend(range(len(book.prompt)))
    engine = replica(
        share.limits,
        costs,
        book,
        tally,
        cache=cache,
        ready=share.ready,
        jump=share.jump,
        note_queued=share.note_queued,
    )
    next(engine)
    engine.send(NEVER)
    tally.inbox.clear()
    return Served(written=tuple(_packed(getattr(book, name)) for name in WRITTEN), tally=tally)


def written_back(book: Ledger, inbox: Sequence[int], answer: Served, tally: Tally) -> None:
    """Enter what became of a share into the ledger and the tally of all."""
    for name, column in zip(WRITTEN, answer.written, strict=True):
        all_of_it = getattr(book, name)
        if isinstance(inbox, range):
            all_of_it[inbox.start : inbox.stop : inbox.step] = column
            continue
        for request, value in zip(inbox, column, strict=True):
            all_of_it[request] = value
    for field in fields(Tally):
        if field.name != "inbox":
            setattr(tally, field.name, getattr(answer.tally, field.name))


def work() -> None:
    """The other process: shares in by standard input, what became of them out by standard output.

    Ctrl-C reaches it too, and is for the one that started it, which ends it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    found = [served(each) for each in pickle.load(sys.stdin.buffer)]  # noqa: S301  of the process that started this one
    pickle.dump(found, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)


def begun(part: list[Share]) -> subprocess.Popen[bytes] | None:
    """A process that has its shares; None where none can be started."""
    paths = os.pathsep.join(path for path in sys.path if Path(path).is_absolute())
    try:
        worker = subprocess.Popen(  # noqa: S603  this Python, with a program of ours
            [sys.executable, "-P", "-c", WORK],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths},
        )
    except OSError:
        return None
    try:
        with _pipe(worker.stdin) as asked:
            pickle.dump(part, asked, protocol=pickle.HIGHEST_PROTOCOL)
    except OSError:  # it died: its answer will not come either
        pass
    return worker


def answered(worker: subprocess.Popen[bytes] | None) -> list[Served] | None:
    """What the process found for its shares; None where it found nothing."""
    if worker is None:
        return None
    with _pipe(worker.stdout) as answer:
        try:
            return cast("list[Served]", pickle.load(answer))  # noqa: S301  of a process that was started here
        except Exception:  # noqa: BLE001  whatever else comes is no answer
            return None


@contextmanager
def ended(workers: Sequence[subprocess.Popen[bytes] | None]) -> Iterator[None]:
    """No process goes on when the block ends, however it ends."""
    try:
        yield
    finally:
        for worker in workers:
            if worker is not None:
                worker.kill()
                worker.wait()


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:
        raise OSError("no pipe")
    return end


def _packed(column: Sequence[int]) -> Sequence[int]:
    """As an array, which is sent as one piece; a number too wide for one leaves the list."""
    return array("q", column) if max(column, default=0) < WIDEST else column
