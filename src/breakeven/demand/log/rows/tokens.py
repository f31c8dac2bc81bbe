"""Columns of a log as numbers and names, and its token counts as the format means them."""

from __future__ import annotations

from typing import Any

from breakeven.demand.log.format.formats import Format
from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.rows.times import MOMENT

COUNTS = ("input_tokens", "output_tokens", "cached_input_tokens")
OTHER_COUNTS = ("cache_write_tokens", "requests", "failed_requests")
MOST_WITH_PLACES, LARGEST = 1e6, 9e18
MOST = 10**18  # far beyond what is believed of a row
ENDS_IN_ZEROS, ZEROS = "[.][0-9]*0$", "[.]?0+$"
TRUE = ("true", "True", "TRUE", "t", "1")


def number(column: Any) -> Any:
    """The column as numbers; null where it is not one. What 64 bits with a sign may not hold is rounded."""
    if column.type().is_integer() and not column.type().is_uint64():
        return column.cast("int64")
    return column.cast("float64") if column.type().is_numeric() else column.try_cast("float64")


def missing(column: Any) -> Any:
    """Whether there is no value, or empty text."""
    return ibis().coalesce(column, "") == "" if column.type().is_string() else column.isnull()


def plain_text(column: Any) -> Any:
    """The column as text, the same in every engine: they write a fraction as 4e-05, 4.0E-5 or 0.00004."""
    if column.type().is_timestamp():
        return _moment_text(column)
    if not column.type().is_floating():
        return column.cast("string")
    size = column.abs()
    billionths = ((size * 1e9 + 0.5) // 1).cast("int64")
    units = (billionths // 1_000_000_000).cast("int64")
    rest = billionths - units * 1_000_000_000
    sign = ibis().cases((column < 0, "-"), else_="")
    places = (rest + 1_000_000_000).cast("string").substr(1, 9)
    number = ibis().cases((rest == 0, units.cast("string")), else_=units.cast("string") + "." + places)
    return ibis().cases((column.isnull(), None), (size < MOST_WITH_PLACES, sign + number), else_=_large(size, sign))


def _moment_text(column: Any) -> Any:
    """A moment without the zeros at its end, which some engines write; a zone is said where the column has one."""
    zone = "+00" if column.type().timezone else ""
    text = without_zeros(column.cast(MOMENT).cast("string"))
    return text + zone if zone else text


def without_zeros(text: Any) -> Any:
    """The text of a moment without zeros at the end of its fraction."""
    return ibis().cases((text.re_search(ENDS_IN_ZEROS), text.re_replace(ZEROS, "")), else_=text)


def _large(size: Any, sign: Any) -> Any:
    """Beyond what has nine exact places in a double: whole, or not a number that counts anything."""
    return ibis().cases((size < LARGEST, sign + (size // 1).cast("int64").cast("string")), else_=sign + "beyond 9e18")


def name_of(text: dict[str, Any], field: str, otherwise: str) -> Any:
    """The text of a field, or another where it is empty or not there."""
    if field not in text:
        return ibis().literal(otherwise)
    return ibis().cases((ibis().coalesce(text[field], "") == "", otherwise), else_=text[field])


def is_true(text: Any) -> Any:
    """Whether a text says yes."""
    return ibis().coalesce(text.isin(TRUE), False)


def whole(value: Any) -> Any:
    """A checked amount as an integer, zero where there is none or one so large that sums of a few would overflow."""
    integer = value if value.type().is_integer() else value.try_cast("int64")
    return ibis().cases(((value >= -MOST) & (value <= MOST), integer), else_=0)


def token_sums(amounts: dict[str, Any], absent: dict[str, Any], one: Format, beside: Any) -> dict[str, Any]:
    """The input with all that was cached, and the other token counts. `beside`: whether it is counted beside it, for
    all rows (True or False) or by row.
    """
    zero = ibis().literal(0, "int64")
    part = {name: whole(amounts[name]) if name in amounts else zero for name in (*COUNTS, "cache_write_tokens")}
    given, cached, written = part["input_tokens"], part["cached_input_tokens"], part["cache_write_tokens"]
    both = given + cached + written
    total = (both if beside else given) if isinstance(beside, bool) else ibis().cases((beside, both), else_=given)
    known = ibis().literal(False)
    if "cached_input_tokens" in amounts:
        known = ibis().literal(True) if one.partial else ~absent["cached_input_tokens"]
    return part | {"input_tokens": total, "input_tokens_with_cache_known": ibis().cases((known, total), else_=0)}
