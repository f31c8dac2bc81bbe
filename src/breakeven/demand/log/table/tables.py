"""Log files as Ibis tables on DuckDB: only the columns that are needed, as text: no bad row stops us."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from breakeven.demand.log.format.columns import cached_unread, map_columns, mapped_in_lists
from breakeven.demand.log.format.counters import refuse_nameless
from breakeven.demand.log.format.formats import GENERIC, Format, detected, forced, log_format, wrapper
from breakeven.demand.log.format.headers import Header, Kind, kind_of
from breakeven.demand.log.format.json_rows import Parts, parts_of, path_of
from breakeven.demand.log.format.mapping import mapped_fields, split_by_field
from breakeven.demand.log.format.opening import json_view, plain_csv, refuse_what_counts_nothing, table_view
from breakeven.demand.log.format.paths import Spec, paths_of
from breakeven.demand.log.table.given_files import expanded, listed, without_copies
from breakeven.demand.log.table.look import look
from breakeven.problems import Problem
from breakeven.texts import name_shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Times that count from a start: their unit, "s" or "ms"; the start in seconds since 1970, where it is known."""

    unit: str
    starts: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """One file of a log: its form, its columns, and which of them hold what.

    `column_of` is field -> column of the opened table. `specs` is empty when these are the file's own columns; else
    it says where each field is found (see paths.py) and the opened table's columns are the fields.
    `cached`: whether cached tokens are inside the input or outside, where that was decided for this file, and
    `because`: by what; outside for these `providers` alone, where there are any. `clock`: times count from a start.
    `bucket`: seconds that every row sums, 0 where each row says its end or is a request.
    `said`: what else was found by evidence, for the person.
    `header`: of CSV, the line that names the columns.
    `form`: how a JSON file is written, "lines" or "whole", "counters" or "increases" of Prometheus.
    `types` and `rows` are what a Parquet file says of itself; `rows` is None where it does not say how many it has.
    """

    path: Path
    kind: Kind
    found: tuple[str, ...]
    column_of: dict[str, str]
    header: Header | None = None
    format_name: str = GENERIC
    form: str = "lines"
    specs: dict[str, Spec] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    rows: int | None = None
    cached: str = ""
    because: str = ""
    providers: tuple[str, ...] = ()
    clock: Clock | None = None
    bucket: int = 0
    said: tuple[str, ...] = ()

    @property
    def delimiter(self) -> str:
        """What parts the columns of a CSV file."""
        return self.header.delimiter if self.header else ","

    @property
    def cached_as(self) -> str:
        """Where cached tokens are counted: "inside" the input or "outside" of it."""
        return self.cached or ("outside" if log_format(self.format_name).cached == "outside" else "inside")

    @property
    def fields(self) -> dict[str, Spec]:
        """Where each field is found; a copy."""
        return dict(self.specs or self.column_of)

    def with_fields(self, fields: Mapping[str, Spec], *notices: str) -> LogFile:
        """The same, its fields found otherwise; and what is said of that."""
        return replace(self, specs=dict(fields), column_of={name: name for name in fields}, said=(*self.said, *notices))

    @property
    def has_fractions(self) -> bool:
        """Whether a column of a Parquet file that may be read holds fractions."""
        columns = set() if self.specs else set(self.column_of.values())
        kinds = (kind for name, kind in zip(self.found, self.types, strict=False) if not columns or name in columns)
        return any("double" in each or "float" in each for each in kinds)

    @property
    def shape(self) -> tuple[object, ...]:
        """What two files must have in common to be read as one."""
        mapped = sorted(self.column_of.items())
        columns = self.found if self.kind in ("csv", "parquet") else ()  # of JSON any record may have others
        read_as = self.cached, self.providers, self.clock, self.bucket, repr((mapped, self.specs))
        above = self.header.above if self.header else 0
        return self.kind, columns, self.types, self.delimiter, above, self.format_name, self.form, read_as


