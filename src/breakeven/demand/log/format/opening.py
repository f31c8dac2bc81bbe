"""Tables and JSON files as views of DuckDB whose columns are the fields of a format; all else stays unread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from breakeven.demand.log.format.json_rows import columns_of, laid_out, parts_of, source, step_into
from breakeven.demand.log.format.paths import Column, Spec, expression, json_text, paths_of, quoted

NUMBERS = count()
COUNTERS = """(
    SELECT metric, moment_before AS start, moment AS ended,
        CAST(CASE WHEN value < value_before THEN value ELSE value - value_before END AS BIGINT) AS increase
    FROM (
        SELECT metric, moment, value, lag(moment) OVER series AS moment_before, lag(value) OVER series AS value_before
        FROM (
            SELECT CAST(result.metric AS VARCHAR) AS metric, CAST(point[1] AS DOUBLE) AS moment,
                round(CAST(point[2] AS DOUBLE)) AS value
            FROM {source} AS record, unnest(record."data".result) AS results(result),
                unnest(result."values") AS points(point)
        )
        WINDOW series AS (PARTITION BY metric ORDER BY moment)
    )
    WHERE moment_before IS NOT NULL
)"""
COUNTER_COLUMNS = """{'data': 'STRUCT(result STRUCT(metric JSON, "values" VARCHAR[][])[])'}"""
COUNTER_NAMES = ("metric", "start", "ended", "increase")


def plain_csv(connection: Any, path: Path, found: Sequence[str], delimiter: str, options: Mapping[str, Any]) -> Any:
    """A CSV file as text; lines that do not split are told apart, not raised."""
    return connection.read_csv(
        str(path), columns=dict.fromkeys(found, "VARCHAR"), auto_detect=False, header=True,
        delim=delimiter, ignore_errors=True, store_rejects=True, **options,
    )  # fmt: skip


def view_of(
    connection: Any, specs: Mapping[str, Spec], *, table: Any = None, path: Path | None = None, form: str = "lines"
) -> Any:
    """The table, or the JSON file, as a view of these fields."""
    if table is not None:
        body = fields_of_table(specs, table.get_name(), table.columns)
    elif path is not None and form == "counters":
        body = _select(
            specs, table_column(COUNTER_NAMES), COUNTERS.format(source=source(path, "whole", COUNTER_COLUMNS))
        )
    else:
        assert path is not None
        body = fields_of_json(specs, path, form)
    name = f"log_{next(NUMBERS)}"
    connection.raw_sql(f"CREATE TEMP VIEW {name} AS {body}")
    return connection.table(name)


def fields_of_table(specs: Mapping[str, Spec], name: str, columns: Sequence[str], *, dialect: str = "duckdb") -> str:
    """SQL that gives the fields of a table by its name, in the words of the engine that holds it."""
    return _select(specs, table_column(columns, dialect=dialect), quoted(name))


def fields_of_json(specs: Mapping[str, Spec], path: Path, form: str) -> str:
    """SQL that gives the fields of a JSON file: only the keys on the way to them are read."""
    paths = {each: parts_of(each) for spec in specs.values() for each in paths_of(spec)}
    joined, alias_of = laid_out(list(paths.values()))
    return _select(
        specs,
        lambda each: step_into(paths[each], alias_of),
        f"{source(path, form, columns_of(paths.values()))} AS record{joined}",
    )


def _select(specs: Mapping[str, Spec], column: Column, rest: str) -> str:
    columns = [f"{expression(spec, column) or 'NULL'} AS {quoted(field)}" for field, spec in specs.items()]
    return f"SELECT {', '.join(columns)} FROM {rest}"  # noqa: S608 - every name and text is quoted


def table_column(columns: Sequence[str], *, dialect: str = "duckdb") -> Column:
    """How a path is said where the columns have these names: a column, or a key in a column of JSON."""
    by_lower = {each.lower(): each for each in columns}

    def column(path: str) -> str | None:
        parts = path.split(".")
        for i in range(len(parts), 0, -1):
            name = by_lower.get(".".join(parts[:i]).lower())
            if name is not None:
                return json_text(quoted(name), parts[i:], dialect=dialect) if parts[i:] else quoted(name)
        return None

    return column
