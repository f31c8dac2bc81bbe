"""What a file calls its columns: the first line of a CSV file, the schema of a Parquet file."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from io import StringIO
from itertools import count, islice
from pathlib import Path
from re import fullmatch, split, sub
from typing import Any, Literal

from breakeven.demand.log.libraries import pyarrow
from breakeven.files import system_error, unreadable
from breakeven.problems import Problem

Kind = Literal["csv", "parquet", "jsonl", "json"]
KIND_OF_SUFFIX: dict[str, Kind] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
}  # fmt: skip
MOST_COLUMNS = 5_000
MOST_ABOVE = 40  # lines before the header of a table, such as the head of an invoice
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
HEAD_BYTES, LONGEST_HEAD = 2**16, 2**22
CUR_1 = "lineItem/UsageType"
SCRAPE = r"# (HELP|TYPE) \w[\w:]* .*|\w+:\w+(\{.*\})? [-+0-9.eE]+"
ASK_A_RANGE = (
    "Ask Prometheus for a range of these counters (/api/v1/query_range, step 60 s) and save the answer as .json; see "
    "vllm-prometheus in docs/how-to/read-your-own-log.md."
)
NAMES_FIRST = "The first line names the columns, each in fewer than 131,072 letters. Is this a log?"
SAVE_AS_UTF_8 = "Save it as UTF-8: in a spreadsheet choose CSV UTF-8; or iconv -t UTF-8."


def kind_of(path: Path) -> Kind | None:
    """The kind that the file's name tells."""
    names = path.suffixes[:-1] if path.suffix.lower() == ".gz" else path.suffixes
    return KIND_OF_SUFFIX.get(names[-1].lower()) if names else None


def suffixes() -> str:
    """Which files are read, in a sentence."""
    return f"Files may end in {', '.join(KIND_OF_SUFFIX)}; text files may be compressed as .gz."


