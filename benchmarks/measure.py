"""What a benchmark is: a function that returns a ratio, smaller is better, with a limit it must keep.

Both sides of a ratio are measured in the same run, turn by turn, in CPU seconds, so that a slow or busy
machine slows both. Nothing here knows what is measured.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Sequence
from time import process_time

Measure = Callable[[], float]
LIMITS: dict[str, float] = {}


def ratio(*, limit: float) -> Callable[[Measure], Measure]:
    """Mark a function as a benchmark whose ratio may not exceed the limit on any machine."""

    def register(measure: Measure) -> Measure:
        LIMITS[f"{measure.__module__.rpartition('.')[2]}.{measure.__name__}"] = limit
        return measure

    return register


def versus(ours: Callable[[], object], reference: Callable[[], object], *, rounds: int = 7) -> float:
    """CPU seconds of ours over those of the reference: the best of each, taken in turn after one warm-up."""
    ours()
    reference()
    times = [(cpu_seconds(ours), cpu_seconds(reference)) for _ in range(rounds)]
    return min(mine for mine, _ in times) / min(theirs for _, theirs in times)


def cpu_seconds(call: Callable[[], object]) -> float:
    """CPU seconds of one call, those of the programs it waited for included."""
    start = process_time() + _children()
    call()
    return process_time() + _children() - start


def program(command: Sequence[str]) -> Callable[[], object]:
    """A call that runs a program to its end, its output thrown away.

    It keeps the bytecode of what it imports, as an installation does; the warm-up makes ours.
    """
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=given)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
