"""DuckDB in this process: how much memory it may take, where it puts the rest, its own words where they are fast."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from re import fullmatch
from typing import Any

from breakeven.demand.log.libraries import ibis
from breakeven.outputs import private_folder
from breakeven.problems import Problem

MEMORY = "800MB"  # 100 million rows fit; what does not goes to a temporary folder
# They take what only a few rows need out of its condition and work it out for all: half the speed on text.
UNHELPFUL = "common_subexpressions,in_clause"
# It believes a Parquet file's lowest and highest value, which say nothing of a NaN among them: the NaN passes for one.
UNSAFE = "statistics_propagation"
SIZE = r"(\d+(?:\.\d+)?)\s*([KMGT]i?B)"
LEAST_BYTES = 128e6
BYTES_OF = {"K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


def checked_memory(limit: str) -> str:
    """The size as DuckDB takes it. Raises `Problem` where it is none, or too little to read anything."""
    found = fullmatch(SIZE, limit.strip())
    if found is None or float(found[1]) * BYTES_OF[found[2][0]] < LEAST_BYTES:
        fix = "Give a size with its unit, 128MB or more: 800MB, 2GB."
        raise Problem(f'"{limit}" is no amount of memory to read logs with', where="--memory-limit", fix=fix)
    return limit.strip()


@contextmanager
def embedded(
    memory_limit: str | None = None, *, fractions: bool = True, in_order: bool = False
) -> Iterator[tuple[Any, Path]]:
    """A connection in UTC, wherever the machine stands, and the private folder that holds what its memory does not.

    `fractions`: a column may hold fractions, and so a NaN. `in_order`: rows keep the order of their files, which takes
    more memory.
    """
    limit = checked_memory(memory_limit or MEMORY)
    with private_folder() as folder:
        connection = connected(limit, str(folder), fractions=fractions, in_order=in_order)
        try:
            yield connection, folder
        finally:
            connection.disconnect()


def connected(memory: str, folder: str, *, fractions: bool = True, in_order: bool = False) -> Any:
    """A connection as `embedded` gives it. `folder`: where what its memory does not hold goes; "" for nowhere."""
    connection = ibis().duckdb.connect(memory_limit=memory, temp_directory=folder)
    connection.raw_sql("SET TimeZone = 'UTC'")
    connection.raw_sql(f"SET preserve_insertion_order = {str(in_order).lower()}")
    connection.raw_sql(f"SET disabled_optimizers = '{UNHELPFUL}{',' + UNSAFE if fractions else ''}'")
    return connection


def ask(connection: Any, question: Any) -> Any:
    """The answer as Arrow, with the tables that the question brings along. Ibis' own way would import pandas for it."""
    asked = quick(question).as_table()
    for each in asked.op().find(ibis().expr.operations.InMemoryTable):
        connection.con.register(each.name, each.data.to_pyarrow(each.schema))
    return connection.con.sql(connection.compile(asked)).to_arrow_table().cast(asked.schema().to_pyarrow())


def quick(question: Any) -> Any:
    """The question in DuckDB's own whole numbers: Ibis says seconds and // by way of floats, at twice the time.

    They differ for moments before 1970 only, which no log may hold.
    """
    operations = ibis().expr.operations

    def rewrite(node: Any, renewed: Any) -> Any:
        again = node.__recreate__(renewed) if renewed else node
        if isinstance(again, operations.ExtractEpochSeconds) and again.arg.dtype.is_timestamp():
            moment = _moment(again.arg)
            told = _words()["epoch_us_of_zone" if moment.type().timezone else "epoch_us"]
            return _words()["divide"](told(moment), 1_000_000).op()
        if isinstance(again, operations.FloorDivide) and again.left.dtype.is_integer():
            return _words()["divide"](again.left.to_expr(), again.right.to_expr()).op()
        return again

    return question.op().replace(rewrite).to_expr()


def _moment(moment: Any) -> Any:
    """The moment without being cut to the second, which the division does again, and without a change of zone."""
    operations = ibis().expr.operations
    while isinstance(moment, operations.TimestampTruncate | operations.Cast) and moment.arg.dtype.is_timestamp():
        moment = moment.arg
    return moment.to_expr()


@cache
def _words() -> dict[str, Any]:
    builtin = ibis().udf.scalar.builtin

    def divide(left: int, right: int) -> int: ...  # type: ignore[empty-body]  # DuckDB has it

    def epoch_us(moment: Any) -> int: ...  # type: ignore[empty-body]  # DuckDB has it

    zoned = {"epoch_us": "timestamp", "epoch_us_of_zone": "timestamp('UTC')"}
    return {
        "divide": builtin(divide, signature=(("int64", "int64"), "int64")),
        **{name: builtin(epoch_us, name="epoch_us", signature=((kind,), "int64")) for name, kind in zoned.items()},
    }
