"""Whether a log of one's own counts reasoning among its output or beside it: decided for a whole file, by evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

from breakeven.demand.log.engine.embedded import ask
from breakeven.demand.log.format.formats import GENERIC
from breakeven.demand.log.libraries import duckdb, ibis
from breakeven.demand.log.rows.tokens import number, whole
from breakeven.demand.log.table.shapes import decided, looking
from breakeven.demand.log.table.tables import LogFile

FIELD = "reasoning_tokens"
COUNTED = ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens", "total_tokens", FIELD)
LOOKED_AT = 10_000
ENOUGH = 0.05  # of the rows with reasoning: fewer are mistakes of the log
SAID = "Reasoning is counted beside the output, and added to it: {}."


def by_reasoning(files: Sequence[LogFile]) -> tuple[LogFile, ...]:
    """The files without a format of their own, reasoning added to the output where it stands beside it."""
    return decided(files, _told)


def _told(file: LogFile, paths: Sequence[Path]) -> LogFile | None:
    if file.format_name != GENERIC or not {FIELD, "output_tokens"} <= file.column_of.keys():
        return None
    specs: dict[str, Any] = file.fields
    because = "its columns are named as Gemini names them" if "thoughts" in str(specs[FIELD]).lower() else ""
    because = because or _shown(file, paths)
    reasoning = specs.pop(FIELD)
    if not because:
        plain = {name: column for name, column in file.column_of.items() if name != FIELD}
        return replace(file, specs=specs if file.specs else {}, column_of=plain)
    specs["output_tokens"] = {"sum": [specs["output_tokens"], reasoning]}
    return file.with_fields(specs, SAID.format(because))


def _shown(file: LogFile, paths: Sequence[Path]) -> str:
    """What totals or rows show; "" where it is among the output."""
    try:
        with looking(file, paths) as (connection, table):
            (counts,) = ask(connection, _counts(table.limit(LOOKED_AT), file)).to_pylist()
    except duckdb().Error:
        return ""  # what is wrong with the file is told where it is read
    if counts["beside"] != counts["among"]:
        return "its totals are the sum so" if counts["beside"] > counts["among"] else ""
    if counts["over"] and counts["over"] >= ENOUGH * counts["rows"]:
        return f"{counts['over']:,} of {counts['rows']:,} rows with reasoning have more of it than output"
    return ""


def _counts(table: Any, file: LogFile) -> Any:
    """Rows with reasoning, those with more of it than output, and what the totals of rows include."""
    amount = {
        field: ibis().coalesce(whole(number(table[file.column_of[field]])), 0)
        if field in file.column_of
        else ibis().literal(0, "int64")
        for field in COUNTED
    }
    rows = table.select(**amount)
    both = rows.input_tokens + rows.output_tokens
    cached = rows.cached_input_tokens + rows.cache_write_tokens
    some, known = rows[FIELD] > 0, (rows[FIELD] > 0) & (rows.total_tokens > 0)
    among = reduce(or_, [rows.total_tokens == total for total in (both, both + cached)])
    beside = reduce(or_, [rows.total_tokens == total + rows[FIELD] for total in (both, both + cached)])
    return rows.aggregate(
        rows=ibis().coalesce(some.cast("int64").sum(), 0),
        over=ibis().coalesce((some & (rows[FIELD] > rows.output_tokens)).cast("int64").sum(), 0),
        among=ibis().coalesce((known & among & ~beside).cast("int64").sum(), 0),
        beside=ibis().coalesce((known & beside & ~among).cast("int64").sum(), 0),
    )
