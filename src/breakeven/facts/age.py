"""How old a fact is, and when that must be said. Prices go stale; specifications do not."""

from __future__ import annotations

import datetime
import re
from contextlib import suppress

from breakeven.numbers.inputs import Source
from breakeven.problems import Notice, Place, Problem

STALE_AFTER_DAYS = 90
UNKNOWN = "unknown"
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


def first_day(date: str, *, where: Place | str = "") -> datetime.date | None:
    """The first day a date can mean: the day, the 1st of a month, or None when it is "unknown"."""
    if date == UNKNOWN:
        return None
    if parts := _DATE.fullmatch(date):
        year, month, day = map(int, parts.groups(default="1"))
        with suppress(ValueError):
            return datetime.date(year, month, day)
    fix = 'Write a day (2026-11-21), a month (2026-11) or "unknown".'
    raise Problem(f'"{date}" is not a date.', where=where, fix=fix)


def age_in_days(source: Source, as_of: datetime.date) -> int | None:
    """Days from the source's date to `as_of`, negative when the source is later; None when undated."""
    day = first_day(source.date) if source.date else None  # what the case itself decides is of no day
    return None if day is None else (as_of - day).days


def age_in_words(source: Source, as_of: datetime.date) -> str:
    """The age as a table shows it: "57 days", "date unknown", "dated later"."""
    days = age_in_days(source, as_of)
    if days is None:
        return "date unknown"
    return f"{days} day{'' if days == 1 else 's'}" if days >= 0 else "dated later"


def stale_notice(label: str, source: Source, as_of: datetime.date, limit: int = STALE_AFTER_DAYS) -> Notice | None:
    """What to say about a price's age: undated, older than `limit` days, dated after `as_of`; else None."""
    days = age_in_days(source, as_of)
    fix = "Check it with the provider and state the price in your case."
    if days is None:
        return Notice(what=f"{label}: date unknown, so the price is assumed ({source.title}).", fix=fix)
    if days > limit:
        return Notice(what=f"{label}: the price is {days} days old ({source}).", fix=fix)
    if days < 0:
        return Notice(what=f"{label}: the price is dated after {as_of} ({source}).")
    return None
