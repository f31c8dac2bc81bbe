"""Paths of a format's map as SQL: columns, keys of JSON, lists that are laid out as rows, attributes by name.

A path is "column", "column.key.key", "list[].key", "attributes{name}", or "tags{=name}" where values stand bare.
A field of a map is made of them:
a path; a list (the first that holds a value); {sum: [...]}; {from:, to:, unit:} (milliseconds between two times);
{time: path, written: [...], days_later: 1} (a time, maybe written so in strptime's words; the day after it);
{moment: path, order: day-first, zone: name} (a time as people write it: see time_words.py);
{joined: [...]} (texts in one);
{empty: [lists]} ("true" where one of these lists is there and holds nothing); {added: [...]} (a sum of amounts that may
be below zero) and {total: path, of: key} (of a list in JSON; a number stands for itself);
{first: path, of: key} (of the first thing in a list in JSON);
{under: path, named: path, of: key} (below the key of JSON that another path names);
{plain: spec, thousands: sign} (numbers whose thousands are parted; of "?" a text such as 1.234 is not believed);
{when: {path: pattern}, unless: {...}} with {take: path, times: unit column, or: words} or {value: text}; beside
{times:} also {block: {size:, unit:, count:}, price: {each:, block:}} (columns that prove the unit: see unit_words.py);
with {tokens: kind, in: [paths]} only where these words say that kind of token (see token_words.py). A pattern that
begins with ~ is a regular expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from breakeven.demand.log.format.time_words import iso_text
from breakeven.demand.log.format.token_words import kind_of_tokens
from breakeven.demand.log.format.unit_words import block_size, by_blocks, by_prices, scale

Spec = str | list[Any] | dict[str, Any]
Column = Callable[[str], str | None]
"""A path's SQL, None when the file does not have it."""
KEY_VALUES = """STRUCT("key" VARCHAR, "value" STRUCT("stringValue" VARCHAR, "intValue" VARCHAR, "doubleValue" VARCHAR,
    "boolValue" VARCHAR))[]"""
PLAIN_VALUES = 'STRUCT("key" VARCHAR, "value" VARCHAR)[]'
INNER = (
    "plain",
    "sum",
    "take",
    "times",
    "or",
    "from",
    "to",
    "time",
    "moment",
    "joined",
    "empty",
    "added",
    "total",
    "first",
    "under",
    "named",
)
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
        for name in INNER:
            yield from paths_of(spec.get(name, []))
        yield from (path for paths in spec.get("in", ()) for path in paths.split("|"))
        for name in ("when", "unless"):
            yield from (path for paths in spec.get(name, {}) for path in paths.split("|"))


def expression(spec: Spec, column: Column) -> str | None:
    """The field's SQL; None when the file has nothing of it."""
    if isinstance(spec, str):
        return column(spec)
    if isinstance(spec, list):
        return _first([sql for part in spec if (sql := expression(part, column))])
    made = next((make for key, make in MADE_OF.items() if key in spec), _conditional)
    return made(spec, column)


def _found(parts: Sequence[Any], column: Column) -> list[str]:
    return [sql for part in parts if (sql := expression(part, column))]


def _of_time(spec: Mapping[str, Any], column: Column) -> str | None:
    return _written(expression(spec["time"], column), spec.get("written", []), spec.get("days_later", 0))


def _of_moment(spec: Mapping[str, Any], column: Column) -> str | None:
    text = expression(spec["moment"], column)
    return None if text is None else iso_text(text, order=spec["order"], zone=spec["zone"])


def _of_joined(spec: Mapping[str, Any], column: Column) -> str | None:
    texts = _found(spec["joined"], column)
    return f"concat_ws(' ', {', '.join(f'CAST({text} AS VARCHAR)' for text in texts)})" if texts else None


def _of_duration(spec: Mapping[str, Any], column: Column) -> str | None:
    return _duration(column(spec["from"]), column(spec["to"]), spec.get("unit", "ms"))


MADE_OF: dict[str, Callable[[Mapping[str, Any], Column], str | None]] = {
    "sum": lambda spec, column: _sum(_found(spec["sum"], column), least="0"),
    "added": lambda spec, column: _sum(_found(spec["added"], column)),
    "first": lambda spec, column: _first_of(column(spec["first"]), spec["of"]),
    "under": lambda spec, column: _named(column(spec["under"]), column(spec["named"]), spec["of"]),
    "total": lambda spec, column: _total(column(spec["total"]), spec["of"]),
    "plain": lambda spec, column: _plain(spec["plain"], spec["thousands"], column),
    "time": _of_time,
    "moment": _of_moment,
    "joined": _of_joined,
    "empty": lambda spec, column: _empty(_found(spec["empty"], column)),
    "from": _of_duration,
}


def _plain(spec: Spec, thousands: str, column: Column) -> str | None:
    """The number whose thousands are parted by a sign as a plain one."""

    def without(path: str) -> str | None:
        text = column(path)
        if text is None:
            return None
        if thousands == "?":
            unsure = f"regexp_matches(CAST({text} AS VARCHAR), '^[-+]?[1-9][0-9]{{0,2}}([.][0-9]{{3}})+$')"
            return f"CASE WHEN {unsure} THEN CAST({text} AS VARCHAR) || '?' ELSE CAST({text} AS VARCHAR) END"
        if thousands == " ":
            bare = f"translate(CAST({text} AS VARCHAR), ' ''\u2019\u00a0\u202f', '')"
            return f"replace({bare}, ',', '.')"
        bare = f"replace(CAST({text} AS VARCHAR), '{thousands}', '')"
        bare = f"replace({bare}, ',', '.')" if thousands == "." else bare
        return f"CASE WHEN CAST({text} AS VARCHAR) LIKE '[%' THEN {text} ELSE {bare} END"

    return expression(spec, without)