@contextmanager
def reading(path: Path) -> Iterator[Any]:
    """The bytes of a file, unpacked where its name ends in .gz; what keeps it from being read is told as `Problem`.

    Who reads to the end has the checksums of the packed file checked.
    """
    opener: Any = gzip.open if path.suffix.lower() == ".gz" else open
    again = "Download it again."
    try:
        with opener(path, "rb") as file:
            yield file
    except gzip.BadGzipFile as error:
        if "CRC" in str(error) or "length" in str(error):
            raise Problem("the compressed file is damaged: its checksum differs", where=str(path), fix=again) from error
        fix = f"Take .gz off its name, or: {again}"
        raise Problem("the name ends in .gz, but the file is not compressed", where=str(path), fix=fix) from error
    except EOFError as error:
        raise Problem("the compressed file ends too early", where=str(path), fix=again) from error
    except zlib.error as error:
        raise Problem("the compressed file is damaged", where=str(path), fix=again) from error
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable_parquet(path: Path, error: Exception) -> Problem:
    """What keeps a Parquet file from being read: the system, or what the file holds."""
    if (refused := system_error(error)) is not None:
        return unreadable(path, refused)
    return Problem(f"the file is not readable Parquet ({error})", where=str(path), fix="Export it again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The line that names the columns. `above`: lines before it, of which `records_above` are not blank."""

    delimiter: str
    names: list[str]
    above: int = 0
    records_above: int = 0


def csv_header(path: Path) -> tuple[str, list[str]]:
    """The delimiter and the column names, from the first record; a repeated name gets a number."""
    first = next(csv_headers(path))
    return first.delimiter, first.names


def csv_headers(path: Path) -> Iterator[Header]:
    """The first record as a header, then each line below it that could be one, as far as the start of a file goes."""
    head = _head(path)
    if fullmatch(SCRAPE, head.splitlines()[0] if head else ""):
        raise Problem("this is one scrape of a server's /metrics, and holds no time", where=str(path), fix=ASK_A_RANGE)
    yield _header_of(head, path)
    lines = split(r"\r\n|\r|\n", head)
    for above in range(1, min(MOST_ABOVE, len(lines) - 1)):
        if not lines[above].strip():
            continue
        below = "\n".join(lines[above:])
        try:
            header = _header_of(below, path)
        except Problem:
            continue
        yield replace(header, above=above, records_above=sum(bool(line.strip()) for line in lines[:above]))


def _header_of(text: str, path: Path) -> Header:
    """The header that a text begins with."""
    delimiter = max(",;\t|", key=split(r"[\r\n]", text, maxsplit=1)[0].count)
    try:
        record = next(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise Problem(f"the first line names no columns ({error})", where=str(path), fix=NAMES_FIRST) from error
    if any("\udc80" <= letter <= "\udcff" for name in record for letter in name):
        raise Problem("the file is not UTF-8 text", where=str(path), fix=SAVE_AS_UTF_8)
    not_too_many(record, path)
    return Header(delimiter=delimiter, names=_own_names(record))


def _own_names(record: Sequence[str]) -> list[str]:
    """The names, a repeated one with a number; those of the first Cost and Usage Report as the second calls them."""
    if CUR_1 in record:
        record = [sub(r"(?<=[a-z])(?=[A-Z])|/", "_", name).lower() for name in record]
    names: list[str] = []
    for name in record:
        lower = {each.lower() for each in names}
        numbered = _numbered(name.strip() or "column", len(names))
        names.append(next(free for free in numbered if free.lower() not in lower))
    return names


def first_records(path: Path, header: Header, most: int) -> list[list[str]]:
    """The first records below the header, as far as the start of a file goes."""
    head = _head(path)
    below = split(r"\r\n|\r|\n", head, maxsplit=header.above)[-1] if header.above else head
    records = csv.reader(StringIO(below, newline=""), delimiter=header.delimiter)
    found: list[list[str]] = []
    with suppress(csv.Error):
        found.extend(islice(records, 1, most + 1))
    return found


def first_texts(path: Path, header: Header, place: int, most: int) -> list[str]:
    """What the first records hold in the column at this place."""
    return [each[place] for each in first_records(path, header, most) if len(each) > place]


def not_too_many(names: Sequence[str], path: Path) -> None:
    """Refuse more columns than a log has: the engine's work grows with their square."""
    if len(names) > MOST_COLUMNS:
        fix = "Export the columns of time, tokens and names alone."
        raise Problem(f"the file has more than {MOST_COLUMNS:,} columns", where=str(path), fix=fix)


def _numbered(name: str, place: int) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in count(place))


def _head(path: Path) -> str:
    """The start of a file that holds its first line; bytes that are no text are kept as surrogates."""
    with reading(path) as file:
        start = file.read(HEAD_BYTES)
        while b"\n" not in start and b"\r" not in start and len(start) < LONGEST_HEAD:
            more = file.read(HEAD_BYTES)
            if not more:
                break
            start += more
    if start.startswith(b"PK\x03\x04"):
        raise Problem("this is a ZIP file", where=str(path), fix="Unpack it, and name what is in it.")
    if start.startswith(UTF_16):
        raise Problem("the file is UTF-16 text", where=str(path), fix=SAVE_AS_UTF_8)
    if len(start) >= LONGEST_HEAD:
        what = f"the first line is longer than {LONGEST_HEAD:,} bytes"
        raise Problem(what, where=str(path), fix=NAMES_FIRST)
    return str(start.decode("utf-8", "surrogateescape")).removeprefix("\ufeff")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetFoot:
    """What a Parquet file says of itself: its columns, their types and how many rows it has."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: int


def parquet_foot(path: Path) -> ParquetFoot:
    """The columns and rows of a Parquet file."""
    try:
        with pyarrow().parquet.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
            not_too_many(schema.names, path)
    except (OSError, pyarrow().ArrowInvalid) as error:
        raise unreadable_parquet(path, error) from None
    return ParquetFoot(names=tuple(schema.names), types=tuple(map(str, schema.types)), rows=rows)
