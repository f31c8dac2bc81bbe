"""Logs on their way in: streamed into a private file with a name of ours, gone as soon as they are read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from secrets import token_urlsafe

from breakeven.problems import Problem
from breakeven.texts import name_shown
from breakeven.web.guard.refusals import Told

MOST_UPLOADS = 20
MOST_AT_ONCE = 4  # logs on the disk
PACKED = ("", ".gz", ".zst")
TEXTS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".txt", ".log")
ENDINGS = (*(f"{kind}{packed}" for kind in TEXTS for packed in PACKED), ".parquet")
LONGEST_NAME = 80


class NotKnown(Problem):
    """There is no such upload, or not any more."""

    def __init__(self) -> None:
        super().__init__("this upload is not known any more", fix="Drop the file again.")


@dataclass(slots=True, kw_only=True)
class Upload:
    """One log: what it is called, how much has come, what came of it."""

    name: str
    path: Path
    said: str = "waiting for the file"
    received: int = 0
    board: str = ""
    problems: list[Told] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Uploads:
    """Every upload by a name that nobody can guess."""

    folder: Path
    _kept: OrderedDict[str, Upload] = field(default_factory=OrderedDict)

    def begin(self, name: str) -> str:
        """Make room for a log of that name; gives the name of the upload. Raises `Problem`."""
        self.room()
        shown = name_shown(PurePosixPath(name.replace("\\", "/")).name)[:LONGEST_NAME] or "usage.csv"
        ident = token_urlsafe(12)
        self._kept[ident] = Upload(name=shown, path=self.folder / f"{token_urlsafe(9)}{ending_of(shown)}")
        while len(self._kept) > MOST_UPLOADS:
            _, oldest = self._kept.popitem(last=False)
            oldest.path.unlink(missing_ok=True)
        return ident

    def room(self) -> None:
        """Raises `Problem` where as many logs are being read as may; one that never came, or was cut off, is not."""
        unread = [upload for upload in self._kept.values() if not (upload.board or upload.problems)]
        if sum(upload.path.exists() for upload in unread) >= MOST_AT_ONCE:
            raise Problem("other logs are being read", fix="Try again in a minute.")

    def get(self, ident: str) -> Upload:
        """The upload of that name. Raises `Problem` where there is none."""
        if ident not in self._kept:
            raise NotKnown
        return self._kept[ident]


def ending_of(name: str) -> str:
    """The ending by which a log is read, from a list; one that is not in it is read as CSV."""
    lower = name.lower()
    return max((each for each in ENDINGS if lower.endswith(each)), key=len, default=".csv")


async def received(upload: Upload, parts: AsyncIterator[bytes]) -> None:
    """Write what comes into the upload's file, part by part."""
    upload.said = "being received"
    with upload.path.open("xb") as file:
        async for part in parts:
            file.write(part)
            upload.received += len(part)
