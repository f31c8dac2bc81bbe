"""The rows of log files on DuckDB, read once: text is split and copied to a small private file for all questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breakeven.demand.log.engine.embedded import ask, embedded, quick
from breakeven.demand.log.format.formats import log_format
from breakeven.demand.log.format.headers import first_texts
from breakeven.demand.log.format.paths import literal
from breakeven.demand.log.libraries import duckdb, ibis, pyarrow
from breakeven.demand.log.rows.extras import told
from breakeven.demand.log.rows.fields import Apart
from breakeven.demand.log.rows.rejected import RejectedLine, rejected_lines
from breakeven.demand.log.rows.repeats import innermost, one_moment
from breakeven.demand.log.rows.rows import Arrivals, readable
from breakeven.demand.log.table.groups import Group, grouped, refuse_loss
from breakeven.demand.log.table.tables import LogFile, where_of
from breakeven.files import ordinary, system_error, unreadable
from breakeven.problems import Problem

# Strict first; then files that mix line ends; last, files where a quote opens and never closes, which would
# swallow all that follows: there a quote is an ordinary character.
WAYS_TO_SPLIT: tuple[dict[str, Any], ...] = (
    {"quote": '"', "escape": '"'},
    {"quote": '"', "escape": '"', "strict_mode": False},
    {"quote": "", "escape": "", "strict_mode": False},
)
MANY_FILES = 50  # more are not opened anew for every question


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogRows:
    """Readable rows (Ibis), repeats among them. `size`: bytes they lie in. `naive`: times have no zone.

    `answer`: to the one question, where nothing else was wanted of text without names; else None.
    `records` is how many there are by a count apart from the engine's, `held` how many are among the rows or set
    aside; None where they were not read yet.
    """

    connection: Any
    rows: Any
    rejected: list[RejectedLine]
    naive: bool
    size: int
    records: int
    answer: Any = None
    held: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is known to be lost."""
        return self.held in (None, self.records)

    def ask(self, question: Any) -> Any:
        """The answer as Arrow."""
        return ask(self.connection, question)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of the rows. `show_all`: also rows without fault can be shown.

    `arrivals`: each row's moment to the fraction of a second, in the order of the files. `only`: the one question that
    will be asked, so that text need not be kept for more; its answer has a row for each row, or sums them as `rows`.
    """

    workload: str
    show_all: bool = False
    arrivals: Arrivals | None = None
    only: Callable[[Any], Any] | None = None


@contextmanager
def log_rows(files: Sequence[LogFile], wanted: Wanted, *, memory_limit: str | None = None) -> Iterator[LogRows]:
    """The rows in the first way to split that loses none, each tried with many threads and then with one."""
    where, groups = where_of(files), grouped(files)
    fractions, in_order = any(file.has_fractions for file in files), wanted.arrivals is not None
    for way in WAYS_TO_SPLIT:
        last = way is WAYS_TO_SPLIT[-1]
        if not last and not all(group.quotes_pair_up for group in groups):
            continue
        for serial in (False, True):
            with ExitStack() as stack:
                connection, folder = stack.enter_context(embedded(memory_limit, fractions=fractions, in_order=in_order))
                try:
                    opened = _opened(connection, folder, groups, way | {"serial": serial}, wanted)
                    if not last and any(reason.lines > 1 for reason in opened.rejected):
                        break
                    if opened.is_whole:
                        yield opened
                        return
                except duckdb().Error as error:
                    if last or not _is_of_the_way(error):
                        raise _refused(error, files, folder) from error
                    break
    refuse_loss(opened.records, opened.held or 0, where)


def _is_of_the_way(error: Exception) -> bool:
    """Whether another way to split may read what DuckDB could not."""
    return isinstance(error, duckdb().InvalidInputException) and "state" in str(error)


def _refused(error: Exception, files: Sequence[LogFile], folder: Path) -> Problem:
    """What stopped the engine: its memory, the folder that holds what its memory does not, a file, or what is in it."""
    if isinstance(error, duckdb().OutOfMemoryException):
        fix = "Give more with --memory-limit, or free space in the temporary folder (TMPDIR names another)."
        return Problem("the memory is not enough to read the log", where=where_of(files), fix=fix)
    refused, first_line = system_error(error), str(error).splitlines()[0]
    if str(folder) in str(error):
        fix = "Free some space in it, or name another folder in TMPDIR."
        cause = refused.strerror if refused else first_line
        return Problem(f"what does not fit in memory cannot be written: {cause}", where=str(folder.parent), fix=fix)
    named = next((file.path for file in files if str(file.path) in str(error)), None)
    if refused is not None:
        return unreadable(named or Path(where_of(files)), refused)
    where = str(named) if named else where_of(files)
    return Problem(f"the log cannot be read: {first_line}", where=where, fix="Is the file whole? Export it again.")


def _opened(connection: Any, folder: Path, groups: Sequence[Group], way: dict[str, Any], wanted: Wanted) -> LogRows:
    tables = [group.open(connection, **way) for group in groups]
    kinds = [group.file for group in groups]
    rows = rows_of(tables, kinds, wanted.workload, show_all=wanted.show_all, arrivals=wanted.arrivals)
    size = sum(ordinary(path) for group in groups for path in group.paths)
    answer = held = None
    if any(group.file.kind != "parquet" for group in groups) or sum(len(group.paths) for group in groups) > MANY_FILES:
        if wanted.only is not None and not wanted.show_all and "identity" not in rows.columns:
            answer = ask(connection, wanted.only(rows))
            summed = "rows" in answer.column_names
            held = (pyarrow().compute.sum(answer["rows"]).as_py() or 0) if summed else answer.num_rows
        else:
            rows, size = _copied(connection, rows, folder / "rows.parquet")
            rows = innermost(rows, connection)
            if any(log_format(kind.format_name).map.get("streamed") for kind in kinds):
                rows = one_moment(rows)
            held = ask(connection, rows.aggregate(rows=rows.count()))["rows"][0].as_py()
    rejected = rejected_lines(connection)
    quotes = bool(way["quote"])
    return LogRows(
        connection=connection,
        rows=rows,
        rejected=rejected,
        naive=any(_is_naive(connection, group, way) for group in groups),
        size=size,
        records=sum(_records(connection, group, table, quotes) for group, table in zip(groups, tables, strict=True)),
        answer=answer,
        held=None if held is None else held + len(rejected),
    )


def _records(connection: Any, group: Group, table: Any, quotes: bool) -> int:
    """How many rows a group should give; as the engine counts where only it can tell."""
    records = group.quoted if quotes else group.plain
    if records is None:
        return int(ask(connection, table.aggregate(rows=table.count()))["rows"][0].as_py())
    return records


def _is_naive(connection: Any, group: Group, way: dict[str, Any]) -> bool:
    """Whether the times of the first file, or of the last, have no zone."""
    ends, column = dict.fromkeys((group.paths[0], group.paths[-1])), _plain_times(group.file)
    if column is not None and group.file.header is not None:
        header = group.file.header
        return any(_without_zone(text) for each in ends for text in first_texts(each, header, column, 100) if text)
    return any(_naive(connection, group.open(connection, [each], **way), group.file) for each in ends)


def _plain_times(file: LogFile) -> int | None:
    """The place of the column of times in a CSV file that says no zone of itself; None where it is not so simple."""
    if file.header is None or log_format(file.format_name).map.get("utc") or file.clock is not None:
        return None
    column = file.specs.get("timestamp", file.column_of["timestamp"])
    return file.found.index(column) if isinstance(column, str) and column in file.found else None


def _copied(connection: Any, rows: Any, copy: Path) -> tuple[Any, int]:
    """The rows in a private file, and its bytes."""
    connection.raw_sql(f"COPY ({connection.compile(quick(rows))}) TO {literal(str(copy))} (FORMAT parquet)")
    return connection.read_parquet(str(copy)), copy.stat().st_size


def rows_of(
    tables: Sequence[Any],
    files: Sequence[LogFile],
    workload: str,
    apart: Apart = lambda rows: rows,
    *,
    show_all: bool = False,
    arrivals: Arrivals | None = None,
) -> Any:
    """The readable rows of all files together, with all that any of them tells. Repeats are still in it."""
    carry = frozenset[str]().union(*map(told, files))
    rows = [
        readable(table, file, workload=workload, carry=carry, apart=apart, show_all=show_all, arrivals=arrivals)
        for table, file in zip(tables, files, strict=True)
    ]
    return ibis().union(*rows) if len(rows) > 1 else rows[0]


def _naive(connection: Any, table: Any, file: LogFile) -> bool:
    """Whether the times have no zone, as far as the first hundred tell. Unix time is UTC by definition."""
    if log_format(file.format_name).map.get("utc") or file.clock is not None:
        return False
    times = table[file.column_of["timestamp"]]
    if times.type().is_timestamp():
        return times.type().timezone is None
    if times.type().is_numeric():
        return False
    first = ask(connection, table.select(moment=times.cast("string")).limit(100))["moment"].to_pylist()
    return any(_without_zone(column) for column in first if column)


def _without_zone(text: str) -> bool:
    clock = text[10:].strip()
    return "-" in text[:8] and not (clock.upper().endswith(("Z", "UTC", "GMT")) or "+" in clock or "-" in clock)
