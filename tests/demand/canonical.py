"""The canonical rows of a log: one shape for every format, for tests that look at rows."""

from __future__ import annotations

from typing import Any

from breakeven.demand.log.format.formats import log_format
from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.rows.extras import milliseconds, nano
from breakeven.demand.log.rows.fields import fields
from breakeven.demand.log.rows.reasons import fine, reasons
from breakeven.demand.log.rows.rows import checked, counted
from breakeven.demand.log.rows.times import MOMENT, PER_SECOND, UNITS, UTC_MOMENT, number_of, second_of
from breakeven.demand.log.rows.tokens import name_of, token_sums
from breakeven.demand.log.table.tables import LogFile

NAMES = {"app": "workload", "key": "key", "team": "team", "user": "user", "status": "status"}


def canonical(table: Any, file: LogFile, *, workload: str = "") -> Any:
    """The opened file in the canonical schema; `reason` is "" where a row can be used.

    `ts_us`: start, UTC, microseconds since 1970. `bucket_s`: seconds that the row sums, 0 for a single request.
    Input includes what was cached and what was written to the cache, output includes reasoning. `cost_nano` and the
    times are null where they are not known.
    """
    one = log_format(file.format_name)
    found = fields(table, file, beside={"ts_us": lambda raw: microsecond_of(raw.timestamp, one.map.get("relative"))})
    text, row = found.text, checked(found, file)
    tokens = token_sums(row.amounts, row.absent, one, row.beside)
    tokens = {each: tokens[each] for each in sorted(tokens) if each != "input_tokens_with_cache_known"}
    times = {each: milliseconds(found, file, each) for each in ("latency_ms", "ttft_ms") if each in text}
    nothing = ibis().null("int64")
    return found.table.select(
        ts_us=found.beside["ts_us"],
        bucket_s=ibis().literal(0) if row.bucket_s is None else row.bucket_s,
        requests=counted(text, row, tokens | {"input_tokens_with_cache_known": nothing})["requests"],
        provider=name_of(text, "provider", one.map.get("provider", "")),
        model=name_of(text, "model", ""),
        **{name: name_of(text, field, workload if name == "app" else "") for name, field in NAMES.items()},
        **tokens,
        latency_ms=times.get("latency_ms", nothing),
        ttft_ms=times.get("ttft_ms", nothing),
        cost_nano=nano(found, file) if "cost" in text else nothing,
        currency=name_of(text, "currency", one.map.get("currency", "USD" if "cost" in text else "")),
        source=ibis().literal(one.name),
        reason=ibis().cases((fine(row), ""), *reasons(row), else_=""),
    )


def microsecond_of(column: Any, relative: str | None = None) -> Any:
    """Microseconds since 1970. A number is taken as exactly as a double holds it."""
    kind = column.type()
    if relative:
        return (number_of(column) * (1e6 / PER_SECOND[relative]) // 1).try_cast("int64")
    unix = None
    if kind.is_numeric() or kind.is_string():
        number = number_of(column)
        unix = ibis().cases(
            *((number.abs() < limit, (number * (1e6 / step)) // 1) for limit, step in UNITS), else_=None
        )
        unix = unix.try_cast("int64")
        if kind.is_numeric():
            return unix
    moment = column.try_cast(UTC_MOMENT).cast(MOMENT) if kind.is_string() else column.cast(MOMENT)
    exact = second_of(column) * 1_000_000 + ibis().coalesce(moment.microsecond(), 0)
    return exact if unix is None else ibis().coalesce(unix, exact)
