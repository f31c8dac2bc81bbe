"""The canonical rows of a log: one shape for every format, for those who want the rows and not the demand."""

from __future__ import annotations

from typing import Any

from breakeven.demand.engine import ibis
from breakeven.demand.extras import milliseconds, nano
from breakeven.demand.formats import log_format
from breakeven.demand.reasons import fine, reasons
from breakeven.demand.rows import checked, counted
from breakeven.demand.tables import LogFile
from breakeven.demand.times import microsecond_of
from breakeven.demand.tokens import name_of, token_sums

NAMES = {"app": "workload", "key": "key", "team": "team", "user": "user", "status": "status"}


def canonical(table: Any, file: LogFile, *, workload: str = "") -> Any:
    """The opened file in the canonical schema; `reason` is "" where a row can be used.

    `ts_us`: start, UTC, microseconds since 1970. `bucket_s`: seconds that the row sums, 0 for a single request.
    Input includes what was cached and what was written to the cache, output includes reasoning. `cost_nano` and the
    times are null where they are not known.
    """
    raw = table.select(**{field: table[column] for field, column in file.column_of.items()})
    text = {field: raw[field].cast("string") for field in raw.columns}
    row, one = checked(raw, text, file), log_format(file.format_name)
    tokens = token_sums(row.amounts, row.absent, one)
    tokens = {each: tokens[each] for each in sorted(tokens) if each != "input_tokens_with_cache_known"}
    times = {each: milliseconds(raw, file, each) for each in ("latency_ms", "ttft_ms") if each in text}
    nothing = ibis().null("int64")
    return raw.select(
        ts_us=microsecond_of(raw.timestamp, row.second, one.map.get("relative")),
        bucket_s=ibis().literal(0) if row.bucket_s is None else row.bucket_s,
        requests=counted(text, row, tokens | {"input_tokens_with_cache_known": nothing})["requests"],
        provider=name_of(text, "provider", one.map.get("provider", "")),
        model=name_of(text, "model", ""),
        **{name: name_of(text, field, workload if name == "app" else "") for name, field in NAMES.items()},
        **tokens,
        latency_ms=times.get("latency_ms", nothing),
        ttft_ms=times.get("ttft_ms", nothing),
        cost_nano=nano(raw, file) if "cost" in text else nothing,
        currency=name_of(text, "currency", one.map.get("currency", "USD" if "cost" in text else "")),
        source=ibis().literal(one.name),
        reason=ibis().cases((fine(row), ""), *reasons(row), else_=""),
    )