def _first(parts: Sequence[str]) -> str | None:
    """The first that holds a value; empty text holds none."""
    if len(parts) < 2:
        return parts[0] if parts else None
    return "coalesce(" + ", ".join(f"nullif(CAST({each} AS VARCHAR), '')" for each in parts) + ")"


def _sum(parts: Sequence[str], least: str | None = None) -> str | None:
    """The sum of the parts that are there; a part that is not a number, or below the least, stands for the sum."""
    if not parts:
        return None
    texts = [f"nullif(CAST({part} AS VARCHAR), '')" for part in parts]
    numbers = [f"TRY_CAST({text} AS DOUBLE)" for text in texts]
    low = [f" OR {number} < {least}" if least else "" for number in numbers]
    bad = " ".join(
        f"WHEN {text} IS NOT NULL AND ({number} IS NULL{under}) THEN {text}"
        for text, number, under in zip(texts, numbers, low, strict=True)
    )
    total = " + ".join(f"coalesce({number}, 0)" for number in numbers)
    return f"CASE {bad} WHEN coalesce({', '.join(texts)}) IS NULL THEN NULL ELSE CAST({total} AS VARCHAR) END"


def _written(time: str | None, forms: Sequence[str], days_later: int) -> str | None:
    """A time as ISO text where it is written in one of the forms, else as it is; of a last day, the day after it."""
    if time is None:
        return None
    text = f"CAST({time} AS VARCHAR)"
    iso = (
        f"coalesce(CAST(try_strptime({text}, [{', '.join(map(literal, forms))}]) AS VARCHAR), {text})"
        if forms
        else text
    )
    return f"CAST(TRY_CAST({iso} AS DATE) + {days_later} AS VARCHAR)" if days_later else iso


def _empty(lists: Sequence[str]) -> str | None:
    return f"CASE WHEN {' OR '.join(f'len({each}) = 0' for each in lists)} THEN 'true' END" if lists else None


def _total(amounts: str | None, key: str) -> str | None:
    """The sum of what stands under a key in a list of JSON; any other text stands for itself."""
    if amounts is None:
        return None
    path = literal(f"$[*].{key}")
    parts = f"json_extract_string(TRY_CAST({amounts} AS JSON), {path})"
    total = f"list_sum([TRY_CAST(part AS DOUBLE) FOR part IN {parts}])"
    number = f"TRY_CAST(CAST({amounts} AS VARCHAR) AS DOUBLE)"
    listed = f"left(CAST({amounts} AS VARCHAR), 1) = '[' AND TRY_CAST({amounts} AS JSON) IS NOT NULL"
    return f"CASE WHEN {number} IS NULL AND {listed} THEN CAST(coalesce({total}, 0) AS VARCHAR) ELSE {amounts} END"


def _first_of(values: str | None, key: str) -> str | None:
    if values is None:
        return None
    return f"json_extract_string(TRY_CAST(CAST({values} AS VARCHAR) AS JSON), {literal(f'$[0].{key}')})"


def _named(keys: str | None, name: str | None, inner: str) -> str | None:
    """What stands below the key of this name."""
    if keys is None or name is None:
        return None
    return f"json_extract_string(TRY_CAST({keys} AS JSON), '$.\"' || {name} || '\".{inner}')"


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
        taken = (
            f"CAST(round(TRY_CAST(CAST({taken} AS VARCHAR) AS DOUBLE) * ({_times(spec, taken, column)})) AS HUGEINT)"
        )
    conditions = [_matches(paths, patterns, column) for paths, patterns in spec.get("when", {}).items()]
    conditions += [f"NOT {_matches(paths, patterns, column)}" for paths, patterns in spec.get("unless", {}).items()]
    if "tokens" in spec:
        words = [text for paths in spec["in"] if (text := _joined(paths, column))]
        conditions += [f"{kind_of_tokens(words)} = {literal(spec['tokens'])}"]
    return f"CASE WHEN {' AND '.join(conditions)} THEN {taken} END"


def _times(spec: Mapping[str, Any], quantity: str, column: Column) -> str:
    """How many tokens one unit of the quantity is."""
    words = [each for part in spec.get("or", []) if (each := column(part))]
    found = scale(column(spec["times"]), words)
    block, prices = spec.get("block", {}), spec.get("price", {})
    if block:
        size = block_size(column(block["size"]), scale(column(block["unit"]), words))
        found = by_blocks(quantity, column(block["count"]), size, column(spec["times"]), found)
    return by_prices(column(prices["each"]), column(prices["block"]), found) if prices else found


def _matches(paths: str, patterns: str | Sequence[str], column: Column) -> str:
    """Whether the columns, joined, are like one of the patterns: * is any text, ? any letter; case is ignored."""
    text = _joined(paths, column)
    if text is None:
        return "false"
    asked = [patterns] if isinstance(patterns, str) else patterns
    return "(" + " OR ".join(_is_like(text, each) for each in asked) + ")"


def _is_like(text: str, pattern: str) -> str:
    if pattern.startswith("~"):
        return f"regexp_matches({text}, {literal(pattern[1:])})"
    return f"{text} LIKE {_like(pattern)} ESCAPE '^'"


def _joined(paths: str, column: Column) -> str | None:
    """The texts of the columns as one, in small letters."""
    parts = [each for path in paths.split("|") if (each := column(path))]
    return f"lower(concat_ws(' ', {', '.join(f'CAST({each} AS VARCHAR)' for each in parts)}))" if parts else None


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
