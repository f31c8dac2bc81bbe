"""Numbers as words: the only place that rounds, and the only place that makes sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import floor, log10
from typing import Any

from breakeven.shipped import shipped

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MINUS = "\u2212"
LARGE = 100_000  # an amount of this size is told in thousands


def money(value: float, currency: str = "USD") -> str:
    """An amount with its currency: in whole units, from LARGE on in whole thousands.

    The one rounding of money on every page, in the memo and in the workbook, whose number format says the same: what
    is read in one place is found in the other.
    """
    rounded = rounded_money(value)
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return f"{MINUS if rounded < 0 else ''}{symbol}{abs(rounded):,}"


def rounded_money(value: float) -> int:
    """An amount as it is told."""
    whole = round(value)
    return whole if abs(whole) < LARGE else 1000 * round(value / 1000)


def gains(value: float, currency: str) -> str:
    """A gain or a loss, by its verb."""
    return f"{'gains' if value > 0 else 'loses'} {money(abs(value), currency)}"


def price(value: float, currency: str = "USD") -> str:
    """A small price, four significant digits."""
    symbol = SYMBOLS.get(currency, f"{currency} ")
    rounded = significant(value, 4)
    if abs(rounded) >= 10_000:
        return money(value, currency)
    return f"{MINUS if rounded < 0 else ''}{symbol}{abs(rounded):,.4g}"


def significant(value: float, digits: int) -> float:
    """A number rounded to that many significant digits."""
    if not value:
        return 0.0
    return round(value, digits - 1 - floor(log10(abs(value))))


def percent(share: float, *, signed: bool = False) -> str:
    """A share as a percentage: one decimal below ten, none above."""
    value = share * 100
    places = 1 if abs(value) < 9.95 else 0
    text = f"{abs(value):,.{places}f} %"
    return (MINUS if value < 0 else "+" if signed else "") + text


def odds(share: float) -> str:
    """A chance as so many of a hundred; what is not certain is never told as certain."""
    whole = round(100 * share)
    if whole >= 100 and share < 1:
        return "over 99 of 100"
    return "under 1 of 100" if whole <= 0 < share else f"{whole} of 100"


LEAST_MTOK = 0.001  # below it a volume is told in tokens


def volume(mtok: float) -> str:
    """A monthly volume with the unit that suits it."""
    mtok = significant(mtok, 3)
    for size, unit in ((1e6, "T tokens"), (1e3, "B tokens"), (1.0, "M tokens")):
        if abs(mtok) >= size:
            return f"{mtok / size:,.4g} {unit}"
    return f"{mtok:g} M tokens" if mtok == 0 or abs(mtok) >= LEAST_MTOK else f"{mtok * 1e6:,.0f} tokens"


def sentence(text: str) -> str:
    """A sentence begins with a capital letter, also where it begins with the name of an option."""
    return text[:1].upper() + text[1:]


def months(value: float | None) -> str:
    """A number of months."""
    return "never" if value is None else f"{value:.1f} months"


def month_named(as_of: str, number: int) -> str:
    """The calendar month of a month of the horizon; month 1 is that of the day that is judged for, as in tracking."""
    day = date.fromisoformat(as_of)
    at = day.month - 2 + number
    return f"{MONTHS[at % 12]} {day.year + at // 12}"


def month_shortly(as_of: str, number: int) -> str:
    """'month 7 (Jun 2027)': the number that the model counts by, and the month it is."""
    name, _, year = month_named(as_of, number).partition(" ")
    return f"month {number} ({name[:3]} {year})"


def plain(value: float) -> str:
    """Any other number, three significant digits."""
    rounded = abs(significant(value, 3))
    return (MINUS if value < 0 else "") + (f"{rounded:,.3g}" if rounded < 1000 else f"{rounded:,.0f}")


def words() -> Mapping[str, Any]:
    """Labels and actions of the inputs."""
    found: Mapping[str, Any] = shipped("report/wording.yaml")
    return found


def label(name: str) -> str:
    """What an input is called in a sentence."""
    return str(words()["inputs"].get(name, {}).get("label", name.replace("_", " ")))


def class_words(verdict: str) -> str:
    """A class of the verdict as a board reads it."""
    return str(words()["classes"].get(verdict, verdict))


def allowed(share: str) -> str:
    """How much of the traffic readiness allows, in words."""
    return str(words()["allows"][share])


def action(name: str) -> str | None:
    """What to do about an input that could turn the verdict."""
    found = words()["inputs"].get(name, {}).get("action")
    return None if found is None else str(found)


def few(names: Sequence[str], most: int) -> str:
    """Names with commas; beyond `most` of them how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def counted(count: float, thing: str) -> str:
    """'1 replica', '2 replicas'."""
    return f"{count:,g} {thing}{'' if count == 1 else 's'}"
