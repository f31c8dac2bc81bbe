"""A log read for everything it shows: the minute table, and the sizes and seconds that it cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from breakeven.demand.log.cached import by_name_or_total, by_rows
from breakeven.demand.log.failures import failed_with_status
from breakeven.demand.log.grain import by_grain
from breakeven.demand.log.histogram import MOST_WORKLOADS, Sizes, size_questions, sizes_of
from breakeven.demand.log.libraries import as_numpy
from breakeven.demand.log.log_rows import LogRows, Wanted, log_rows
from breakeven.demand.log.minutes import MinuteTable, examples, minute_sums, minute_table
from breakeven.demand.log.money import with_money_told
from breakeven.demand.log.reasoning import by_reasoning
from breakeven.demand.log.requests import MOST_REQUESTS, Requests, request_rows, requests_of
from breakeven.demand.log.rows.extras import is_bucketed
from breakeven.demand.log.rows.reasons import OVER
from breakeven.demand.log.rows.rejected import rejected_set_aside
from breakeven.demand.log.rows.repeats import once_each
from breakeven.demand.log.rows.rows import Arrivals
from breakeven.demand.log.rows.set_aside import write_set_aside
from breakeven.demand.log.spans import by_spans
from breakeven.demand.log.table.given_files import Copies, Paths, plain_copies
from breakeven.demand.log.table.groups import refuse_loss
from breakeven.demand.log.table.tables import Clock, LogFile, first_of, formats_of, log_files, notices_of, where_of
from breakeven.demand.log.totals import without_totals
from breakeven.demand.log.whole_days import by_days
from breakeven.demand.log.written_numbers import by_writing
from breakeven.demand.log.written_times import Dates, by_times
from breakeven.demand.shape.minute_statistics import dense
from breakeven.demand.shape.sliding import SlidingPeak, second_counts, sliding_peaks
from breakeven.demand.usage.reading import Reading
from breakeven.demand.usage.saved import saved_reading
from breakeven.files import ordinary

Stage = Callable[[str, int], None]
Ask = Callable[[Any], Any]  # an Ibis expression -> its answer as Arrow


def read_log(  # noqa: PLR0913 - each says one thing of the log, all but the path by name
    path: Paths,
    *,
    log_format: str | None = None,
    columns: Mapping[str, str] | None = None,
    split_by: str | None = None,
    workload: str = "all",
    set_aside_to: str | Path | None = None,
    memory_limit: str | None = None,
    requests: bool = False,
    clock: Clock | None = None,
    dates: Dates | None = None,
    stage: Stage = lambda *_: None,
) -> Reading:
    """The reading of a log, or the one that was saved where the path is a saved minute table.

    `memory_limit` ("800MB") is the engine's; what does not fit lies in a private temporary folder. `stage` is told
    what begins, and how many bytes it reads where the files are text; it may draw a progress bar. `requests`: the
    reading also holds the requests one by one, where the log shows them. `clock`: times count from a start. `dates`:
    how times are written where the log does not tell.
    """
    if (saved := saved_reading(path)) is not None:
        return saved
    with plain_copies(path) as (paths, copies):
        files = log_files(paths, columns, format_name=log_format, split_by=split_by, clock=clock)
        reading = _whole(told_by_evidence(files, dates), workload, set_aside_to, memory_limit, stage, requests=requests)
    return _named(reading, copies) if copies else reading


def _named(reading: Reading, copies: Copies) -> Reading:
    """The reading, what it says of copies said of the files that were given."""
    aside = [replace(each, examples=tuple(map(copies.named, each.examples))) for each in reading.table.set_aside]
    table = replace(reading.table, set_aside=tuple(aside))
    return replace(reading, table=table, where=copies.named(reading.where))


def _whole(
    files: Sequence[LogFile],
    workload: str,
    set_aside_to: str | Path | None,
    memory_limit: str | None,
    stage: Stage,
    *,
    requests: bool,
) -> Reading:
    """The reading of these files, read again where their rows show that cached tokens are beside the input, or that
    some of them sum others.
    """
    stage("rows", _bytes(files))
    arrivals: Arrivals | None = "by the clock" if requests else None
    wanted = Wanted(workload=workload, show_all=set_aside_to is not None, arrivals=arrivals)
    reading = _read(files, wanted, set_aside_to, memory_limit, stage, more=requests)
    over = any(reason.reason == OVER for reason in reading.table.set_aside)
    if (shown := without_totals(by_rows(files) if over else files, reading.table.model)) != tuple(files):
        if set_aside_to is not None:
            Path(set_aside_to).unlink(missing_ok=True)
        reading = _read(shown, wanted, set_aside_to, memory_limit, stage, more=requests)
    return reading


def told_by_evidence(files: Sequence[LogFile], dates: Dates | None = None) -> tuple[LogFile, ...]:
    """The files, each with what its names and its rows tell of how it is to be read."""
    return by_name_or_total(by_reasoning(by_writing(by_grain(by_days(by_times(by_spans(files), dates))))))


def _read(
    files: Sequence[LogFile],
    wanted: Wanted,
    set_aside_to: str | Path | None,
    memory_limit: str | None,
    stage: Stage,
    *,
    more: bool,
) -> Reading:
    """The reading of these files; `more`: the requests one by one, too."""
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
        known = more and has_single_requests(table) and table["requests"].sum() <= MOST_REQUESTS
        single = single_requests(log, once, files) if known else None
    return Reading(
        table=table,
        where=first_of(files),
        log_format=formats_of(files),
        naive=log.naive,
        cache_column=bool(table["input_tokens_with_cache_known"].any()),
        sizes=sizes,
        sliding=sliding,
        failed=failed,
        requests=single,
    )


def read_requests(
    path: Paths, *, log_format: str | None = None, columns: Mapping[str, str] | None = None
) -> Requests | None:
    """The requests of a log and nothing else, their times by any clock. None where its rows sum many requests, where it
    is a saved minute table, or where it is known to hold more than MOST_REQUESTS.
    """
    if saved_reading(path) is not None:
        return None
    with plain_copies(path) as (paths, _):
        return _known_requests(told_by_evidence(log_files(paths, columns, format_name=log_format)))


def _known_requests(files: Sequence[LogFile]) -> Requests | None:
    if any(is_bucketed(file) for file in files) or sum(file.rows or 0 for file in files) > MOST_REQUESTS:
        return None
    found = _requests(files)
    if any(each.reason == OVER for each in found.set_aside) and (shown := by_rows(files)) != files:
        found = _requests(shown)
    return found


def _requests(files: Sequence[LogFile]) -> Requests:
    with log_rows(files, Wanted(workload="all", arrivals="from any start", only=request_rows)) as log:
        once = log.rows if log.answer is not None else once_each(log.rows, log.size, log.ask)
        return single_requests(log, once, files)


def single_requests(log: LogRows, once: Any, files: Sequence[LogFile]) -> Requests:
    """The requests of rows without repeats (`once`). Raises `Problem` where a row is neither read nor set aside."""
    answer = log.ask(request_rows(once)) if log.answer is None else log.answer
    repeats = int(as_numpy(answer["repeats"]).sum())
    refuse_loss(log.records, answer.num_rows + repeats + len(log.rejected), where_of(files))
    return requests_of(answer, files, rejected_set_aside(log.rejected), in_order="repeats" not in once.columns)


def minutes_of(log: LogRows, once: Any, files: Sequence[LogFile], set_aside_to: str | Path | None) -> MinuteTable:
    """The minute table of rows that were opened; `once` are those rows without repeats."""
    answer = log.ask(minute_sums(once))
    bad = any(wrong != "" for wrong in answer["reason"].unique().to_pylist())
    shown = log.ask(examples(log.rows)).to_pylist() if bad else []
    table = minute_table(answer, shown, rejected_set_aside(log.rejected), notices_of(files))
    table = with_money_told(table, files)
    refuse_loss(log.records, table.rows_read + sum(reason.rows for reason in table.set_aside), where_of(files))
    if set_aside_to is not None and table.set_aside:
        write_set_aside(log.connection, log.rows, log.rejected, Path(set_aside_to))
    return table


def _bytes(files: Sequence[LogFile]) -> int:
    """How much is read; 0 where it is not known, because only some columns are."""
    return 0 if any(each.kind == "parquet" for each in files) else sum(ordinary(each.path) for each in files)


def has_single_requests(table: MinuteTable) -> bool:
    """Whether every row is one request: sums of many have no sizes and no seconds."""
    return bool(table.rows_read and table["requests"].any() and not table["bucket_s"].any())


def beyond_minutes(rows: Any, table: MinuteTable, ask: Ask) -> tuple[tuple[Sizes, ...], dict[str, SlidingPeak | None]]:
    """Sizes and worst windows of readable rows, on DuckDB; nothing when it finds other requests."""
    questions = size_questions(rows, by_workload=len(set(table.workload)) <= MOST_WORKLOADS)
    sizes = sizes_of({name: ask(question) for name, question in questions.items()})
    if sum(size.input.count for size in sizes) != int(table["requests"].sum() - table["without_tokens"].sum()):
        return (), sliding_peaks(dense(table), None)

    def seconds_of(minutes: list[int]) -> tuple[np.ndarray, np.ndarray]:
        counts = ask(second_counts(rows, minutes, by_join=True))
        return as_numpy(counts["second"]), as_numpy(counts["requests"])

    return sizes, sliding_peaks(dense(table), seconds_of)
