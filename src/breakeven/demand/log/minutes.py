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
from breakeven.demand.log.corrections import taken_off
from breakeven.demand.log.libraries import as_arrow, as_numpy, ibis, pyarrow
from breakeven.demand.log.rows.extras import EXTRA
from breakeven.demand.log.rows.reasons import NOT_ABOUT
from breakeven.demand.log.rows.repeats import REPEATED, distinct_rows
from breakeven.demand.log.rows.rows import readable
from breakeven.demand.log.rows.tokens import COUNTS
from breakeven.texts import name_shown

__all__ = ["MinuteTable", "distinct_rows", "examples", "minute_sums", "minute_table", "readable"]

SUMMED = ("requests", "failed", "failed_with_tokens", "without_tokens", *COUNTS, "input_tokens_with_cache_known")
EXTRA_SUMMED = tuple(
    column
    for columns in EXTRA.values()
    for column in columns
    if column not in ("bucket_s", "currency", "failure", "identity", "parent")
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MinuteTable:
    """One entry per workload, model and UTC minute with requests; minutes without any are absent.

    `columns` holds integer arrays: minute (since 1970), requests (those that did work), failed, failed_with_tokens
    (failures that used tokens: they are among the requests, too), without_tokens (single requests that did work and
    carry none), input_tokens, output_tokens, cached_input_tokens,
    input_tokens_with_cache_known; zero where the log does not tell: cache_write_tokens, cache_hits (answered by the
    gateway, not in requests), batch_tokens, latency_ms with requests_with_latency, cost_nano with rows_with_cost,
    refund_nano (costs below zero, among cost_nano), costs_not_read (rows whose cost is no number), retries with
    rows_with_retries; bucket_s (longest time that a row of the entry sums, 0 for single requests).
    Times are seconds since 1970. `notices` is what the formats want said of their numbers.
    """

    workload: tuple[str, ...]
    model: tuple[str, ...]
    columns: dict[str, np.ndarray]
    first_second: int
    last_second: int
    rows_read: int
    set_aside: tuple[SetAside, ...]
    currencies: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    def __getitem__(self, column: str) -> np.ndarray:
        return self.columns[column]

    @property
    def is_bill(self) -> bool:
        """Whether it tells of money and of nothing else."""
        money = self.columns.get("rows_with_cost")
        nothing = not (self.tokens.any() or self["requests"].any() or self["failed"].any())
        return nothing and money is not None and bool(money.any())

    @property
    def tokens(self) -> np.ndarray:
        """Input and output tokens of each entry."""
        return np.asarray(self["input_tokens"] + self["output_tokens"])


def minute_sums(rows: Any) -> Any:
    """The push-down: one Ibis expression over readable rows, whatever engine holds them."""
    rows = rows.mutate(failed_with_tokens=_failed_with_tokens(rows), without_tokens=_without_tokens(rows))
    used = rows.reason == ""
    summed = [column for column in (*SUMMED, *EXTRA_SUMMED, "repeats") if column in rows.columns]
    beside = [column for column in ("bucket_s", "currency") if column in rows.columns]
    sums = {column: ibis().cases((used, rows[column]), else_=0) for column in summed if column != "repeats"}
    marked = rows.select(
        "reason", "second", *beside, *({"repeats"} & set(rows.columns)),
        workload=ibis().cases((used, rows.workload), else_=""),
        model=ibis().cases((used, rows.model), else_=""),
        minute=ibis().cases((used, rows.second // 60), else_=0),
        **sums,
    )  # fmt: skip
    return marked.group_by("reason", "workload", "model", "minute").agg(
        rows=marked.count(),
        first=marked.second.min(),
        last=marked.second.max(),
        **_beside(marked, beside),
        **{column: marked[column].sum().cast("int64") for column in summed},
    )


def _failed_with_tokens(rows: Any) -> Any:
    """Failures that are among the requests. A row that sums many requests counts its failures apart from them."""
    both = (rows.requests > 0) & (rows.failed > 0)
    if "bucket_s" in rows.columns:
        both &= rows.bucket_s == 0
    return ibis().cases((both, rows.failed), else_=0)


def _without_tokens(rows: Any) -> Any:
    """Single requests that did work and carry no tokens: what they used is not known."""
    silent = (rows.requests > 0) & (rows.input_tokens + rows.output_tokens == 0)
    if "bucket_s" in rows.columns:
        silent &= rows.bucket_s == 0
    return ibis().cases((silent, rows.requests), else_=0)


def _beside(marked: Any, beside: Sequence[str]) -> dict[str, Any]:
    """What is not summed: the longest bucket, and whether there is more than one currency."""
    found = {"bucket_s": marked.bucket_s.max().cast("int64")} if "bucket_s" in beside else {}
    if "currency" in beside:
        found |= {"currency": marked.currency.max(), "other_currency": marked.currency.min()}
    return found


def examples(rows: Any) -> Any:
    """Two rows for each reason, whatever the order of the rows."""
    bad = rows.filter(rows.reason != "")
    return bad.group_by("reason").agg(one=bad.shown.min(), other=bad.shown.max())


def minute_table(
    answer: Any, shown: Sequence[dict[str, str]], rejected: Sequence[SetAside], notices: Sequence[str] = ()
) -> MinuteTable:
    """The engine's answer (Arrow), sorted, with the rows that could not be used (two of each `shown`) apart."""
    answer, compute = _in_order(answer), pyarrow().compute
    bad_rows = compute.binary_length(answer["reason"]).cast("bool")  # "" is none, and sorts first
    used = answer.num_rows - (compute.sum(bad_rows).as_py() or 0)
    good = answer.slice(0, used)
    bad = [*_bad(answer.slice(used), shown), *_repeated(answer), *rejected]
    workload, model = _names(good["workload"]), _names(good["model"])
    columns, corrected = taken_off(_numbers(good), workload, model)
    return MinuteTable(
        workload=workload,
        model=model,
        columns=columns,
        first_second=compute.min(good["first"]).as_py() or 0,
        last_second=compute.max(good["last"]).as_py() or 0,
        rows_read=compute.sum(good["rows"]).as_py() or 0,
        set_aside=tuple(sorted(bad, key=lambda reason: (-reason.rows, reason.reason))),
        currencies=_currencies(good),
        notices=(*notices, *corrected),
    )


def _names(column: Any) -> tuple[str, ...]:
    """The names as they may be shown."""
    texts = column.cast("string").to_pylist()
    known = {each: name_shown(each) for each in set(texts)}
    return tuple(known[each] for each in texts)


def _in_order(answer: Any) -> Any:
    """By reason, workload, model and minute; texts by their place among the few that there are, far faster."""
    keys = [as_numpy(answer["minute"])]
    for name in ("model", "workload", "reason"):
        few = answer[name].unique()
        few = few.take(pyarrow().compute.array_sort_indices(few))
        keys.append(as_numpy(pyarrow().compute.index_in(answer[name], value_set=few)))
        if name != "reason":
            answer = answer.set_column(answer.column_names.index(name), name, answer[name].dictionary_encode())
    return answer.take(as_arrow(np.lexsort(keys)))


def _numbers(good: Any) -> dict[str, np.ndarray]:
    """The integer columns; zeros for what the log does not tell."""
    names = ("minute", *SUMMED, *EXTRA_SUMMED, "bucket_s")
    nothing = np.zeros(good.num_rows, dtype=np.int64)
    return {each: as_numpy(good[each]) if each in good.column_names else nothing for each in names}


def _bad(bad: Any, shown: Sequence[dict[str, str]]) -> list[SetAside]:
    example_of = {
        phase["reason"]: tuple(dict.fromkeys(map(name_shown, (phase["one"], phase["other"])))) for phase in shown
    }
    return [
        SetAside(
            reason=row["reason"],
            rows=row["rows"],
            examples=example_of.get(row["reason"], ()),
            lost=not row["reason"].startswith(NOT_ABOUT),
        )
        for row in bad.select(["reason", "rows"]).to_pylist()
    ]


def _repeated(answer: Any) -> list[SetAside]:
    """The rows that were read twice."""
    repeats = int(as_numpy(answer["repeats"]).sum()) if "repeats" in answer.column_names else 0
    return [SetAside(reason=REPEATED, rows=repeats, lost=False)] if repeats else []


def _currencies(good: Any) -> tuple[str, ...]:
    if "currency" not in good.column_names:
        return ()
    return tuple(
        sorted(
            {
                value.upper()
                for name in ("currency", "other_currency")
                for value in good[name].unique().to_pylist()
                if value
            }
        )
    )
