"""What was read and answered, kept where the system keeps the state of programs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from breakeven.files import text_of
from breakeven.outputs import write
from breakeven.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One part: whether it was read, how many questions were asked, how many answered rightly."""

    read: bool = False
    asked: int = 0
    right: int = 0


Progress = Mapping[str, Done]


def place() -> Path:
    """The file, by the rules of the XDG directories."""
    state = os.environ.get("XDG_STATE_HOME", "")
    root = Path(state) if state and Path(state).is_absolute() else Path.home() / ".local" / "state"
    return root / "breakeven" / "lesson.json"


def kept(path: Path) -> dict[str, Done]:
    """What was kept; nothing where there is no file yet. Raises `Problem` where it cannot be read as what it is."""
    if not path.exists():
        return {}
    try:
        found = json.loads(text_of(path))
        return {str(name): Done(**fields) for name, fields in found.items()}
    except (ValueError, TypeError, AttributeError):
        fix = "Remove it to begin anew, or name another place in XDG_STATE_HOME."
        raise Problem("this does not hold the progress of a lesson", where=str(path), fix=fix) from None


def keep(progress: Progress, path: Path) -> None:
    """Write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, json.dumps({name: asdict(each) for name, each in progress.items()}, indent=2) + "\n")


def with_reading(progress: Progress, part: str) -> dict[str, Done]:
    """The same, with this part read."""
    return {**progress, part: replace(progress.get(part, Done()), read=True)}


def with_answer(progress: Progress, part: str, *, right: bool) -> dict[str, Done]:
    """The same, with one more question of this part answered."""
    done = progress.get(part, Done())
    return {**progress, part: replace(done, asked=done.asked + 1, right=done.right + right)}
