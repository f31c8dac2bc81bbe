"""What finance asks: every rate of return, modified rate, peak funding, depreciation, lease or buy, SLA credits.

Plain functions of cash flows. Months are ends of months, rates are per period of the flow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.costs.assurance import outage_loss
from breakeven.numbers.month import HOURS_PER_MONTH

Floats = NDArray[np.float64]

LOSS: Callable[..., float] = outage_loss

# Shares of the purchase price by year. MACRS 5-year, half-year convention: IRS Publication 946, table A-1.
DEPRECIATION: dict[str, tuple[float, ...]] = {
    "macrs-5": (0.20, 0.32, 0.192, 0.1152, 0.1152, 0.0576),
    "straight-line-5": (0.2,) * 5,
    "bonus-100": (1.0,),
}


def present_value(flows: Sequence[float] | Floats, rate: float) -> float:
    """Value today of flows at the ends of periods 0, 1, 2 …"""
    flows = np.asarray(flows, dtype=float)
    return float(np.sum(flows / (1 + rate) ** np.arange(flows.size)))


def rates_of_return(flows: Sequence[float] | Floats) -> tuple[float, ...]:
    """Every internal rate of return above -100 %, rising. None, one or several: all are told."""
    flows = np.trim_zeros(np.asarray(flows, dtype=float))
    if flows.size < 2:
        return ()
    roots = np.roots(flows[::-1])  # in v = 1 / (1 + rate)
    real = roots[np.abs(roots.imag) < 1e-9].real
    rates = [float(1 / v - 1) for v in real if v > 1e-9]
    return tuple(
        sorted(rate for rate in rates if abs(present_value(flows, rate)) <= 1e-6 * present_value(np.abs(flows), rate))
    )


def modified_rate(flows: Sequence[float] | Floats, finance_rate: float, reinvestment_rate: float) -> float | None:
    """MIRR per period: outflows financed, inflows reinvested; None without both."""
    import pyxirr  # noqa: PLC0415 - loaded only where a rate is asked for

    rate = pyxirr.mirr(np.asarray(flows, dtype=float), finance_rate, reinvestment_rate, silent=True)
    return None if rate is None else float(rate)


def peak_funding(flows: Sequence[float] | Floats) -> float:
    """The most money that is ever tied up: the lowest point of the cumulated flow, as a positive amount."""
    return float(max(-np.min(np.cumsum(flows)), 0.0))


def tax_shield(purchase: float, tax_rate: float, discount_rate: float, schedule: str) -> float:
    """Present value of the tax that depreciation saves, at the ends of years 1, 2 …"""
    return sum(
        purchase * share * tax_rate / (1 + discount_rate) ** year
        for year, share in enumerate(DEPRECIATION[schedule], 1)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease against buying the same hardware. Money per period; the residual comes at the end of the lease."""

    payment: float
    periods: int
    purchase: float
    residual: float
    maintenance_avoided: float
    tax_rate: float
    tax_shield: float


def net_advantage_of_leasing(lease: Lease, debt_rate: float, capital_rate: float) -> float:
    """What leasing gains over buying: contractual flows at the after-tax cost of debt, the residual at capital cost."""
    after_tax = debt_rate * (1 - lease.tax_rate)
    contractual = [0.0, *([lease.payment * (1 - lease.tax_rate)] * lease.periods)]
    spared = [0.0, *([lease.maintenance_avoided * (1 - lease.tax_rate)] * lease.periods)]
    return (
        lease.purchase
        - present_value(contractual, after_tax)
        - lease.tax_shield
        - lease.residual / (1 + capital_rate) ** lease.periods
        + present_value(spared, after_tax)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditTier:
    """Below this monthly uptime the provider pays that share of the bill back."""

    below_uptime: float
    credit_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What an outage costs, what the contract pays for it, and what to ask for instead."""

    uptime: float
    credit: float
    loss: float
    coverage: float
    ask_credit_share: float  # of the bill, so that the credit covers the loss to the target
    ask_cap_multiple: float | None  # of today's credit; None: nothing is paid today


def sla_coverage(
    bill: float,
    outage_hours: float,
    loss_per_hour: float,
    tiers: Sequence[CreditTier],
    *,
    target: float = 1.0,
    hours_per_month: float = HOURS_PER_MONTH,
) -> Coverage:
    """How much of an outage's loss the provider's credit covers, and the credit to negotiate."""
    uptime = 1 - outage_hours / hours_per_month
    credit = bill * max((tier.credit_share for tier in tiers if uptime < tier.below_uptime), default=0.0)
    loss = LOSS(outage_hours, loss_per_hour)
    wanted = target * loss
    return Coverage(
        uptime=uptime,
        credit=credit,
        loss=loss,
        coverage=credit / loss if loss else 1.0,
        ask_credit_share=wanted / bill if bill else 0.0,
        ask_cap_multiple=wanted / credit if credit else None,
    )


def highest_price_for_better_terms(loss: tuple[float, float], credit: tuple[float, float]) -> float:
    """The most a higher tier is worth: the loss it avoids, less the credits it would pay. (today, higher)."""
    return (loss[0] - loss[1]) - (credit[0] - credit[1])
