"""Paths of a format's map as SQL: columns, keys of JSON, lists that are laid out as rows, attributes by name.

A path is "column", "column.key.key", "list[].key" or "attributes{name}". A field of a map is made of them:
a path; a list (the first that holds a value); {sum: [...]}; {from:, to:, unit:} (milliseconds between two times);
{time: path, written: [...]} (a time that may also be written so, in strptime's words); {joined: [...]} (texts in one);
{empty: [lists]} ("true" where one of these lists is there and holds nothing);
{when: {path: pattern}, unless: {...}} with {take: path, times: unit column, or: words} or {value: text}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

Spec = str | list[Any] | dict[str, Any]
Column = Callable[[str], str | None]
"""A path's SQL, None when the file does not have it."""
KEY_VALUES = """STRUCT("key" VARCHAR, "value" STRUCT("stringValue" VARCHAR, "intValue" VARCHAR, "doubleValue" VARCHAR,
    "boolValue" VARCHAR))[]"""
NANOSECONDS_PER = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


def literal(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def paths_of(spec: Spec) -> Iterator[str]:
    """Every path that a field's spec names."""
    if isinstance(spec, str):
        yield spec
    elif isinstance(spec, list):
        for part in spec:
            yield from paths_of(part)
    else:
        for name in ("sum", "take", "times", "or", "from", "to", "time", "joined", "empty"):
            yield from paths_of(spec.get(name, []))
        for name in ("when", "unless"):
            yield from (path for paths in spec.get(name, {}) for path in paths.split("|"))


def expression(spec: Spec, column: Column) -> str | None:
    """The field's SQL; None when the file has nothing of it."""
    if isinstance(spec, str):
        return column(spec)
    if isinstance(spec, list):
        return _first([sql for part in spec if (sql := expression(part, column))])
    if "sum" in spec:
        return _sum([sql for part in spec["sum"] if (sql := expression(part, column))])
    if "time" in spec:
        return _written(expression(spec["time"], column), spec["written"])
    if "joined" in spec:
        texts = [sql for part in spec["joined"] if (sql := expression(part, column))]
        return f"concat_ws(' ', {', '.join(f'CAST({text} AS VARCHAR)' for text in texts)})" if texts else None
    if "empty" in spec:
        return _empty([sql for part in spec["empty"] if (sql := column(part))])
    if "from" in spec:
        return _duration(column(spec["from"]), column(spec["to"]), spec.get("unit", "ms"))
    return _conditional(spec, column)


def _first(parts: Sequence[str]) -> str | None:
    """The first that holds a value; empty text holds none."""
    if len(parts) < 2:
        return parts[0] if parts else None
    return "coalesce(" + ", ".join(f"nullif(CAST({each} AS VARCHAR), '')" for each in parts) + ")"


def _sum(parts: Sequence[str]) -> str | None:
    """The sum of the parts that are there; a part that is not a number, or below zero, stands for the sum."""
    if not parts:
        return None
    texts = [f"nullif(CAST({part} AS VARCHAR), '')" for part in parts]
    numbers = [f"TRY_CAST({text} AS DOUBLE)" for text in texts]
    bad = " ".join(
        f"WHEN {text} IS NOT NULL AND ({number} IS NULL OR {number} < 0) THEN {text}"
        for text, number in zip(texts, numbers, strict=True)
    )
    total = " + ".join(f"coalesce({number}, 0)" for number in numbers)
    return f"CASE {bad} WHEN coalesce({', '.join(texts)}) IS NULL THEN NULL ELSE CAST({total} AS VARCHAR) END"


def _written(time: str | None, forms: Sequence[str]) -> str | None:
    """A time as ISO text where it is written in one of the forms, else as it is."""
    if time is None:
        return None
    text = f"CAST({time} AS VARCHAR)"
    return f"coalesce(CAST(try_strptime({text}, [{', '.join(map(literal, forms))}]) AS VARCHAR), {text})"


def _empty(lists: Sequence[str]) -> str | None:
    return f"CASE WHEN {' OR '.join(f'len({each}) = 0' for each in lists)} THEN 'true' END" if lists else None


def _duration(start: str | None, end: str | None, unit: str) -> str | None:
    """Milliseconds between two times, written as ISO text or as numbers in the unit."""
    if start is None or end is None:
        return None
    factor = NANOSECONDS_PER[unit] / 1e6
    numbers = [f"TRY_CAST(CAST({each} AS VARCHAR) AS HUGEINT)" for each in (start, end)]
    moments = [f"epoch_us(TRY_CAST(CAST({each} AS VARCHAR) AS TIMESTAMPTZ))" for each in (start, end)]
    return (
        f"coalesce(({numbers[1]} - {numbers[0]}) * {factor!r}::DOUBLE, ({moments[1]} - {moments[0]}) / 1000.0::DOUBLE)"
    )


def _conditional(spec: Mapping[str, Any], column: Column) -> str | None:
    taken = literal(spec["value"]) if "value" in spec else expression(spec["take"], column)
    if taken is None:
        return None
    if "times" in spec:
        words = [each for part in spec.get("or", []) if (each := column(part))]
        scale = _scale(column(spec["times"]), words)
        taken = f"CAST(round(TRY_CAST(CAST({taken} AS VARCHAR) AS DOUBLE) * {scale}) AS HUGEINT)"
    conditions = [_matches(paths, patterns, column) for paths, patterns in spec.get("when", {}).items()]
    conditions += [f"NOT {_matches(paths, patterns, column)}" for paths, patterns in spec.get("unless", {}).items()]
    return f"CASE WHEN {' AND '.join(conditions)} THEN {taken} END"


def _scale(unit: str | None, words: Sequence[str] = ()) -> str:
    """How many tokens one of "Tokens", "1000 Tokens", "1K tokens" or "1M Tokens" is; of a unit that says nothing, such
    as "Units", what the words beside it say: "Million Input Tokens", "per 1K tokens".
    """
    text = f"lower(CAST({unit} AS VARCHAR))" if unit else "''"
    if words:
        said = f"lower(concat_ws(' ', {', '.join(f'CAST({each} AS VARCHAR)' for each in words)}))"
        millions = f"regexp_matches({said}, '(^|[^a-z0-9])(1m|1,?000,?000|millions?)([^a-z0-9]|$)')"
        thousands = f"regexp_matches({said}, '(^|[^a-z0-9])(1k|1,?000|thousands?)([^a-z0-9]|$)')"
        named = f"CASE WHEN {millions} THEN 1000000 WHEN {thousands} THEN 1000 ELSE 1 END"
        silent = rf"regexp_matches({text}, '^\s*(units?|quantity|count|each|1)?\s*$')"
        return f"CASE WHEN {silent} THEN {named} ELSE {_scale(unit)} END"
    number = f"coalesce(TRY_CAST(replace(regexp_extract({text}, '[0-9][0-9,]*'), ',', '') AS DOUBLE), 1)"
    thousands = rf"CASE WHEN regexp_matches({text}, '(^|[0-9]|\s)(k|thousand)') THEN 1000 ELSE 1 END"
    millions = rf"CASE WHEN regexp_matches({text}, '(^|[0-9]|\s)m(illion|tok|\s|$)') THEN 1000000 ELSE 1 END"
    return f"{number} * {thousands} * {millions}"


def _matches(paths: str, patterns: str | Sequence[str], column: Column) -> str:
    """Whether the columns, joined, are like one of the patterns: * is any text, ? any letter; case is ignored."""
    parts = [each for path in paths.split("|") if (each := column(path))]
    if not parts:
        return "false"
    text = f"lower(concat_ws(' ', {', '.join(f'CAST({each} AS VARCHAR)' for each in parts)}))"
    asked = [patterns] if isinstance(patterns, str) else patterns
    return "(" + " OR ".join(f"{text} LIKE {_like(each)} ESCAPE '^'" for each in asked) + ")"


def _like(pattern: str) -> str:
    escaped = pattern.lower().replace("^", "^^").replace("%", "^%").replace("_", "^_")
    return literal(escaped.replace("*", "%").replace("?", "_"))


def json_text(column: str, keys: Sequence[str], *, dialect: str = "duckdb") -> str:
    """The text under these keys of a column of JSON, in the engine's own words."""
    dotted = "$" + "".join(f'."{key}"' for key in keys)
    if dialect == "postgres":
        path = "{" + ",".join(keys) + "}"
        return f"(CAST({column} AS jsonb) #>> {literal(path)})"
    if dialect in ("pyspark", "databricks"):
        return f"get_json_object({column}, {literal('$.' + '.'.join(keys))})"
    if dialect == "clickhouse":
        return f"nullif(JSON_VALUE({column}, {literal(dotted)}), '')"
    return f"json_extract_string(TRY_CAST({column} AS JSON), {literal(dotted)})"


def in_dialect(column: str, keys: Sequence[str], dialect: Any) -> str:
    """A column, or the text under keys of one, in the words that sqlglot finds for a dialect that was not tried."""
    said = json_text(quoted(column), keys) if keys else quoted(column)
    return str(import_module("sqlglot").parse_one(said, read="duckdb").sql(dialect=dialect))
