"""What is to be said of a log's costs: credits among them, costs that are no numbers, prices that no host asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from breakeven.demand.log.format.formats import log_format
from breakeven.demand.log.minutes import MinuteTable
from breakeven.demand.log.table.tables import LogFile

NANO, MILLION = 1e-9, 1e6
LOWEST, HIGHEST = 0.01, 300.0  # USD a million tokens: hardly any bill is cheaper or dearer as a whole


def with_money_told(table: MinuteTable, files: Sequence[LogFile]) -> MinuteTable:
    """The table with what its costs leave to say among its notices."""
    said = [*_credits(table), *_unread(table), *_prices(table, files)]
    return replace(table, notices=(*table.notices, *said)) if said else table


def _credits(table: MinuteTable) -> list[str]:
    amount = -int(table["refund_nano"].sum()) * NANO
    if not amount:
        return []
    currency = f" {table.currencies[0]}" if len(table.currencies) == 1 else ""
    told = f"{amount:,.2f}" if amount >= 1 else f"{amount:.3g}"
    return [f"Credits and refunds, {told}{currency} in all, are in the costs as they stand."]


def _unread(table: MinuteTable) -> list[str]:
    rows = int(table["costs_not_read"].sum())
    whose = "The cost of 1 row is no number" if rows == 1 else f"The costs of {rows:,} rows are no numbers"
    return [f"{whose}, and in no sum: costs are a lower bound."] if rows else []


def _prices(table: MinuteTable, files: Sequence[LogFile]) -> list[str]:
    """A bill whose tokens cost what none costs: a unit that says thousands may count tokens, or the other way round."""
    bills = [file for file in files if log_format(file.format_name).partial]
    tokens, nano = int(table.tokens.sum()), int(table["cost_nano"].sum())
    if len(bills) != len(files) or table.currencies != ("USD",) or not tokens or nano <= 0:
        return []
    price = nano * NANO / tokens * MILLION
    if LOWEST <= price <= HIGHEST:
        return []
    asked = "does its unit count tokens, or thousands or millions of them?"
    doubt = "Do not believe these volumes before that is known."
    return [f"By this bill a million tokens cost {price:,.4g} USD, which hardly anybody asks: {asked} {doubt}"]