def log_files(
    path: str | Path | Sequence[str | Path],
    columns: Mapping[str, str] | None = None,
    *,
    format_name: str | None = None,
    split_by: str | None = None,
    clock: Clock | None = None,
) -> tuple[LogFile, ...]:
    """The files that a path, a folder, a pattern or a list of them stands for, with their columns mapped.

    `format_name` forces a format; else each file tells its own. `split_by`: the field that names a workload. `clock`:
    times count from a start, whatever the format says.
    """
    given = listed(path)
    named = dict.fromkeys(file for one in given for file in expanded(Path(one)))
    if not named:
        raise Problem("no log file is named", fix="Name a CSV, Parquet or JSON file, or a folder of them.")
    paths, copies = without_copies(named)
    folders = {folder for folder in map(Path, given) if folder.is_dir()}
    files = _with_neighbours(
        {single: _looked_at(single, folders, columns, format_name, split_by, clock) for single in paths}
    )
    return (replace(files[0], said=(*files[0].said, *copies)), *files[1:])


def _with_neighbours(files: Mapping[Path, LogFile | Problem]) -> list[LogFile]:
    """The files; JSON lines that show too little, as an hour of failures does, are read as their neighbours are."""
    there = {
        neighbour.format_name: neighbour
        for neighbour in files.values()
        if isinstance(neighbour, LogFile) and neighbour.kind == "jsonl"
    }
    there.pop(GENERIC, None)
    read = []
    for path, told in files.items():
        if isinstance(told, LogFile):
            read.append(told)
        elif kind_of(path) == "jsonl" and len(there) == 1 and "no column for" in told.what:
            read += [replace(neighbour, path=path) for neighbour in there.values()]
        else:
            raise told
    return read


def _looked_at(path: Path, folders: Collection[Path], *how: Any) -> LogFile | Problem:
    """The file, or why it is no log; where a folder brought it, how to leave it out is told too."""
    try:
        return _log_file(path, *how)
    except Problem as problem:
        if path.parent not in folders:
            return problem
        fix = f"{problem.fix} Or leave the file out: name the logs by a pattern, such as '{path.parent}/*.csv'."
        return Problem(problem.what, where=problem.where, fix=fix)


def clock_of(one: Format) -> Clock | None:
    """What the format says of its times."""
    return Clock(unit=one.map["relative"]) if "relative" in one.map else None


def bucket_of(one: Format, names: Sequence[str]) -> int:
    """Seconds that a row of the format sums; where it depends on the column of times, by the one that is there."""
    bucket = one.map.get("bucket", 0)
    if isinstance(bucket, int):
        return bucket
    last = {each.split(".")[-1] for each in names}
    return int(next((seconds for column, seconds in bucket.items() if column in last), 0))


def _log_file(
    path: Path,
    columns: Mapping[str, str] | None,
    format_name: str | None,
    split_by: str | None,
    clock: Clock | None,
) -> LogFile:
    seen = look(path, columns, format_name)
    one = format_of(format_name, seen.names, seen.kind, path)
    if one.name == GENERIC:
        refuse_nameless(seen.names, path)
    try:
        specs = specs_of(one, (*seen.names, *seen.cells * (one.name == GENERIC)), seen.keys, columns, path)
    except Problem as problem:
        raise Problem(problem.what, where=problem.where, fix=" ".join([*_of_texts(seen.texts), problem.fix])) from None
    column_of = {spec: spec for spec in specs}
    if one.name == GENERIC and not seen.keys and not seen.cells:
        column_of, specs = {name: str(column) for name, column in specs.items()}, {}
    reached = {step for spec in specs.values() for path in paths_of(spec) for step in parts_of(path)}
    unread = [key for key in seen.texts if key not in reached]
    form = one.map.get("counters", seen.form)
    if form == "counters":
        refuse_what_counts_nothing(path)
    if split_by:
        split_by_field(split_by, column_of, specs, where=str(path))
    return LogFile(
        path=path, kind=seen.kind, found=seen.names, column_of=column_of, header=seen.header, format_name=one.name,
        form=form, specs=specs, types=seen.types, rows=seen.rows, clock=clock or clock_of(one),
        bucket=bucket_of(one, seen.names),
        said=(*_of_header(seen.header), *_of_cached(one, seen.names, column_of), *_of_texts(unread)),
    )  # fmt: skip


def _of_texts(keys: Sequence[str]) -> list[str]:
    """What is said of values that are JSON once more."""
    said = ", ".join(map(name_shown, keys))
    first = keys[0] if keys else ""
    return [f"Not looked into: {said}, JSON written as text. Unpack it: jq '.{first} |= fromjson'."] if keys else []


