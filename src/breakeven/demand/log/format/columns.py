"""Which columns of a log hold what, found by name; what is missing is told with the names that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from re import search, sub

from breakeven.demand.log.format.guesses import guessed
from breakeven.demand.log.format.headers import Header, first_texts
from breakeven.problems import Problem, nearest
from breakeven.shipped import shipped

COLUMNS = "demand/formats/generic.yaml"
ALIKE = 50  # records of two columns that are held against each other
MOST_NAMED = 60  # columns in a message
DEEPER = (
    "timestamp",
    "input_tokens",
    "output_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "total_tokens",
    "model",
)  # may lie below other keys
OF_USAGE = ("usage", "metrics", "token_count", "response", "result", "metadata", "llm")


OTHERS = {  # what a name shows that the file is, and what to export instead
    r"\(\$\)$": "These are sums of money, as AWS Cost Explorer downloads them, and no tokens. Create a Data "
    "Export (CUR 2.0 or FOCUS): it has what was used.",
    r"-tokens?([-_][a-z-]+)? ?\([^)]*\)$": "These are sums by usage type, as AWS Cost Explorer downloads them, in "
    "thousands or millions of tokens. Create a Data Export (CUR 2.0 or FOCUS), which is read.",
    r"^\d{4}-\d\d(-\d\d)?$": "Its days or months are columns. Turn the table round, so that each is a row (in a "
    "spreadsheet: paste, transposed), or export rows.",
    r"^Chart Title|Tokens \((Sum|Avg|Max|Min|Count)\)": "This is a chart of Azure Monitor. Export its metrics as rows "
    "(az monitor metrics list, or diagnostic settings): TimeStamp, ProcessedPromptTokens, GeneratedTokens.",
    r"(^|\.)spanID$": "These are spans as Jaeger's storage holds them. Save the trace as JSON from its page, or from "
    "the API /api/traces?service=NAME, which is read.",
}


def field_names(*, required_only: bool = False) -> tuple[str, ...]:
    """What a log can tell: timestamp, input_tokens, …"""
    fields = shipped(COLUMNS)["fields"]
    return tuple(name for name, facts in fields.items() if facts["required"] or not required_only)


def map_columns(columns: Sequence[str], named: Mapping[str, str] | None = None, *, where: str) -> dict[str, str]:
    """Field -> column of this log: as the person named them, the rest by their known names."""
    named = named or {}
    by_key = {_key(column): column for column in reversed(columns)}
    mapped = {field: named_column(field, column, columns, where) for field, column in named.items()}
    for field in field_names():
        names = shipped(COLUMNS)["fields"][field]["names"]
        known = next((by_key[_key(name)] for name in names if _key(name) in by_key), None)
        known = known or (_deeper(names, columns) if field in DEEPER else None)
        if known is not None and known not in mapped.values():
            mapped.setdefault(field, known)
    _refuse_missing(mapped, columns, where)
    _refuse_buckets(by_key, mapped, where)
    return mapped


def _deeper(names: Sequence[str], columns: Sequence[str]) -> str | None:
    """The one path that ends in a known name below keys that speak of usage, as response.body.usage.prompt_tokens."""
    tails = {column: _tails(column) for column in columns if "." in column}
    for name in names:
        found = [column for column, ends in tails.items() if _key(name) in ends]
        if len(found) == 1:
            return found[0]
    return None


def _tails(column: str) -> set[str]:
    """The ends of a path, each at one of its dots, where what stands before says that it is no limit or estimate."""
    steps = column.split(".")
    return {_key(".".join(steps[i:])) for i in range(1, len(steps)) if any(word in column.lower() for word in OF_USAGE)}


def mapped_in_lists(
    columns: Sequence[str], named: Mapping[str, str] | None = None, *, where: str
) -> tuple[str, dict[str, str]]:
    """The same of JSON: the list that the rows lie in, as the start of a path ("data[]." or ""), and their columns.

    Rows may lie in a list under any key, as pages of an API do; the outermost list that holds all that is required.
    """
    inside = _by_list(columns)
    for start, names in inside.items():
        try:
            return start, map_columns(names, named, where=where)
        except Problem:
            continue
    start = _fullest(inside)
    return start, map_columns(inside[start], named, where=where)


def rows_in_lists(found: Sequence[str]) -> list[str]:
    """The columns of the rows of JSON, where they lie in a list by their names in it."""
    inside = _by_list(found)
    return inside[_fullest(inside)]


def _by_list(found: Sequence[str]) -> dict[str, list[str]]:
    """The start of each list, the outermost first, and what lies in it; "" for the record itself."""
    starts = sorted({each[: each.rindex("[]") + 2] + "." for each in found if "[]." in each}, key=len)
    return {start: [each.removeprefix(start) for each in found if _lies_in(each, start)] for start in ("", *starts)}


def _fullest(inside: Mapping[str, Sequence[str]]) -> str:
    """The list with the most columns whose names are understood."""
    return max(inside, key=lambda start: (sum(map(_is_known, inside[start])), len(inside[start])))


def _lies_in(name: str, start: str) -> bool:
    return name.startswith(start) and "[]" not in name.removeprefix(start)


def _is_known(name: str, fields: Sequence[str] = ()) -> bool:
    """Whether a column's name is one of those that are understood: of all fields, or of these."""
    asked = shipped(COLUMNS)["fields"]
    return any(_key(name) == _key(each) for field in fields or asked for each in asked[field]["names"])


