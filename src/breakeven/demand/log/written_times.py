"""How a text file writes its times: as ISO text or Unix time, or as people do. Decided for a whole file.

Of 03/04/2026 nothing tells the month; a 13 in the first or second place of any row does, for all of them. Where nothing
does, the person is asked: a guess would move every request by months without a sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from re import IGNORECASE, fullmatch

from breakeven.demand.log.engine.embedded import ask
from breakeven.demand.log.format.counters import BODIES
from breakeven.demand.log.format.paths import Spec
from breakeven.demand.log.format.time_words import DAY_FIRST, MONTH_FIRST, SERIAL, ZONES
from breakeven.demand.log.libraries import duckdb
from breakeven.demand.log.table.shapes import decided, looking
from breakeven.demand.log.table.tables import LogFile
from breakeven.problems import Problem

FIELDS = ("timestamp", "ended")
SAMPLED = 200
PLAIN = (  # ISO text that is read as it is, and Unix time
    r"\s*\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?)? ?(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)?\s*"
    r"|\s*[-+]?\d{9,}([.]\d+)?\s*|\s*"
)
LOST = r"\s*\d([.,]\d{0,8})?[eE]\+?(09|9|1[0-9])\s*"  # Unix time, to fewer places than its seconds have
NUMBER = r"\s*[-+]?(\d{1,7}|\d{9,})?([.,]\d*)?([eE][-+]?\d+)?\s*"
SPACED = r".* [+-]\d{2}(:?\d{2})?\s*"
DATED = r"^\s*(\d{1,2})([/.-])(\d{1,2})[/.-](\d{4}|\d{2})([^\d].*)?$"
NAMED_ZONE = r"(?i)\d ?(?:[ap]\.? ?m\.? )?([a-z]{2,5})$"
HALF = ("AM", "PM")
EARLIEST, LATEST = 40_179, 51_136  # days of a spreadsheet: the years 2010 to 2039
HOW = (
    "breakeven demand LOG --dates day-first (or month-first) -o demand.parquet, which stands in for the log; "
    "a case says it below its log: dates: day-first"
)
SAID = {
    DAY_FIRST: "Dates such as {} are read as day, month, year.",
    MONTH_FIRST: "Dates such as {} are read as month, day, year.",
    SERIAL: "Times such as {} are read as the days of a spreadsheet.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """What the person says of times: the order of day and month, "" where the file may tell; the zone where none is."""

    order: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Times of all rows: numbers with the year last, those with more than 12 in first or second place, with full stops;
    numbers that a spreadsheet's days may be, all others that are there; names of zones.
    """

    dated: int
    first: int
    second: int
    dotted: int
    serial: int
    rows: int
    zones: tuple[str, ...]


def by_times(files: Sequence[LogFile], given: Dates | None = None) -> tuple[LogFile, ...]:
    """The files, those whose times are not written plainly told how they are read."""
    return decided(files, partial(_told, given=given or Dates()))


def _told(file: LogFile, paths: Sequence[Path], *, given: Dates) -> LogFile | None:
    if file.clock is not None or file.form in BODIES or "timestamp" not in file.column_of:
        return None
    try:
        sample = _sample(file, paths)
        odd = [text for text in sample if not fullmatch(PLAIN, text, IGNORECASE) or fullmatch(SPACED, text)]
        if not sample or not (odd or given.zone):
            return None
        _refuse_lost(sample, file.path)
        seen = _seen(file, paths)
    except duckdb().Error:
        return None  # what is wrong with the file is told where it is read
    _refuse_zones(seen, file.path)
    order = _order(seen, file, given, odd)
    if not (order or given.zone) and all(fullmatch(NUMBER, text) for text in odd):
        return None  # of a trace that counts from its start
    notices = [SAID[order].format(odd[0].strip())] if order and odd else []
    notices += [f"Times without a zone are those of {given.zone}."] if given.zone else []
    how = {"order": order, "zone": given.zone}
    moments = {name: _moment(spec, how) if name in FIELDS else spec for name, spec in file.fields.items()}
    return file.with_fields(moments, *notices)


def _moment(spec: Spec, how: Mapping[str, str]) -> Spec:
    """The spec of a time with how it is written; a last day stays one."""
    if isinstance(spec, dict) and "time" in spec:
        inner = {"moment": spec["time"], **how}
        return {"time": inner, "days_later": spec["days_later"]} if spec.get("days_later") else inner
    return {"moment": spec, **how}


