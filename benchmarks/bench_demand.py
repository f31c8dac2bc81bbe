"""Reading logs: against bare DuckDB SQL that computes the same minute table, its memory, and ten times the rows.

A million requests of three days come from the sample maker; longer logs are the same days again, one after the
other. BREAKEVEN_BENCH_ROWS=100000000 measures a hundred million rows instead of ten (5 minutes, 1.2 GB of disk).
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from datetime import timedelta
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from benchmarks.measure import cpu_seconds, ratio, versus

from breakeven.demand.log.libraries import duckdb, pyarrow
from breakeven.demand.log.log_rows import Wanted, log_rows
from breakeven.demand.log.minutes import MinuteTable, minute_sums, minute_table
from breakeven.demand.log.rows.repeats import once_each
from breakeven.demand.log.table.tables import log_files
from breakeven.demand.usage.read_log import read_log
from breakeven.demand.usage.sample import SamplePlan, write_sample

DAYS, MILLION, FILES = 3, 1_000_000, 1_000
MANY = int(os.environ.get("BREAKEVEN_BENCH_ROWS", 10 * MILLION))
PROMISED_BYTES = 1.2e9
MINUTE_TABLE = """
    SELECT workload, model, epoch_us(timestamp) // 60000000 AS minute, count(*), min(timestamp), max(timestamp),
        count(*) FILTER (status < 400 OR input_tokens + output_tokens > 0), count(*) FILTER (status >= 400),
        sum(input_tokens)::BIGINT, sum(output_tokens)::BIGINT, sum(cached_input_tokens)::BIGINT,
        sum(input_tokens) FILTER (cached_input_tokens IS NOT NULL)::BIGINT
    FROM '{path}' GROUP BY workload, model, minute"""


@cache
def folder() -> Path:
    """Where the logs lie until the run ends."""
    made = Path(mkdtemp(prefix="breakeven-bench-"))
    atexit.register(rmtree, made, ignore_errors=True)
    return made


@cache
def log(rows: int) -> Path:
    """A log of about so many requests, a million or a multiple of it."""
    path = folder() / f"{rows}.parquet"
    if rows == MILLION:
        write_sample(path, SamplePlan(days=DAYS, requests_per_day=MILLION / DAYS))
        return path
    _write_again(path, rows // MILLION)
    return path


def _write_again(path: Path, times: int) -> None:
    """The million so many times, each time some days later, in the order of time; one million in memory."""
    parquet = pyarrow().parquet
    million = parquet.read_table(log(MILLION))
    place, moments = million.schema.get_field_index("timestamp"), million["timestamp"]
    with parquet.ParquetWriter(path, million.schema, compression="zstd") as writer:
        for n in range(times):
            later = pyarrow().compute.add(moments, timedelta(days=DAYS * n)).cast(moments.type)
            writer.write_table(million.set_column(place, "timestamp", later), row_group_size=122_880)


def read_minutes(path: Path) -> MinuteTable:
    """The minute table and nothing else, as the fastest reading makes it."""
    with log_rows(log_files(path), Wanted(workload="all", only=minute_sums)) as opened:
        if opened.answer is not None:
            return minute_table(opened.answer, [], [])
        return minute_table(opened.ask(minute_sums(once_each(opened.rows, opened.size, opened.ask))), [], [])


def ours(rows: int) -> object:
    return read_minutes(log(rows))


def bare(path: Path) -> object:
    with duckdb().connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.sql(MINUTE_TABLE.format(path=path)).to_arrow_table()


@ratio(limit=1.25)
def minute_table_against_bare_sql() -> float:
    """CPU seconds over those of SQL that checks nothing: 1.25 is 0.8 of its rows per second."""
    table = read_minutes(log(MANY))
    assert bare(log(MANY)).num_rows == table["minute"].size  # type: ignore[attr-defined]
    return versus(lambda: ours(MANY), lambda: bare(log(MANY)), rounds=3)


@ratio(limit=1.75)
def csv_minute_table_against_bare_sql() -> float:
    """The same from a million rows as CSV, where SQL reads typed columns, and a log is text whose faults are told."""
    path = folder() / "log.csv"
    with duckdb().connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"COPY (FROM '{log(MILLION)}') TO '{path}'")
    table = read_minutes(path)
    assert bare(path).num_rows == table["minute"].size  # type: ignore[attr-defined]
    return versus(lambda: read_minutes(path), lambda: bare(path), rounds=5)


@ratio(limit=1.2)
def many_rows_against_as_many_millions() -> float:
    """The CPU seconds of all rows over those of a million, times as many: 1 grows in line."""
    ours(MILLION)
    small = min(cpu_seconds(lambda: ours(MILLION)) for _ in range(5))
    many = min(cpu_seconds(lambda: ours(MANY)) for _ in range(2))
    return many / small / (MANY / MILLION)


def small_files(kind: str) -> tuple[Path, Path]:
    """A thousand files of a thousand rows, and a folder with the same rows in one."""
    many, one = folder() / f"many-{kind}", folder() / f"one-{kind}"
    if not many.exists():
        many.mkdir()
        one.mkdir()
        with duckdb().connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"CREATE TABLE log AS SELECT *, row_number() OVER () AS number FROM '{log(MILLION)}'")
            rows = "FROM log SELECT * EXCLUDE number WHERE number <= 1000000"
            connection.execute(f"COPY ({rows}) TO '{one}/log.{kind}'")
            for n in range(FILES):
                connection.execute(f"COPY ({rows} AND (number - 1) // 1000 = {n}) TO '{many}/{n:04}.{kind}'")
    return many, one


@ratio(limit=2)
def thousand_csv_files_against_one() -> float:
    """CPU seconds of a thousand files over those of the same rows in one."""
    many, one = small_files("csv")
    return versus(lambda: read_log(many), lambda: read_log(one), rounds=3)


@ratio(limit=2)
def thousand_parquet_files_against_one() -> float:
    """The same of Parquet, of which a file is read only in part."""
    many, one = small_files("parquet")
    return versus(lambda: read_log(many), lambda: read_log(one), rounds=3)


@ratio(limit=2)
def memory_of_thousand_files_against_one() -> float:
    """The most memory that `breakeven demand --json` takes for them, over that for the same rows in one."""
    many, one = small_files("csv")
    return peak_bytes(many) / peak_bytes(one)


PEAK = """
import atexit, re, sys
from pathlib import Path
from breakeven.cli.app import main
status = Path("/proc/self/status")
atexit.register(lambda: print(re.search(r"VmHWM:\\s+(\\d+) kB", status.read_text())[1], file=sys.stderr))
sys.argv = ["breakeven", *sys.argv[1:]]
main()
"""  # the program's own peak as the kernel tells it: what wait() tells counts its parent's memory too


@ratio(limit=1)
def memory_of_1200_megabytes() -> float:
    """The most memory that `breakeven demand --json` takes for all rows, sizes and worst windows included."""
    return peak_bytes(log(MANY)) / PROMISED_BYTES


def peak_bytes(path: Path) -> int:
    """The most memory that the program takes for a log."""
    command = [sys.executable, "-c", PEAK, "demand", str(path), "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stderr.split()[-1]) * 1024
