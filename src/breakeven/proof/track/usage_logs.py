"""Usage logs and token bills as actuals: every format that `breakeven demand` reads, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from breakeven.demand.log.minutes import MinuteTable
from breakeven.demand.usage.read_log import read_log
from breakeven.problems import Problem
from breakeven.proof.track.actuals import Actuals, Spell, What

OWN_FORMATS = ("vllm-prometheus",)
BILLS = ("focus", "aws-cur", "openai-costs", "openai-cost-csv", "anthropic-cost", "anthropic-cost-csv", "deepseek-cost")
DAY_MINUTES = 1440
COUNTS: tuple[tuple[What, str], ...] = (
    ("input_tokens", "input_tokens"),
    ("output_tokens", "output_tokens"),
    ("cached_tokens", "cached_input_tokens"),
    ("requests", "requests"),
)
OWN: dict[What, What] = {
    "input_tokens": "own_input_tokens",
    "output_tokens": "own_output_tokens",
    "cached_tokens": "own_cached_tokens",
    "requests": "own_requests",
}


def usage_actuals(path: Path, currency: str) -> Actuals:
    """What a log or a bill of tokens shows. Raises `Problem`, also where its money is another than the case's."""
    reading = read_log(path)
    table, form = reading.table, reading.log_format.partition(" ")[0].rstrip(",:")
    priced = bool(np.any(table.columns.get("rows_with_cost", np.zeros(1))))
    if priced and (other := [cost_currency for cost_currency in table.currencies if cost_currency != currency]):
        fix = "Give a bill in the case's currency."
        raise Problem(f"its costs are in {', '.join(other)}, the case counts in {currency}", where=str(path), fix=fix)
    own, bill = form in OWN_FORMATS, form in BILLS
    notices = [
        f"{path.name}: {reason.rows:,} rows set aside: {reason.reason}." for reason in table.set_aside if reason.rows
    ]
    return Actuals(spells=tuple(_spells(table, path.name, own=own, bill=bill, priced=priced)), notices=tuple(notices))


def _spells(table: MinuteTable, name: str, *, own: bool, bill: bool, priced: bool) -> Iterator[Spell]:
    """A spell a day from the first to the last; a day without a request is a day of none."""
    if not table["minute"].size:
        return
    first, last = (datetime.fromtimestamp(at, UTC).date() for at in (table.first_second, table.last_second))
    days = (last - first).days + 1
    at = table["minute"] // DAY_MINUTES - _day_number(first)
    within = (at >= 0) & (at < days)
    for what, column in COUNTS:
        sums = np.bincount(at[within], weights=table[column][within].astype(float), minlength=days)
        if sums.any():
            yield from _daily(OWN[what] if own else what, first, sums, name, rank=int(not bill))
    if priced and not own:
        money = table["cost_nano"][within].astype(float) / 1e9
        yield from _daily(
            "api_bill", first, np.bincount(at[within], weights=money, minlength=days), name, rank=int(bill)
        )


def _daily(what: What, first: date, sums: np.ndarray, name: str, *, rank: int) -> Iterator[Spell]:
    for offset, amount in enumerate(sums.tolist()):
        yield Spell(
            what=what, first=first + timedelta(days=offset), days=1, amount=amount, source=name, rank=rank
        )  # fmt: skip


def _day_number(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()
