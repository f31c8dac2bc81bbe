"""The money that an option asks for beside its months: the project, the hardware; and when cash has paid it back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from breakeven.study.study import Financials, Study

BOUGHT = "hardware_bought"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capital:
    """What one column costs before it saves anything, in the case's currency; all are costs, zero or more.

    `project`: paid once for people and moves. `hardware`: all that is bought within the horizon, what is sold at its
    end not taken off; `hardware_first`: what of it is bought in the first month in which any is.
    """

    project: float
    hardware: float
    hardware_first: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CashPayback:
    """When the cash of a column has paid back what it asked for. `month` 0: it never asks for any; None: never.

    `lost_in_month`: the last month in which it is under water again, None where it stays paid.
    `rate_per_month`: internal rate of return, None where there is no single one.
    """

    month: int | None
    lost_in_month: int | None
    rate_per_month: float | None


def capital_of(study: Study, column: int) -> Capital:
    """The capital of a column; that of keeping today's model is nothing."""
    if not column:
        return Capital(project=0.0, hardware=0.0, hardware_first=0.0)
    paid = [-each for row in study.financials[column].cash if row.line == BOUGHT for each in row.months]
    first = next((each for each in paid if each), 0.0)
    project = study.options[column - 1].one_time_cost
    return Capital(project=project, hardware=sum(paid, 0.0), hardware_first=first)


def cash_payback(financials: Financials, against: Financials) -> CashPayback | None:
    """The payback of a column's cash against that of keeping today's model; None for that itself."""
    returns = financials.returns
    if returns is None:
        return None
    sums = [*accumulate(own - kept for own, kept in zip(financials.total, against.total, strict=True))]
    lost = returns.under_water_in_months[-1] if returns.under_water_in_months else None
    rate = returns.rates_of_return[0] if returns.rates == "unique" else None
    if sums[-1] < 0 and not returns.pays_back_in_months:
        return CashPayback(month=None, lost_in_month=None, rate_per_month=rate)
    month = returns.pays_back_in_months[0] if returns.pays_back_in_months else 0
    again = lost if lost is not None and not any(payback > lost for payback in returns.pays_back_in_months) else None
    return CashPayback(month=month, lost_in_month=again, rate_per_month=rate)


def payback_of(study: Study, column: int) -> CashPayback | None:
    """That of one column of a study."""
    return cash_payback(study.financials[column], study.financials[0])