@cache
def _key(name: str) -> str:
    return sub(r"[\s_./-]", "", name.strip().strip("\ufeff")).lower()


def named_column(field: str, column: str, columns: Sequence[str], where: str) -> str:
    """The column that the person named for a field, checked."""
    if field not in field_names():
        hint = nearest(field, field_names())
        fix = f"The fields are {', '.join(field_names())}."
        raise Problem(f'columns: "{field}" is not a field of a log. {hint}'.strip(), where=where, fix=fix)
    by_lower = {name.lower(): name for name in columns} | {name: name for name in columns}
    if column not in by_lower and column.lower() not in by_lower:
        hint = nearest(column, columns)
        fix = f"Its columns are {_listed(columns)}."
        raise Problem(
            f'columns: {field} is named "{column}", which the log lacks. {hint}'.strip(), where=where, fix=fix
        )
    if fix := _of_another_kind([column]):
        raise Problem(f'columns: {field} is named "{column}", which is no such count', where=where, fix=fix)
    return by_lower.get(column, by_lower.get(column.lower(), column))


def _of_another_kind(columns: Sequence[str]) -> str:
    """What to export in place of a file with these columns, where their names show what it is; else ""."""
    return next((fix for shape, fix in OTHERS.items() if any(search(shape, each) for each in columns)), "")


def _refuse_missing(mapped: Mapping[str, str], columns: Sequence[str], where: str) -> None:
    """Every required field that no column holds, in one go."""
    missing = [field for field in field_names(required_only=True) if field not in mapped]
    if not missing:
        return
    free = [column for column in columns if column not in mapped.values()]
    hints = dict.fromkeys(hint for field in missing if (hint := _guess(field, free)))
    maybe = guessed(free)
    mapping = ", ".join(f"{field}: {maybe.get(field, '…')}" for field in missing)
    asked = "Are these the right ones?" if all(field in maybe for field in missing) else "Name the right ones:"
    if other := _of_another_kind(columns):
        raise Problem(f"no column for {' and '.join(missing)}", where=where, fix=other)
    raise Problem(
        " ".join([f"no column for {' and '.join(missing)}.", *hints]),
        where=where,
        fix=f"The log has {_listed(columns)}. {asked} columns: {{{mapping}}}. breakeven demand LOG --map drafts them.",
    )


def refuse_two_of_one_name(path: Path, header: Header, own: Mapping[str, str]) -> None:
    """Two columns called alike that do not hold the same time, model or tokens: the name chooses neither."""
    for place, name in enumerate(header.names):
        bare = name.removesuffix(f"_{place}")
        if (
            bare == name
            or bare not in header.names[:place]
            or not _is_known(bare, DEEPER)
            or {name, bare} & {*own.values()}
        ):
            continue
        if first_texts(path, header, header.names.index(bare), ALIKE) != first_texts(path, header, place, ALIKE):
            fix = f"Say which is meant, by its name or, of the second, {name}: columns: {{…: {name}}}."
            raise Problem(f'two columns are called "{bare}", and do not hold the same', where=str(path), fix=fix)


def cached_unread(columns: Sequence[str], mapped: Mapping[str, str]) -> list[str]:
    """Columns that may hold cached tokens by their names, and are not read."""
    if "cached_input_tokens" in mapped or "cache_write_tokens" in mapped:
        return []
    named = [each for each in columns if each not in mapped.values()]
    return [each for each in named if "cach" in each.lower() and ("token" in each.lower() or "read" in each.lower())]


def _listed(names: Sequence[str]) -> str:
    """The names in a sentence; of very many the first ones."""
    if not names:
        return "no columns"
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _guess(field: str, free: Sequence[str]) -> str:
    for name in shipped(COLUMNS)["fields"][field]["names"]:
        if hint := nearest(name, free):
            return hint
    return ""


def _refuse_buckets(by_key: Mapping[str, str], mapped: dict[str, str], where: str) -> None:
    """A sum over an hour read as one request would be silently wrong; with its end it is read as a sum.

    Times under the name of a day are looked at when the file is read: see `whole_days.py`.
    """
    of_days = _key(mapped["timestamp"]) in shipped(COLUMNS)["day_columns"]
    if {"requests", "ended"} <= mapped.keys() or of_days:
        return
    mapped.pop("ended", None)
    requests = mapped.pop("requests", None)
    names = (by_key.get(_key(name)) for name in shipped(COLUMNS)["bucket_columns"])
    bucket = requests or next((name for name in names if name and name not in mapped.values()), None)
    if bucket is not None:
        raise Problem(
            f'column "{bucket}" says that a row sums many requests, and no column says where the hour or day ends',
            where=where,
            fix="Name both: columns: {requests: …, ended: …}; or export the requests one by one.",
        )
