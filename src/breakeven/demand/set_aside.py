"""The rows that could not be used, written to a file with the reason, so that nothing is lost silently."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from breakeven.demand.tables import RejectedLine


def write_set_aside(connection: Any, rows: Any, rejected: Sequence[RejectedLine], path: Path) -> None:
    """A CSV file: reason, and the row (mapped columns only) or the place of a line that did not split."""
    connection.to_csv(rows.filter(rows.reason != "").select("reason", row=rows.shown), str(path), header=True)
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for each in rejected:
            writer.writerow([f"line does not fit the columns: {each.why}", f"{each.file}:{each.line}"])
