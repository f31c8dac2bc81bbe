"""The process that works: tasks in by standard input, what becomes of them out by standard output.

A process of its own, so that a task which is cancelled ends at once, whatever library it is in, and so that nothing
which prints disturbs the protocol. Its answers are pickled; only the process that started it talks to it.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import IO, Any

from breakeven.files import bytes_read, refused
from breakeven.mcp.told import Told, problem_told
from breakeven.outputs import sweep
from breakeven.problems import Problem, Problems

EVERY_SECONDS = 0.25
FAULT = "breakeven ran into a fault of its own: {error}. Nothing was sent anywhere; please tell those who keep it."

Stage = Callable[[str, int], None]


def work(tasks: Mapping[str, Callable[..., Told]]) -> None:
    """Answer one task after the other, until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started it, which ends it
    signal.signal(signal.SIGTERM, _swept)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints must not speak in between
    lock = Lock()

    def say(kind: str, what: Any) -> None:
        with lock:
            pickle.dump((kind, what), answers, protocol=pickle.HIGHEST_PROTOCOL)
            answers.flush()

    for name, arguments in _tasks(sys.stdin.buffer):
        with _watched(say) as stage:
            answer = answered(tasks[name], arguments, stage)
        say("done", answer)


def _swept(*_: object) -> None:
    sweep()
    os._exit(128 + signal.SIGTERM)


def answered(task: Callable[..., Told], arguments: dict[str, Any], stage: Stage) -> Told:
    """The task's answer; a mistake is told, and so is a fault of ours, without what its error quotes."""
    try:
        return task(**arguments, stage=stage)
    except (Problem, Problems) as problem:
        return problem_told(problem)
    except (MemoryError, OSError) as error:
        by_default = Problem(getattr(error, "strerror", None) or "the system refuses it", fix="Is the path right?")
        return problem_told(refused(error) or by_default)
    except Exception as error:  # noqa: BLE001 - the last place where anything can be told
        traceback.print_exc(file=sys.stderr)
        return problem_told(Problem(FAULT.format(error=type(error).__name__)))


def _tasks(source: IO[bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    while True:
        try:
            yield pickle.load(source)  # noqa: S301 - of the process that started this one
        except EOFError:
            return


@contextmanager
def _watched(say: Callable[[str, Any], None]) -> Iterator[Stage]:
    """Tells what begins, and while it lasts how many bytes have been read since the task began."""
    done, now, start = Event(), ["working"], bytes_read()

    def stage(name: str, _: int) -> None:
        now[0] = name
        say("stage", (name, bytes_read() - start))

    def watch() -> None:
        while not done.wait(EVERY_SECONDS):
            try:
                say("stage", (now[0], bytes_read() - start))
            except OSError:  # who started it is gone, and nobody waits for the answer
                sweep()
                os._exit(1)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield stage
    finally:
        done.set()
        watcher.join()
