"""A file for one writer at a time: two would write in turn what neither meant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from breakeven.outputs import unwritable
from breakeven.problems import Problem

try:
    import fcntl
except ImportError:  # a system without such locks: nobody is kept out
    fcntl = None  # type: ignore[assignment]


@contextmanager
def alone(path: Path, *, who: str, fix: str) -> Iterator[None]:
    """Hold the file, made where there is none. Raises `Problem` where another process holds it."""
    try:
        held = path.open("ab")
        path.chmod(0o600) if held.tell() == 0 else None
    except OSError as error:
        raise unwritable(path, error) from None
    with held:
        if fcntl is not None:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Problem(f"{who} holds it", where=str(path), fix=fix) from None
        yield
