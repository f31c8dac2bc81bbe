"""A question with fresh numbers, and what a wrong answer forgot. The same seed asks the same question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from random import Random

from breakeven.lesson.questions import MAKERS, Sum
from breakeven.problems import Problem, nearest
from breakeven.quick.options import exact_number
from breakeven.report.wording import MINUS

CLOSE = 0.01  # of the right answer, or of the largest of its parts: who rounds on the way is right


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. `part`: of the lesson; `unit`: of the answer."""

    part: str
    seed: int
    text: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Whether an answer is right, the right one, and why: what was forgotten, or how the sum is made."""

    right: bool
    answer: float
    unit: str
    because: str
    forgotten: tuple[str, ...]  # lines


def question(part: str, seed: int) -> Question:
    """The question of a part of the lesson with this seed."""
    found = sum_of(part, seed)
    return Question(part=part, seed=seed, text=found.text, unit=found.unit)


def sum_of(part: str, seed: int) -> Sum:
    """The question with its answer. Raises `Problem` for a part that there is not."""
    if part not in MAKERS:
        fix = f"{nearest(part, MAKERS)} The parts are {', '.join(MAKERS)}.".strip()
        raise Problem(f'the lesson has no part "{part}"', fix=fix)
    return MAKERS[part](Random(f"{part} {seed}"))  # noqa: S311 - a quiz, no secret


def checked(part: str, seed: int, said: str | float) -> Checked:
    """What an answer is worth. Raises `Problem` for what is no number."""
    found, value = sum_of(part, seed), number_of(said)
    if abs(value - found.answer) <= room(found):
        return Checked(right=True, answer=found.answer, unit=found.unit, because=made_of(found), forgotten=())
    left_out = forgotten(found, value)
    why = f"You forgot {' and '.join(found.forgotten[each] for each in left_out)}. " if left_out else ""
    return Checked(
        right=False, answer=found.answer, unit=found.unit, because=f"{why}{made_of(found)}", forgotten=left_out
    )


def verdict(found: Checked) -> str:
    """Right or wrong, the right answer, and why."""
    head = "Right." if found.right else f"Not quite: it is {shown(found.answer)} {found.unit}."
    return f"{head} {found.because}"


def number_of(said: str | float) -> float:
    """A number as people type it: 1,234 or $1234 or −5."""
    text = str(said).strip().replace(MINUS, "-").replace("$", "").replace(",", "").replace("_", "")
    exact = exact_number(text)
    if exact is None:
        raise Problem(f'"{said}" is not a number', fix="Write it plainly: 12345.")
    return float(exact)


def room(found: Sum) -> float:
    """How far from the right answer is still right: the same for all, by the largest part of the sum."""
    return CLOSE * min(abs(found.answer) or max(map(abs, found.parts.values())), max(map(abs, found.parts.values())))


def forgotten(found: Sum, value: float) -> tuple[str, ...]:
    """The lines without which the sum is what was answered: as few as do it; none where none do."""
    for count in range(1, len(found.parts)):
        near = sorted(
            (abs(value - sum(each for name, each in found.parts.items() if name not in left)), left)
            for left in combinations(found.parts, count)
        )
        if near and near[0][0] <= room(found):
            return near[0][1]
    return ()


def made_of(found: Sum) -> str:
    """The sum, part by part."""
    return f"{' '.join(_terms(found))} = {shown(found.answer)} {found.unit}."


def _terms(found: Sum) -> Iterator[str]:
    for i, (name, value) in enumerate(found.parts.items()):
        sign = MINUS if value < 0 else "+" if i else ""
        yield f"{sign} {shown(abs(value))} ({name})".strip()


def shown(value: float) -> str:
    """A number with thousands separators, whole."""
    return f"{MINUS if round(value) < 0 else ''}{abs(round(value)):,}"
