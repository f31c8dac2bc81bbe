"""`make faults`: commands that write, stopped anywhere: killed between any two looks at the disk, or out of space.

A command runs in a fork that counts what it does in its folder (opens, renames, removals …) and is killed before the
n-th. What it leaves must be whole or absent, and the same command again must end as if nothing had happened.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from random import Random

from fuzz.run import Ending, command, ending

from trust.results import ROOT, keep
from trust.writers import WRITERS, Writer

DISK = ("open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.utime")
FAULTS = ("killed", "full", "read-only")
NOBODY = 65534
Stop = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a fault led to: `wrong` is empty where all is well."""

    ended: Ending
    wrong: tuple[str, ...]


def steps(writer: Writer) -> int:
    """How often a whole run of the writer touches its folder; raises where it does not end well."""
    with Prepared(writer) as folder:
        told = folder.parent / "steps"
        ended = ending(_counting(writer, folder, told=told), writer.limit)
        if wrong := [*_unlike_the_whole(writer, folder, ended)]:
            raise SystemExit(f"{writer.name} without any fault: {'; '.join(wrong)}\n{ended.err[-600:]}")
        return int(told.read_text())


def killed(writer: Writer, at: int) -> Run:
    """Kill it before its `at`-th touch, look, and run it again."""
    with Prepared(writer) as folder:
        ended = ending(_counting(writer, folder, kill_at=at), writer.limit)
        wrong = [f"killed: {each}" for each in writer.broken(folder)]
        again = ending(command(writer.arguments(folder)), writer.limit)
        wrong += [f"again: {each}" for each in _unlike_the_whole(writer, folder, again)]
        return Run(ended=ended if not wrong else again, wrong=tuple(wrong))


def full(writer: Writer, most: int) -> Run:
    """Let no file grow beyond `most` bytes, look, and run it again without that."""
    with Prepared(writer) as folder:
        ended = ending(_limited(writer, folder, most), writer.limit)
        wrong = [f"full: {each}" for each in (*_told(writer, ended), *writer.broken(folder), *_left(folder))]
        again = ending(command(writer.arguments(folder)), writer.limit)
        wrong += [f"again: {each}" for each in _unlike_the_whole(writer, folder, again)]
        return Run(ended=ended, wrong=tuple(wrong))


def read_only(writer: Writer) -> Run:
    """Let it write nowhere in its folder, as another user than root; then run it again where it may."""
    with Prepared(writer) as folder:
        before = {path: path.stat().st_mode for path in [folder, *folder.rglob("*")]}
        for path in before:
            path.chmod(0o555 if path.is_dir() else 0o444)
        ended = ending(_as_nobody(writer, folder), writer.limit)
        for path, mode in before.items():
            path.chmod(mode)
        wrong = [f"read-only: {each}" for each in (*_told(writer, ended), *writer.broken(folder), *_left(folder))]
        again = ending(command(writer.arguments(folder)), writer.limit)
        wrong += [f"again: {each}" for each in _unlike_the_whole(writer, folder, again)]
        return Run(ended=ended, wrong=tuple(wrong))


class Prepared:
    """The writer's folder with what it reads, made anew; gone at the end."""

    def __init__(self, writer: Writer) -> None:
        self._writer, self._folder = writer, Path(tempfile.mkdtemp(prefix="faults-"))

    def __enter__(self) -> Path:
        self._folder.chmod(0o755)
        place = self._folder / "work"
        place.mkdir()
        self._writer.prepare(place)
        return place

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _counting(
    writer: Writer, folder: Path, *, kill_at: int | None = None, told: Path | None = None
) -> Callable[[], int]:
    work, place = command(writer.arguments(folder)), str(folder)

    def counted() -> int:
        count = [0]

        def hook(event: str, given: tuple[object, ...]) -> None:
            if event in DISK and any(isinstance(each, str | Path) and str(each).startswith(place) for each in given):
                count[0] += 1
                if count[0] == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        code = work()
        if told is not None:
            told.write_text(str(count[0]))
        return code

    return counted


def _limited(writer: Writer, folder: Path, most: int) -> Callable[[], int]:
    work = command(writer.arguments(folder))

    def limited() -> int:
        out, err, hard = io.StringIO(), io.StringIO(), resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        with redirect_stdout(out), redirect_stderr(err):  # what is said goes to a file too
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
            code = work()
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        print(out.getvalue())
        print(err.getvalue(), file=sys.stderr)
        return code

    return limited


def _as_nobody(writer: Writer, folder: Path) -> Callable[[], int]:
    def powerless() -> int:
        if os.getuid() == 0:
            with Prepared(writer) as other, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                command(writer.arguments(other))()  # so that all is imported that root alone may read
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return command(writer.arguments(folder))()

    return powerless


def _unlike_the_whole(writer: Writer, folder: Path, ended: Ending) -> Iterator[str]:
    """In what a run differs from one that met no fault."""
    if ended.code not in writer.codes:
        yield f"it ended with {ended.code}"
    yield from writer.broken(folder)
    yield from writer.lacking(folder)
    yield from _left(folder)


def _told(writer: Writer, ended: Ending) -> Iterator[str]:
    """A command that could not write says so, and says it of the file; one that need not write ends well."""
    yield from ended.faults(writer.codes)
    if ended.code == 1 and "cannot be written" not in ended.err and "read-only" not in ended.err:
        yield f"it does not say what cannot be written: {ended.err[-200:]}"


def _left(folder: Path) -> Iterator[str]:
    """What only a killed program may leave."""
    yield from (f"it left {each.name}" for each in folder.rglob(".breakeven-*"))


def main() -> int:
    """Every writer, every kind of fault, at moments of chance until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m trust.faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("writers", nargs="*", metavar="WRITER", help=f"of {', '.join(WRITERS)}; absent: all")
    asked = parser.parse_args()
    until, chance = time.monotonic() + asked.minutes * 60, Random(asked.seed)
    injected, wrong = Counter[str](), Counter[str]()
    chosen = [WRITERS[name] for name in asked.writers or WRITERS]
    touches = {writer.name: steps(writer) for writer in chosen}
    print(json.dumps(touches), flush=True)
    while time.monotonic() < until:
        for writer in chosen:
            fault = chance.choice(["killed", "killed", "killed", "full", "full", "read-only"])
            run = one(writer, fault, touches[writer.name], chance)
            injected[f"{writer.name}: {fault}"] += 1
            if run.wrong:
                wrong[f"{writer.name}: {fault}"] += 1
                print(writer.name, fault, *run.wrong, run.ended.err[-400:], sep="\n  ", flush=True)
    keep("faults", {"injected": dict(sorted(injected.items())), "wrong": dict(wrong)})
    print(f"{injected.total()} faults, {wrong.total()} wrong")
    return int(bool(wrong.total()))


def one(writer: Writer, fault: str, touches: int, chance: Random) -> Run:
    """One fault of a kind at a moment of chance."""
    if fault == "killed":
        return killed(writer, chance.randint(1, touches))
    return full(writer, int(10 ** chance.uniform(0, 5))) if fault == "full" else read_only(writer)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