def _bare(file: LogFile) -> LogFile:
    """The file with its times alone, as they are written."""
    times = {name: spec for name, spec in file.fields.items() if name in FIELDS}
    return file.with_fields(
        {name: spec["time"] if isinstance(spec, dict) and "time" in spec else spec for name, spec in times.items()}
    )


def _sample(file: LogFile, paths: Sequence[Path]) -> list[str]:
    """The first times; none where the column holds times of its own kind."""
    with looking(_bare(file), paths[:1]) as (connection, table):
        if not table["timestamp"].type().is_string():
            return []
        rows = ask(connection, table.select("timestamp").limit(SAMPLED)).to_pylist()
    return [each["timestamp"] for each in rows if each["timestamp"]]


def _seen(file: LogFile, paths: Sequence[Path]) -> Seen:
    """What all rows show."""
    with looking(_bare(file), paths) as (connection, table):
        names = [name for name in table.columns if table[name].type().is_string()]
        texts = [table.select(x=table[name].cast("string").strip()) for name in names]
        rows = " UNION ALL ".join(connection.compile(column_texts) for column_texts in texts)
        query = f"""
            SELECT count(*) FILTER (first IS NOT NULL), count(*) FILTER (first > 12), count(*) FILTER (second > 12),
                count(*) FILTER (parted = '.'), count(*) FILTER (number BETWEEN {EARLIEST} AND {LATEST}), count(*),
                list(DISTINCT zone) FILTER (zone <> '')
            FROM (
                SELECT try_cast(regexp_extract(x, '{DATED}', 1) AS INTEGER) AS first,
                    try_cast(regexp_extract(x, '{DATED}', 3) AS INTEGER) AS second,
                    regexp_extract(x, '{DATED}', 2) AS parted, try_cast(replace(x, ',', '.') AS DOUBLE) AS number,
                    upper(regexp_extract(x, '{NAMED_ZONE}', 1)) AS zone
                FROM ({rows}) WHERE x <> ''
            )"""  # noqa: S608 - patterns and a question of our own
        *counts, zones = connection.con.execute(query).fetchone()
    kinds = ("dated", "first", "second", "dotted", "serial", "rows")
    return Seen(**dict(zip(kinds, counts, strict=True)), zones=tuple(sorted(set(zones or ()) - set(HALF))))


def _refuse_lost(sample: Sequence[str], path: Path) -> None:
    """A spreadsheet writes 1793520123456 as 1.79352E+12: all requests of many minutes would lie at one moment."""
    lost = [text for text in sample if fullmatch(LOST, text)]
    if len(lost) > len(sample) / 2:
        what = f"times such as {lost[0].strip()} have lost their last digits"
        raise Problem(what, where=str(path), fix="Export it again, and read it before a spreadsheet has saved it.")


def _refuse_zones(seen: Seen, path: Path) -> None:
    """A name that several zones have, such as IST, would be read as one of them."""
    unknown = [each for each in seen.zones if each not in ZONES]
    if unknown:
        what = f"times end in {', '.join(unknown)}, which does not name one zone"
        raise Problem(what, where=str(path), fix="Write an offset in its place, such as +01:00 (of UTC).")


def _order(seen: Seen, file: LogFile, given: Dates, odd: Sequence[str]) -> str:
    """How numbers with the year last are read; "" where there are none."""
    if seen.serial and seen.serial == seen.rows:
        return SERIAL
    if not seen.dated:
        return ""
    if given.order:
        return given.order
    if seen.first and seen.second:
        what = f"of its dates {seen.first:,} can only be day first, and {seen.second:,} only month first"
        raise Problem(what, where=str(file.path), fix=f"Write them in one way, or say which is right: {HOW}.")
    if seen.first or seen.second:
        return DAY_FIRST if seen.first else MONTH_FIRST
    if seen.dotted == seen.dated:
        return DAY_FIRST
    if (known := _of_format(file)) != "":
        return known
    shown = next((text for text in odd if fullmatch(DATED, text.strip())), odd[0])
    what = f"of dates such as {shown.strip()} nothing in the file tells which number is the month"
    raise Problem(what, where=str(file.path), fix=f"Say it: {HOW}.")


def _of_format(file: LogFile) -> str:
    """The order that the file's format has."""
    spec = file.specs.get("timestamp")
    written = spec.get("written", []) if isinstance(spec, dict) else []
    return MONTH_FIRST if any(each.startswith("%m/%d") for each in written) else ""
