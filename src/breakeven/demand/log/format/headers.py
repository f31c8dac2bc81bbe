"""What a file calls its columns: the first line of a CSV file, the schema of a Parquet file."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any, Literal

from breakeven.demand.log.libraries import pyarrow
from breakeven.problems import Problem

Kind = Literal["csv", "parquet", "jsonl", "json"]
KIND_OF_SUFFIX: dict[str, Kind] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
}  # fmt: skip
MOST_COLUMNS = 5_000
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
SAVE_AS_UTF_8 = "Save it as UTF-8: in a spreadsheet choose CSV UTF-8; or iconv -t UTF-8."


def kind_of(path: Path) -> Kind | None:
    """The kind that the file's name tells."""
    names = path.suffixes[:-1] if path.suffix.lower() == ".gz" else path.suffixes
    return KIND_OF_SUFFIX.get(names[-1].lower()) if names else None


def suffixes() -> str:
    """Which files are read, in a sentence."""
    return f"Files may end in {', '.join(KIND_OF_SUFFIX)}; text files may be compressed as .gz."


def first_lines(path: Path, count: int) -> list[str]:
    """The first lines of a text file; later bytes that are not text are left for the engine to set aside."""
    opener: Any = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opener(path, "rb") as file:
            lines = [file.readline(1_000_000) for _ in range(count)]
        if lines[0].startswith(UTF_16):
            raise Problem("the file is UTF-16 text", where=str(path), fix=SAVE_AS_UTF_8)
        first = lines[0].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(f"the file is not UTF-8 text ({error})", where=str(path), fix=SAVE_AS_UTF_8) from error
    except gzip.BadGzipFile as error:
        fix = "Take .gz off its name, or download it again."
        raise Problem("the name ends in .gz, but the file is not compressed", where=str(path), fix=fix) from error
    except EOFError as error:
        raise Problem("the compressed file ends too early", where=str(path), fix="Download it again.") from error
    except OSError as error:
        raise Problem(f"the file cannot be read ({error})", where=str(path), fix=suffixes()) from error
    return [first, *(line.decode("utf-8", "replace") for line in lines[1:])]


def csv_header(path: Path) -> tuple[str, list[str]]:
    """The delimiter and the column names, from the first line; a repeated name gets a number."""
    (first,) = first_lines(path, 1)
    delimiter = max(",;\t|", key=first.count)
    names: dict[str, None] = {}
    for name in next(csv.reader([first], delimiter=delimiter), []):
        clean = name.strip() or "column"
        names[clean if clean not in names else f"{clean}_{len(names)}"] = None
    return delimiter, not_too_many(list(names), path)


def parquet_columns(path: Path) -> list[str]:
    try:
        names = list(pyarrow().parquet.read_schema(path).names)
    except (OSError, pyarrow().ArrowInvalid) as error:
        raise Problem(f"the file is not readable Parquet ({error})", where=str(path), fix="Export it again.") from error
    return not_too_many(names, path)


def not_too_many(names: list[str], path: Path) -> list[str]:
    """The names, where there are no more than a log has: the engine's work grows with their square."""
    if len(names) > MOST_COLUMNS:
        fix = "Export the columns of time, tokens and names alone."
        raise Problem(f"the file has more than {MOST_COLUMNS:,} columns", where=str(path), fix=fix)
    return names
