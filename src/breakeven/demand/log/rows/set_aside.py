"""The rows that could not be used, written to a file with the reason, so that nothing is lost silently."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.rows.rejected import RejectedLine
from breakeven.demand.log.rows.repeats import KEYS, REPEATED
from breakeven.outputs import replacing
from breakeven.texts import name_shown, without_secrets

AT_ONCE = 10_000  # rows that are shown together


def write_set_aside(connection: Any, rows: Any, rejected: Sequence[RejectedLine], path: Path) -> None:
    """A CSV file: reason, and the row (mapped columns only) or the place of a line that did not split."""
    told = _repeats_told(rows)
    wanted = told.filter(told.reason != "").select("reason", row=told.shown)
    answer = connection.con.execute(connection.compile(wanted))
    found = iter(partial(answer.fetchmany, AT_ONCE), [])
    _write(path, chain(chain.from_iterable(found), ((each.reason, f"{each.file}:{each.line}") for each in rejected)))


def write_answers(ask: Callable[[Any], Any], rows: Any, path: Path) -> None:
    """The same file from an engine's answers: what repeats a request is shown by the last of its copies."""
    answers = [ask(rows.filter(rows.reason != "").select("reason", row=rows.shown))]
    if "identity" in rows.columns:
        named = rows.filter((rows.identity != "") & rows.second.notnull() & (rows.reason == ""))
        copies = named.group_by(*KEYS).agg(row=named.shown.max(), repeats=(named.count() - 1).cast("int64"))
        answers += [ask(copies.filter(copies.repeats > 0).select("row", "repeats"))]
    lines = [(row["reason"], row["row"]) for row in answers[0].to_pylist()]
    lines += [(REPEATED, row["row"]) for more in answers[1:] for row in more.to_pylist() for _ in range(row["repeats"])]
    _write(path, sorted(lines))


def _write(path: Path, lines: Iterable[tuple[str, str]]) -> None:
    """The lines, each row as it may be shown: on one line, without signs that a terminal obeys, keys cut."""
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("reason", "row"))
        writer.writerows((reason, name_shown(without_secrets(row))) for reason, row in lines)


def _repeats_told(rows: Any) -> Any:
    """The rows, where all but one of those with one name and one second say that they repeat it."""
    if "identity" not in rows.columns:
        return rows
    window = ibis().window(group_by=[rows.identity, rows.second, rows.reason], order_by=rows.shown)
    copy = rows.mutate(copy=ibis().row_number().over(window))
    repeats = (copy.identity != "") & copy.second.notnull() & (copy["copy"] > 0)
    return copy.mutate(reason=ibis().cases((repeats, REPEATED), else_=copy.reason))
