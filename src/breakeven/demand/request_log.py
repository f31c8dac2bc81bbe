"""A request log, read once, and what it says of demand: volumes, load curve, and what it cannot show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from breakeven.demand.demand import Demand
from breakeven.demand.engine import duckdb, ibis
from breakeven.demand.extras import told
from breakeven.demand.formats import log_format
from breakeven.demand.measured import measured_demand
from breakeven.demand.minutes import MinuteTable, examples, minute_sums, minute_table
from breakeven.demand.reading import demand_of_reading
from breakeven.demand.rejected import rejected_lines, rejected_set_aside
from breakeven.demand.repeats import once_each
from breakeven.demand.rows import is_bucketed, readable
from breakeven.demand.saved import saved_reading
from breakeven.demand.set_aside import write_set_aside
from breakeven.demand.tables import LogFile, log_files, open_table
from breakeven.problems import Problem

Paths = str | Path | Sequence[str | Path]
# Strict first; then files that mix line ends; last, files where a quote opens and never closes, which would
# swallow all that follows: there a quote is an ordinary character.
WAYS_TO_SPLIT: tuple[dict[str, Any], ...] = (
    {"quote": '"', "escape": '"'},
    {"quote": '"', "escape": '"', "strict_mode": False},
    {"quote": "", "escape": "", "strict_mode": False},
)


def read_request_log(  # noqa: PLR0913 - each says one thing of the log, all but the path by name
    path: Paths,
    *,
    format: str | None = None,  # noqa: A002 - the word of the command line
    columns: Mapping[str, str] | None = None,
    split_by: str | None = None,
    workload: str = "all",
    time_zone: str = "UTC",
    profile_if_short: str | None = None,
    window_minutes: int = 5,
    set_aside_to: str | Path | None = None,
) -> Demand:
    """Demand as a log of requests, or of their sums by hour or day, shows it.

    `path`: a CSV, Parquet or JSON file (text also .gz), a folder, a pattern or a list of them.
    `format` forces one of `formats/`; else each file tells its own. `columns` names a column where its own name is
    not understood, as {field: column}; see `formats/generic.yaml`. `split_by` is the field that names a workload
    (key, team, user, model, provider), `workload` the name where the log has none. `time_zone` is for the shape of
    the week; times without a zone are UTC. `profile_if_short` gives the load curve when the log covers less than a day.
    `window_minutes`: the load is sized in windows of this length (5, or the cold start of a replica when that
    is longer). `set_aside_to`: a CSV file for the rows that could not be used. A minute table that
    `breakeven demand -o` saved gives the demand of its log.
    """
    if (saved := saved_reading(path)) is not None:
        return demand_of_reading(
            saved, time_zone=time_zone, profile_if_short=profile_if_short, window_minutes=window_minutes
        )
    files = log_files(path, columns, format_name=format, split_by=split_by)
    table, naive = read_minutes(files, workload=workload, set_aside_to=set_aside_to)
    return measured_demand(
        table,
        where=", ".join(str(each.path) for each in files[:3]) + (" …" if len(files) > 3 else ""),
        time_zone=time_zone,
        profile_if_short=profile_if_short,
        window_minutes=window_minutes,
        naive=naive,
        cache_column=bool(table["input_tokens_with_cache_known"].any()),
    )


def read_minutes(
    files: Sequence[LogFile], *, workload: str, set_aside_to: str | Path | None = None
) -> tuple[MinuteTable, bool]:
    """The minute table of the files, and whether their times lack a zone."""
    where = str(files[0].path) if len(files) == 1 else f"{len(files)} files"
    for last, way in enumerate(WAYS_TO_SPLIT, start=1 - len(WAYS_TO_SPLIT)):
        try:
            if (answer := _read(files, way, workload, set_aside_to, only_choice=last == 0)) is not None:
                return answer
        except duckdb().InvalidInputException as error:
            if last == 0 or "state" not in str(error):
                raise _unreadable(error, where) from error
        except duckdb().Error as error:
            raise _unreadable(error, where) from error
    raise AssertionError("the last way to split always answers")


def _unreadable(error: Exception, where: str) -> Problem:
    first_line = str(error).splitlines()[0]
    return Problem(f"the log cannot be read: {first_line}", where=where, fix="Is the file whole? Export it again.")


def _read(
    files: Sequence[LogFile],
    way: dict[str, Any],
    workload: str,
    set_aside_to: str | Path | None,
    *,
    only_choice: bool,
) -> tuple[MinuteTable, bool] | None:
    """One reading; None when a quote that stays open swallowed lines and another way is left."""
    connection = ibis().duckdb.connect()
    try:
        connection.raw_sql("SET TimeZone = 'UTC'")  # times without a zone are UTC, wherever the machine stands
        tables = [open_table(connection, each, **way) for each in files]
        together = rows_of(tables, files, workload)
        answer = minute_sums(once_each(together, files)).to_pyarrow()
        rejected = rejected_lines(connection)
        if any(each.lines > 1 for each in rejected) and not only_choice:
            return None
        bad = any(each != "" for each in answer["reason"].unique().to_pylist())
        shown = examples(together).to_pyarrow().to_pylist() if bad else []
        table = minute_table(answer, shown, rejected_set_aside(rejected), _notices(files))
        if set_aside_to is not None and table.set_aside:
            write_set_aside(connection, together, rejected, Path(set_aside_to))
        return table, any(_naive(each, file) for each, file in zip(tables, files, strict=True))
    finally:
        connection.disconnect()


def rows_of(tables: Sequence[Any], files: Sequence[LogFile], workload: str) -> Any:
    """The readable rows of all files together, with all that any of them tells. Repeats are still in it."""
    carry = frozenset[str]().union(*(told(each, bucketed=is_bucketed(each)) for each in files))
    rows = [readable(table, each, workload=workload, carry=carry) for table, each in zip(tables, files, strict=True)]
    return ibis().union(*rows) if len(rows) > 1 else rows[0]


def _notices(files: Sequence[LogFile]) -> list[str]:
    """What the formats want said of their numbers."""
    said = (each for file in files for each in log_format(file.format_name).map.get("notices", ()))
    return list(dict.fromkeys(said))


def _naive(table: Any, file: LogFile) -> bool:
    """Whether the times have no zone, as far as the first hundred tell. Unix time is UTC by definition."""
    if log_format(file.format_name).map.get("utc") or log_format(file.format_name).map.get("relative"):
        return False
    times = table[file.column_of["timestamp"]]
    if times.type().is_timestamp():
        return times.type().timezone is None
    if times.type().is_numeric():
        return False
    first = table.select(moment=times.cast("string")).limit(100).to_pyarrow()["moment"].to_pylist()
    return any(_without_zone(each) for each in first if each)


def _without_zone(text: str) -> bool:
    clock = text[10:].strip()
    return "-" in text[:8] and not (clock.upper().endswith(("Z", "UTC", "GMT")) or "+" in clock or "-" in clock)
