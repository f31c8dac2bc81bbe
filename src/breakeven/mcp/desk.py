"""Where tasks wait and are done: processes that stay for the next task, and end at once when theirs is cancelled."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import anyio
import anyio.to_thread

from breakeven.mcp.told import Told
from breakeven.problems import Problem

MOST_AT_ONCE = 2
MOST_STUDIES = 16  # of some 5 MB each
LAST_SECONDS = 1.0
WORK = "from breakeven.mcp.tasks import TASKS; from breakeven.mcp.worker import work; work(TASKS)"
FIX = "Call decide with its case again; the same case gives the same handle."

Tell = Callable[[str, int], Awaitable[None]]  # what begins or goes on, and the bytes read since the task began


class Shelf:
    """Studies by their hash. The same case has the same handle, in every session and for every client."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[bytes, bytes]] = OrderedDict()

    def keep(self, told: Told) -> None:
        """Keep the study of an answer; the one not asked for longest goes when there are too many."""
        if told.kept:
            self._kept[told.study] = told.kept, told.ready
            self._kept.move_to_end(told.study)
            while len(self._kept) > MOST_STUDIES:
                self._kept.popitem(last=False)

    def take(self, handle: str) -> tuple[bytes, bytes]:
        """The study of a handle, and what its point answers are made from. Raises `Problem` where it is not known."""
        if handle not in self._kept:
            raise Problem("no study has this handle here", where=handle, fix=FIX)
        self._kept.move_to_end(handle)
        return self._kept[handle]


class Desk:
    """Does tasks by name, a few at a time."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self._idle: list[subprocess.Popen[bytes]] = []
        self._places: anyio.Semaphore | None = None

    async def done(self, task: str, arguments: dict[str, Any], tell: Tell) -> Told:
        """The answer of a task. Cancelled, its process is killed, with all that it holds."""
        self._places = self._places or anyio.Semaphore(MOST_AT_ONCE)
        async with self._places:
            worker = self._idle.pop() if self._idle else begun()
            finished = False
            try:
                await anyio.to_thread.run_sync(_send, worker, (task, arguments), abandon_on_cancel=True)
                while not finished:
                    kind, what = await anyio.to_thread.run_sync(_heard, worker, abandon_on_cancel=True)
                    if kind == "stage":
                        await tell(*what)
                    finished = kind == "done"
            finally:
                if finished and worker.poll() is None:
                    self._idle.append(worker)
                else:
                    Thread(target=ended, args=(worker,)).start()  # it may take a second, and nobody waits for it
        told: Told = what
        self.shelf.keep(told)
        return told

    def close(self) -> None:
        """End every process."""
        while self._idle:
            ended(self._idle.pop())


def begun() -> subprocess.Popen[bytes]:
    """A process that waits for tasks."""
    paths = os.pathsep.join(path for path in sys.path if Path(path).is_absolute())
    return subprocess.Popen(  # noqa: S603 - this Python, with a program of ours
        [sys.executable, "-P", "-c", WORK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None,
        env={**os.environ, "PYTHONPATH": paths},
        start_new_session=True,
    )


def ended(worker: subprocess.Popen[bytes]) -> None:
    """The process goes, with those it started: it may still remove its files, for a second."""
    for how in ("SIGTERM", "SIGKILL"):
        if worker.poll() is None:
            _signalled(worker, how)
            with suppress(subprocess.TimeoutExpired):
                worker.wait(timeout=LAST_SECONDS)
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def _signalled(worker: subprocess.Popen[bytes], how: str) -> None:
    if os.name != "posix":
        worker.kill()
        return
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, getattr(signal, how))


def _send(worker: subprocess.Popen[bytes], what: tuple[str, dict[str, Any]]) -> None:
    assert worker.stdin is not None
    pickle.dump(what, worker.stdin, protocol=pickle.HIGHEST_PROTOCOL)
    worker.stdin.flush()


def _heard(worker: subprocess.Popen[bytes]) -> tuple[str, Any]:
    """The next thing that the process says; that it died is told as a problem."""
    assert worker.stdout is not None
    try:
        found: tuple[str, Any] = pickle.load(worker.stdout)  # noqa: S301 - of a process that was started here
    except (EOFError, OSError, pickle.UnpicklingError, ValueError):
        raise Problem(
            "the process that worked on it ended", fix="The memory may not suffice; try a smaller input."
        ) from None
    return found
