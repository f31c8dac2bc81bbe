"""Tables and JSON files as views of DuckDB whose columns are the fields of a format; all else stays unread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from breakeven.demand.log.format.counters import BODIES, COLUMNS, NAMES, body, refuse_rates
from breakeven.demand.log.format.json_rows import columns_of, laid_out, parts_of, source, step_into
from breakeven.demand.log.format.paths import Column, Spec, expression, json_text, paths_of, quoted
from breakeven.demand.log.libraries import duckdb

NUMBERS = count()


def plain_csv(
    connection: Any, paths: Sequence[Path], found: Sequence[str], delimiter: str, options: Mapping[str, Any]
) -> Any:
    """CSV files with the same header as text; lines that do not split are told apart, not raised."""
    return connection.read_csv(
        [str(each) for each in paths], columns=dict.fromkeys(found, "VARCHAR"), auto_detect=False, header=True,
        hive_partitioning=False, delim=delimiter, ignore_errors=True, store_rejects=True, **options,
    )  # fmt: skip


def table_view(connection: Any, specs: Mapping[str, Spec], table: Any) -> Any:
    """The table as a view of these fields."""
    return _view(connection, fields_of_table(specs, table.get_name(), table.columns))


def json_view(connection: Any, specs: Mapping[str, Spec], paths: Sequence[Path], form: str, *, longest: int = 0) -> Any:
    """JSON files as a view of these fields; `longest`: the bytes of the longest record, where it is known."""
    if form not in BODIES:
        return _view(connection, fields_of_json(specs, paths, form, longest=longest))
    # The counters of one file are another's no more: each runs by itself.
    bodies = (body(form, source([each], "whole", COLUMNS)) for each in paths)
    return _view(connection, " UNION ALL ".join(_select(specs, table_column(NAMES), each) for each in bodies))


def refuse_what_counts_nothing(path: Path) -> None:
    """Counters whose values show that they are none."""
    with duckdb().connect(config={"threads": 1}) as connection:
        try:
            refuse_rates(connection, source([path], "whole", COLUMNS), path)
        except duckdb().Error:
            return  # what is wrong with the file is told where it is read


def _view(connection: Any, body: str) -> Any:
    name = f"log_{next(NUMBERS)}"
    connection.raw_sql(f"CREATE TEMP VIEW {name} AS {body}")
    return connection.table(name)


def fields_of_table(specs: Mapping[str, Spec], name: str, columns: Sequence[str], *, dialect: str = "duckdb") -> str:
    """SQL that gives the fields of a table by its name, in the words of the engine that holds it."""
    return _select(specs, table_column(columns, dialect=dialect), quoted(name))


def fields_of_json(specs: Mapping[str, Spec], files: Sequence[Path], form: str, *, longest: int = 0) -> str:
    """SQL that gives the fields of JSON files: only the keys on the way to them are read."""
    paths = {each: parts_of(each) for spec in specs.values() for each in paths_of(spec)}
    joined, alias_of = laid_out(list(paths.values()))
    return _select(
        specs,
        lambda each: step_into(paths[each], alias_of),
        f"{source(files, form, columns_of(paths.values()), longest=longest)} AS record{joined}",
    )


def _select(specs: Mapping[str, Spec], column: Column, rest: str) -> str:
    columns = [f"{expression(spec, column) or 'NULL'} AS {quoted(field)}" for field, spec in specs.items()]
    return f"SELECT {', '.join(columns)} FROM {rest}"  # noqa: S608 - every name and text is quoted


def table_column(columns: Sequence[str], *, dialect: str = "duckdb") -> Column:
    """How a path is said where the columns have these names: a column, or a key in a column of JSON."""
    by_lower = {name.lower(): name for name in columns}

    def column(path: str) -> str | None:
        if path.lower() in by_lower:
            return quoted(by_lower[path.lower()])
        parts = [each.replace("\0", ".") for each in path.replace("\\.", "\0").split(".")]
        for i in range(len(parts), 0, -1):
            name = by_lower.get(".".join(parts[:i]).lower())
            if name is not None:
                return json_text(quoted(name), parts[i:], dialect=dialect) if parts[i:] else quoted(name)
        return None

    return column
