"""What a cash flow is worth: present value, every rate of return, payback, peak funding, levelised cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from breakeven.decision.finance.financials import (
    Lease,
    modified_rate,
    net_advantage_of_leasing,
    peak_funding,
    rates_of_return,
)
from breakeven.decision.finance.horizon import horizon, sign_changes, unique_irr, worth_of

Floats = NDArray[np.float64]
Rates = Literal["unique", "not unique", "undefined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """One option's cash flow against buying. Rates are per month; months count from 1.

    `rates_of_return` has every rate at which the flow is worth nothing; only a unique one is an internal
    rate of return, and it is unique when the flow changes its sign once.
    """

    net_present_value: float
    rates: Rates
    rates_of_return: tuple[float, ...]
    modified_rate: float | None
    payback_months: float | None
    pays_back_in_months: tuple[int, ...]  # every month in which the sum turns positive; first and last are the payback
    under_water_in_months: tuple[int, ...]  # every month in which it turns negative again
    stop_month: int
    net_present_value_if_stopped: float
    peak_funding: float
    peak_funding_month: int  # 0: today


def returns(flow: Floats, discount_factor: Floats, rate_per_month: float) -> Returns:
    """Judge a cash flow (months + 1,) against buying; `discount_factor` (months,) is for ends of months."""
    sums = np.cumsum(flow)
    worth = worth_of(flow, discount_factor)
    view = horizon(flow[1:], -float(flow[0]), discount_factor, net_present_value=worth, cumulative=sums[1:])
    rates = all_rates(flow)
    return Returns(
        net_present_value=view.net_present_value,
        rates="undefined" if not rates else "unique" if sign_changes(flow) == 1 else "not unique",
        rates_of_return=rates,
        modified_rate=modified_rate(flow, rate_per_month, rate_per_month),
        payback_months=view.payback.months,
        pays_back_in_months=turns(sums, upward=True),
        under_water_in_months=turns(sums, upward=False),
        stop_month=view.stop_month,
        net_present_value_if_stopped=view.net_present_value_if_stopped,
        peak_funding=peak_funding(flow),
        peak_funding_month=int(np.argmin(sums)),
    )


def all_rates(flow: Floats) -> tuple[float, ...]:
    """Every rate of return: by bracketing where the sign changes once, by all roots otherwise."""
    changes = sign_changes(flow)
    if changes == 1:
        found = unique_irr(flow)
        return () if found is None else (found,)
    return rates_of_return(flow) if changes else ()


def turns(sums: Floats, *, upward: bool) -> tuple[int, ...]:
    """Month ends at which a running sum leaves the other side: to zero and above, or below zero."""
    water = sums >= 0
    changed = np.flatnonzero(water[1:] != water[:-1]) + 1
    return tuple(int(month) for month in changed if bool(water[month]) == upward)


def levelised(cost: Floats, amount: Floats, discount_factor: Floats) -> float | None:
    """Cost per unit: what is paid (months + 1,) over what is got (months,), both discounted. None: nothing is got."""
    got = float(amount @ discount_factor)
    return (float(cost[0]) + float(cost[1:] @ discount_factor)) / got if got else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseOrBuy:
    """A lease against buying the same hardware today. None: no lease is on offer.

    `indifferent_payment_per_gpu_month`: the payment at which both cost the same.
    """

    gpus: float
    purchase: float
    months: int
    payment_per_gpu_month: float | None
    net_advantage_of_leasing: float | None
    indifferent_payment_per_gpu_month: float


def lease_or_buy(lease: Lease, gpus: float, debt_rate: float, capital_rate: float) -> LeaseOrBuy:
    """Both ways to hold the hardware; rates are per month. The advantage falls evenly with the payment."""
    advantage = net_advantage_of_leasing(lease, debt_rate, capital_rate)
    after_tax = debt_rate * (1 - lease.tax_rate)
    per_payment = (1 - lease.tax_rate) * sum((1 + after_tax) ** -period for period in range(1, lease.periods + 1))
    offered = lease.payment > 0
    return LeaseOrBuy(
        gpus=gpus,
        purchase=lease.purchase,
        months=lease.periods,
        payment_per_gpu_month=lease.payment / gpus if offered else None,
        net_advantage_of_leasing=advantage if offered else None,
        indifferent_payment_per_gpu_month=(lease.payment + advantage / per_payment) / gpus,
    )
