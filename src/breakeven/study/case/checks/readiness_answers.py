"""Answers to the readiness questions, read by their kind; what cannot be an answer is told at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from math import isfinite
from typing import Any

from breakeven.decision.readiness.evidence import Answer
from breakeven.decision.readiness.questionnaire import Item, questionnaire
from breakeven.problems import Problem, nearest
from breakeven.study.case.kinds import percent
from breakeven.study.case.mistakes import shown
from breakeven.study.case.places import Document, Keys
from breakeven.study.case.schema import CaseFile
from breakeven.study.case.terms.readiness import Evidence

LINK = re.compile(r"\S+[/.#:]\S+|[A-Za-z][A-Za-z0-9]*-\d+")
YES, NO = ("yes", "true", "y"), ("no", "false", "n")
LARGEST_SHARE = 2
HOW = {
    "link": "Give an address, the path of a file or a ticket such as OPS-12.",
    "date": "Write the day as 2026-11-21.",
    "number": "Write numbers plainly: 200, 0.25 or 25%.",
    "owner": "Write the name of a person or a team.",
    "yes-with-link": "Write the link that shows it, or no.",
}


class NoAnswer(ValueError):
    """Why something cannot be the answer to a question. `key`: the part that is wrong."""

    def __init__(self, what: str, key: str = "value") -> None:
        super().__init__(what)
        self.key = key


def answer_of(item: Item, raw: Any) -> Answer:
    """The answer that a case, or a person at the terminal, gives. Raises `NoAnswer`."""
    parts = raw if isinstance(raw, Evidence) else Evidence(value=raw)
    found = Answer() if parts.value is None else _value(item, parts.value)
    link = _link(parts.link, "link") if parts.link else found.link
    return replace(found, link=link, day=parts.date or found.day, owner=parts.owner or found.owner)


def _value(item: Item, value: Any) -> Answer:
    if item.kind == "number":
        return Answer(number=_number(item, value))
    if item.kind == "date":
        return Answer(day=_day(value))
    if item.kind == "owner":
        return Answer(owner=_text(value, "a name"))
    if isinstance(value, bool) or str(value).lower() in (*YES, *NO):
        yes = value if isinstance(value, bool) else str(value).lower() in YES
        if item.kind == "link" and yes:
            raise NoAnswer("a yes shows nothing; expected a link")
        return Answer(yes=yes)
    return Answer(link=_link(_text(value, "a link")), yes=None if item.kind == "link" else True)


def _number(item: Item, value: Any) -> float:
    number = percent(value)
    if isinstance(number, str):
        try:
            number = float(number)
        except ValueError:
            raise NoAnswer(f"expected a number, found {shown(value)}") from None
    if isinstance(number, bool) or not isinstance(number, int | float) or not isfinite(number):
        raise NoAnswer(f"expected a number, found {shown(value)}")
    if number < 0:
        raise NoAnswer(f"must not be negative: {number:g}")
    if item.unit == "share" and number >= LARGEST_SHARE:
        raise NoAnswer(f"is a share: write {number:g}% or {number / 100:g} for {number:g} percent")
    return float(number)


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise NoAnswer(f"expected a day, found {shown(value)}") from None


def _text(value: Any, wanted: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise NoAnswer(f"expected {wanted}, found {shown(value)}")
    if value.strip().lower() in (*YES, *NO):
        raise NoAnswer(f"expected {wanted}, found {shown(value)}")
    return value.strip()


def _link(text: str, key: str = "value") -> str:
    if not LINK.fullmatch(text.strip()):
        raise NoAnswer(f'"{text}" is no link', key)
    return text.strip()


def read_answers(case: CaseFile, document: Document, as_of: date) -> tuple[dict[str, Answer], list[Problem]]:
    """Every answer of the case, and every one that is none."""
    stated: Mapping[str, Any] = case.readiness.answers if case.readiness else {}
    answers: dict[str, Answer] = {}
    mistakes: list[Problem] = []
    for name, raw in stated.items():
        where: Keys = ("readiness", "answers", name)
        item = questionnaire().items.get(name)
        if item is None:
            mistakes.append(_unknown(name, where, document))
            continue
        try:
            place = document.key(*where)
            origin = f"{place.file}:{place.line}" if place.line else place.file
            answer = replace(answer_of(item, raw), origin=origin)
        except NoAnswer as why:
            keys: Keys = (*where, why.key) if isinstance(raw, Evidence) else where
            what = f"{'.'.join(map(str, keys))}: {why}"
            mistakes.append(
                Problem(what, where=document.value(*keys), fix=HOW[item.kind if why.key != "link" else "link"])
            )
            continue
        mistakes += _future(answer, raw, where, document, as_of)
        answers[name] = answer
    return answers, mistakes


def _unknown(name: str, where: Keys, document: Document) -> Problem:
    what = f'readiness.answers: there is no question "{name}". {nearest(name, questionnaire().items)}'
    fix = "`breakeven readiness CASE` lists them; `--ask` goes through them."
    return Problem(what.strip(), where=document.key(*where), fix=fix)


def _future(answer: Answer, raw: Any, where: Keys, document: Document, as_of: date) -> Iterator[Problem]:
    """Evidence of a day that has not come yet."""
    if answer.day is not None and answer.day > as_of:
        keys: Keys = (*where, "date" if raw.date else "value") if isinstance(raw, Evidence) else where
        what = f"{'.'.join(map(str, keys))}: {answer.day} is after {as_of}, the day of the case"
        yield Problem(what, where=document.value(*keys), fix="Evidence is of the past: give the day it was shown.")


def readiness_problems(case: CaseFile, document: Document, folder: Any, as_of: date) -> Iterator[Problem]:
    """What is wrong in the readiness section: answers, and the file of deployments."""
    if case.readiness is None:
        return
    yield from read_answers(case, document, as_of)[1]
    path = case.readiness.delivery
    if path is not None and not _is_file(folder / path):
        where = document.value("readiness", "delivery")
        fix = "The path is relative to the folder of the case."
        yield Problem(f'readiness.delivery: there is no file "{path}"', where=where, fix=fix)


def _is_file(path: Any) -> bool:
    try:
        return bool(path.is_file())
    except (OSError, ValueError):
        return False
