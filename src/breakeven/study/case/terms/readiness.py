"""What a case may say of readiness: answers to the questions, deployments and incidents, people to close gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Tag, WithJsonSchema

from breakeven.study.case.kinds import KEYS, VALUE, CalendarDay, Part, Positive, shape


def scalar(value: Any) -> Any:
    """One value: text, a number, a day, true or false."""
    if isinstance(value, str | bool | int | float | date):
        return value
    found = "a list" if isinstance(value, Sequence) else "keys" if isinstance(value, Mapping) else str(value)
    raise ValueError(f"expected one value, found {found}")


Scalar = Annotated[Any, AfterValidator(scalar), WithJsonSchema({"type": ["string", "number", "boolean"]})]


class Evidence(Part):
    """One answer: what is so, and the artefact that shows it."""

    value: Scalar | None = None
    """The number, day, owner, or yes and no."""
    link: str = ""
    """Where it can be seen: an address, a file or a ticket."""
    date: CalendarDay | None = None
    """The day on which it was true; most evidence expires."""
    owner: str = ""
    """Who is responsible."""


class ReadinessAnswers(Part):
    """Answers to the readiness questions; `breakeven readiness CASE --ask` asks them."""

    people: Positive | None = None
    """Engineers who close the gaps; left out, every gap is worked on side by side."""
    delivery: str | None = None
    """A CSV of deployments and incidents; relative to the case file."""
    answers: dict[
        str, Annotated[Annotated[Evidence, Tag(KEYS)] | Annotated[Scalar, Tag(VALUE)], Discriminator(shape)]
    ] = {}
    """The name of an item: its evidence, with keys or as one value."""
