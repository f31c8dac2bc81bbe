"""What is written: whole or not at all; and what is ours for a while only: gone, however the program ends.

A file is written beside its place, put on the disk, and only then takes its name. Whoever looks finds the old one or
the new one, also when the disk is full, the program is killed, or two write at once: then the last one stays.

A program that is killed outright (SIGKILL, power) cannot tidy up. What it left carries the machine and the process in
its name; who next writes into the same folder on that machine removes what belongs to a process that is no more.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import ENOSPC
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from platform import node
from shutil import rmtree
from stat import S_IMODE
from tempfile import gettempdir, mkdtemp

from breakeven.problems import Problem

ANOTHER = "Choose another place."
TRIES = 20  # something may be put into a folder while it is removed
_ours: set[Path] = set()  # files and folders that no one but this process needs


def write(path: Path, content: str | bytes, *, fresh: bool = False) -> None:
    """Write the file, text as UTF-8 and as it is. `fresh`: only where there is none yet. Raises `Problem`."""
    with replacing(path, fresh=fresh) as part:
        part.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))


@contextmanager
def replacing(path: Path, *, fresh: bool = False) -> Iterator[Path]:
    """An empty file to write to; it takes the name when the block ends well, else it is gone.

    The block does nothing but write: each OSError in it is told as a `Problem` of this file. A device or a pipe
    cannot be replaced, and is written to itself.
    """
    try:
        target = _real(path)
        if target.exists() and not target.is_file():
            yield target
            return
        with _beside(target) as part:
            yield part
            _settle(part)
            (_named if fresh else Path.replace)(part, target)
        _settle_folder(target.parent)
    except FileExistsError:
        raise taken(path) from None
    except OSError as error:
        raise unwritable(path, error) from None


def tried(path: Path | None, *, sources: Iterable[str | Path] = ()) -> None:
    """Refuse before the work what could not be written after it, and what would overwrite one of its sources.

    None: nothing is to be written. Raises `Problem`.
    """
    if path is None:
        return
    for source in sources:
        if _same(path, Path(source)):
            fix = "Choose another name."
            raise Problem("is read, and would be overwritten by what comes of it", where=str(path), fix=fix)
    try:
        target = _real(path)
        if target.is_dir():
            raise Problem("is a folder, and a file is to be written", where=str(path), fix="Add the file's name.")
        if not target.exists() or target.is_file():
            with _beside(target) as part:
                part.write_bytes(b"\n")
    except OSError as error:
        raise unwritable(path, error) from None


def made(folder: Path) -> None:
    """Make the folder to write to, and try it. Raises `Problem`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _beside(folder / "any") as part:
            part.write_bytes(b"\n")
    except OSError as error:
        raise _unwritable(folder, error) from None


def taken(path: Path) -> Problem:
    """What a person is told whose file would be overwritten."""
    return Problem("the file is already there", where=str(path), fix="Name another one, or add --force.")


def unwritable(path: Path, error: OSError) -> Problem:
    """Why it cannot be written, in words."""
    if not path.parent.exists():
        return Problem("there is no such folder", where=str(path.parent), fix="Make it first, or choose another.")
    return _unwritable(path, error)


def _unwritable(path: Path, error: OSError) -> Problem:
    fix = f"Free some space. {ANOTHER}" if error.errno == ENOSPC else ANOTHER
    return Problem(f"cannot be written: {_said(error)}", where=str(path), fix=fix)


def _said(error: OSError) -> str:
    """The system's own words, whatever a library made of them."""
    return os.strerror(error.errno) if error.errno else error.strerror or str(error)


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder in the system's temporary one, for this process alone; it goes when the block ends."""
    try:
        _remove_left(Path(gettempdir()), "breakeven-*")
        folder = Path(mkdtemp(prefix=f"breakeven-{_process()}-"))
    except OSError as error:
        fix = "Free some space in it, or name another in TMPDIR."
        what = f"the temporary folder cannot be written: {_said(error)}"
        raise Problem(what, where=_temporary(), fix=fix) from None
    _ours.add(folder)
    try:
        yield folder
    finally:
        _remove(folder)


def sweep() -> bool:
    """Remove at once all that is ours for a while; whether there was any. For a program that is ended from outside."""
    found = tuple(_ours)
    for each in found:
        _remove(each)
    return bool(found)


def _temporary() -> str:
    try:
        return gettempdir()
    except OSError:
        return os.environ.get("TMPDIR", "")


def _real(path: Path) -> Path:
    """Where a link leads: the link stays, and what it points to is replaced."""
    try:
        target = path.resolve()
    except RuntimeError as error:  # links in a circle
        raise OSError(str(error)) from None
    if target.is_file() and not os.access(target, os.W_OK):
        raise PermissionError(None, "it is read-only")
    return target


def _same(one: Path, other: Path) -> bool:
    with suppress(OSError, ValueError):
        return one.samefile(other)
    return False


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A new empty file in the target's folder with the target's rights, gone at the end."""
    _remove_left(target.parent, ".breakeven-*.part")
    part = _new(target.parent)
    _ours.add(part)
    try:
        if target.is_file():
            part.chmod(S_IMODE(target.stat().st_mode))
        yield part
    finally:
        _remove(part)


def _new(folder: Path) -> Path:
    for number in count():
        part = folder / f".breakeven-{_process()}-{number}.part"
        with suppress(FileExistsError), part.open("xb"):
            return part
    raise AssertionError


def _process() -> str:
    """This machine (a mark of its name and of its table of processes, which a container has for itself) and process."""
    return f"{_machine()}-{os.getpid()}"


@cache
def _machine() -> str:
    processes = ""
    with suppress(OSError):
        processes = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - a link that leads to no path
    return sha256(f"{node()} {processes}".encode()).hexdigest()[:8]


def _remove_left(folder: Path, pattern: str) -> None:
    """Remove what a killed process of this machine left in the folder; another machine's cannot be told, and stays."""
    for each in folder.glob(pattern):
        _, machine, process, *_ = *each.name.split("-"), "", ""
        if machine == _machine() and process.isdigit() and not _runs(int(process)):
            _remove(each)


def _runs(process: int) -> bool:
    """Whether there is such a process; where that cannot be asked, there may be."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _settle(part: Path) -> None:
    """Have it on the disk before it takes its name."""
    with part.open("r+b") as file:
        os.fsync(file.fileno())


def _settle_folder(folder: Path) -> None:
    """The same for the name, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _named(part: Path, target: Path) -> None:
    """Give it the name if nothing has it; of two that try, one gets it."""
    try:
        target.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:  # no second name on this file system
        target.open("xb").close()
        part.replace(target)


def _remove(each: Path) -> None:
    for _ in range(TRIES):
        if each.is_dir():
            rmtree(each, ignore_errors=True)
        else:
            with suppress(OSError):
                each.unlink(missing_ok=True)
        if not each.exists():
            break
    _ours.discard(each)
