"""Outages of a month: how long they may add up to, what the contract pays for it, what we owe, what to ask for.

The number of outages in a month is Poisson, the length of one is lognormal (or fixed), and the hours add up: the
distribution of the sum is a compound Poisson one, by the fast Fourier transform on a grid of hundredths of an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.decision.finance.financials import (
    LOSS,
    Coverage,
    CreditTier,
    highest_price_for_better_terms,
    sla_coverage,
)
from breakeven.numbers.inputs import P95
from breakeven.numbers.month import HOURS_PER_MONTH
from breakeven.problems import Problem

Floats = NDArray[np.float64]

STEP_HOURS = 0.01
CELLS = 2**17  # 1,310 hours: a month, and room for what lies beyond
MOST_HOURS = HOURS_PER_MONTH / 2  # expected to be down longer, a service is no service


@dataclass(frozen=True, slots=True, kw_only=True)
class Outages:
    """How often a service stops, and for how long. `long_hours`: once in twenty times an outage lasts longer."""

    per_month: float
    hours: float
    long_hours: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyTier:
    """Below this monthly uptime we owe our own customers that amount."""

    below_uptime: float
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HigherTier:
    """A better service level that the provider sells: its price a month, its outages and its credits."""

    price_per_month: float
    outages: Outages
    credits: tuple[CreditTier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaTerms:
    """Outages and promises on both sides. Money in the case's currency."""

    hosted: Outages
    own: Outages
    credits: tuple[CreditTier, ...]
    penalties: tuple[PenaltyTier, ...]
    target_coverage: float
    higher_tier: HigherTier | None = None


def downtime(outages: Outages) -> Floats:
    """Chance of each total of hours down in a month, (CELLS,): cell i is i hundredths of an hour.

    Raises `Problem` when more than half of the month is expected to be down.
    """
    if outages.per_month * outages.hours > MOST_HOURS:
        what = f"{outages.per_month:g} outages of {outages.hours:g} hours a month are more than half of the month"
        raise Problem(what, where="sla", fix="Give outages a month, and hours for one of them.")
    transformed = np.fft.rfft(_length(outages))
    chance = np.fft.irfft(np.exp(outages.per_month * (transformed - 1)), CELLS)
    return np.asarray(np.maximum(chance, 0.0) / np.maximum(chance, 0.0).sum())


def _length(outages: Outages) -> Floats:
    """Chance of each length of one outage, on the grid."""
    if outages.long_hours is None or outages.long_hours <= outages.hours:
        fixed = np.zeros(CELLS)
        fixed[min(round(outages.hours / STEP_HOURS), CELLS - 1)] = 1.0
        return fixed
    from scipy.special import ndtr  # noqa: PLC0415 - scipy is heavy and only a case with a range needs it

    spread = np.log(outages.long_hours / outages.hours) / P95
    edges = (np.arange(CELLS) + 0.5) * STEP_HOURS
    below = ndtr(np.log(edges / outages.hours) / spread)
    return np.diff(below, prepend=0.0)


def expected_hours(chance: Floats) -> float:
    """Hours down in a mean month; no month is longer than itself."""
    return float(chance @ np.minimum(np.arange(CELLS) * STEP_HOURS, HOURS_PER_MONTH))


def expected_payment(chance: Floats, steps: Sequence[tuple[float, float]]) -> float:
    """The mean payment of a month, of (uptime below which it is due, payment): of several that apply the largest."""
    uptime = 1 - np.minimum(np.arange(CELLS) * STEP_HOURS, HOURS_PER_MONTH) / HOURS_PER_MONTH
    due = np.zeros(CELLS)
    for below, payment in steps:
        due = np.where(uptime < below - 1e-12, np.maximum(due, payment), due)
    return float(chance @ due)


def expected_credit_share(outages: Outages, tiers: Sequence[CreditTier]) -> float:
    """The service credit of a mean month as a share of the bill."""
    return expected_payment(downtime(outages), [(each.below_uptime, each.credit_share) for each in tiers])


def expected_penalty(outages: Outages, penalties: Sequence[PenaltyTier]) -> float:
    """What a mean month costs in penalties to our own customers."""
    return expected_payment(downtime(outages), [(each.below_uptime, each.amount) for each in penalties])


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevels:
    """What outages cost and what the contract pays for them; what to ask for.

    `one_outage` is a month with one outage of the usual length; the others are means over all months.
    `highest_price_for_higher_tier`: what the better service level is worth a month; None: none was offered.
    """

    bill: float
    expected_hours: float
    expected_credit: float
    expected_loss: float
    coverage: float
    target_coverage: float
    ask_cap_multiple: float | None  # times today's credits; None: nothing is paid today
    one_outage: Coverage
    highest_price_for_higher_tier: float | None
    price_of_higher_tier: float | None


def service_levels(terms: SlaTerms, bill: float, loss_per_hour: float) -> ServiceLevels:
    """The negotiation: what the provider's credits cover of what its outages cost us, penalties to others included."""
    hours, loss, credit = _expected(terms, terms.hosted, terms.credits, bill, loss_per_hour)
    wanted = terms.target_coverage * loss
    better = terms.higher_tier
    worth = None
    if better is not None:
        _, after_loss, after_credit = _expected(terms, better.outages, better.credits, bill, loss_per_hour)
        worth = highest_price_for_better_terms((loss, after_loss), (credit, after_credit))
    return ServiceLevels(
        bill=bill,
        expected_hours=hours,
        expected_credit=credit,
        expected_loss=loss,
        coverage=credit / loss if loss else 1.0,
        target_coverage=terms.target_coverage,
        ask_cap_multiple=wanted / credit if credit else None,
        one_outage=sla_coverage(bill, terms.hosted.hours, loss_per_hour, terms.credits, target=terms.target_coverage),
        highest_price_for_higher_tier=worth,
        price_of_higher_tier=None if better is None else better.price_per_month,
    )


def _expected(
    terms: SlaTerms, outages: Outages, tiers: Sequence[CreditTier], bill: float, loss_per_hour: float
) -> tuple[float, float, float]:
    """Hours, loss with penalties, and credit of a mean month."""
    hours = expected_hours(downtime(outages))
    loss = LOSS(hours, loss_per_hour) + expected_penalty(outages, terms.penalties)
    return hours, loss, bill * expected_credit_share(outages, tiers)
