"""The heavy parts of reading logs, imported when first needed: `--help` does not wait for them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import numpy as np


@cache
def ibis() -> Any:
    """Ibis: one expression for every engine."""
    return import_module("ibis")


@cache
def duckdb() -> Any:
    """DuckDB, the engine in this process; here for its errors only."""
    return import_module("duckdb")


@cache
def pyarrow() -> Any:
    """PyArrow with its Parquet part, for schemas and for writing."""
    import_module("pyarrow.parquet")
    return import_module("pyarrow")


def as_numpy(column: Any) -> np.ndarray:
    """A column of numbers, without importing pandas for it as Arrow's own way does; with gaps it takes that way."""
    whole = column.combine_chunks() if hasattr(column, "combine_chunks") else column
    return np.asarray(column.to_numpy()) if whole.null_count or not len(whole) else np.from_dlpack(whole).copy()


def as_arrow(whole: np.ndarray) -> Any:
    """Whole numbers of 64 bits as Arrow has them, without importing pandas either."""
    buffers = [None, pyarrow().py_buffer(np.ascontiguousarray(whole, dtype=np.int64))]
    return pyarrow().Array.from_buffers(pyarrow().int64(), whole.size, buffers)


@cache
def yaml() -> Any:
    """A YAML reader that refuses repeated keys."""
    return import_module("ruamel.yaml").YAML(typ="safe", pure=True)
