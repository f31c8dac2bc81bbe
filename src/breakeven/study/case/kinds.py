"""The kinds of value a case file may hold: numbers, shares, days, and numbers with their range."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from breakeven.facts.age import first_day
from breakeven.facts.precisions import precision_called
from breakeven.problems import Problem

LARGEST = 1e15  # of whatever unit
KEYS, VALUE = "(keys)", "(value)"  # the two shapes of a union; they show up in pydantic's error locations


def percent(value: Any) -> Any:
    """'9%' and '9 %' are 0.09; everything else is left to the type."""
    if isinstance(value, str) and value.strip().endswith("%"):
        try:
            value = float(value.strip()[:-1]) / 100
        except ValueError:
            return value
    return _counted(value)


def whole(value: Any) -> Any:
    """36.0 is the whole number 36."""
    value = _counted(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _counted(value: Any) -> Any:
    """A number of a size that is met; beyond it sums lose their last digits."""
    if isinstance(value, int | float) and LARGEST < abs(value) < float("inf"):
        raise ValueError(f"this number is beyond {LARGEST:g}. Check its unit.")
    if isinstance(value, float) and 0 < abs(value) < 1 / LARGEST:
        raise ValueError(f"this number is neither 0 nor above {1 / LARGEST:g}. Check its unit.")
    return value


def day(value: Any) -> Any:
    """A day, a month or "unknown", as text."""
    text = value.isoformat()[:10] if isinstance(value, date) else value
    if isinstance(text, str):
        try:
            first_day(text)
        except Problem as problem:
            raise ValueError(f"{problem.what} {problem.fix}") from None
    return text


def calendar_day(value: Any) -> Any:
    """A date written as text or with a time is that day; a number is no date."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f'"{value}" is not a day. Write it as 2026-11-21.') from None
    return value


def precision(value: Any) -> Any:
    """A number format under our name for it; what nobody calls so is left to the type."""
    found = precision_called(value) if isinstance(value, str) else None
    return found.name if found else value


def shape(value: Any) -> str:
    """Whether a value is written as keys or as one value: decides which half of a union is meant."""
    return KEYS if isinstance(value, Mapping | BaseModel) else VALUE


Number = Annotated[float, Field(strict=True, allow_inf_nan=False), BeforeValidator(percent)]
Positive = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False), BeforeValidator(percent)]
NotNegative = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False), BeforeValidator(percent)]
AtLeastOne = Annotated[float, Field(strict=True, ge=1, allow_inf_nan=False), BeforeValidator(percent)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False), BeforeValidator(percent)]
Change = Annotated[float, Field(strict=True, gt=-1, allow_inf_nan=False), BeforeValidator(percent)]
Count = Annotated[int, Field(strict=True, ge=0), BeforeValidator(whole)]
CountFromOne = Annotated[int, Field(strict=True, ge=1), BeforeValidator(whole)]
CalendarDay = Annotated[date, Field(strict=True), BeforeValidator(calendar_day)]
Day = Annotated[str, BeforeValidator(day)]


class Part(BaseModel):
    """A part of a case: no unknown keys, no silent conversion of text to numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Stated(Part):
    """A number with its range: `low` and `high` are the 5th and 95th percentile."""

    likely: Number
    """The value you expect."""
    low: Number | None = None
    """It is lower once in twenty times."""
    high: Number | None = None
    """It is higher once in twenty times."""
    kind: Literal["measured", "published", "modelled", "assumed"] = "assumed"
    """What the number rests on."""
    source: str = ""
    """Who says so: an offer, an invoice, a measurement."""
    date: Day = "unknown"
    """When that was true: a day (2026-11-21), a month (2026-11) or "unknown"."""

    @model_validator(mode="after")
    def _ordered(self) -> Stated:
        said = {"low": self.low, "likely": self.likely, "high": self.high}
        given = {name: value for name, value in said.items() if value is not None}
        if list(given.values()) != sorted(given.values()):
            listed = ", ".join(f"{name} {value:g}" for name, value in given.items())
            raise ValueError(f"{listed} must be in rising order")
        return self


Quantity = Annotated[Annotated[Stated, Tag(KEYS)] | Annotated[Number, Tag(VALUE)], Discriminator(shape)]
PositiveQuantity = Annotated[Annotated[Stated, Tag(KEYS)] | Annotated[Positive, Tag(VALUE)], Discriminator(shape)]
