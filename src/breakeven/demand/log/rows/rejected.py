"""Lines of CSV files that do not split into the file's columns, as DuckDB tells them after a query read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from breakeven.demand.demand import SetAside

REJECTED = """
    SELECT DISTINCT file_path, line, error_type,
        length(rtrim(csv_line, chr(10))) - length(replace(rtrim(csv_line, chr(10)), chr(10), '')) + 1
    FROM reject_errors JOIN reject_scans USING (scan_id, file_id) ORDER BY ALL
"""

NOT_UTF_8 = "line is not UTF-8 text: save the file as UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedLine:
    """A line of a CSV file that does not split into the file's columns."""

    file: str
    line: int
    why: str
    lines: int  # how many it swallowed: more than one when a quote stays open

    @property
    def reason(self) -> str:
        """Why, as rows that are set aside tell it."""
        return NOT_UTF_8 if self.why == "invalid encoding" else f"line does not fit the columns: {self.why}"


def rejected_lines(connection: Any) -> list[RejectedLine]:
    """The lines DuckDB could not split, after a query read them. Their text stays in the engine."""
    tables = connection.con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    if ("reject_errors",) not in tables:
        return []
    first_of_line: dict[tuple[str, int], RejectedLine] = {}
    for file, line, why, lines in connection.con.execute(REJECTED).fetchall():
        rejected = RejectedLine(file=file, line=int(line), why=str(why).lower(), lines=int(lines))
        first_of_line.setdefault((file, rejected.line), rejected)
    return list(first_of_line.values())


def rejected_set_aside(rejected: Iterable[RejectedLine]) -> list[SetAside]:
    """The lines that could not be split, counted by reason."""
    by_reason: dict[str, list[RejectedLine]] = {}
    for column in rejected:
        by_reason.setdefault(column.reason, []).append(column)
    return [
        SetAside(
            reason=reason,
            rows=len(lines),
            examples=tuple(f"{line.file}:{line.line}" for line in lines[:3]),
        )
        for reason, lines in by_reason.items()
    ]
