"""Whether a log counts cached tokens among its input or beside it: decided for a whole file, by evidence, and said.

By the vendor's own column names; by a column of totals; by rows that have more cached tokens than input, for each
provider that a gateway names by itself. Never row by row: a log that counts beside the input has rows that could be
read either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from re import sub

from breakeven.demand.log.engine.embedded import ask
from breakeven.demand.log.format.formats import GENERIC, log_format
from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.rows.tokens import number, whole
from breakeven.demand.log.table.shapes import decided, looking
from breakeven.demand.log.table.tables import LogFile

CACHED = ("cached_input_tokens", "cache_write_tokens")
OF_ANTHROPIC = ("cachereadinputtokens", "cachecreationinputtokens")  # beside its input_tokens
LOOKED_AT = 10_000  # rows, of a file with totals
ENOUGH = 0.05  # of the rows with cached tokens: fewer are mistakes of the log


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Rows with cached tokens, those with more of them than input, and what the totals of rows include."""

    rows: int
    over: int
    among: int
    beside: int


def by_name_or_total(files: Sequence[LogFile]) -> tuple[LogFile, ...]:
    """The files, each with what the names of its columns or its totals tell."""
    return decided(files, lambda file, paths: _named(file) or _summed(file, paths))


def by_rows(files: Sequence[LogFile]) -> tuple[LogFile, ...]:
    """The files that rows show to count cached tokens beside the input, told so. Reads them all again."""
    return decided(files, lambda file, paths: _over(file, paths) if _open_question(file) else None)


def _open_question(file: LogFile) -> bool:
    one = log_format(file.format_name)
    there = any(each in file.column_of for each in CACHED)
    return there and file.because == "" and one.cached != "outside" and not one.partial


def _named(file: LogFile) -> LogFile | None:
    """Of a log without a format of its own, by the names that Anthropic gives."""
    if file.format_name != GENERIC or "input_tokens" not in file.column_of:
        return None
    names = {each: sub(r"[\s_./-]", "", _column(file, each).lower()) for each in ("input_tokens", *CACHED)}
    theirs = any(names[each].endswith(OF_ANTHROPIC) and not names[each].startswith("genai") for each in CACHED)
    if not theirs or not names["input_tokens"].endswith("inputtokens"):
        return None
    return replace(file, cached="outside", because="its columns are named as Anthropic names them")


def _column(file: LogFile, field: str) -> str:
    spec = file.specs.get(field) or file.column_of.get(field, "")
    return str(spec["plain"] if isinstance(spec, dict) and "plain" in spec else spec)


def _summed(file: LogFile, paths: Sequence[Path]) -> LogFile | None:
    if "total_tokens" not in file.column_of or not any(each in file.column_of for each in CACHED):
        return None
    found = _evidence(file, paths, LOOKED_AT).values()
    among, beside = sum(each.among for each in found), sum(each.beside for each in found)
    if among == beside:
        return None
    cached = "outside" if beside > among else "inside"
    return replace(file, cached=cached, because="its totals are the sum so")


def _over(file: LogFile, paths: Sequence[Path]) -> LogFile:
    """What rows show, for each provider by itself where the log names them: a gateway tells what each of them says."""
    found = _evidence(file, paths)
    theirs = {name: each for name, each in found.items() if each.over and each.over >= ENOUGH * each.rows}
    if not theirs:
        return file
    over, rows = (sum(getattr(each, name) for each in theirs.values()) for name in ("over", "rows"))
    because = f"{over:,} of {rows:,} rows with cached tokens have more of them than input"
    providers = tuple(sorted(theirs)) if len(found) > 1 else ()
    return replace(file, cached="outside", because=because, providers=providers)


def _evidence(file: LogFile, paths: Sequence[Path], most: int | None = None) -> dict[str, Evidence]:
    """By provider; of a log that names none, all together."""
    with looking(file, paths) as (connection, table):
        amount = {field: ibis().coalesce(whole(number(table[file.column_of[field]])), 0) for field in _fields(file)}
        none = ibis().literal(0, "int64")
        given = amount.get("input_tokens", none)
        both = given + amount.get("output_tokens", none)
        provider = (
            table[file.column_of["provider"]].cast("string") if "provider" in file.column_of else ibis().literal("")
        )
        rows = table.select(
            provider=ibis().coalesce(provider, ""),
            cached=sum((amount[field] for field in CACHED if field in amount), start=none),
            given=given,
            both=both,
            total=amount.get("total_tokens", none),
        )
        rows = rows.limit(most) if most else rows
        some = rows.filter(rows.cached > 0)
        counts = some.group_by("provider").agg(
            rows=some.count(),
            over=(some.cached > some.given).sum(),
            among=((some.total == some.both) & (some.total > 0)).sum(),
            beside=(some.total == some.both + some.cached).sum(),
        )
        answer = ask(connection, counts).to_pylist()
    return {row.pop("provider"): Evidence(**{name: int(value or 0) for name, value in row.items()}) for row in answer}


def _fields(file: LogFile) -> list[str]:
    wanted = ("input_tokens", "output_tokens", "total_tokens", *CACHED)
    return [each for each in wanted if each in file.column_of]
