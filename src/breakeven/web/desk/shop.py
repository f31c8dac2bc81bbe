"""What all doors share: the boards, the two processes, answers that were given already, work that is under way."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from breakeven.web.desk.boards import Board, Boards
from breakeven.web.desk.tasks import tasks
from breakeven.web.desk.uploads import Uploads
from breakeven.web.desk.workers import Worker
from breakeven.web.state import State

SECONDS = {"point": 10.0, "chance": 30.0, "whole": 90.0, "more": 90.0}
EXPLAIN_SECONDS, EXPORT_SECONDS, PLAN_SECONDS = 60.0, 300.0, 120.0
MOST_ANSWERS = 300
Wanted = Callable[[], Awaitable[bool]]


@dataclass(slots=True, kw_only=True)
class Shop:
    """One for an app. `quick` answers points and nothing else, so that nothing slow stands before them."""

    boards: Boards
    quick: Worker
    slow: Worker
    uploads: Uploads
    today: Callable[[], date]
    _given: OrderedDict[tuple[str, str, str], Any] = field(default_factory=OrderedDict)

    async def answer(self, board: Board, tier: str, state: State, wanted: Wanted) -> Any:
        """One tier's answer to a state; the same question is worked out once."""
        key = (board.keep, tier, state.query)
        if key in self._given:
            self._given.move_to_end(key)
            return self._given[key]
        worker = self.quick if tier == "point" else self.slow
        answer = await worker.ask(tier, board.keep, state, seconds=SECONDS[tier], wanted=wanted)
        self._given[key] = answer
        while len(self._given) > MOST_ANSWERS:
            self._given.popitem(last=False)
        return answer

    def start(self) -> None:
        """Have both processes ready."""
        self.quick.start()
        self.slow.start()

    def close(self) -> None:
        """End both processes."""
        self.quick.stop()
        self.slow.stop()


def shop(*, files: dict[str, Path], folder: Path, as_of: date | None, today: Callable[[], date]) -> Shop:
    """The shop of an app. `files`: the cases that may be opened; `folder`: a private one."""
    quick, slow = Worker(tasks), Worker(tasks)
    boards = Boards(files=files, folder=folder, slow=slow, as_of=as_of)
    return Shop(boards=boards, quick=quick, slow=slow, uploads=Uploads(folder=folder), today=today)
