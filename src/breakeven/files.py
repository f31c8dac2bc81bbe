"""Files that a person names: ordinary files only, and no larger than such a file is.

A pipe, a socket or a device has no end or waits for ever; a folder has no text. They are refused before they
are opened.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from breakeven.problems import Problem

LARGEST_WRITTEN = 2**20  # bytes; what a person writes: a case, a map, answers, a model's configuration
LARGEST_MADE = 2**29  # bytes; what a program writes and is read whole: a study, a benchmark's requests
IS_THE_PATH_RIGHT = "Is the path right?"
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
        found = os.stat(path)  # noqa: PTH116 - Path.stat says less of a name that no file can have
    except FileNotFoundError:
        raise Problem("there is no such file", where=str(path), fix=fix) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error, fix) from None
    kind = stat.S_IFMT(found.st_mode)
    if kind != stat.S_IFREG:
        told = KINDS.get(kind, "something else")
        raise Problem(f"this is {told}, not a file", where=str(path), fix=fix)
    return found.st_size


def text_of(path: Path, *, largest: int = LARGEST_WRITTEN, fix: str = IS_THE_PATH_RIGHT) -> str:
    r"""The text of an ordinary UTF-8 file of at most `largest` bytes, each line's end as "\n". Raises `Problem`."""
    ordinary(path, fix=fix)
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise _unreadable(path, error, fix) from None
    if len(content) > largest:
        most = f"{largest >> 20:,} MiB"
        raise Problem(f"the file is larger than {most}, the most that is read here", where=str(path), fix=fix)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem("this is not a text file", where=str(path), fix="Save it as UTF-8 text.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unreadable(path: Path, error: OSError | ValueError, fix: str) -> Problem:
    said = getattr(error, "strerror", None) or "no file can have this name"
    return Problem(f"cannot be read: {said}", where=str(path), fix=fix)
