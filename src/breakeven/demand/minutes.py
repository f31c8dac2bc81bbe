"""The one question put to the engine: filter, group by workload, model and UTC minute, sum integers.

Everything after it (empty minutes, peaks, curves) is NumPy on a few thousand numbers. Only operations that
every engine has are used: select, arithmetic, cast, cases, group_by, count, sum, min, max, union.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from breakeven.demand.demand import SetAside
from breakeven.demand.engine import ibis
from breakeven.demand.shipped import shipped
from breakeven.demand.tables import LogFile

LARGEST_COUNT = 10_000_000  # tokens; no context window is near it
EARLIEST, LATEST = 946_684_800, 4_102_444_800  # seconds since 1970: the years 2000 to 2100
COUNTS = ("input_tokens", "output_tokens", "cached_input_tokens")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MinuteTable:
    """One entry per workload, model and UTC minute with requests; minutes without any are absent.

    `columns` holds integer arrays: minute (since 1970), requests (those that did work), failed, input_tokens,
    output_tokens, cached_input_tokens, input_tokens_with_cache_known. Times are seconds since 1970.
    """

    workload: tuple[str, ...]
    model: tuple[str, ...]
    columns: dict[str, np.ndarray]
    first_second: int
    last_second: int
    rows_read: int
    set_aside: tuple[SetAside, ...]

    def __getitem__(self, column: str) -> np.ndarray:
        return self.columns[column]

    @property
    def tokens(self) -> np.ndarray:
        """Input and output tokens of each entry."""
        return np.asarray(self["input_tokens"] + self["output_tokens"])


def readable(table: Any, file: LogFile, *, workload: str) -> Any:
    """The file's rows in the shape all logs share, each with the reason why it cannot be used, or ""."""
    raw = table.select(**{field: table[column] for field, column in file.column_of.items()})
    text = {field: raw[field].cast("string") for field in raw.columns}
    failed = _failed(raw, text)
    counts = {field: _number(raw[field]) for field in COUNTS if field in raw.columns}
    reason = ibis().cases((_fine(raw, counts), ""), *_reasons(raw, counts, failed), else_="")
    whole = {field: ibis().coalesce(value.try_cast("int64"), 0) for field, value in counts.items()}
    known = ~_missing(raw.cached_input_tokens) if "cached_input_tokens" in counts else ibis().literal(False)
    return raw.select(
        reason=reason,
        workload=_name(text, "workload", workload),
        model=_name(text, "model", ""),
        second=_second(raw.timestamp),
        failed=failed.cast("int64"),
        input_tokens=whole["input_tokens"],
        output_tokens=whole["output_tokens"],
        cached_input_tokens=whole.get("cached_input_tokens", ibis().literal(0, "int64")),
        input_tokens_with_cache_known=ibis().cases((known, whole["input_tokens"]), else_=0),
        shown=_shown(text),
    )


def _number(column: Any) -> Any:
    """The column as numbers; null where it is not one."""
    if column.type().is_integer():
        return column.cast("int64")
    return column.cast("float64") if column.type().is_numeric() else column.try_cast("float64")


