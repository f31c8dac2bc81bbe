"""Cash flow and profit-and-loss view of one option, month by month.

Element 0 is today, element t the end of month t. Money in is positive, money out negative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.decision.finance.hardware import (
    Tranche,
    book_depreciation,
    gains,
    paid,
    sold,
    straight_line,
    tax_depreciation,
    written_off_for_tax,
    written_off_in_books,
)
from breakeven.numbers.inputs import Input

Floats = NDArray[np.float64]
EXPENSES = (
    "api_usage", "committed_units", "gpu_rent", "space_and_power", "people_who_run_it", "on_call", "tools",
    "compliance", "refresh", "service_levels", "project",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceTerms:
    """How the books are kept: numbers by name, the schedule of depreciation for tax, what is capitalised."""

    numbers: Mapping[str, Input]
    depreciation: str
    capitalise_build: bool
    lease_includes_maintenance: bool

    def number(self, name: str) -> float:
        """One of the numbers."""
        return float(self.numbers[name].likely)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expenses:
    """What the profit-and-loss view is made of: cash by row, the build beside it, and the hardware that was bought."""

    rows: Mapping[str, Floats]  # of EXPENSES, without the build
    build: float  # paid today, positive
    begins: int  # month index at which the service, and the depreciation of a capitalised build, begins
    bought: tuple[Tranche, ...]
    residual_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """One row of the profit-and-loss view. `total`: it adds up rows above."""

    name: str
    months: tuple[float, ...]
    total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Expenses down to free cash flow. EBITDA and cash differ by tax and hardware: both are there.

    Rows that are nothing in every month are left out, totals never.
    """

    rows: tuple[StatementRow, ...]

    def row(self, name: str) -> Floats:
        """One row, (months + 1,)."""
        nothing = (0.0,) * len(self.rows[-1].months)
        return np.array(next((each.months for each in self.rows if each.name == name), nothing))


def statement(expenses_of: Expenses, terms: FinanceTerms) -> Statement:
    """EBITDA, EBIT, tax, NOPAT and free cash flow.

    Tax is on EBITDA less what tax law writes off; a loss lowers the tax of the rest of the company in the same month.
    """
    months = next(iter(expenses_of.rows.values())).size - 1
    today = np.zeros(months + 1)
    today[0] = expenses_of.build
    expenses = {**expenses_of.rows, "project": expenses_of.rows["project"] - (0.0 if terms.capitalise_build else today)}
    of: dict[str, Floats] = {name: expenses[name] for name in EXPENSES}
    of["ebitda"] = np.sum([*expenses.values()], axis=0)
    of |= _written_off(expenses_of, terms, months)
    below = ("hardware_depreciation", "build_depreciation", "gain_on_sale")
    of["ebit"] = of["ebitda"] + added_up([of[name] for name in below], months + 1)
    of["tax"] = -terms.number("tax_rate") * (of["ebitda"] + taxable(expenses_of, terms, months))
    of["nopat"] = of["ebit"] + of["tax"]
    of["depreciation_added_back"] = -added_up([of[name] for name in below], months + 1)
    of["hardware_and_build_bought"] = -paid(expenses_of.bought, months) - (today if terms.capitalise_build else 0.0)
    of["hardware_sold"] = sold(expenses_of.bought, months)
    last = ("nopat", "depreciation_added_back", "hardware_and_build_bought", "hardware_sold")
    of["free_cash_flow"] = np.sum([of[name] for name in last], axis=0)
    totals = ("ebitda", "ebit", "nopat", "free_cash_flow")
    kept = {name: flow for name, flow in of.items() if name in totals or flow.any()}
    return Statement(rows=tuple(_row(name, flow, total=name in totals) for name, flow in kept.items()))


def _row(name: str, months: Floats, *, total: bool) -> StatementRow:
    return StatementRow(name=name, months=tuple((months + 0.0).tolist()), total=total)


def _written_off(its: Expenses, terms: FinanceTerms, months: int) -> dict[str, Floats]:
    """What the books write off, and what a sale brings above the books' value."""
    life = terms.number("book_life_months")
    off = [written_off_in_books(each, life, its.residual_share) for each in its.bought]
    return {
        "hardware_depreciation": -book_depreciation(its.bought, months, life, its.residual_share),
        "build_depreciation": -build_depreciation(its, terms, months),
        "gain_on_sale": gains(its.bought, months, off),
    }


def build_depreciation(its: Expenses, terms: FinanceTerms, months: int) -> Floats:
    """A capitalised build in equal parts from the cut-over on, (months + 1,), positive; else nothing."""
    found = np.zeros(months + 1)
    if terms.capitalise_build and its.build:
        one = Tranche(bought=its.begins, sold=months, cost=its.build, proceeds=0.0)
        found[its.begins + 1 :] = straight_line(one, terms.number("build_life_months"), 0.0)
    return found


def taxable(its: Expenses, terms: FinanceTerms, months: int) -> Floats:
    """What tax law adds to EBITDA, (months + 1,): less what it writes off, plus gains on sales."""
    off = [written_off_for_tax(each, terms.depreciation) for each in its.bought]
    hardware = gains(its.bought, months, off) - tax_depreciation(its.bought, months, terms.depreciation)
    return np.asarray(hardware - build_depreciation(its, terms, months))


def added_up(rows: Sequence[Floats], size: int) -> Floats:
    """The sum of some rows, (size,); of none it is zero."""
    return np.asarray(np.sum([*rows, np.zeros(size)], axis=0))


def by_year(flow: Sequence[float]) -> tuple[float, ...]:
    """A flow (months + 1,) added up: today, then year by year; the last year may be shorter."""
    later = np.asarray(flow, dtype=float)[1:]
    years = [float(later[start : start + 12].sum()) for start in range(0, later.size, 12)]
    return (float(flow[0]), *years)


def per_year(rate_per_month: float) -> float:
    """The yearly rate that a monthly one compounds to."""
    return float((1 + rate_per_month) ** 12 - 1)
