"""Requests that a log holds twice, as when a page of an export is read again: told by name and second, counted once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from breakeven.demand.log.libraries import ibis, pyarrow
from breakeven.demand.log.rows.extras import STREAMED
from breakeven.demand.log.rows.reasons import NOT_ABOUT

REPEATED = "repeats a request that was already read"
AGAIN = NOT_ABOUT + "counted: the span inside it tells of the same call"
OUTER_SPANS = """CREATE TEMP TABLE outer_spans AS WITH RECURSIVE
    spans AS (SELECT DISTINCT identity, parent, bool_or(told) AS told FROM ({spans})
        WHERE identity <> parent GROUP BY identity, parent),
    up AS (
        SELECT parent AS "outer" FROM spans WHERE told AND parent <> ''
        UNION SELECT spans.parent FROM spans JOIN up ON spans.identity = up."outer" WHERE spans.parent <> ''
    )
SELECT DISTINCT "outer" FROM up"""
Ask = Callable[[Any], Any]  # an Ibis expression -> its answer as Arrow
KEYS = ("identity", "second", "reason")
BYTES_AT_ONCE = 2**28  # of Parquet: so many rows' names fit into memory


def repeated_marks(rows: Any, parts: int, ask: Ask) -> list[Any] | None:
    """The marks and seconds that more than one row has (Arrow), on DuckDB; None when the rows have no names."""
    if "identity" not in rows.columns:
        return None
    marked = _named(rows).select("second", mark=_named(rows).identity.hash())
    marks: list[Any] = []
    for part in range(parts):
        some = marked.filter(marked.mark.abs() % parts == part) if parts > 1 else marked
        counted = some.group_by("mark", "second").agg(rows=some.count())
        marks.append(ask(counted.filter(counted.rows > 1).select("mark", "second")))
    return marks


def _named(rows: Any) -> Any:
    return rows.filter((rows.identity != "") & rows.second.notnull())


def distinct_rows(rows: Any, repeated: Any = None) -> Any:
    """Readable rows, each request once: of rows with one name and one second the fullest stays, `repeats` are counted.

    Rows without a name cannot be told from others like them: they all stay. `repeated` is a table of the marks that
    need a look; without it all rows are looked at, in operations that every engine has.
    """
    if "identity" not in rows.columns:
        return rows
    none = ibis().literal(0, "int64")
    columns = [*rows.columns, "repeats"]
    if repeated is None:
        named, others = _named(rows), rows.filter((rows.identity == "") | rows.second.isnull())
    else:
        marked = rows.mutate(mark=rows.identity.hash())
        looked = repeated.select(its_mark=repeated.mark, its_second=repeated.second)
        same = [marked.mark == looked.its_mark, marked.second == looked.its_second]
        joined = marked.left_join(looked, same)
        named, others = _named(joined.filter(joined.its_mark.notnull())), joined.filter(joined.its_mark.isnull())
    fullest = {column: named[column].max() for column in rows.columns if column not in (*KEYS, "failed")}
    once = named.group_by(*KEYS).agg(**fullest, failed=named.failed.min(), repeats=(named.count() - 1).cast("int64"))
    return ibis().union(once.select(*columns), others.mutate(repeats=none).select(*columns))


def one_moment(rows: Any) -> Any:
    """The rows, the lines of one streamed answer all at the second of its first."""
    if "identity" not in rows.columns:
        return rows
    window = ibis().window(group_by=[rows.identity, rows.reason])
    first = rows.second.min().over(window)
    return rows.mutate(second=ibis().cases((rows.identity.startswith(STREAMED), first), else_=rows.second))


def innermost(rows: Any, connection: Any) -> Any:
    """The rows on DuckDB, a span whose call of a model is told by a span inside it, at any depth, being set aside.

    The way up ends at a span without a parent: a call that a tool makes is another one than the call of the tool.
    """
    if "parent" not in rows.columns:
        return rows
    named = rows.filter((rows.identity != "") | (rows.parent != ""))
    told = (named.reason == "") & (named.input_tokens + named.output_tokens > 0)
    spans = connection.compile(named.select("identity", "parent", told=told))
    connection.raw_sql(OUTER_SPANS.format(spans=spans))
    inner = connection.table("outer_spans")
    joined = rows.left_join(inner, rows.identity == inner.outer)
    twice = joined.outer.notnull() & (joined.reason == "")
    return joined.mutate(reason=ibis().cases((twice, AGAIN), else_=joined.reason)).drop("outer")


def once_each(rows: Any, size: int, ask: Ask) -> Any:
    """The rows without repeats, on DuckDB: a look at the names alone first, since most logs hold none.

    The names of a log of many bytes (`size`) are looked at in passes, so that memory does not grow with it.
    """
    found = repeated_marks(rows, 1 + size // BYTES_AT_ONCE, ask)
    if found is None or not any(each.num_rows for each in found):
        return rows
    return distinct_rows(rows, ibis().memtable(pyarrow().concat_tables(found)))
