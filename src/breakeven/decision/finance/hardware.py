"""Hardware that is bought: when it is paid, what it is worth later, how the books and the taxman write it off.

Flows have one element a month and one for today: element t is the end of month t, element 0 is today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.decision.finance.financials import DEPRECIATION
from breakeven.numbers.operations import whole_up

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """One GPU with its share of the server. `charge` is the level monthly capital charge over its life."""

    price: float
    residual_share: float
    life_months: float
    charge: float
    rate_per_month: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tranche:
    """GPUs bought together: the month ends at which they are paid and sold again, and for how much."""

    bought: int
    sold: int
    cost: float
    proceeds: float


def value_after(one: Hardware, months: float) -> float:
    """What one GPU is worth after some months: the price with interest less the charges paid so far.

    At the end of its life that is the residual value. The sale at this value makes the cash flows and the level
    charge worth the same today, whatever the horizon.
    """
    if one.rate_per_month == 0:
        return one.price - one.charge * months
    grown = (1 + one.rate_per_month) ** months
    return float(one.price * grown - one.charge * (grown - 1) / one.rate_per_month)


def tranches(gpus: Floats, one: Hardware) -> tuple[Tranche, ...]:
    """Purchases for a fleet, (months,): paid when the month begins, replaced at the end of life, sold at the end.

    GPUs that are no longer needed are sold at once, the newest first.
    """
    end, life = gpus.size, max(int(whole_up(one.life_months)), 1)
    made: list[Tranche] = []
    for bought, sold, count in _stays(gpus):
        start = bought
        while start < sold:
            stop = min(start + life, sold, end)
            proceeds = count * value_after(one, stop - start)
            made.append(Tranche(bought=start, sold=stop, cost=count * one.price, proceeds=proceeds))
            start = stop
    return tuple(made)


def _stays(gpus: Floats) -> Iterator[tuple[int, int, float]]:
    """Groups of GPUs that come and go together: first month, month of leaving, how many."""
    held: list[tuple[int, float]] = []
    for month, change in enumerate(np.diff(gpus, prepend=0.0)):
        if change > 0:
            held.append((month, float(change)))
        to_leave = max(-float(change), 0.0)
        while to_leave > 0 and held:
            start, count = held.pop()
            leaving = min(count, to_leave)
            yield start, month, leaving
            to_leave -= leaving
            if count > leaving:
                held.append((start, count - leaving))
    for start, count in held:
        yield start, gpus.size, count


def paid(bought: Sequence[Tranche], months: int) -> Floats:
    """What the purchases cost, (months + 1,), positive."""
    return _at(bought, months, "bought", "cost")


def sold(bought: Sequence[Tranche], months: int) -> Floats:
    """What the sales bring, (months + 1,)."""
    return _at(bought, months, "sold", "proceeds")


def _at(bought: Sequence[Tranche], months: int, when: str, what: str) -> Floats:
    found = np.zeros(months + 1)
    for each in bought:
        found[getattr(each, when)] += getattr(each, what)
    return found


def yearly_shares(schedule: str, share: float = 1.0) -> tuple[float, ...]:
    """Shares of the price by year of a schedule for tax, times `share`."""
    return tuple(share * each for each in DEPRECIATION[schedule])


def tax_depreciation(bought: Sequence[Tranche], months: int, schedule: str) -> Floats:
    """What tax law writes off each month, (months + 1,): a year's share in twelve parts, nothing after the sale."""
    found = np.zeros(months + 1)
    for each in bought:
        monthly = np.repeat(yearly_shares(schedule, each.cost / 12), 12)[: each.sold - each.bought]
        found[each.bought + 1 : each.bought + 1 + monthly.size] += monthly
    return found


def book_depreciation(bought: Sequence[Tranche], months: int, life_months: float, residual_share: float) -> Floats:
    """Straight-line (price less residual value) over the life in the books, (months + 1,)."""
    found = np.zeros(months + 1)
    for each in bought:
        found[each.bought + 1 : each.sold + 1] += straight_line(each, life_months, residual_share)
    return found


def straight_line(one: Tranche, life_months: float, residual_share: float) -> Floats:
    """Equal parts until the life in the books is over, (months held,)."""
    monthly = one.cost * (1 - residual_share) / life_months
    left = life_months - np.arange(one.sold - one.bought)
    return np.asarray(monthly * np.clip(left, 0.0, 1.0))


def gains(bought: Sequence[Tranche], months: int, written_off: Sequence[float]) -> Floats:
    """Proceeds less what was not yet written off, at the month of sale; `written_off` has a total a tranche."""
    found = np.zeros(months + 1)
    for each, off in zip(bought, written_off, strict=True):
        found[each.sold] += each.proceeds - (each.cost - off)
    return found


def written_off_for_tax(one: Tranche, schedule: str) -> float:
    """What tax law has written off by the sale."""
    return float(tax_depreciation([one], one.sold, schedule).sum())


def written_off_in_books(one: Tranche, life_months: float, residual_share: float) -> float:
    """What the books have written off by the sale."""
    return float(straight_line(one, life_months, residual_share).sum())
