"""What happens when the program is ended from outside: nothing of ours stays, and it ends at once."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from breakeven.outputs import sweep

SHOW_CURSOR = b"\x1b[?25h"
BY_DEFAULT = {"SIGTERM": signal.SIG_DFL, "SIGHUP": signal.SIG_DFL, "SIGINT": signal.default_int_handler}


@contextmanager
def swept() -> Iterator[None]:
    """While it lasts, SIGTERM, SIGHUP and Ctrl-C leave nothing behind. What the caller set for them stays.

    The engine that reads logs turns an exception from a signal into an error of its own, or waits for its query: so
    the program ends in the handler. Ctrl-C does so only while something of ours is there; else it is Python's own.
    """
    before = {}
    for name, usual in BY_DEFAULT.items():
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is usual:
            before[number] = signal.signal(number, _interrupted if name == "SIGINT" else _ended)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupted(number: int, frame: FrameType | None) -> None:
    if sweep():
        _end(number)
    signal.default_int_handler(number, frame)


def _ended(number: int, _: FrameType | None) -> None:
    sweep()
    _end(number)


def _end(number: int) -> None:
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), SHOW_CURSOR + b"\n")
    os._exit(128 + number)
