"""Moments as whole UTC seconds since 1970, however a log writes them."""

from __future__ import annotations

from typing import Any

from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.table.tables import Clock

UNITS = [(1e11, 1), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9)]  # Unix time below the limit counts s, ms, us, ns
PER_SECOND = {"s": 1, "ms": 1000}
FRACTION = "[.]([0-9]+)"  # of a second
MOMENT, UTC_MOMENT = "timestamp(6)", "timestamp('UTC', 6)"  # ClickHouse drops what a bare timestamp does not name


def second_of(column: Any, clock: Clock | None = None) -> Any:
    """Whole UTC seconds since 1970, from a time, from ISO text, or from Unix time in s, ms, us or ns.

    `clock`: the column counts from a start; 1970 stands for one that is not known.
    """
    kind = column.type()
    number = number_of(column) if kind.is_numeric() or kind.is_string() else None
    if number is not None and clock:
        return (number / PER_SECOND[clock.unit] // 1).try_cast("int64") + (clock.starts or 0)
    if number is not None:
        unix = ibis().cases(*((number.abs() < limit, (number / step)) for limit, step in UNITS), else_=None)
        unix = (unix // 1).try_cast("int64")
        if kind.is_numeric():
            return unix
    moment = column.try_cast(UTC_MOMENT).cast(MOMENT) if kind.is_string() else column.cast(MOMENT)
    iso = moment.truncate("s").epoch_seconds().cast("int64")
    return iso if number is None else ibis().coalesce(iso, unix)


def arrival_of(column: Any, clock: Clock | None = None) -> Any:
    """The same moment with its fraction of a second, as a double, to all the places that a text has."""
    kind = column.type()
    number = number_of(column) if kind.is_numeric() or kind.is_string() else None
    if number is not None and clock:
        return number / PER_SECOND[clock.unit] + float(clock.starts or 0)
    if number is not None:
        unix = ibis().cases(*((number.abs() < limit, number / step) for limit, step in UNITS), else_=None)
        if kind.is_numeric():
            return unix
    text = column if kind.is_string() else column.cast(MOMENT).cast("string")
    fraction = ("0." + text.re_extract(FRACTION, 1)).try_cast("float64")
    moment = second_of(column).cast("float64") + ibis().coalesce(fraction, 0.0)
    return moment if number is None else ibis().coalesce(unix, moment)


def number_of(column: Any) -> Any:
    """A column as a double; null where its text is no number."""
    return column.cast("float64") if column.type().is_numeric() else column.try_cast("float64")
