"""A log's fields, each looked at once: as text, as a number, whether it is absent; and the row's moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.rows.times import second_of
from breakeven.demand.log.rows.tokens import COUNTS, OTHER_COUNTS, missing, number, plain_text
from breakeven.demand.log.table.tables import LogFile
from breakeven.shipped import shipped

NUMBERS = (*COUNTS, *OTHER_COUNTS, "latency_ms", "ttft_ms", "cost", "status", "error_code", "retries")
Apart = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fields:
    """Ibis expressions over `table`, by field. `second` and `ended` are moments; `ended` is None for single requests.

    `beside`: what else was asked for, made of the file's own columns.
    """

    table: Any
    text: dict[str, Any]
    numbers: dict[str, Any]
    absent: dict[str, Any]
    failed: Any
    second: Any
    ended: Any
    beside: dict[str, Any]


def fields(
    table: Any, file: LogFile, *, apart: Apart = lambda rows: rows, beside: Mapping[str, Apart] | None = None
) -> Fields:
    """The fields of an opened file, worked out once each: what is made of them names each many times.

    `apart` makes a table of its own of them, for an engine whose planner would join the two steps again.
    """
    names = list(file.column_of)
    raw = table.select(**{field: table[column] for field, column in file.column_of.items()})
    raw = raw.mutate(code=number(raw.status)) if "status" in names else raw
    made = {f"text_{name}": plain_text(raw[name]) for name in names}
    made |= {f"number_{name}": raw.code if name == "status" else number(raw[name]) for name in NUMBERS if name in names}
    made |= {"failed": _failed(raw), "second": second_of(raw.timestamp, file.clock), "moment": raw.timestamp}
    made |= {"ended": second_of(raw.ended)} if "ended" in names else {}
    made |= {name: make(raw) for name, make in (beside or {}).items()}
    looked = apart(raw.select(**made))
    numbers = {name: looked[f"number_{name}"] for name in NUMBERS if name in names}
    text = {name: looked[f"text_{name}"] for name in names}
    return Fields(
        table=looked,
        text=text,
        numbers=numbers,
        absent={name: missing(text[name]) if raw[name].type().is_string() else looked[_null(name)].isnull()
                for name in ("timestamp", *numbers)},
        failed=looked.failed,
        second=looked.second,
        ended=looked.ended if "ended" in names else None,
        beside={name: looked[name] for name in beside or {}},
    )  # fmt: skip


def _null(field: str) -> str:
    """The column that is null where the field is, and costs least."""
    return "moment" if field == "timestamp" else f"number_{field}"


def _failed(raw: Any) -> Any:
    """True where the status is 400 or above (`code` is its number), or a word that means failure."""
    if "status" not in raw.columns:
        return ibis().literal(False)
    high = ibis().coalesce(raw.code >= 400, False)
    if raw.status.type().is_numeric():
        return high
    words = shipped("demand/formats/generic.yaml")["failed_statuses"]
    forms = [form for word in words for form in (word, word.upper(), word.title())]
    named = ibis().coalesce(plain_text(raw.status).isin(forms), False)
    return ibis().cases((raw.code.isnull(), named), else_=high)