def _of_cached(one: Format, names: Sequence[str], column_of: Mapping[str, str]) -> list[str]:
    """What is said of columns that look as if they held cached tokens."""
    found = cached_unread(names, column_of) if one.name == GENERIC else []
    named = ", ".join(map(name_shown, found))
    return (
        [f"Not read, and maybe cached tokens: {named}. Name it: columns: {{cached_input_tokens: …}}."] if found else []
    )


def _of_header(header: Header | None) -> tuple[str, ...]:
    """What is said of lines above the header."""
    if header is None or not header.records_above:
        return ()
    return (f"The columns are named in line {header.above + 1}; what stands above it is no part of the table.",)


def where_of(files: Sequence[LogFile]) -> str:
    """Where a mistake is: the file, or how many there are."""
    return str(files[0].path) if len(files) == 1 else f"{len(files)} files"


def first_of(files: Sequence[LogFile]) -> str:
    """The names of the files, of many the first three."""
    return ", ".join(str(each.path) for each in files[:3]) + (" …" if len(files) > 3 else "")


def formats_of(files: Sequence[LogFile]) -> str:
    """How the files were understood."""
    return ", ".join(sorted({each.format_name for each in files}))


def notices_of(files: Sequence[LogFile]) -> list[str]:
    """What the formats want said of their numbers."""
    notices = [notice for file in files for notice in log_format(file.format_name).map.get("notices", ())]
    notices += [notice for file in files for notice in file.said]
    notices += [_of_clock(file.clock) for file in files if file.clock is not None]
    where = {"inside": "among the input", "outside": "beside the input"}
    notices += [
        f"Cached tokens are counted {where[file.cached]}{_of(file.providers)}: {file.because}."
        for file in files
        if file.because
    ]
    return list(dict.fromkeys(notices))


def _of(providers: Sequence[str]) -> str:
    return f" of {', '.join(map(name_shown, providers))}" if providers else ""


def _of_clock(clock: Clock) -> str:
    unit = {"s": "seconds", "ms": "milliseconds"}[clock.unit]
    if clock.starts is None:
        return f"Times are {unit} from a start that is not known; 1970-01-01T00:00:00Z stands for it."
    return f"Times are {unit} from {datetime.fromtimestamp(clock.starts, UTC):%Y-%m-%dT%H:%M:%SZ}, as it was given."


def format_of(name: str | None, names: Sequence[str], kind: Kind, path: Path) -> Format:
    """The format that is named, checked; or the one that the columns tell."""
    return forced(name, names, kind, path) if name else detected(names, kind, where=str(path))


def specs_of(
    one: Format, names: Sequence[str], keys: Mapping[str, Parts], columns: Mapping[str, str] | None, path: Path
) -> dict[str, Spec]:
    """Where each field of the file is found."""
    if one.name != GENERIC:
        own = dict(columns or {})
        return mapped_fields(one, names, wrapper(one, names), bool(keys), own, where=str(path))
    if not keys:
        return dict(map_columns(names, columns, where=str(path)))
    start, column_of = mapped_in_lists(names, columns, where=str(path))
    specs: dict[str, Spec] = {field: path_of(keys[start + name]) for field, name in column_of.items()}
    return specs | ({"empty": {"empty": [start.removesuffix(".")]}} if start else {})


def open_table(
    connection: Any, file: LogFile, paths: Sequence[Path] = (), *, longest: int = 0, **csv_options: Any
) -> Any:
    """The file as an Ibis table, or all of `paths`, which have its shape. Text files give text, Parquet its own types.

    Nothing is read yet. `longest`: the bytes of the longest JSON record, where it is known.
    """
    paths = paths or [file.path]
    if file.kind in ("json", "jsonl"):
        return json_view(connection, file.specs, paths, file.form, longest=longest)
    if file.kind == "parquet":
        table = connection.read_parquet([str(path) for path in paths], hive_partitioning=False)
    else:
        above = {"skip": file.header.above} if file.header and file.header.above else {}
        table = plain_csv(connection, paths, file.found, file.delimiter, csv_options | above)
    return table_view(connection, file.specs, table) if file.specs else table
