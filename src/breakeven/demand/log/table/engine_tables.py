"""A table of an engine as the fields of a format: only the columns that the format names are ever asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from breakeven.demand.log.engine.engines import Engine
from breakeven.demand.log.format.columns import map_columns
from breakeven.demand.log.format.formats import GENERIC, detected, forced
from breakeven.demand.log.format.mapping import mapped_fields, split_by_field
from breakeven.demand.log.format.paths import Spec, in_dialect, json_text
from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.table.tables import LogFile, bucket_of, clock_of
from breakeven.problems import Problem

BY_EVIDENCE = ("span_kind", "span", "parent", "reasoning_tokens")  # decided by looks at a file
Part = str | tuple[str, str]  # a path, or the two ends of a duration
Parts = Mapping[Part, Any]


def table_file(
    name: str,
    names: Sequence[str],
    columns: Mapping[str, str] | None = None,
    *,
    format_name: str | None = None,
    split_by: str | None = None,
) -> LogFile:
    """What a table with these columns is, and where each field is found; as for a file, only that it has no path."""
    one = forced(format_name, names, "parquet", Path(name)) if format_name else detected(names, "parquet", where=name)
    specs: dict[str, Spec] = {}
    if one.name == GENERIC:
        mapped = map_columns(names, columns, where=name)
        specs.update({field: column for field, column in mapped.items() if field not in BY_EVIDENCE})
        if "requests" in specs and "ended" not in specs:
            what = "rows count requests, and no column says where the hour or day ends"
            raise Problem(what, where=name, fix="Name it: columns: {ended: …}; or export the table to Parquet.")
    else:
        specs.update(mapped_fields(one, names, "", False, dict(columns or {}), where=name))
    column_of = {spec: spec for spec in specs}
    if split_by:
        split_by_field(split_by, column_of, specs, where=name)
    return LogFile(
        path=Path(name),
        kind="parquet",
        found=tuple(names),
        column_of=column_of,
        format_name=one.name,
        specs=specs,
        clock=clock_of(one),
        bucket=bucket_of(one, names),
    )


def fields_of(engine: Engine, table: Any, file: LogFile) -> Any:
    """The table with the fields as its columns, each as the format's map says."""
    wanted = dict.fromkeys(part for spec in file.specs.values() for part in _parts_of(spec, file.format_name))
    words = {part: sql for part in wanted if (sql := _words(engine, table, part)) is not None}
    named = [f"{sql} AS part_{i}" for i, sql in enumerate(words.values())]
    columns = {name for word in words for name in _columns_of(word, table.columns)}
    inner = engine.connection.compile(table.select(*sorted(columns)))
    kinds = {f"part_{i}": _kind(table, part) for i, part in enumerate(words)}
    sql = f"SELECT {', '.join(named)} FROM ({inner}) AS log"  # noqa: S608 - names are quoted
    view = engine.connection.sql(sql, schema=kinds)
    parts = {part: view[f"part_{i}"] for i, part in enumerate(words)}
    made = {field: _field(spec, parts) for field, spec in file.specs.items()}
    return engine.apart(view.select(**{field: value for field, value in made.items() if value is not None}))


def _kind(table: Any, part: Part) -> Any:
    """The part's type, said beforehand: engines tell the columns of SQL each in its own way."""
    if not isinstance(part, str):
        return "float64"
    name, keys = _column(part, table.columns) or ("", [])
    return "string" if keys else table[name].type()


def _parts_of(spec: Spec, format_name: str) -> list[Part]:
    """What a spec is made of. Conditions on rows are for bills, which are files."""
    if isinstance(spec, str):
        return [spec]
    if isinstance(spec, list):
        return [part for piece in spec for part in _parts_of(piece, format_name)]
    if "from" in spec:
        return [(spec["from"], spec["to"])]
    if "sum" in spec:
        return _parts_of(spec["sum"], format_name)
    if "time" in spec:
        return _parts_of(spec["time"], format_name)
    raise Problem(f"{format_name} is read from files only", where="--engine", fix="Export the table to Parquet.")


def _column(path: str, columns: Sequence[str]) -> tuple[str, list[str]] | None:
    """The column that a path begins with, and the keys under it; None when the table does not have it."""
    by_lower, parts = {each.lower(): each for each in columns}, path.split(".")
    for i in range(len(parts), 0, -1):
        if (name := by_lower.get(".".join(parts[:i]).lower())) is not None:
            return name, parts[i:]
    return None


def _columns_of(part: Part, columns: Sequence[str]) -> list[str]:
    """The table's columns that a part needs."""
    found = [_column(path, columns) for path in ([part] if isinstance(part, str) else part)]
    return [each[0] for each in found if each is not None]


def _words(engine: Engine, table: Any, part: Part) -> str | None:
    """The part in the engine's own SQL; None when the table does not have it."""
    words = engine.words
    if not isinstance(part, str):
        ends = [_words(engine, table, piece) for piece in part]
        known = all(ends) and all(
            table[used_column].type().is_timestamp() for used_column in _columns_of(part, table.columns)
        )
        return words["milliseconds"].format(start=ends[0], end=ends[1]) if known and words else None
    known_column = _column(part, table.columns)
    if known_column is None:
        return None
    name, keys = known_column
    if not words:
        return in_dialect(name, keys, engine.connection.dialect)
    mark = words["quote"]
    column = mark + name.replace(mark, mark * 2) + mark
    if keys:
        return str(words["text"].format(column=_under_keys(column, keys, words["json"])))
    return str(words["text"].format(column=column)) if table[name].type().is_string() else column


def _under_keys(column: str, keys: list[str], dialect: str) -> str:
    """The text under keys; ClickHouse gives the word null where JSON has null."""
    text = json_text(column, keys, dialect=dialect)
    return f"nullif({text}, 'null')" if dialect == "clickhouse" else text


def _field(spec: Spec, parts: Parts) -> Any:
    """A field as an expression over the parts; None when the table has nothing of it."""
    if isinstance(spec, str):
        return parts.get(spec)
    if isinstance(spec, list):
        fields = [value for source in spec if (value := _field(source, parts)) is not None]
        return fields[0] if len(fields) == 1 else _first([_text(field) for field in fields])
    if "from" in spec:
        return parts.get((spec["from"], spec["to"]))
    if "time" in spec:
        return _field(spec["time"], parts)
    return _sum([_text(value) for source in spec["sum"] if (value := _field(source, parts)) is not None])


def _text(value: Any) -> Any:
    """The value as text; empty text is no value."""
    return value.cast("string").nullif("")


def _first(texts: Sequence[Any]) -> Any:
    return ibis().coalesce(*texts) if texts else None


def _sum(texts: Sequence[Any]) -> Any:
    """The sum of the parts that are there; a part that is not a number, or below zero, stands for the sum."""
    if not texts:
        return None
    numbers = [text.try_cast("float64") for text in texts]
    bad = [
        (text.notnull() & (number.isnull() | (number < 0)), text) for text, number in zip(texts, numbers, strict=True)
    ]
    total = ibis().coalesce(numbers[0], 0.0)
    for number in numbers[1:]:
        total = total + ibis().coalesce(number, 0.0)
    nothing = ibis().coalesce(*texts).isnull()
    return ibis().cases(*bad, (nothing, None), else_=total.cast("string"))
