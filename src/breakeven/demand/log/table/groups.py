"""Files of one shape, read as one, and how many records they hold by a count of our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breakeven.demand.log.format.counters import BODIES
from breakeven.demand.log.format.json_rows import lists_of, parts_of
from breakeven.demand.log.format.paths import paths_of
from breakeven.demand.log.format.records import Records, csv_records, json_records, json_rows, read_through
from breakeven.demand.log.table.tables import LogFile, open_table
from breakeven.problems import Problem

LONG = 1_000_000  # bytes of a record; DuckDB loses what follows one of two million, and would hang on some
BUFFER = 32_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """Files of one shape: `file` is the first of them, `paths` are all.

    `plain` and `quoted` are their records, as `Records` has them, together, of JSON the rows that its lists become;
    both are None where only the engine can tell. `longest`: the bytes of the longest record.
    """

    file: LogFile
    paths: tuple[Path, ...]
    plain: int | None
    quoted: int | None
    longest: int

    @property
    def quotes_pair_up(self) -> bool:
        """Whether quotes can be believed."""
        return self.plain is None or self.quoted is not None

    def open(self, connection: Any, paths: Sequence[Path] = (), *, serial: bool = False, **way: Any) -> Any:
        """All files, or these of them, as one Ibis table; by one thread where a record is long, or on request."""
        options = way | long_lines(self.longest) | ({"parallel": False} if serial else {})
        return open_table(connection, self.file, paths or self.paths, longest=self.longest, **options)


def long_lines(longest: int) -> dict[str, Any]:
    """How DuckDB reads CSV whose longest record has so many bytes: as it likes, or slowly with a larger buffer."""
    if longest <= LONG:
        return {}
    return {"max_line_size": longest, "buffer_size": max(BUFFER, 2 * longest), "parallel": False}


def grouped(files: Sequence[LogFile]) -> tuple[Group, ...]:
    """The files by their shape; those with long records apart. All bytes of text files are looked at."""
    together: dict[tuple[object, ...], list[tuple[LogFile, Records]]] = {}
    for each in files:
        records = _records(each)
        long = records.longest > LONG
        together.setdefault((each.shape, long), []).append((each, records))
    return tuple(_group(members) for members in together.values())


def _group(members: Sequence[tuple[LogFile, Records]]) -> Group:
    return Group(
        file=members[0][0],
        paths=tuple(file.path for file, _ in members),
        plain=_together([records.plain for _, records in members]),
        quoted=_together([records.quoted for _, records in members]),
        longest=max(records.longest for _, records in members),
    )


def _together(counts: Sequence[int | None]) -> int | None:
    """Their sum; None where one is not known."""
    known = [each for each in counts if each is not None]
    return sum(known) if len(known) == len(counts) else None


def _records(file: LogFile) -> Records:
    """The records of a file. The checksum of a packed file is checked."""
    if file.kind == "csv":
        above = file.header.records_above if file.header else 0
        return csv_records(file.path, file.delimiter).without(above)
    if file.kind == "parquet":
        return Records(plain=file.rows or 0, quoted=file.rows, longest=0)
    if file.form in BODIES:
        read_through(file.path)
        return Records(plain=None, quoted=None, longest=0)
    return _of_json(file)


def _of_json(file: LogFile) -> Records:
    """The records of a JSON file, or the rows that their lists become."""
    lists = lists_of(parts_of(path) for spec in file.specs.values() for path in paths_of(spec))
    lines = json_records(file.path) if file.form == "lines" else None
    if lines is not None and not lists:
        return lines
    rows = json_rows(file.path, lists, lines=lines is not None)
    return Records(plain=rows, quoted=rows, longest=0 if lines is None else lines.longest)


def refuse_loss(records: int, held: int, where: str) -> None:
    """A log of which a row is neither read nor set aside, or one is read twice, gives no answer at all."""
    if records != held:
        raise Problem(
            f"the log holds {records:,} records, but {held:,} were read or set aside",
            where=where,
            fix="Write it anew as Parquet, or as CSV with one kind of line end and quotes that close.",
        )
