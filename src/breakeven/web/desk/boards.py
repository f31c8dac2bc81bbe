"""The boards that are open: cases of the folder, and what people brought. No more than a few are kept.

A case of the folder has its name in the address, so that the address holds after a restart. What a person brought has
a name that nobody can guess; whoever is given the address sees it, and nobody else.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlencode
from weakref import WeakValueDictionary

from breakeven.files import text_of
from breakeven.problems import Problem
from breakeven.web.desk.workers import Worker
from breakeven.web.state import State

MOST_OPEN = 40
OPENING_SECONDS = 180.0
Opened = dict[str, str]


class NotOpen(Problem):
    """There is no such board, or not any more."""

    def __init__(self) -> None:
        super().__init__("this board is not open any more", fix="Open its case again from the first page.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A case as it is answered from. `keep`: what its answers are made of; `path`: its file, where we may save it.

    `names`: of its log our name and the person's, where somebody dropped it. `stood`: what its file said.
    """

    ident: str
    keep: str
    opened: Opened
    text: str
    path: Path | None = None
    names: tuple[str, str] = ("", "")
    stood: str = ""


@dataclass(slots=True, kw_only=True)
class Boards:
    """Every board by its name in the address. `files`: the cases that may be opened, fixed when the app starts."""

    files: Mapping[str, Path]
    folder: Path
    slow: Worker
    as_of: date | None = None
    _kept: OrderedDict[str, Board] = field(default_factory=OrderedDict)
    _texts: OrderedDict[str, tuple[str, str, str]] = field(default_factory=OrderedDict)
    _opening: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def knows(self, ident: str) -> bool:
        """Whether there is such a board."""
        return ident in self.files or ident in self._texts or ident in self._kept

    def name_of(self, ident: str) -> str:
        """What it is called before it is opened."""
        if ident in self._kept:
            return self._kept[ident].opened["name"]
        return ident if ident in self.files else "your case"

    async def get(self, ident: str, state: State | None = None) -> Board:
        """The board of that name, opened where it is not yet; in a state with choices, that of the case with them.

        Raises `Problem` where there is none.
        """
        board = await self._one(ident)
        choices = {} if state is None else state.resolved_for(json.loads(board.opened["gates"]))
        return board if not choices else await self._chosen(board, choices)

    async def _chosen(self, board: Board, choices: Mapping[str, str]) -> Board:
        ident = f"{board.keep}?{urlencode(sorted(choices.items()))}"
        async with self._opening.setdefault(ident, asyncio.Lock()):
            if ident in self._kept:
                self._kept.move_to_end(ident)
                return self._kept[ident]
            keep = self._place(".0")
            opened, text = await self.slow.ask(
                "open_chosen", board.keep, board.text, choices, keep, seconds=OPENING_SECONDS
            )
            return self._keep(replace(board, ident=ident, keep=keep, opened=opened, text=text))

    async def _one(self, ident: str) -> Board:
        async with self._opening.setdefault(ident, asyncio.Lock()):  # gone with the last who waits for it
            return await self._found(ident)

    async def _found(self, ident: str) -> Board:
        stamp = self._stamp(ident)
        known = self._kept.get(ident)
        if known is not None and known.keep.endswith(stamp):
            self._kept.move_to_end(ident)
            return known
        if ident in self.files:
            return await self._open_file(ident, stamp)
        if ident in self._texts:
            return await self._open_text(ident, stamp)
        raise NotOpen

    def _stamp(self, ident: str) -> str:
        """What changes when the file behind a board does."""
        path = self.files.get(ident)
        try:
            return f".{path.stat().st_mtime_ns}" if path is not None else ".0"
        except OSError:
            return ".gone"

    async def _open_file(self, ident: str, stamp: str) -> Board:
        path, keep = self.files[ident], self._place(stamp)
        opened = await self.slow.ask("open_file", str(path), self.as_of, keep, seconds=OPENING_SECONDS)
        text = await asyncio.to_thread(text_of, path)
        return self._keep(Board(ident=ident, keep=keep, opened=opened, text=text, path=path, stood=text))

    async def _open_text(self, ident: str, stamp: str) -> Board:
        text, name, folder = self._texts[ident]
        keep = self._place(stamp)
        opened = await self.slow.ask("open_text", text, name, folder, self.as_of, keep, seconds=OPENING_SECONDS)
        return self._keep(Board(ident=ident, keep=keep, opened=opened, text=text))

    def brought(self, text: str, name: str) -> str:
        """Take the text of a case that somebody brought; gives the name of its board. It is opened when asked for."""
        ident = f"own-{token_urlsafe(12)}"
        self._texts[ident] = (text, name, str(self.folder / "nothing"))
        while len(self._texts) > MOST_OPEN:
            self._texts.popitem(last=False)
        return ident

    async def brought_log(self, names: tuple[str, str], work: Callable[[str], Awaitable[tuple[Opened, str]]]) -> str:
        """Take what a log gives: `work` reads it, and puts what answers are made of where it is told to."""
        keep, ident = self._place(".0"), f"own-{token_urlsafe(12)}"
        opened, text = await work(keep)
        self._keep(Board(ident=ident, keep=keep, opened=opened, text=text, names=names))
        return ident

    def _place(self, stamp: str) -> str:
        return str(self.folder / f"{token_urlsafe(9)}{stamp}")

    def _keep(self, board: Board) -> Board:
        old = self._kept.pop(board.ident, None)
        self._kept[board.ident] = board
        while len(self._kept) > MOST_OPEN:
            _, oldest = self._kept.popitem(last=False)
            Path(oldest.keep).unlink(missing_ok=True)
        if old is not None:
            Path(old.keep).unlink(missing_ok=True)
        return board


def cases_in(given: Path | None) -> dict[str, Path]:
    """The cases that may be opened, by their name in an address: the one given, or those of a folder."""
    if given is None:
        return {}
    paths = (
        sorted({*given.glob("*.yaml"), *given.glob("*.yml"), *given.glob("*/case.yaml")}) if given.is_dir() else [given]
    )
    cases: dict[str, Path] = {}
    for path in paths:
        whole = path.parent.name if path.stem == "case" else path.stem
        name = re.sub(r"[^a-z0-9]+", "-", (whole or path.stem).lower()).strip("-") or "case"
        while name in cases:
            name += "-2"
        cases[name] = path.resolve()
    return cases
