"""The heavy parts of reading logs, imported when first needed: `--help` does not wait for them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any


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


@cache
def yaml() -> Any:
    """A YAML reader that refuses repeated keys."""
    return import_module("ruamel.yaml").YAML(typ="safe", pure=True)
