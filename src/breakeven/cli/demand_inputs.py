"""What `breakeven demand` is given, checked before anything long begins, and the reading itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import typer
from rich.console import Console

from breakeven.cli.answer import print_json
from breakeven.cli.progress import progress
from breakeven.demand.log.engine.embedded import checked_memory
from breakeven.demand.log.format.draft_map import draft_map, read_map
from breakeven.demand.log.format.time_words import DAY_FIRST, MONTH_FIRST
from breakeven.demand.log.table.given_files import listed, plain_copies
from breakeven.demand.log.table.tables import Clock
from breakeven.demand.log.written_times import Dates
from breakeven.demand.shape.measured import iso
from breakeven.demand.shape.profiles import profile
from breakeven.demand.shape.season import time_zone as checked_zone
from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.reading import Reading
from breakeven.demand.usage.reconcile import reconcile
from breakeven.demand.usage.usage import usage
from breakeven.outputs import tried, write
from breakeven.problems import Problem
from breakeven.report.demand_document import bill_document, demand_document
from breakeven.report.pages.bill_page import BillPage
from breakeven.report.pages.demand_page import DemandPage


def pairs(given: Sequence[str] | None, option: str, form: str) -> dict[str, str]:
    """NAME=VALUE, each once."""
    found: dict[str, str] = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not (name and equals and value):
            raise typer.BadParameter(f'"{each}" is not {form}', param_hint=option)
        if found.setdefault(name, value) != value:
            raise typer.BadParameter(f'"{name}" is given twice', param_hint=option)
    return found


def columns_of(given: Sequence[str] | None) -> dict[str, str]:
    """FIELD=COLUMN, or the files that `--map` drafted."""
    files = [each for each in given or () if "=" not in each and each.endswith((".yaml", ".yml"))]
    told = [f"{field}={column}" for each in files for field, column in read_map(Path(each)).items()]
    return pairs([*told, *(each for each in given or () if each not in files)], "--columns", "FIELD=COLUMN")


def clock_of(unit: str | None, starts: datetime | None) -> Clock | None:
    """What was said of times that count from the start of a trace."""
    if unit is None and starts is None:
        return None
    if unit not in ("s", "ms"):
        fix = "Say in which unit they count: --time-unit s, or ms."
        raise Problem("times count from a start in seconds or milliseconds", where="--time-unit", fix=fix)
    return Clock(unit=unit, starts=None if starts is None else int(starts.replace(tzinfo=UTC).timestamp()))


def dates_of(order: str | None, zone: str) -> Dates:
    """What was said of how times are written."""
    if order not in (None, DAY_FIRST, MONTH_FIRST):
        fix = f"Say --dates {DAY_FIRST}, or {MONTH_FIRST}."
        raise Problem(f'"{order}" is no order of day and month', where="--dates", fix=fix)
    if zone:
        checked_zone(zone)
    return Dates(order=order or "", zone=zone)


def refuse_before_reading(*, time_zone: str, load_profile: str | None, bill: float | None, out: Path | None) -> None:
    """A long read must not end at a misspelt word."""
    checked_zone(time_zone)
    if load_profile is not None:
        profile(load_profile)
    if bill is not None and not 0 <= bill < float("inf"):
        raise Problem(f"a bill of {bill:g}", where="--bill", fix="Give what was paid in the log's time, in USD.")
    if out is not None and out.suffix not in (".parquet", ".pq"):
        raise Problem("a minute table is saved as Parquet", where=str(out), fix="End its name in .parquet.")


def reading_of(
    sources: Sequence[str],
    *,
    columns: dict[str, str],
    engine: str | None,
    log_format: str | None,
    split_by: str | None,
    workload: str,
    set_aside_to: Path | None,
    memory_limit: str | None = None,
    clock: Clock | None = None,
    dates: Dates | None = None,
) -> Reading:
    """The reading, with a progress bar where somebody watches."""
    named = columns or None
    if clock is not None and engine is not None:
        fix = "Add the start to the times in the engine, or read the trace from its file."
        raise Problem("an engine's times are read as they are", where="--time-unit", fix=fix)
    if dates not in (None, Dates()) and engine is not None:
        fix = "Make them times in the engine."
        raise Problem("an engine's times are read as they are", where="--dates, --log-zone", fix=fix)
    if memory_limit is not None:
        checked_memory(memory_limit)
        if engine is not None:
            fix = "Set the engine's own limit; here only its few answers are held."
            raise Problem("the engine has its own memory", where="--memory-limit", fix=fix)
    with progress() as stage:
        if engine is not None:
            from breakeven.demand.usage.engine_log import read_from_engine

            return read_from_engine(
                engine, sources, log_format=log_format, columns=named, split_by=split_by, workload=workload,
                set_aside_to=set_aside_to, stage=stage,
            )  # fmt: skip
        return read_log(
            list(sources),
            log_format=log_format,
            columns=named,
            split_by=split_by,
            workload=workload,
            set_aside_to=set_aside_to,
            memory_limit=memory_limit,
            clock=clock,
            dates=dates,
            stage=stage,
        )


def print_usage(
    reading: Reading,
    *,
    time_zone: str,
    load_profile: str | None,
    bill: float | None,
    prices: dict[str, str],
    as_json: bool,
) -> None:
    """The page, or the whole usage as JSON."""
    if reading.table.is_bill:
        _print_bill(reading, bill=bill, prices=prices, as_json=as_json)
        return
    page = usage(reading, time_zone=time_zone, profile_if_short=load_profile)
    day = date.fromisoformat(page.demand.last[:10])
    page = replace(page, bill=reconcile(reading.table, bill=bill, on=day, prices=prices))
    if as_json:
        print_json(demand_document(page))
    else:
        Console(highlight=False).print(DemandPage(page))


def _print_bill(reading: Reading, *, bill: float | None, prices: dict[str, str], as_json: bool) -> None:
    """What a bill without tokens tells: money, by model."""
    day = date.fromisoformat(iso(reading.table.last_second)[:10])
    found = reconcile(reading.table, bill=bill, on=day, prices=prices)
    if as_json:
        print_json(bill_document(reading, found))
    else:
        Console(highlight=False).print(BillPage(reading, found))


def write_map(sources: Sequence[str], columns: dict[str, str], path: Path) -> None:
    """A draft of what each column of the first source means, as options to complete."""
    tried(path, sources=sources)
    with plain_copies(sources[0]) as (paths, copies):
        write(path, copies.named(draft_map(str(listed(paths)[0]), columns)))
    typer.echo(f"Written: {path}. Complete it, then: breakeven demand {sources[0]} --columns {path}")
