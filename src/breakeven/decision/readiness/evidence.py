"""Answers to the readiness questions, judged: shown or not, and why. No answer shows nothing, and answers expire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from breakeven.decision.readiness.questionnaire import Bound, Effort, Item, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the case says to one question; None and "" where it says nothing. `origin`: where it says so."""

    number: float | None = None
    yes: bool | None = None
    day: date | None = None
    link: str = ""
    owner: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One item at one level: whether it is shown, and why not. `effort` is the work of showing it."""

    item: str
    level: Level
    held: bool
    because: str
    question: str
    dimension: str
    step: int
    effort: Effort
    origin: str = ""


def judged(item: Item, level: Level, answer: Answer | None, as_of: date, *, fallback_forbidden: bool) -> Shown:
    """Whether an answer shows an item at a level, on a day."""
    bound = item.bounds[level]
    lack = _lack(item, bound, answer, as_of, fallback_forbidden=fallback_forbidden)
    return Shown(
        item=item.id,
        level=level,
        held=not lack,
        because=lack or _given(item, answer),
        question=item.question,
        dimension=item.dimension,
        step=bound.step,
        effort=bound.effort,
        origin=answer.origin if answer else "",
    )


def _lack(item: Item, bound: Bound, answer: Answer | None, as_of: date, *, fallback_forbidden: bool) -> str:
    """What is wrong with an answer; empty when nothing is."""
    if item.uses_fallback and fallback_forbidden:
        return "does not count: a failed gate forbids the API as a fallback"
    if answer is None:
        return f"no answer{_wanted(item, bound)}"
    if lack := _no_artefact(item, answer):
        return lack
    if answer.number is not None and item.kind == "number" and not bound.holds(answer.number):
        return f"is {amount(item, answer.number)}, must be {limit(item, bound)}"
    return _age(item, answer, as_of)


def _wanted(item: Item, bound: Bound) -> str:
    wanted = limit(item, bound)
    return f"; must be {wanted}" if wanted else ""


def _no_artefact(item: Item, answer: Answer) -> str:
    """What the kind of the item asks for and the answer lacks."""
    missing = {
        "link": "" if answer.link else "no link",
        "owner": "" if answer.owner else "no owner named",
        "date": "" if answer.day else "no day given",
        "number": "" if answer.number is not None else "no number given",
        "yes-with-link": "" if answer.link and answer.yes is not False else "a yes needs its link",
    }
    return "answered no" if answer.yes is False else missing[item.kind]


def _age(item: Item, answer: Answer, as_of: date) -> str:
    """Whether the evidence has expired; evidence that expires and has no day counts as expired."""
    if item.expires_in_days is None:
        return ""
    if answer.day is None:
        return f"has no date; it counts for {item.expires_in_days} days"
    if answer.day > as_of:
        return f"is of {answer.day}, after {as_of}"
    if as_of - answer.day > timedelta(days=item.expires_in_days):
        return f"is of {answer.day}, older than {item.expires_in_days} days"
    return ""


def _given(item: Item, answer: Answer | None) -> str:
    """What was shown, in a few words."""
    if answer is None:
        return ""
    said = [answer.owner] if item.kind == "owner" else []
    said += [amount(item, answer.number)] if item.kind == "number" and answer.number is not None else []
    said += [answer.day.isoformat()] if answer.day else []
    return ", ".join([*said, *([answer.link] if answer.link else [])])


def amount(item: Item, number: float) -> str:
    """A number with the item's unit."""
    if item.unit == "share":
        return f"{100 * number:.3g} %"
    unit = item.unit.removesuffix("s") if number == 1 else item.unit
    return f"{number:.3g} {unit}".strip()


def limit(item: Item, bound: Bound) -> str:
    """The bound of an item in words; empty when any number does."""
    ends = (("at least", bound.at_least), ("at most", bound.at_most), ("below", bound.below))
    return " and ".join(f"{word} {amount(item, end)}" for word, end in ends if end is not None)


def total(missing: Mapping[tuple[str, Level], Shown] | None) -> Effort:
    """The work of showing everything in a set, each item and level once."""
    return sum((each.effort for each in (missing or {}).values()), start=Effort())