def _second(column: Any) -> Any:
    """Whole UTC seconds since 1970, from a time, from ISO text, or from Unix time in s, ms, us or ns."""
    kind = column.type()
    number = _number(column) if kind.is_numeric() or kind.is_string() else None
    steps = [(1e11, 1), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9)]
    if number is not None:
        number = number.cast("float64")
        unix = ibis().cases(*((number.abs() < limit, (number / step)) for limit, step in steps), else_=None)
        unix = (unix // 1).try_cast("int64")
        if kind.is_numeric():
            return unix
    moment = column.try_cast('timestamp("UTC")').cast("timestamp") if kind.is_string() else column.cast("timestamp")
    iso = moment.truncate("s").epoch_seconds().cast("int64")
    return iso if number is None else ibis().coalesce(iso, unix)


def _failed(raw: Any, text: dict[str, Any]) -> Any:
    """True where the status is 400 or above, or a word that means failure."""
    if "status" not in text:
        return ibis().literal(False)
    words = [form for word in shipped("columns.yaml")["failed_statuses"] for form in (word, word.upper(), word.title())]
    code = _number(raw.status)
    return ibis().coalesce(text["status"].isin(words), False) | ibis().coalesce(code >= 400, False)


def _name(text: dict[str, Any], field: str, missing: str) -> Any:
    if field not in text:
        return ibis().literal(missing)
    return ibis().cases((ibis().coalesce(text[field], "") == "", missing), else_=text[field])


def _missing(column: Any) -> Any:
    return ibis().coalesce(column, "") == "" if column.type().is_string() else column.isnull()


def _fine(raw: Any, counts: dict[str, Any]) -> Any:
    """Nothing wrong at all: said first and cheaply, so that only the few others are looked at closely."""
    second = _second(raw.timestamp)
    fine = (second >= EARLIEST) & (second < LATEST)
    for value in counts.values():
        fine &= (value >= 0) & (value <= LARGEST_COUNT)
        if not value.type().is_integer():
            fine &= value.try_cast("int64") == value
    if "cached_input_tokens" in counts:
        fine &= counts["cached_input_tokens"] <= counts["input_tokens"]
    return ibis().coalesce(fine, False)


def _reasons(raw: Any, counts: dict[str, Any], failed: Any) -> list[tuple[Any, str]]:
    """What can be wrong with a row, in words, the first that holds being told."""
    second, absent = _second(raw.timestamp), _missing(raw.timestamp)
    cases = [(absent, "timestamp is missing"), (second.isnull(), "timestamp is not a time")]
    cases += [((second < EARLIEST) | (second >= LATEST), "timestamp is outside the years 2000 to 2100")]
    for field, value in counts.items():
        missing = _missing(raw[field])
        if field != "cached_input_tokens":
            cases += [(missing & ~failed, f"{field} is missing")]
        cases += [
            (~missing & value.isnull(), f"{field} is not a number"),
            (value < 0, f"{field} is negative"),
            (value > LARGEST_COUNT, f"{field} is over {LARGEST_COUNT // 1_000_000} million in one request"),
            (value.try_cast("int64").cast("float64") != value, f"{field} is not whole"),
        ]
    if "cached_input_tokens" in counts:
        over = counts["cached_input_tokens"] > ibis().coalesce(counts["input_tokens"], 0)
        cases += [(over, "cached_input_tokens is over input_tokens, which should include them")]
    return cases


def _shown(text: dict[str, Any]) -> Any:
    """The row as it is shown to the person: the mapped columns only."""
    parts = [f"{field}=" + ibis().coalesce(column, "") for field, column in text.items()]
    shown = parts[0]
    for part in parts[1:]:
        shown = shown + ", " + part
    return shown


def minute_sums(rows: Any) -> Any:
    """The push-down: one Ibis expression over readable rows, whatever engine holds them."""
    used = rows.reason == ""
    worked = (rows.failed == 0) | (rows.input_tokens + rows.output_tokens > 0)
    sums = {field: ibis().cases((used, rows[field]), else_=0) for field in SUMMED[1:]}
    marked = rows.select(
        "reason", "second",
        workload=ibis().cases((used, rows.workload), else_=""),
        model=ibis().cases((used, rows.model), else_=""),
        minute=ibis().cases((used, rows.second // 60), else_=0),
        requests=ibis().cases((used & worked, 1), else_=0),
        **sums,
    )  # fmt: skip
    return marked.group_by("reason", "workload", "model", "minute").agg(
        rows=marked.count(),
        first=marked.second.min(),
        last=marked.second.max(),
        **{field: marked[field].sum().cast("int64") for field in SUMMED},
    )


def examples(rows: Any) -> Any:
    """Two rows for each reason, whatever the order of the rows."""
    bad = rows.filter(rows.reason != "")
    return bad.group_by("reason").agg(one=bad.shown.min(), other=bad.shown.max())


SUMMED = ("requests", "failed", *COUNTS, "input_tokens_with_cache_known")


def minute_table(answer: Any, shown: Sequence[dict[str, str]], rejected: Sequence[SetAside]) -> MinuteTable:
    """The engine's answer (Arrow), sorted, with the rows that could not be used (two of each `shown`) apart."""
    answer = answer.sort_by([(key, "ascending") for key in ("reason", "workload", "model", "minute")])
    reason = answer["reason"].to_pylist()
    used = sum(each == "" for each in reason)  # "" sorts first
    good = answer.slice(0, used)
    numbers = {name: good[name].to_numpy() for name in ("minute", *SUMMED)}
    example_of = {each["reason"]: tuple(dict.fromkeys((each["one"], each["other"]))) for each in shown}
    bad = [
        SetAside(reason=row["reason"], rows=row["rows"], examples=example_of.get(row["reason"], ()))
        for row in answer.slice(used).select(["reason", "rows"]).to_pylist()
    ]
    return MinuteTable(
        workload=tuple(good["workload"].to_pylist()),
        model=tuple(good["model"].to_pylist()),
        columns=numbers,
        first_second=int(min(good["first"].to_pylist(), default=0)),
        last_second=int(max(good["last"].to_pylist(), default=0)),
        rows_read=int(sum(good["rows"].to_pylist())),
        set_aside=tuple(sorted([*bad, *rejected], key=lambda each: (-each.rows, each.reason))),
    )
