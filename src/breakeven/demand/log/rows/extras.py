"""What only some logs tell of a request: cost, latency, the cache's writes, batch, and a name to tell repeats by."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from breakeven.demand.log.format.formats import log_format
from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.rows.fields import Fields
from breakeven.demand.log.rows.status import failure
from breakeven.demand.log.rows.tokens import COUNTS, OTHER_COUNTS, is_true, name_of
from breakeven.demand.log.table.tables import LogFile

LARGEST_COST, LARGEST_LATENCY, MOST_RETRIES = 1e9, 1e8, 1e4
EXTRA = {  # what it is called -> the columns it becomes
    "bucket": ("bucket_s",),
    "idle": ("idle_buckets",),
    "cache_write": ("cache_write_tokens",),
    "cache_hit": ("cache_hits",),
    "batch": ("batch_tokens",),
    "latency": ("latency_ms", "requests_with_latency"),
    "cost": ("cost_nano", "rows_with_cost", "refund_nano", "costs_not_read"),
    "currency": ("currency",),
    "retries": ("retries", "rows_with_retries"),
    "failure": ("failure",),
    "identity": ("identity",),
    "parent": ("parent",),
}
FIELD_OF = {
    "cache_write": "cache_write_tokens",
    "cache_hit": "cache_hit",
    "batch": "batch",
    "latency": "latency_ms",
    "cost": "cost",
    "currency": "cost",
    "retries": "retries",
    "failure": "status",
    "parent": "parent",
}
NANO = 1e9
NANO_PER = {"": NANO, "cent": NANO / 100, "nano": 1.0}
MILLISECONDS_PER = {"s": 1e3, "ms": 1.0, "us": 1e-3, "ns": 1e-6}
STREAMED = "\x1e"  # begins the name of an answer that is written down in several lines, each at its own time


def is_bucketed(file: LogFile) -> bool:
    """Whether a row of the file sums an hour or a day."""
    return bool(file.bucket) or log_format(file.format_name).bucketed or {"requests", "ended"} <= file.column_of.keys()


def may_be_idle(file: LogFile) -> bool:
    """Whether a row may say that nothing was used in its hour or day: a line of a bill cannot, a metric can."""
    one = log_format(file.format_name)
    return is_bucketed(file) and (not one.partial or bool(one.map.get("covers")))


def told(file: LogFile) -> frozenset[str]:
    """Which of the EXTRA a file tells."""
    there = {name for name, field in FIELD_OF.items() if field in file.column_of}
    there |= {"bucket"} if is_bucketed(file) else set()
    there |= {"idle"} if may_be_idle(file) else set()
    return frozenset(there | ({"identity"} if identity_fields(file) else set()))


def extra_columns(
    fields: Fields, file: LogFile, sums: dict[str, Any], bucket_s: Any, idle: Any, *, carry: Collection[str]
) -> dict[str, Any]:
    """The EXTRA columns that are asked for, zero where the file does not tell."""
    text = fields.text
    made = _amounts(fields, file, sums) if carry else {}
    made |= {} if bucket_s is None else {"bucket_s": bucket_s}
    made |= {} if idle is None else {"idle_buckets": idle.cast("int64")}
    default = log_format(file.format_name).map.get("currency", "USD" if "cost" in text else "")
    made |= {"currency": name_of(text, "currency", default), "identity": row_identity(text, file)}
    made["parent"] = name_of(text, "parent", "")
    columns = [column for name, extras in EXTRA.items() if name in carry for column in extras]
    return {column: made[column] if column in made else ibis().literal(0, "int64") for column in columns}


def _amounts(fields: Fields, file: LogFile, sums: dict[str, Any]) -> dict[str, Any]:
    text = fields.text
    made = {"cache_write_tokens": sums["cache_write_tokens"]}
    if "cache_hit" in text:
        made["cache_hits"] = is_true(text["cache_hit"]).cast("int64")
    if "batch" in text:
        both = sums["input_tokens"] + sums["output_tokens"]
        made["batch_tokens"] = ibis().cases((is_true(text["batch"]), both), else_=0)
    if "latency_ms" in text:
        took = ibis().cases((sums["requests"] > 0, milliseconds(fields, file, "latency_ms")), else_=None)
        made["latency_ms"], made["requests_with_latency"] = _known(took)
    if "status" in text:
        made["failure"] = failure(fields)
    if "retries" in text:
        tries = fields.numbers["retries"]
        good = (tries >= 0) & (tries <= MOST_RETRIES)
        made["retries"], made["rows_with_retries"] = _known(
            ibis().cases((good, tries.cast("float64").try_cast("int64")), else_=None)
        )
    if "cost" in text:
        made |= _money(fields, file)
    return made


def _money(fields: Fields, file: LogFile) -> dict[str, Any]:
    """What a row costs, what of it is below zero, and whether it is a text that is no number."""
    amount = nano(fields, file)
    made = dict(zip(("cost_nano", "rows_with_cost"), _known(amount), strict=True))
    made["refund_nano"] = ibis().cases((amount < 0, amount), else_=0)
    unread = amount.isnull() & ~fields.absent["cost"]
    return made | {"costs_not_read": unread.cast("int64")}


def _known(value: Any) -> tuple[Any, Any]:
    """An amount and whether it is known, both as integers to be summed."""
    return ibis().coalesce(value, 0), (~value.isnull()).cast("int64")


def milliseconds(found: Fields, file: LogFile, field: str) -> Any:
    """A time in whole milliseconds; null when it is not there or absurd."""
    factor = MILLISECONDS_PER[log_format(file.format_name).map.get("units", {}).get(field, "ms")]
    value = found.numbers[field].cast("float64") * factor
    good = (value >= 0) & (value <= LARGEST_LATENCY)
    return ibis().cases((good, ((value + 0.5) // 1).try_cast("int64")), else_=None)


def nano(found: Fields, file: LogFile) -> Any:
    """A cost in billionths of its currency; null when it is not there or absurd."""
    factor = NANO_PER[log_format(file.format_name).map.get("units", {}).get("cost", "")]
    value = found.numbers["cost"].cast("float64")
    good = (value >= -LARGEST_COST) & (value <= LARGEST_COST)
    return ibis().cases((good, ((value * factor + 0.5) // 1).try_cast("int64")), else_=None)


def identity_fields(file: LogFile) -> list[str]:
    """The fields that together name a row: its request's id, or for buckets all that they are grouped by."""
    if "request_id" in file.column_of:
        return ["request_id"]
    named = log_format(file.format_name).map.get("identity", [])
    return [each for each in [*named, *COUNTS, *OTHER_COUNTS, "cost"] if named and each in file.column_of]


def row_identity(text: dict[str, Any], file: LogFile) -> Any:
    """The name of a row, the same for a row that was read twice; empty when it has none."""
    fields = identity_fields(file)
    if not fields:
        return ibis().literal("")
    if log_format(file.format_name).map.get("streamed"):
        name = name_of(text, fields[0], "")
        return ibis().cases((name == "", ""), else_=STREAMED + name)
    joined = ibis().coalesce(text[fields[0]], "")
    for field in fields[1:]:
        joined = joined + "\x1f" + ibis().coalesce(text[field], "")
    return joined
