"""Two processes that work for everybody: one for what must be there at once, one for what may take seconds.

A process has one task at a time, an end to its time, and a bound on its memory. One that does not end is ended, and a
new one takes its place: whoever waited is told, and nobody else notices.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from breakeven.problems import Problem, Problems, listed
from breakeven.web.guard.refusals import Told

Tasks = Mapping[str, Callable[..., Any]]
MOST_WAITING = 60  # requests for one process; the next is told to come back
GIBIBYTE = 2**30
MOST_MEMORY = 8 * GIBIBYTE  # that a process may write to, where the system can bound it
STARTING_SECONDS = 60.0
LOOK_SECONDS = 0.2  # between two looks whether somebody still waits


class Busy(Exception):
    """More is asked for than can be answered now."""


class TookTooLong(Exception):
    """A task did not end in its time."""


class Left(Exception):
    """Nobody waits for the answer any more: what was begun is left off between its parts."""


class Refused(Exception):
    """The task found mistakes of the person's."""

    def __init__(self, found: list[Told]) -> None:
        super().__init__(found)
        self.found = found


class Fault(Exception):
    """The task met a fault of ours."""


class Worker:
    """One process. `tasks`: a function that gives what it can do, called in the process itself."""

    def __init__(self, tasks: Callable[[], Tasks]) -> None:
        self._tasks = tasks
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._leaves: Connection | None = None
        self._asked_for = 0
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def ask(
        self, task: str, *given: Any, seconds: float, wanted: Callable[[], Awaitable[bool]] | None = None
    ) -> Any:
        """What the task gives. `wanted`: whether somebody still waits, asked when its turn has come.

        Raises `Busy`, `TookTooLong`, `Left`, `Refused`, `Fault`.
        """
        if self._waiting >= MOST_WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with self._turn:
                if wanted is not None and not await wanted():
                    raise Left
                kind, answer = await self._worked((task, given), seconds, wanted)
        finally:
            self._waiting -= 1
        if kind == "left":
            raise Left
        if kind == "refused":
            raise Refused(answer)
        if kind == "fault":
            raise Fault(answer)
        return answer

    async def _worked(
        self, what: tuple[str, tuple[Any, ...]], seconds: float, wanted: Callable[[], Awaitable[bool]] | None
    ) -> tuple[str, Any]:
        """Have it worked on, and give it up where nobody waits any more."""
        self._asked_for += 1
        working, left = asyncio.create_task(asyncio.to_thread(self._asked, what, seconds)), False
        while not working.done():
            await asyncio.wait({working}, timeout=LOOK_SECONDS)
            if not left and not working.done() and wanted is not None and not await wanted():
                left = True
                self._leave()
        return await working

    def _leave(self) -> None:
        """Tell the process that nobody waits for its task; one that is on another by then takes no notice."""
        if self._leaves is not None:
            with suppress(OSError):
                self._leaves.send(self._asked_for)

    def _asked(self, what: tuple[str, tuple[Any, ...]], seconds: float) -> tuple[str, Any]:
        pipe = self._ready()
        try:
            pipe.send((self._asked_for, *what))
            if not pipe.poll(seconds):
                self.stop()
                raise TookTooLong
            reply: tuple[str, Any] = pipe.recv()
        except (EOFError, OSError):  # it ran out of memory, or was ended from outside
            self.stop()
            return "fault", "the process that worked on it has ended"
        return reply

    def start(self) -> None:
        """Have the process ready before the first task."""
        self._ready()

    def _ready(self) -> Connection:
        if self._process is not None and self._pipe is not None and self._process.is_alive():
            return self._pipe
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        hears, leaves = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(theirs, self._tasks, hears), daemon=True)
        process.start()
        theirs.close()
        hears.close()
        self._process, self._pipe, self._leaves = process, ours, leaves
        return ours

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.join(STARTING_SECONDS)
        for each in (self._pipe, self._leaves):
            if each is not None:
                each.close()
        self._process = self._pipe = self._leaves = None


@dataclass(slots=True, kw_only=True)
class Turn:
    """Of this process, where it is a worker: the number of its task, the last that was left, and who tells it."""

    asked: int = 0
    left: int = 0
    hears: Connection | None = None


_turn = Turn()


def go_on() -> None:
    """Between the parts of a task: raises `Left` where nobody waits for it any more."""
    while _turn.hears is not None and _turn.hears.poll():
        _turn.left = _turn.hears.recv()
    if _turn.asked and _turn.left == _turn.asked:
        raise Left


def work(pipe: Connection, tasks: Callable[[], Tasks], hears: Connection) -> None:
    """What the process does, from its start to its end: one task after the other."""
    _bounded()
    _turn.hears = hears
    with suppress(EOFError, KeyboardInterrupt, BrokenPipeError):
        known = tasks()
        while True:
            _turn.asked, name, given = pipe.recv()
            pipe.send(_done(known[name], given))


def _done(task: Callable[..., Any], given: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return "done", task(*given)
    except Left:
        return "left", None
    except (Problem, Problems) as problem:
        return "refused", listed(problem)
    except MemoryError:
        return "refused", listed(Problem("the memory does not suffice", fix="Give it more memory, or a smaller input."))
    except Exception as error:  # noqa: BLE001 - the last place where it can be told
        return "fault", f"{type(error).__name__}: {error}"


def _bounded() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))
