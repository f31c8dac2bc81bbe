"""The rows that could not be used, written to a file with the reason, so that nothing is lost silently."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from breakeven.demand.engine import ibis
from breakeven.demand.rejected import RejectedLine
from breakeven.demand.repeats import REPEATED


def write_set_aside(connection: Any, rows: Any, rejected: Sequence[RejectedLine], path: Path) -> None:
    """A CSV file: reason, and the row (mapped columns only) or the place of a line that did not split."""
    told = _repeats_told(rows)
    connection.to_csv(told.filter(told.reason != "").select("reason", row=told.shown), str(path), header=True)
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for each in rejected:
            writer.writerow([f"line does not fit the columns: {each.why}", f"{each.file}:{each.line}"])


def _repeats_told(rows: Any) -> Any:
    """The rows, where all but one of those with one name and one second say that they repeat it."""
    if "identity" not in rows.columns:
        return rows
    window = ibis().window(group_by=[rows.identity, rows.second, rows.reason], order_by=rows.shown)
    copy = rows.mutate(copy=ibis().row_number().over(window))
    repeats = (copy.identity != "") & copy.second.notnull() & (copy["copy"] > 0)
    return copy.mutate(reason=ibis().cases((repeats, REPEATED), else_=copy.reason))
