"""Values inside a JSON result, by dotted paths; numbers checked, units made seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from breakeven.problems import Problem
from breakeven.written import short

SECONDS = {"s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3, "us": 1e-6, "μs": 1e-6, "µs": 1e-6, "ns": 1e-9}
SMALLEST = 1e-19  # nor smaller, but for 0
LARGEST = 1e19  # nanoseconds since 1970 are below it: nothing in a result is larger
NO_LIMIT = ("inf", "Infinity", "trace")  # request rates that are no rate


def found_at(record: Any, path: str) -> Any:
    """The value at "a.b.0.c", or None. A list is entered by a number; -1 is its last item."""
    if isinstance(record, Mapping) and path in record:
        return record[path]
    for part in path.split("."):
        if isinstance(record, Mapping):
            record = record.get(part)
        elif isinstance(record, Sequence) and not isinstance(record, str) and part.lstrip("-").isdigit():
            at = int(part)
            record = record[at] if -len(record) <= at < len(record) else None
        else:
            return None
    return record


def first_at(record: Any, paths: str | Sequence[str]) -> Any:
    """The first of these paths that has a value."""
    for path in [paths] if isinstance(paths, str) else paths:
        if (value := found_at(record, path)) is not None:
            return value
    return None


def number(value: Any, name: str, where: str) -> float | None:
    """A finite number from 0 up, or None. Raises `Problem` for anything else; "1,234.5" of a CSV is a number."""
    if value is None or value == "":
        return None
    try:
        amount = float(value.replace(",", "") if isinstance(value, str) else value)
    except (TypeError, ValueError, OverflowError):
        amount = float("nan")
    if isinstance(value, bool) or not isfinite(amount) or not (amount == 0 or SMALLEST <= amount <= LARGEST):
        raise Problem(
            f'"{name}" is {short(value)}',
            where=where,
            fix=f"It must be 0, or a number from {SMALLEST:g} to {LARGEST:g}.",
        )
    return amount


def in_seconds(unit: Any, name: str, where: str) -> float:
    """Seconds of one unit. Raises `Problem` for a unit we do not know."""
    factor = SECONDS.get(str(unit).strip().lower().removesuffix("/token"))
    if factor is None:
        fix = f"Known units are {', '.join(list(SECONDS)[:6])}."
        raise Problem(f'"{name}" is in "{unit}", which is no unit of time we know', where=where, fix=fix)
    return factor


def rate(value: Any, name: str, where: str) -> float | None:
    """A number of requests a second; None where the tool sent all at once or followed a trace."""
    if value in NO_LIMIT or value == float("inf"):
        return None
    return number(value, name, where)
