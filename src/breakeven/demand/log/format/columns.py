"""Which columns of a log hold what, found by name; what is missing is told with the names that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from re import sub

from breakeven.problems import Problem, nearest
from breakeven.shipped import shipped

COLUMNS = "demand/formats/generic.yaml"
MOST_NAMED = 60  # columns in a message


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
        if known is not None and known not in mapped.values():
            mapped.setdefault(field, known)
    _refuse_missing(mapped, columns, where)
    _refuse_buckets(by_key, mapped, where)
    return mapped


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
    return by_lower.get(column, by_lower.get(column.lower(), column))


def _refuse_missing(mapped: Mapping[str, str], columns: Sequence[str], where: str) -> None:
    """Every required field that no column holds, in one go."""
    missing = [field for field in field_names(required_only=True) if field not in mapped]
    if not missing:
        return
    free = [column for column in columns if column not in mapped.values()]
    hints = dict.fromkeys(hint for field in missing if (hint := _guess(field, free)))
    mapping = ", ".join(f"{field}: …" for field in missing)
    raise Problem(
        " ".join([f"no column for {' and '.join(missing)}.", *hints]),
        where=where,
        fix=f"The log has {_listed(columns)}. Name the right ones: columns: {{{mapping}}}.",
    )


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
    """A sum over an hour read as one request would be silently wrong; with its end it is read as a sum."""
    if {"requests", "ended"} <= mapped.keys():
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
