"""Files that a person names: ordinary files only, and no larger than such a file is.

A pipe, a socket or a device has no end or waits for ever; a folder has no text. They are refused before they
are opened.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from breakeven.problems import Problem

LARGEST_WRITTEN = 2**20  # bytes; what a person writes: a case, a map, answers, a model's configuration
LARGEST_MADE = 2**29  # bytes; what a program writes and is read whole: a study, a benchmark's requests
IS_THE_PATH_RIGHT = "Is the path right?"
REFUSALS = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.EISDIR,
    errno.ENOTDIR, errno.EMFILE, errno.ENFILE, errno.EIO,
)  # fmt: skip
READ_BY_US = Path("/proc/self/io")  # what this process has read, where the system tells
NO_FILE = "No files found that match the pattern"  # DuckDB's words for a file that is gone
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def ordinary(path: Path, *, fix: str = IS_THE_PATH_RIGHT) -> int:
    """The size in bytes of an ordinary file, or of the one that a link leads to. Raises `Problem` for all else."""
    try:
        status = os.stat(path)  # noqa: PTH116 - Path.stat says less of a name that no file can have
    except FileNotFoundError:
        raise Problem("there is no such file", where=str(path), fix=fix) from None
    except (OSError, ValueError) as error:
        raise unreadable(path, error, fix=fix) from None
    kind = stat.S_IFMT(status.st_mode)
    if kind != stat.S_IFREG:
        told = KINDS.get(kind, "something else")
        raise Problem(f"this is {told}, not a file", where=str(path), fix=fix)
    return status.st_size


def text_of(path: Path, *, largest: int = LARGEST_WRITTEN, fix: str = IS_THE_PATH_RIGHT) -> str:
    r"""The text of an ordinary UTF-8 file of at most `largest` bytes, each line's end as "\n". Raises `Problem`."""
    ordinary(path, fix=fix)
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise unreadable(path, error, fix=fix) from None
    if len(content) > largest:
        most = f"{largest >> 20:,} MiB"
        raise Problem(f"the file is larger than {most}, the most that is read here", where=str(path), fix=fix)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem("this is not a text file", where=str(path), fix="Save it as UTF-8 text.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def unreadable(path: Path, error: OSError | ValueError, *, fix: str = IS_THE_PATH_RIGHT) -> Problem:
    """Why a file cannot be read, in the system's own words."""
    if isinstance(error, FileNotFoundError):
        return Problem("there is no such file", where=str(path), fix=fix)
    said = (os.strerror(error.errno) if error.errno else error.strerror) if isinstance(error, OSError) else None
    return Problem(f"cannot be read: {said or 'no file can have this name'}", where=str(path), fix=fix)


def system_error(error: Exception) -> OSError | None:
    """What the system refused, where a library tells it in words of its own; None where something else is wrong."""
    if isinstance(error, OSError) and error.errno:
        return error
    text = str(error)
    if NO_FILE in text:
        return OSError(errno.ENOENT, os.strerror(errno.ENOENT))
    return next((OSError(each, os.strerror(each)) for each in REFUSALS if os.strerror(each) in text), None)


def bytes_read() -> int:
    """What this process read so far; 0 where the system does not tell."""
    try:
        lines = READ_BY_US.read_text("ascii").splitlines()
    except OSError:
        return 0
    return int(lines[0].removeprefix("rchar: "))


def refused(error: BaseException) -> Problem | None:
    """What the system refused, as a problem of the person's; None where it is a fault of ours."""
    if isinstance(error, MemoryError):
        return Problem("the memory does not suffice", fix="Give it more memory, or a smaller input.")
    if not isinstance(error, OSError) or not error.strerror or error.filename is None:
        return None
    fix = "Is the path right, and may it be read and written?"
    return Problem(error.strerror, where=os.fsdecode(error.filename), fix=fix)
