"""Rows without a clock: where every time of a log of one's own is a bare day, a row sums that day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from breakeven.demand.log.format.formats import GENERIC
from breakeven.demand.log.libraries import duckdb
from breakeven.demand.log.table.shapes import decided, looking
from breakeven.demand.log.table.tables import LogFile
from breakeven.problems import Problem

HOUR = r"^\s*\d{4}-\d{2}-\d{2}[T ]\d{2}:00(:00([.]0+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{0,2})?\s*$"
FEW = 3
DAY = r"^\s*\d{4}-\d{2}-\d{2}\s*$"
SECONDS = 86_400
LOOKED_AT = 10_000
APART = (
    "Its days are {}: if a row sums more than its day, add a column with its end, or volumes and peaks are wrong: "
    "columns: {{ended: …}}."
)
FULL_HOURS = "All its times are full hours: if a row sums its hour, name columns: {requests: …, ended: …}."
SAID = "Its times are days without a clock: a row is read as the sum of its day, in UTC."


def by_days(files: Sequence[LogFile]) -> tuple[LogFile, ...]:
    """The files, those of which every row names a day told so."""
    return decided(files, _told)


def _told(file: LogFile, paths: Sequence[Path]) -> LogFile | None:
    if file.format_name != GENERIC or file.clock is not None or "ended" in file.column_of:
        return None
    try:
        days = _are_days(file, paths[:1])
    except duckdb().Error:
        return None  # what is wrong with the file is told where it is read
    if days is None:
        return replace(file, said=(*file.said, FULL_HOURS))
    if days:
        step = _step(file, paths)
        return replace(file, bucket=SECONDS, said=(*file.said, SAID, *([APART.format(step)] if step else [])))
    if "requests" in file.column_of:
        what = "rows count requests, their times have a clock, and no column says where the hour or day ends"
        raise Problem(
            what, where=str(file.path), fix="Name it: columns: {ended: …}; or export the requests one by one."
        )
    return None


def _are_days(file: LogFile, paths: Sequence[Path]) -> bool | None:
    """Whether there are times, and each of the first rows' is a bare day; None where each is a full hour."""
    with looking(file, paths) as (connection, table):
        moment = table[file.column_of["timestamp"]]
        if not (moment.type().is_string() or moment.type().is_date()):
            return False
        texts = connection.compile(table.select(text=moment.cast("string")))
        there = f"SELECT text FROM ({texts}) WHERE regexp_matches(text, '^\\s*\\d') LIMIT {LOOKED_AT}"  # noqa: S608 - our own
        counts = (f"count(*) FILTER (regexp_matches(text, '{form}'))" for form in (DAY, HOUR))
        query = f"SELECT count(*), {', '.join(counts)} FROM ({there})"  # noqa: S608 - patterns of our own
        rows, days, hours = connection.con.execute(query).fetchone()
    if rows > FEW and hours == rows:
        return None
    return bool(rows) and days == rows


def _step(file: LogFile, paths: Sequence[Path]) -> str:
    """How its days follow each other where they are none that do: by weeks or by months; else ""."""
    with looking(file, paths) as (connection, table):
        texts = connection.compile(table.select(text=table[file.column_of["timestamp"]].cast("string")))
        days = f"SELECT DISTINCT TRY_CAST(text AS DATE) AS day FROM (SELECT text FROM ({texts}) LIMIT {LOOKED_AT})"  # noqa: S608 - our own
        query = f"""
            SELECT count(day), bool_and(day(day) = 1), bool_and(date_diff('day', first, day) % 7 = 0)
            FROM (SELECT day, min(day) OVER () AS first FROM ({days}) WHERE day IS NOT NULL)"""  # noqa: S608 - our own
        found, months, weeks = connection.con.execute(query).fetchone()
    if found < FEW or not (months or weeks):
        return ""
    return "all the first of a month" if months else "whole weeks apart"
