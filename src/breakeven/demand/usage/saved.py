"""A reading saved as one Parquet file: the minute table as rows, the rest in the file's own metadata."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from breakeven.demand.demand import SetAside
from breakeven.demand.log.failures import Failed
from breakeven.demand.log.format.headers import unreadable_parquet
from breakeven.demand.log.histogram import BINS, Lengths, Sizes
from breakeven.demand.log.libraries import pyarrow
from breakeven.demand.log.minutes import MinuteTable
from breakeven.demand.shape.sliding import SlidingPeak
from breakeven.demand.usage.reading import Reading
from breakeven.outputs import replacing
from breakeven.problems import Problem

MARK = b"breakeven.reading"
VERSION = 1


def save_reading(reading: Reading, path: Path) -> None:
    """Write the reading; the same reading gives the same bytes."""
    if path.suffix not in (".parquet", ".pq"):
        fix = "End its name in .parquet."
        raise Problem("a minute table is saved as Parquet", where=str(path), fix=fix)
    arrow, table = pyarrow(), reading.table
    names = {"workload": arrow.array(table.workload, "string"), "model": arrow.array(table.model, "string")}
    numbers = {name: arrow.array(values) for name, values in table.columns.items()}
    about = json.dumps(_about(reading), sort_keys=True)
    rows = arrow.table(names | numbers).replace_schema_metadata({MARK: about})
    with replacing(path) as part:
        arrow.parquet.write_table(rows, part, compression="zstd")


def _about(reading: Reading) -> dict[str, Any]:
    table = reading.table
    return {
        "version": VERSION,
        "where": reading.where,
        "format": reading.log_format,
        "naive": reading.naive,
        "cache_column": reading.cache_column,
        "first_second": table.first_second,
        "last_second": table.last_second,
        "rows_read": table.rows_read,
        "set_aside": [asdict(reason) for reason in table.set_aside],
        "currencies": table.currencies,
        "notices": table.notices,
        "sliding": reading.sliding and {name: peak and asdict(peak) for name, peak in reading.sliding.items()},
        "sizes": [_packed_sizes(size) for size in reading.sizes],
        "failed": [asdict(count) for count in reading.failed],
    }


def saved_reading(path: str | Path | Sequence[str | Path]) -> Reading | None:
    """The reading, when the path is a file that `save_reading` wrote; None when it is a log.

    A saved reading stands alone: a log beside it would count the same requests twice or not at all.
    """
    given = [path] if isinstance(path, str | Path) else list(path)
    if not any(_metadata(Path(source)) is not None for source in given):
        return None
    if len(given) > 1:
        named = ", ".join(str(source) for source in given[:3])
        fix = "Read the saved table alone, or all the logs anew."
        raise Problem("a saved minute table cannot be joined with other files", where=named, fix=fix)
    return load_reading(given[0])


def _metadata(path: Path) -> dict[str, Any] | None:
    if path.suffix not in (".parquet", ".pq") or not path.is_file():
        return None
    try:
        found = pyarrow().parquet.read_schema(path).metadata or {}
    except (OSError, pyarrow().ArrowInvalid):
        return None  # the reader of logs tells what is wrong with it
    return dict(json.loads(found[MARK])) if MARK in found else None


def load_reading(path: str | Path) -> Reading:
    """The reading that was saved. Raises `Problem` when the file is another, damaged, or of a newer version."""
    about = _metadata(Path(path))
    if about is None:
        raise Problem("holds no saved minute table", where=str(path), fix="Write one: breakeven demand LOG -o FILE.")
    if about["version"] > VERSION:
        raise Problem("was written by a newer breakeven", where=str(path), fix="Update, or read the log again.")
    try:
        rows = pyarrow().parquet.read_table(path)
    except (OSError, pyarrow().ArrowInvalid) as error:
        raise unreadable_parquet(Path(path), error) from None
    return Reading(
        table=_table(rows, about),
        where=about["where"],
        log_format=about["format"],
        naive=about["naive"],
        cache_column=about["cache_column"],
        sizes=tuple(_unpacked_sizes(size) for size in about["sizes"]),
        failed=tuple(Failed(**count) for count in about.get("failed", ())),
        sliding=about["sliding"]
        and {name: peak and SlidingPeak(**peak) for name, peak in sorted(about["sliding"].items(), key=_minutes)},
    )


def _minutes(window: tuple[str, object]) -> int:
    return int(window[0].removesuffix("min"))


def _table(rows: Any, about: Mapping[str, Any]) -> MinuteTable:
    return MinuteTable(
        workload=tuple(rows["workload"].to_pylist()),
        model=tuple(rows["model"].to_pylist()),
        columns={name: rows[name].to_numpy() for name in rows.column_names if name not in ("workload", "model")},
        first_second=about["first_second"],
        last_second=about["last_second"],
        rows_read=about["rows_read"],
        currencies=tuple(about["currencies"]),
        notices=tuple(about["notices"]),
        set_aside=tuple(SetAside(**reason | {"examples": tuple(reason["examples"])}) for reason in about["set_aside"]),
    )


def _packed_sizes(sizes: Sizes) -> dict[str, Any]:
    arrays = {
        "input_length": sizes.input.length, "input_requests": sizes.input.requests,
        "output_length": sizes.output.length, "output_requests": sizes.output.requests,
        "joint": sizes.joint.ravel(),
    }  # fmt: skip
    packed = {name: _packed(values) for name, values in arrays.items()}
    return {"workload": sizes.workload, "cross": str(sizes.cross), **packed}


def _unpacked_sizes(packed: Mapping[str, str]) -> Sizes:
    found = {name: _unpacked(packed[name]) for name in packed if name not in ("workload", "cross")}
    return Sizes(
        workload=packed["workload"],
        input=Lengths(length=found["input_length"], requests=found["input_requests"]),
        output=Lengths(length=found["output_length"], requests=found["output_requests"]),
        joint=found["joint"].reshape(len(BINS), len(BINS)),
        cross=int(packed["cross"]),
    )


def _packed(values: np.ndarray) -> str:
    """Whole numbers as text: differences are small and pack well."""
    raw = np.diff(values.astype("<i8"), prepend=0).tobytes()
    return f"{len(raw)} " + b64encode(pyarrow().compress(raw, codec="zstd", asbytes=True)).decode()


def _unpacked(text: str) -> np.ndarray:
    size, packed = text.split(" ")
    raw = pyarrow().decompress(b64decode(packed), int(size), codec="zstd", asbytes=True)
    return np.cumsum(np.frombuffer(raw, dtype="<i8"))
