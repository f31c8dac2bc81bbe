"""Failed requests by the status that they ended with: 429 is demand that was not served, 5xx a fault of the host."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from breakeven.demand.log.histogram import ALL, MOST_WORKLOADS
from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.minutes import MinuteTable
from breakeven.demand.log.rows.status import CLIENT, RATE_LIMITED, SERVER, UNKNOWN
from breakeven.texts import name_shown

CALLED = {RATE_LIMITED: "429", SERVER: "5xx", CLIENT: "other_4xx", UNKNOWN: "unknown"}
Ask = Callable[[Any], Any]  # an Ibis expression -> its answer as Arrow


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Failed requests of one workload and model with one status: 429, 5 (5xx), 4 (another 4xx) or 0 (unknown)."""

    workload: str
    model: str
    status: int
    requests: int


def failure_counts(rows: Any, *, by_workload: bool) -> Any:
    """The push-down over readable rows: failed requests by workload, model and status; the others are not looked at."""
    failed = rows.filter((rows.failed > 0) & (rows.reason == ""))
    named = failed.select(
        "failure",
        "failed",
        workload=failed.workload if by_workload else ibis().literal(ALL),
        model=failed.model if by_workload else ibis().literal(ALL),
    )
    return named.group_by("workload", "model", "failure").agg(requests=named.failed.sum().cast("int64"))


def failed_with_status(rows: Any, table: MinuteTable, ask: Ask) -> tuple[Failed, ...]:
    """The failures of readable rows whose status is told; of very many workloads all together."""
    if "failure" not in rows.columns or not table["failed"].any():
        return ()
    answer = ask(failure_counts(rows, by_workload=len(set(table.workload)) <= MOST_WORKLOADS)).to_pylist()
    counts = (
        Failed(
            workload=name_shown(row["workload"]),
            model=name_shown(row["model"]),
            status=row["failure"],
            requests=row["requests"],
        )
        for row in answer
        if row["failure"] != UNKNOWN
    )
    return tuple(sorted(counts, key=lambda count: (count.workload, count.model, -count.status)))


def by_status(failed: Iterable[Failed], total: int) -> dict[str, int]:
    """How many of `total` failed requests ended how; those whose status is not told are unknown."""
    found = dict.fromkeys(CALLED, 0)
    for each in failed:
        found[each.status] += each.requests
    found[UNKNOWN] = total - sum(found.values())
    return {name: found[status] for status, name in CALLED.items()}


def failures_apart(failed: Iterable[Failed]) -> dict[tuple[str, str], list[Failed]] | None:
    """The failures of each workload and model; None where they were asked of all together."""
    found: dict[tuple[str, str], list[Failed]] = {}
    for each in failed:
        found.setdefault((each.workload, each.model), []).append(each)
    return None if (ALL, ALL) in found else found
