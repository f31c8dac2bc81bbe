"""Log files as Ibis tables on DuckDB: only the columns that are needed, as text: no bad row stops us."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Any, Literal

from breakeven.demand.columns import map_columns
from breakeven.demand.demand import SetAside
from breakeven.demand.engine import pyarrow
from breakeven.problems import Problem

Kind = Literal["csv", "parquet", "jsonl"]
KIND_OF_SUFFIX: dict[str, Kind] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """One file of a log: its form, its columns, and which of them hold what."""

    path: Path
    kind: Kind
    found: tuple[str, ...]
    column_of: dict[str, str]
    delimiter: str = ","


def log_files(path: str | Path | Sequence[str | Path], columns: Mapping[str, str] | None) -> tuple[LogFile, ...]:
    """The files that a path, a folder, a pattern or a list of them stands for, with their columns mapped."""
    given = [path] if isinstance(path, str | Path) else list(path)
    paths = dict.fromkeys(each for one in given for each in _expand(Path(one)))
    if not paths:
        raise Problem("no log file is named", fix="Name a CSV, Parquet or JSON-lines file, or a folder of them.")
    return tuple(_log_file(each, columns) for each in paths)


def _expand(path: Path) -> list[Path]:
    if path.is_dir():
        inside = sorted(each for each in path.iterdir() if _kind(each) is not None)
        if not inside:
            raise Problem("the folder holds no log file", where=str(path), fix=_suffixes())
        return inside
    if path.is_file():
        return [path]
    if matches := sorted(Path(each) for each in glob(str(path))):  # noqa: PTH207 - an absolute pattern
        return matches
    raise Problem("there is no such file", where=str(path), fix="Check the path; it is taken from where you are.")


def _kind(path: Path) -> Kind | None:
    suffixes = path.suffixes[:-1] if path.suffix.lower() == ".gz" else path.suffixes
    return KIND_OF_SUFFIX.get(suffixes[-1].lower()) if suffixes else None


def _suffixes() -> str:
    return f"Files may end in {', '.join(KIND_OF_SUFFIX)}; text files may be compressed as .gz."


def _log_file(path: Path, columns: Mapping[str, str] | None) -> LogFile:
    kind = _kind(path)
    if kind is None:
        raise Problem("the file's kind is not known by its name", where=str(path), fix=_suffixes())
    if path.stat().st_size == 0:
        raise Problem("the file is empty", where=str(path), fix="Export the log again.")
    delimiter = ","
    if kind == "csv":
        delimiter, found = _csv_header(path)
    else:
        found = _parquet_columns(path) if kind == "parquet" else _json_keys(path)
    mapped = map_columns(found, columns, where=str(path))
    return LogFile(path=path, kind=kind, found=tuple(found), column_of=mapped, delimiter=delimiter)


def _first_lines(path: Path, count: int) -> list[str]:
    """The first lines of a text file; later bytes that are not text are left for the engine to set aside."""
    opener: Any = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opener(path, "rb") as file:
            lines = [file.readline(1_000_000) for _ in range(count)]
        first = lines[0].decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise Problem(f"the file cannot be read ({error})", where=str(path), fix=_suffixes()) from error
    return [first, *(line.decode("utf-8", "replace") for line in lines[1:])]


def _csv_header(path: Path) -> tuple[str, list[str]]:
    """The delimiter and the column names, from the first line; a repeated name gets a number."""
    (first,) = _first_lines(path, 1)
    delimiter = max(",;\t|", key=first.count)
    names: list[str] = []
    for name in next(csv.reader([first], delimiter=delimiter), []):
        clean = name.strip() or "column"
        names.append(clean if clean not in names else f"{clean}_{len(names)}")
    return delimiter, names


def _parquet_columns(path: Path) -> list[str]:
    try:
        return list(pyarrow().parquet.read_schema(path).names)
    except (OSError, pyarrow().ArrowInvalid) as error:
        raise Problem(f"the file is not readable Parquet ({error})", where=str(path), fix="Export it again.") from error


def _json_keys(path: Path) -> list[str]:
    """The keys of the first lines that hold an object."""
    return list(dict.fromkeys(key for line in _first_lines(path, 100) for key in _object(line)))


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def open_table(connection: Any, file: LogFile, **csv_options: Any) -> Any:
    """The file as an Ibis table. Text files give text, Parquet its own types; nothing is read yet."""
    if file.kind == "parquet":
        return connection.read_parquet(str(file.path))
    if file.kind == "jsonl":
        wanted = dict.fromkeys(file.column_of.values(), "VARCHAR")
        return connection.read_json(str(file.path), columns=wanted, format="newline_delimited", ignore_errors=True)
    return connection.read_csv(
        str(file.path), columns=dict.fromkeys(file.found, "VARCHAR"), auto_detect=False, header=True,
        delim=file.delimiter, ignore_errors=True, store_rejects=True, **csv_options,
    )  # fmt: skip


REJECTED = """
    SELECT DISTINCT file_path, line, error_type,
        length(rtrim(csv_line, chr(10))) - length(replace(rtrim(csv_line, chr(10)), chr(10), '')) + 1
    FROM reject_errors JOIN reject_scans USING (scan_id, file_id) ORDER BY ALL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedLine:
    """A line of a CSV file that does not split into the file's columns."""

    file: str
    line: int
    why: str
    lines: int  # how many it swallowed: more than one when a quote stays open


def rejected_lines(connection: Any) -> list[RejectedLine]:
    """The lines DuckDB could not split, after a query read them. Their text stays in the engine."""
    tables = connection.con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    if ("reject_errors",) not in tables:
        return []
    first_of_line: dict[tuple[str, int], RejectedLine] = {}
    for file, line, why, lines in connection.con.execute(REJECTED).fetchall():
        rejected = RejectedLine(file=file, line=int(line), why=str(why).lower(), lines=int(lines))
        first_of_line.setdefault((file, rejected.line), rejected)
    return list(first_of_line.values())


def rejected_set_aside(rejected: Iterable[RejectedLine]) -> list[SetAside]:
    """The lines that could not be split, counted by reason."""
    by_reason: dict[str, list[RejectedLine]] = {}
    for each in rejected:
        by_reason.setdefault(each.why, []).append(each)
    return [
        SetAside(
            reason=f"line does not fit the columns: {why}",
            rows=len(lines),
            examples=tuple(f"{each.file}:{each.line}" for each in lines[:3]),
        )
        for why, lines in by_reason.items()
    ]
