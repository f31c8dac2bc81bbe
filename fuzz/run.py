"""A command in a fork of this process: how it ended, what it said, and whether it may end so."""

from __future__ import annotations

import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import breakeven
from fuzz.mutate import SECRET

ENDINGS = {0, 1, 2, 3}  # ran, case or data wrong, usage, --fail-on met: docs/reference/cli.md
MEMORY = 8 * 2**30  # bytes of addresses
HANG = -1
OPTIONAL = ("breakeven.proof.gateway", "breakeven.web", "breakeven.mcp")  # for other programs, or with an extra


@dataclass(frozen=True)
class Ending:
    """How a command ended. `code` is HANG where it was killed at its limit; `seconds` on the clock."""

    code: int
    out: str
    err: str
    seconds: float

    def faults(self, codes: frozenset[int] = frozenset()) -> list[str]:
        """What may never be, in words; empty where all is well. `codes`: how else the command may end."""
        both = self.out + self.err
        checks = {
            "it hung": self.code == HANG,
            f"it ended with {self.code}": self.code not in ENDINGS | codes | {HANG},
            "it showed a traceback": "Traceback (most recent call last)" in both,
            "it showed a secret of the input": SECRET in both,
            "it obeyed a control sign of the input": "\x1b]0;x" in both or "\x1b[31mred" in both,
            "it told of a fault of its own": "fault of its own" in both,
            "it ended well and said nothing": self.code == 0 and not both.strip(),
            "it ended badly and said nothing": self.code in ENDINGS - {0} and not self.err.strip(),
        }
        return [said for said, wrong in checks.items() if wrong]


Work = Callable[[], int]


def command(arguments: list[str]) -> Work:
    """What runs `breakeven` with these arguments."""

    def work() -> int:
        sys.argv = ["breakeven", *arguments]
        from breakeven.cli.door import run

        return run()

    return work


def ending(work: Work, limit: float) -> Ending:
    """Do the work in a fork, and tell how it ended; killed after `limit` seconds."""
    load()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        sys.stdout.flush()
        sys.stderr.flush()
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            _become(work, out.fileno(), err.fileno())
        code = _waited(child, started + limit)
        seconds = time.monotonic() - started
        return Ending(code, _read(out), _read(err), seconds)


@cache
def load() -> None:
    """What commands read with and compute with, once: a fork then begins at its work."""
    for module in ("ibis.backends.duckdb", "pandas", "scipy.stats", "scipy.optimize", "breakeven.cli.commands"):
        import_module(module)
    for module in walk_packages(breakeven.__path__, "breakeven."):
        if not (module.name.startswith(OPTIONAL) or module.name.endswith("__main__")):  # which would run it
            import_module(module.name)


def _become(work: Work, out: int, err: int) -> None:
    """In the child: do the work and leave, whatever happens."""
    code = 99
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.setsid()
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        os.environ["COLUMNS"] = "100"
        code = work()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 - what nobody caught is what is looked for
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _waited(child: int, until: float) -> int:
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        time.sleep(0.005)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return HANG


def _read(file: object) -> str:
    file.seek(0)  # type: ignore[attr-defined]
    return str(file.read().decode("utf-8", "replace"))  # type: ignore[attr-defined]


def in_folder(folder: Path, name: str, content: bytes) -> Path:
    """The mutated file, written where a command can read it."""
    path = folder / name
    path.write_bytes(content)
    return path
