"""Reads a CSV of deployments and incidents. A row that cannot be read is counted with its reason, never dropped."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from breakeven.decision.readiness.delivery import Deployment, Incident
from breakeven.files import LARGEST_MADE, text_of
from breakeven.problems import Notice, Problem, nearest

COLUMNS = ("kind", "at", "committed_at", "failed", "recovered_at")
REQUIRED = COLUMNS[:2]
HOW = f"The columns are {', '.join(COLUMNS)}: kind is deployment or incident, times are ISO 8601, failed is yes or no."
YES, NO = ("yes", "true", "1", "y"), ("no", "false", "0", "n")


class _UnreadableRow(Exception):
    """Why a row cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLog:
    """What the file holds. `set_aside`: reason → (rows, first line)."""

    path: str
    deployments: tuple[Deployment, ...]
    incidents: tuple[Incident, ...]
    rows_read: int
    set_aside: Mapping[str, tuple[int, int]]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Every reason for which rows were set aside."""
        return tuple(
            Notice(what=f"{rows} of {self.rows_read} rows set aside: {reason}, first in line {line}.", where=self.path)
            for reason, (rows, line) in self.set_aside.items()
        )


def read_delivery(path: Path, *, as_of: date) -> DeliveryLog:
    """The deployments and incidents in a file, up to a day. Raises `Problem` when it is not such a table."""
    reader = csv.DictReader(io.StringIO(text_of(path, largest=LARGEST_MADE, fix=HOW), newline=""), restval="")
    try:
        _check_heading(reader.fieldnames, path)
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise Problem(f"the deployments cannot be read: {error}", where=str(path), fix=HOW) from None
    return _sorted_out(rows, path, as_of)


def _check_heading(heading: object, path: Path) -> None:
    names = [str(each).strip() for each in heading] if isinstance(heading, list | tuple) else []
    for each in REQUIRED:
        if each not in names:
            hint = nearest(each, names).replace("Did you mean", "Is it")
            raise Problem(f'the column "{each}" is missing. {hint}'.strip(), where=str(path), fix=HOW)
    unknown = [each for each in names if each not in COLUMNS and nearest(each, COLUMNS)]
    for each in unknown:
        raise Problem(f'unknown column "{each}". {nearest(each, COLUMNS)}', where=str(path), fix=HOW)


def _sorted_out(rows: list[tuple[int, dict[str, str]]], path: Path, as_of: date) -> DeliveryLog:
    deployments: list[Deployment] = []
    incidents: list[Incident] = []
    count, first = Counter[str](), dict[str, int]()
    for line, raw in rows:
        row = {str(name).strip(): str(value or "").strip() for name, value in raw.items() if name is not None}
        try:
            if _kind(row) == "deployment":
                deployments.append(_deployment(row, as_of))
            else:
                incidents.append(_incident(row, as_of))
        except _UnreadableRow as why:
            count[str(why)] += 1
            first.setdefault(str(why), line)
    return DeliveryLog(
        path=str(path),
        deployments=tuple(deployments),
        incidents=tuple(incidents),
        rows_read=len(rows),
        set_aside={reason: (number, first[reason]) for reason, number in count.items()},
    )


def _kind(row: Mapping[str, str]) -> str:
    kind = row["kind"].lower()
    if kind not in ("deployment", "incident"):
        raise _UnreadableRow("kind is not deployment or incident")
    return kind


def _deployment(row: Mapping[str, str], as_of: date) -> Deployment:
    at = _begin(row, as_of)
    failed = row.get("failed", "").lower()
    if failed not in (*YES, *NO):
        raise _UnreadableRow("failed of a deployment is not yes or no")
    committed = _time(row, "committed_at")
    if committed is not None and committed > at:
        raise _UnreadableRow("committed_at is after at")
    return Deployment(at=at, failed=failed in YES, committed_at=committed)


def _incident(row: Mapping[str, str], as_of: date) -> Incident:
    at, recovered = _begin(row, as_of), _time(row, "recovered_at")
    if recovered is not None and recovered < at:
        raise _UnreadableRow("recovered_at is before at")
    return Incident(at=at, recovered_at=recovered)


def _begin(row: Mapping[str, str], as_of: date) -> datetime:
    at = _time(row, "at")
    if at is None:
        raise _UnreadableRow("at is empty")
    if at.date() > as_of:
        raise _UnreadableRow(f"at is after {as_of}")
    return at


def _time(row: Mapping[str, str], name: str) -> datetime | None:
    """A time; without a zone it is UTC."""
    text = row.get(name, "")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _UnreadableRow(f"{name} is not a time") from None
