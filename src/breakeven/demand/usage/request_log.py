"""A request log, read once, and what it says of demand: volumes, load curve, and what it cannot show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from breakeven.demand.demand import Demand
from breakeven.demand.log.format.formats import log_format
from breakeven.demand.log.log_rows import LogRows, Wanted, log_rows
from breakeven.demand.log.minutes import MinuteTable, examples, minute_sums, minute_table
from breakeven.demand.log.rows.rejected import rejected_set_aside
from breakeven.demand.log.rows.repeats import once_each
from breakeven.demand.log.rows.set_aside import write_set_aside
from breakeven.demand.log.table.groups import refuse_loss
from breakeven.demand.log.table.tables import LogFile, log_files
from breakeven.demand.shape.measured import measured_demand
from breakeven.demand.usage.reading import demand_of_reading
from breakeven.demand.usage.saved import saved_reading

Paths = str | Path | Sequence[str | Path]


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
    files: Sequence[LogFile], *, workload: str, set_aside_to: str | Path | None = None, memory_limit: str | None = None
) -> tuple[MinuteTable, bool]:
    """The minute table of the files, and whether their times lack a zone."""
    wanted = Wanted(workload=workload, show_all=set_aside_to is not None, only_minutes=True)
    with log_rows(files, wanted, memory_limit=memory_limit) as log:
        return minutes_of(log, once_each(log.rows, log.size, log.ask), files, set_aside_to), log.naive


def minutes_of(log: LogRows, once: Any, files: Sequence[LogFile], set_aside_to: str | Path | None) -> MinuteTable:
    """The minute table of rows that were opened; `once` are those rows without repeats."""
    answer = log.ask(minute_sums(once)) if log.minutes is None else log.minutes
    bad = any(each != "" for each in answer["reason"].unique().to_pylist())
    shown = log.ask(examples(log.rows)).to_pylist() if bad else []
    table = minute_table(answer, shown, rejected_set_aside(log.rejected), _notices(files))
    where = str(files[0].path) if len(files) == 1 else f"{len(files)} files"
    refuse_loss(log.records, table.rows_read + sum(each.rows for each in table.set_aside), where)
    if set_aside_to is not None and table.set_aside:
        write_set_aside(log.connection, log.rows, log.rejected, Path(set_aside_to))
    return table


def _notices(files: Sequence[LogFile]) -> list[str]:
    """What the formats want said of their numbers."""
    said = (each for file in files for each in log_format(file.format_name).map.get("notices", ()))
    return list(dict.fromkeys(said))
