"""Over time: payback, last sign change, best stop month, net present value, internal rate of return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payback:
    """When savings have paid what was spent first. Months from the start; None: never within the horizon."""

    months: float | None  # interpolated within the month
    completes_in_month: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """What the months together say. Money in the case's currency, months counted from 1."""

    net_present_value: float
    payback: Payback
    discounted_payback: Payback
    under_water_again_in_month: int | None  # the last month in which the cumulated saving turns negative
    best_cumulative: float
    best_month: int
    stop_month: int  # 0: do not start
    net_present_value_if_stopped: float
    irr_per_month: float | None  # None: no unique rate exists


def worth_of(flow: Floats, factor: Floats) -> float:
    """Present value of a flow, (months + 1,)."""
    return float(flow[0] + flow[1:] @ factor)


def horizon(
    saving: Floats, one_time_cost: float, discount_factor: Floats, *, net_present_value: float, cumulative: Floats
) -> Horizon:
    """Judge monthly savings against what is paid at the start; all (months,).

    `net_present_value` and `cumulative`, the savings so far less what was paid, are the lines of these names.
    """
    discounted = np.cumsum(saving * discount_factor) - one_time_cost
    best, stop = int(np.argmax(cumulative)), int(np.argmax(discounted))
    worth_starting = bool(discounted[stop] > 0)
    return Horizon(
        net_present_value=net_present_value,
        payback=payback(saving, cumulative, one_time_cost),
        discounted_payback=discounted_payback(saving, discounted, one_time_cost, discount_factor),
        under_water_again_in_month=under_water_again(cumulative),
        best_cumulative=float(cumulative[best]),
        best_month=best + 1,
        stop_month=stop + 1 if worth_starting else 0,
        net_present_value_if_stopped=float(discounted[stop]) if worth_starting else 0.0,
        irr_per_month=unique_irr(np.concatenate([[-one_time_cost], saving])),
    )


def payback(saving: Floats, cumulative: Floats, one_time_cost: float) -> Payback:
    """The first time the savings so far reach what was paid, interpolated within the month."""
    if one_time_cost <= 0:
        return (
            Payback(months=0.0, completes_in_month=0)
            if saving[0] >= 0
            else Payback(months=None, completes_in_month=None)
        )
    reached = np.flatnonzero(cumulative >= 0)
    if not reached.size:
        return Payback(months=None, completes_in_month=None)
    month = int(reached[0])
    return Payback(months=month + 1 - float(cumulative[month] / saving[month]), completes_in_month=month + 1)


def discounted_payback(saving: Floats, discounted: Floats, one_time_cost: float, discount_factor: Floats) -> Payback:
    """The same with interest, which runs within the month too: constant savings agree with the closed form."""
    linear = payback(saving * discount_factor, discounted, one_time_cost)
    if not linear.completes_in_month or linear.months is None:
        return linear
    whole = linear.completes_in_month - 1
    before = discount_factor[whole - 1] if whole else 1.0
    of_month = float(discount_factor[whole] / before)
    if of_month == 1:
        return linear
    part = np.log(1 - (linear.months - whole) * (1 - of_month)) / np.log(of_month)
    return Payback(months=whole + float(part), completes_in_month=whole + 1)


def under_water_again(cumulative: Floats) -> int | None:
    """The month in which a cumulated saving that had turned positive last turns negative."""
    turns = np.flatnonzero((cumulative[:-1] >= 0) & (cumulative[1:] < 0))
    return int(turns[-1]) + 2 if turns.size else None


def sign_changes(flows: Floats) -> int:
    """Changes of sign in a cash flow, zeros skipped."""
    signs = np.sign(flows[flows != 0])
    return int(np.count_nonzero(signs[1:] != signs[:-1]))


def unique_irr(flows: Floats) -> float | None:
    """Internal rate of return per month, only if the flow changes its sign exactly once."""
    if sign_changes(flows) != 1:
        return None
    import pyxirr  # noqa: PLC0415 - loaded only where a rate exists

    rate = pyxirr.irr(flows, silent=True)
    return None if rate is None else float(rate)
