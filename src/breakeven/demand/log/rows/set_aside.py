"""The rows that could not be used, written to a file with the reason, so that nothing is lost silently."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from breakeven.demand.log.libraries import duckdb, ibis
from breakeven.demand.log.rows.rejected import RejectedLine
from breakeven.demand.log.rows.repeats import KEYS, REPEATED
from breakeven.outputs import replacing


def write_set_aside(connection: Any, rows: Any, rejected: Sequence[RejectedLine], path: Path) -> None:
    """A CSV file: reason, and the row (mapped columns only) or the place of a line that did not split."""
    told = _repeats_told(rows)
    with replacing(path) as part:
        try:
            connection.to_csv(told.filter(told.reason != "").select("reason", row=told.shown), str(part), header=True)
        except duckdb().IOException as error:
            if str(part) not in str(error):
                raise
            raise OSError(str(error).rpartition(": ")[2]) from None
        with part.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            for each in rejected:
                writer.writerow([each.reason, f"{each.file}:{each.line}"])


def write_answers(ask: Callable[[Any], Any], rows: Any, path: Path) -> None:
    """The same file from an engine's answers: what repeats a request is shown by the last of its copies."""
    answers = [ask(rows.filter(rows.reason != "").select("reason", row=rows.shown))]
    if "identity" in rows.columns:
        named = rows.filter((rows.identity != "") & rows.second.notnull() & (rows.reason == ""))
        copies = named.group_by(*KEYS).agg(row=named.shown.max(), repeats=(named.count() - 1).cast("int64"))
        answers += [ask(copies.filter(copies.repeats > 0).select("row", "repeats"))]
    lines = [(each["reason"], each["row"]) for each in answers[0].to_pylist()]
    lines += [
        (REPEATED, each["row"]) for more in answers[1:] for each in more.to_pylist() for _ in range(each["repeats"])
    ]
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("reason", "row"), *sorted(lines)])


def _repeats_told(rows: Any) -> Any:
    """The rows, where all but one of those with one name and one second say that they repeat it."""
    if "identity" not in rows.columns:
        return rows
    window = ibis().window(group_by=[rows.identity, rows.second, rows.reason], order_by=rows.shown)
    copy = rows.mutate(copy=ibis().row_number().over(window))
    repeats = (copy.identity != "") & copy.second.notnull() & (copy["copy"] > 0)
    return copy.mutate(reason=ibis().cases((repeats, REPEATED), else_=copy.reason))
