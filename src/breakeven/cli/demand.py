"""`breakeven demand`: what a log says of the demand, on a page, as JSON, and saved for all later questions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer


def demand(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="Logs, bills, folders, patterns, or a saved demand.parquet."),
    ],
    log_format: Annotated[
        str | None, typer.Option("--format", help="The logs' format. Absent: recognised by its columns.")
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where the log lies: spark://, clickhouse://, postgres://. Absent: in files."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=COLUMN", help="Which column holds a field, or a file that --map wrote."),
    ] = None,
    split_by: Annotated[
        str | None, typer.Option(help="What a workload is: key, team, user, model. Absent: the app.")
    ] = None,
    workload: Annotated[str, typer.Option(help="The workload's name where the log has none.")] = "all",
    time_zone: Annotated[str, typer.Option(help="For the shape of the week, such as Europe/Vienna.")] = "UTC",
    load_profile: Annotated[str | None, typer.Option(help="Stands in for the load curve of a log under a day.")] = None,
    time_unit: Annotated[
        str | None, typer.Option(metavar="s|ms", help="Times count from the start of a trace, in this unit.")
    ] = None,
    starts: Annotated[
        datetime | None, typer.Option(metavar="DAY", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="That start, UTC.")
    ] = None,
    dates: Annotated[
        str | None, typer.Option(metavar="ORDER", help="Of dates such as 03/04/2026: day-first or month-first.")
    ] = None,
    log_zone: Annotated[
        str, typer.Option(metavar="ZONE", help="The zone of times that name none, such as Europe/Vienna. Absent: UTC.")
    ] = "",
    bill: Annotated[float | None, typer.Option(metavar="AMOUNT", help="What was paid for it, USD.")] = None,
    price: Annotated[
        list[str] | None, typer.Option(metavar="MODEL=HOST/MODEL", help="Whose price a model of the log has.")
    ] = None,
    set_aside: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Where rows that cannot be used go, with the reason.")
    ] = None,
    memory_limit: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Memory for reading files, 800MB if absent; the rest is on disk.")
    ] = None,
    map_to: Annotated[
        Path | None, typer.Option("--map", metavar="FILE.yaml", help="Write a draft of the columns' meaning, and stop.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE.parquet", help="Save the minute table here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of the page.")] = False,
) -> None:
    """Read usage logs of any size: totals, workloads, the week, peaks, and what the log could not show."""
    from breakeven.cli.demand_inputs import (
        clock_of,
        columns_of,
        dates_of,
        pairs,
        print_usage,
        reading_of,
        refuse_before_reading,
        write_map,
    )
    from breakeven.demand.usage.saved import save_reading
    from breakeven.outputs import tried

    given, prices = columns_of(columns), pairs(price, "--price", "MODEL=HOST/MODEL")
    if map_to is not None:
        write_map(sources, given, map_to)
        return
    refuse_before_reading(time_zone=time_zone, load_profile=load_profile, bill=bill, out=out)
    for path in (out, set_aside):
        tried(path, sources=sources)
    reading = reading_of(
        sources,
        columns=given,
        engine=engine,
        log_format=log_format,
        clock=clock_of(time_unit, starts),
        dates=dates_of(dates, log_zone),
        split_by=split_by,
        workload=workload,
        set_aside_to=set_aside,
        memory_limit=memory_limit,
    )
    if out is not None:
        save_reading(reading, out)
    print_usage(reading, time_zone=time_zone, load_profile=load_profile, bill=bill, prices=prices, as_json=as_json)
