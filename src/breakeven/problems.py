"""What a person is told when something is wrong: what, where, what to do; never a secret."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from breakeven.texts import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A position in a file the person wrote. `line` and `column` count from 1; 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0
    source_line: str = ""

    def __str__(self) -> str:
        return ":".join([self.file, *(str(part) for part in (self.line, self.column) if part)])

    def caret(self) -> str:
        """The source line with a caret under the column; empty when the line is not known."""
        return f"    {self.source_line}\n    {' ' * (self.column - 1)}^" if self.source_line and self.column else ""


class Problem(Exception):
    """One mistake: `what` is wrong, `where`, and the `fix`. Never shown with a traceback."""

    def __init__(self, what: str, *, where: Place | str = "", fix: str = "") -> None:
        what, fix = shown(what), shown(fix)
        where = where if isinstance(where, Place) else shown(where)
        super().__init__(what, where, fix)
        self.what, self.where, self.fix = what, where, fix

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        caret = self.where.caret() if isinstance(self.where, Place) else ""
        return shown("\n".join(part for part in (f"{place}{self.what}", caret, self.fix) if part))


class Problems(Exception):
    """Every mistake found in one go, so that the person mends them all at once."""

    def __init__(self, found: Iterable[Problem]) -> None:
        self.found = tuple(found)
        super().__init__(*self.found)

    def __str__(self) -> str:
        return "\n".join(str(each) for each in self.found)


def listed(error: Problem | Problems) -> list[dict[str, str]]:
    """Every mistake as data: what is wrong, where, what to do."""
    found = error.found if isinstance(error, Problems) else (error,)
    return [{"what": each.what, "where": str(each.where), "fix": each.fix} for each in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the person should know that does not stop the work: a stale price, rows set aside."""

    what: str
    where: str = ""
    fix: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return shown(f"{place}{self.what}{' ' + self.fix if self.fix else ''}")


def nearest(name: str, known: Iterable[str]) -> str:
    """'Did you mean "…"?' for the closest known name (case ignored), else an empty string."""
    by_lower = {each.lower(): each for each in known}
    close = get_close_matches(name.lower(), by_lower, n=1)
    return f'Did you mean "{by_lower[close[0]]}"?' if close else ""
