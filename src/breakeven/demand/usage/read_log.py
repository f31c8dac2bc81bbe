"""A log read for everything it shows: the minute table, and the sizes and seconds that it cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from breakeven.demand.log.failures import failed_with_status
from breakeven.demand.log.histogram import MOST_WORKLOADS, Sizes, size_questions, sizes_of
from breakeven.demand.log.log_rows import Wanted, log_rows
from breakeven.demand.log.minutes import MinuteTable
from breakeven.demand.log.rows.repeats import once_each
from breakeven.demand.log.table.tables import LogFile, log_files
from breakeven.demand.shape.minute_statistics import dense
from breakeven.demand.shape.sliding import SlidingPeak, second_counts, sliding_peaks
from breakeven.demand.usage.reading import Reading
from breakeven.demand.usage.request_log import Paths, minutes_of
from breakeven.demand.usage.saved import saved_reading

Stage = Callable[[str, int], None]
Ask = Callable[[Any], Any]  # an Ibis expression -> its answer as Arrow


def read_log(
    path: Paths,
    *,
    log_format: str | None = None,
    columns: Mapping[str, str] | None = None,
    split_by: str | None = None,
    workload: str = "all",
    set_aside_to: str | Path | None = None,
    memory_limit: str | None = None,
    stage: Stage = lambda *_: None,
) -> Reading:
    """The reading of a log, or the one that was saved where the path is a saved minute table.

    `memory_limit` ("800MB") is the engine's; what does not fit lies in a private temporary folder. `stage` is told
    what begins, and how many bytes it reads where the files are text; it may draw a progress bar.
    """
    if (saved := saved_reading(path)) is not None:
        return saved
    files = log_files(path, columns, format_name=log_format, split_by=split_by)
    stage("rows", _bytes(files))
    wanted = Wanted(workload=workload, show_all=set_aside_to is not None)
    with log_rows(files, wanted, memory_limit=memory_limit) as log:
        stage("minutes", 0)
        once = once_each(log.rows, log.size, log.ask)
        table = minutes_of(log, once, files, set_aside_to)
        stage("sizes", 0)
        sizes, sliding = (
            beyond_minutes(once, table, log.ask)
            if has_single_requests(table)
            else ((), sliding_peaks(dense(table), None))
        )
        failed = failed_with_status(once, table, log.ask)
    return Reading(
        table=table,
        where=", ".join(str(each.path) for each in files[:3]) + (" …" if len(files) > 3 else ""),
        log_format=", ".join(sorted({each.format_name for each in files})),
        naive=log.naive,
        cache_column=bool(table["input_tokens_with_cache_known"].any()),
        sizes=sizes,
        sliding=sliding,
        failed=failed,
    )


def _bytes(files: Sequence[LogFile]) -> int:
    """How much is read; 0 where it is not known, because only some columns are."""
    return 0 if any(each.kind == "parquet" for each in files) else sum(each.path.stat().st_size for each in files)


def has_single_requests(table: MinuteTable) -> bool:
    """Whether every row is one request: sums of many have no sizes and no seconds."""
    return bool(table.rows_read and table["requests"].any() and dense(table).bucket_minutes == 1)


def beyond_minutes(rows: Any, table: MinuteTable, ask: Ask) -> tuple[tuple[Sizes, ...], dict[str, SlidingPeak | None]]:
    """Sizes and worst windows of readable rows, on DuckDB; nothing when it finds other requests."""
    questions = size_questions(rows, by_workload=len(set(table.workload)) <= MOST_WORKLOADS)
    sizes = sizes_of({name: ask(each) for name, each in questions.items()})
    if sum(each.input.count for each in sizes) != int(table["requests"].sum()):
        return (), sliding_peaks(dense(table), None)

    def seconds_of(minutes: list[int]) -> tuple[np.ndarray, np.ndarray]:
        found = ask(second_counts(rows, minutes, by_join=True))
        return found["second"].to_numpy(), found["requests"].to_numpy()

    return sizes, sliding_peaks(dense(table), seconds_of)
