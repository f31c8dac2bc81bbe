"""A log that lies in an engine, read where it lies: the same questions as to files, and so the same reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from glob import glob
from pathlib import Path
from typing import Any

import numpy as np

from breakeven.demand.log.engine.engines import Engine, engine, unanswered
from breakeven.demand.log.engine.portable import NAIVE
from breakeven.demand.log.failures import failed_with_status
from breakeven.demand.log.format.formats import log_format as format_of
from breakeven.demand.log.format.headers import csv_header, kind_of
from breakeven.demand.log.format.records import Records, csv_records
from breakeven.demand.log.histogram import MOST_WORKLOADS, size_questions, sizes_of
from breakeven.demand.log.libraries import as_numpy
from breakeven.demand.log.log_rows import rows_of
from breakeven.demand.log.minutes import MinuteTable, distinct_rows, examples, minute_sums, minute_table
from breakeven.demand.log.rows.set_aside import write_answers
from breakeven.demand.log.table.engine_tables import fields_of, table_file
from breakeven.demand.log.table.groups import long_lines, refuse_loss
from breakeven.demand.log.table.tables import LogFile, first_of, formats_of, notices_of
from breakeven.demand.shape.minute_statistics import dense
from breakeven.demand.shape.sliding import second_counts, sliding_peaks
from breakeven.demand.usage.reading import Reading
from breakeven.files import IS_THE_PATH_RIGHT, ordinary
from breakeven.problems import Problem, nearest

Stage = Callable[[str, int], None]
FILES_ON = ("spark", "duckdb")


def read_from_engine(
    url: str,
    sources: Sequence[str],
    *,
    log_format: str | None = None,
    columns: Mapping[str, str] | None = None,
    split_by: str | None = None,
    workload: str = "all",
    set_aside_to: str | Path | None = None,
    stage: Stage = lambda *_: None,
) -> Reading:
    """The reading of tables (or, on Spark and DuckDB, of Parquet and CSV files) at the engine's address.

    The options are those of `read_log`; the rows that cannot be used come here only where `set_aside_to` asks for them.
    """
    there = engine(url)
    try:
        counted = [_counted(there, source) for source in sources]
        tables = [_table(there, *pair) for pair in zip(sources, counted, strict=True)]
        before = sum(map(partial(_rows, there), tables, counted))
        files = [
            table_file(name, table.columns, columns, format_name=log_format, split_by=split_by)
            for name, table in zip(sources, tables, strict=True)
        ]
        stage("minutes", 0)
        views = [fields_of(there, table, file) for table, file in zip(tables, files, strict=True)]
        rows = there.kept(rows_of(views, files, workload, there.apart, show_all=set_aside_to is not None))
        reading = _reading(there, rows, views, files, stage)
        _refuse_loss(reading, before, sum(map(partial(_rows, there), tables, counted)))
        if set_aside_to is not None and reading.table.set_aside:
            write_answers(there.ask, rows, Path(set_aside_to))
        return reading
    finally:
        there.close()


def _table(there: Engine, source: str, counted: Sequence[Records]) -> Any:
    """A table by its name (schema.table where needed), or a file that the engine reads itself."""
    kind = kind_of(Path(source))
    try:
        if kind in ("parquet", "csv") and there.name in FILES_ON:
            _refuse_no_file(there, source)
            return _file(there, source, kind, counted)
        schema, _, name = source.rpartition(".")
        return there.connection.table(name, database=schema or None)
    except Problem:
        raise
    except Exception as error:  # noqa: BLE001 - told whole, without its trace: that may hold the password
        raise _not_there(there, source, error) from None


def _refuse_no_file(there: Engine, source: str) -> None:
    """DuckDB runs here: what it shall read lies on this machine, or at an address."""
    if there.name == "duckdb" and "://" not in source and not any(map(Path.is_file, _paths(source))):
        ordinary(Path(source), fix=IS_THE_PATH_RIGHT)


def _paths(source: str) -> list[Path]:
    """The files that a path or a pattern stands for."""
    return [Path(each) for each in glob(source)]  # noqa: PTH207 - an absolute pattern


def _file(there: Engine, source: str, kind: str, counted: Sequence[Records]) -> Any:
    if kind == "parquet":
        return there.connection.read_parquet(source)
    if there.name == "spark":
        over_lines = any(each.quoted != each.plain for each in counted)  # then no file is shared out among workers
        return there.connection.read_csv(source, header=True, inferSchema=False, multiLine=over_lines, escape='"')
    longest = max((each.longest for each in counted), default=0)
    return there.connection.read_csv(source, all_varchar=True, **long_lines(longest))


def _counted(there: Engine, source: str) -> list[Records]:
    """The records of CSV files on this machine, by a count of our own."""
    if kind_of(Path(source)) != "csv" or there.name not in FILES_ON:
        return []
    return [csv_records(each, csv_header(each)[0]) for each in _paths(source) if each.is_file()]


def _rows(there: Engine, table: Any, counted: Sequence[Records]) -> int:
    """How many rows a source has: as we counted them, else as the engine counts."""
    if counted:
        return sum((each.plain if each.quoted is None else each.quoted) or 0 for each in counted)
    return int(there.ask(table.aggregate(rows=table.count().cast("int64")))["rows"][0].as_py())


def _refuse_loss(reading: Reading, before: int, after: int) -> None:
    """A table may grow or shrink while it is read: what was read lies between the two counts."""
    held = reading.table.rows_read + sum(each.rows for each in reading.table.set_aside)
    refuse_loss(min(max(held, min(before, after)), max(before, after)), held, reading.where)


def _not_there(there: Engine, source: str, error: Exception) -> Problem:
    try:
        names = there.connection.list_tables()
    except Exception:  # noqa: BLE001 - it says as much of the engine as the first error
        return unanswered(error, there.address)
    if source in names:
        return unanswered(error, there.address)
    hint = nearest(source, names)
    fix = f"It has {', '.join(sorted(names)[:20])}." if names else "It shows no table: is it the right database?"
    return Problem(f'no table "{source}". {hint}'.strip(), where=there.where, fix=fix)


def _reading(there: Engine, rows: Any, views: Sequence[Any], files: Sequence[LogFile], stage: Stage) -> Reading:
    once = distinct_rows(rows)
    answer = there.ask(minute_sums(once))
    bad = any(reason != "" for reason in answer["reason"].unique().to_pylist())
    shown = there.ask(examples(rows)).to_pylist() if bad else []
    table = minute_table(answer, shown, [], list(dict.fromkeys([*notices_of(files), *there.notices])))
    stage("sizes", 0)
    minutes = dense(table)
    single = table.rows_read > 0 and not table["bucket_s"].any()
    return Reading(
        table=table,
        where=first_of(files),
        log_format=formats_of(files),
        naive=any(_naive(there, view, file) for view, file in zip(views, files, strict=True)),
        cache_column=bool(table["input_tokens_with_cache_known"].any()),
        sizes=_sizes(there, once, table) if single else (),
        sliding=sliding_peaks(minutes, (lambda wanted: _seconds(there, once, wanted)) if single else None),
        failed=failed_with_status(once, table, there.ask),
    )


def _sizes(there: Engine, rows: Any, table: MinuteTable) -> Any:
    questions = size_questions(rows, by_workload=len(set(table.workload)) <= MOST_WORKLOADS)
    return sizes_of({name: there.ask(each) for name, each in questions.items()})


def _seconds(there: Engine, rows: Any, minutes: list[int]) -> tuple[np.ndarray, np.ndarray]:
    found = there.ask(second_counts(rows, minutes))
    return as_numpy(found["second"]), as_numpy(found["requests"])


def _naive(there: Engine, view: Any, file: LogFile) -> bool:
    """Whether times lack a zone, by the column's type or, where it is text, by any of them."""
    one, kind = format_of(file.format_name), view.timestamp.type()
    if one.map.get("utc") or file.clock is not None:
        return False
    if kind.is_string():
        without = view.filter(view.timestamp.re_search(NAIVE))
        return bool(there.ask(without.aggregate(rows=without.count()))["rows"][0].as_py())
    return bool(kind.is_timestamp() and kind.timezone is None)
