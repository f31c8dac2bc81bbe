"""What is decided for files of one shape together, by a look at their rows: a log that is split says the same in every
file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from breakeven.demand.log.engine.embedded import MEMORY, connected
from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.table.tables import LogFile, open_table

SPLIT: dict[str, Any] = {"quote": '"', "escape": '"', "strict_mode": False}
Decide = Callable[[LogFile, list[Path]], LogFile | None]


def decided(files: Sequence[LogFile], decide: Decide) -> tuple[LogFile, ...]:
    """The files as `decide` says of the first of each shape and the paths of all; None leaves them as they are."""
    paths: dict[tuple[object, ...], list[Path]] = {}
    for each in files:
        paths.setdefault(each.shape, []).append(each.path)
    firsts = {each.shape: each for each in reversed(files)}
    known = {shape: decide(first, paths[shape]) or first for shape, first in firsts.items()}
    return tuple(replace(known[each.shape], path=each.path, rows=each.rows) for each in files)


@contextmanager
def looking(file: LogFile, paths: Sequence[Path]) -> Iterator[tuple[Any, Any]]:
    """A connection and the rows of the files as a table of it, lines that do not split among them.

    Raises DuckDB's errors: what is wrong with a file is told where it is read.
    """
    connection = ibis().duckdb.from_connection(_engine().con.cursor())
    try:
        connection.raw_sql("SET TimeZone = 'UTC'")
        yield connection, open_table(connection, file, paths, **(SPLIT if file.kind == "csv" else {}))
    finally:
        connection.disconnect()


@cache
def _engine() -> Any:
    """One engine for all looks, since each costs more than a look. They sort and keep little: no folder is needed."""
    return connected(MEMORY, "")
