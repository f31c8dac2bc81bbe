"""`breakeven demand` of a bill that holds no tokens: what was paid, for what, and what to read beside it."""

from __future__ import annotations

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

from breakeven.demand.shape.measured import iso
from breakeven.demand.usage.reading import Reading
from breakeven.demand.usage.reconcile import Reconciliation
from breakeven.report.demand_document import NO_TOKENS
from breakeven.report.wording import money

MOST_LINES = 40


class BillPage:
    """A bill as a page."""

    def __init__(self, reading: Reading, bill: Reconciliation) -> None:
        self.reading, self.bill = reading, bill

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The sum first, then its lines, then what has to be said."""
        table = self.reading.table
        paid = "a bill in another currency than USD" if self.bill.bill is None else f"{money(self.bill.bill)} USD paid"
        yield f"{paid}, {iso(table.first_second)[:10]} to {iso(table.last_second)[:10]}"
        yield f"{self.reading.where}, read as {self.reading.log_format}"
        yield ""
        yield lines(self.bill)
        yield from (NO_TOKENS, *table.notices, *_left_out(self.reading))


def lines(bill: Reconciliation) -> Table:
    """What was paid for each model or line, the most first."""
    table = Table(box=None, pad_edge=False)
    table.add_column("paid for")
    table.add_column("USD", justify="right")
    billed = sorted(
        ((model.billed or 0.0, model.model) for model in bill.models if model.billed is not None), reverse=True
    )
    for amount, name in billed[:MOST_LINES]:
        table.add_row(name or "not named", f"{amount:,.2f}")
    if rest := billed[MOST_LINES:]:
        table.add_row(f"{len(rest):,} more", f"{sum(amount for amount, _ in rest):,.2f}")
    return table


def _left_out(reading: Reading) -> list[str]:
    return [f"Set aside: {each.rows:,} rows, {each.reason}." for each in reading.table.set_aside]
