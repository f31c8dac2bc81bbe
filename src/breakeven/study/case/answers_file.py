"""Writes answers into a case file: comments, order and everything else in it stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from breakeven.files import text_of
from breakeven.outputs import write
from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.case.round_trip import edited, section

SECTION, ANSWERS = "readiness", "answers"
Stated = Mapping[str, Any]
"""One answer as it is written: value, link, date, owner."""


def write_answers(path: Path, answers: Mapping[str, Stated], *, as_of: date | None = None) -> None:
    """Put answers into the case file at `path`. Raises `Problem`, and leaves the file alone, when it cannot."""
    old = text_of(path)
    try:
        new = with_answers(old, answers)
    except (YAMLError, ValueError, RecursionError) as error:
        raise Problem(f"the answers cannot be put into it: {error}", where=str(path)) from None
    _must_say_the_same(path, old, new, as_of)
    if text_of(path) != old:
        fix = "Give the answers again; they are asked of the case as it is now."
        raise Problem("was changed while the answers were put in", where=str(path), fix=fix)
    write(path, new)


def with_answers(text: str, answers: Mapping[str, Stated]) -> str:
    """The text of a case with these answers in it; an answer that is there is replaced."""

    def edit(data: CommentedMap) -> None:
        answered = section(data, SECTION, ANSWERS)
        for name, stated in answers.items():
            answered[name] = _as_written(stated)

    return edited(text, edit)


def _as_written(stated: Stated) -> Any:
    """A value alone as it is, several parts as keys on one line."""
    if set(stated) == {"value"}:
        return stated["value"]
    made = CommentedMap(stated)
    made.fa.set_flow_style()
    return made


def _must_say_the_same(path: Path, old: str, new: str, as_of: date | None) -> None:
    """Refuse a rewrite that would change anything but the answers."""
    before = Case.parse(old, name=str(path), folder=path.parent, as_of=as_of).file
    after = Case.parse(new, name=str(path), folder=path.parent, as_of=as_of).file
    if before.model_copy(update={SECTION: None}) != after.model_copy(update={SECTION: None}):
        fix = "Write the answers by hand under readiness: answers."
        raise Problem("writing the answers would change something else in the case", where=str(path), fix=fix)
