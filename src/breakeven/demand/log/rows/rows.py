"""A file's rows in the shape that all logs share, each with the reason why it cannot be used, or "".

Only operations that every engine has are used. What only some logs tell (cost, latency, …) is in `extras.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from breakeven.demand.log.format.formats import log_format
from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.rows.extras import extra_columns, is_bucketed, may_be_idle
from breakeven.demand.log.rows.fields import Apart, Fields, fields
from breakeven.demand.log.rows.reasons import MONEY, Checked, fine, reasons
from breakeven.demand.log.rows.times import arrival_of
from breakeven.demand.log.rows.tokens import COUNTS, OTHER_COUNTS, is_true, name_of, plain_text, token_sums, whole
from breakeven.demand.log.table.tables import LogFile

Arrivals = Literal["by the clock", "from any start"]
SHOWN = ("timestamp", "ended", *COUNTS, *OTHER_COUNTS, "workload", "model", "status", "request_id", "cost")


def readable(
    table: Any,
    file: LogFile,
    *,
    workload: str,
    carry: Collection[str] = (),
    apart: Apart = lambda rows: rows,
    show_all: bool = False,
    arrivals: Arrivals | None = None,
) -> Any:
    """The file's rows; `carry` names the EXTRA that they must have, zero or empty when the file does not tell.

    `shown` is empty for rows without fault, half the work on text, but where `show_all` wants repeats to be shown.
    `arrivals`: each row's moment to the fraction of a second too, and the blocks of its prompt.
    """
    row_fields = fields(table, file, apart=apart, beside=_beside(file) if arrivals else None)
    text, row = row_fields.text, checked(row_fields, file, any_start=arrivals == "from any start")
    good, shown = fine(row), _shown(text)
    tokens = _charged(token_sums(row.amounts, row.absent, row.one, row.beside), row)
    sums = counted(text, row, tokens)
    workload_of, model_of = name_of(text, "workload", workload), name_of(text, "model", "")
    if row.idle is not None:
        workload_of, model_of = (ibis().cases((row.idle, ""), else_=value) for value in (workload_of, model_of))
    return row_fields.table.select(
        reason=ibis().cases((good, ""), *reasons(row), else_=""),
        workload=workload_of,
        model=model_of,
        second=row.second,
        shown=shown if show_all else ibis().cases((good, ""), else_=shown),
        **sums,
        **row_fields.beside,
        **extra_columns(row_fields, file, tokens | sums, row.bucket_s, row.idle, carry=carry),
    )


def _beside(file: LogFile) -> dict[str, Apart]:
    """What a replay needs of a row beside its tokens."""
    named = "blocks" in file.column_of
    return {
        "arrival": lambda raw: arrival_of(raw.timestamp, file.clock),
        "blocks": lambda raw: plain_text(raw.blocks) if named else ibis().literal(""),
    }


def checked(fields: Fields, file: LogFile, *, any_start: bool = False) -> Checked:
    """What is looked at of the rows."""
    amounts = {name: fields.numbers[name] for name in (*COUNTS, *OTHER_COUNTS) if name in fields.numbers}
    return Checked(
        second=fields.second,
        absent=fields.absent,
        amounts=amounts,
        idle=_idle(fields, amounts) if may_be_idle(file) else None,
        empty=is_true(fields.text["empty"]) if "empty" in fields.text else None,
        failed=fields.failed,
        bucket_s=_bucket_seconds(fields, file) if is_bucketed(file) else None,
        about=fields.text.get("about"),
        one=log_format(file.format_name),
        beside=_beside_input(fields.text, file),
        relative=file.clock is not None,
        any_start=any_start,
        money=fields.numbers.get("cost") if log_format(file.format_name).partial else None,
    )


def _beside_input(text: dict[str, Any], file: LogFile) -> Any:
    """Whether cached tokens are counted beside the input."""
    if file.cached_as != "outside" or not file.providers:
        return file.cached_as == "outside"
    return ibis().coalesce(text["provider"], "").isin(file.providers)


def _idle(found: Fields, amounts: Mapping[str, Any]) -> Any:
    """Whether an hour or a day holds no amount, or nothing but zeros."""
    nothing = ~found.absent["timestamp"]
    for each in (*amounts, *(("cost",) if "cost" in found.numbers else ())):
        nothing &= found.absent[each] | ibis().coalesce(found.numbers[each] == 0, False)
    return nothing


def _bucket_seconds(found: Fields, file: LogFile) -> Any:
    """How long a row sums."""
    if found.ended is not None:
        return found.ended - found.second
    return ibis().literal(file.bucket, "int64")


def _charged(tokens: dict[str, Any], row: Checked) -> dict[str, Any]:
    """The tokens; of a row that tells of money alone only what it takes back."""
    if row.about is None or not row.one.partial:
        return tokens
    given_back = row.about == MONEY
    return {name: ibis().cases((given_back & (value > 0), 0), else_=value) for name, value in tokens.items()}


def counted(text: dict[str, Any], row: Checked, tokens: dict[str, Any]) -> dict[str, Any]:
    """What every log tells: requests that did work, those that failed, and their tokens."""
    tokens = {name: value for name, value in tokens.items() if name != "cache_write_tokens"}
    if row.bucket_s is None:
        worked = ~row.failed | (tokens["input_tokens"] + tokens["output_tokens"] > 0)
        requests, failures = worked.cast("int64"), row.failed.cast("int64")
    else:
        zero = ibis().literal(0, "int64")
        requests = whole(row.amounts["requests"]) if "requests" in row.amounts else zero
        failures = whole(row.amounts["failed_requests"]) if "failed_requests" in row.amounts else zero
    if "cache_hit" in text:
        reached = ~is_true(text["cache_hit"])
        tokens = {name: ibis().cases((reached, value), else_=0) for name, value in tokens.items()}
        requests = ibis().cases((reached, requests), else_=0)
    return {"requests": requests, "failed": failures} | tokens


def _shown(text: dict[str, Any]) -> Any:
    """The row as it is shown to the person: mapped columns only, no key and no user."""
    parts = [f"{field}=" + ibis().coalesce(text[field], "") for field in SHOWN if field in text]
    shown = parts[0]
    for part in parts[1:]:
        shown = shown + ", " + part
    return shown
