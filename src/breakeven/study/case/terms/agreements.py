"""What is agreed with others, as a case states it: service levels with the provider and our customers, finance."""

from __future__ import annotations

from typing import Literal

from breakeven.study.case.kinds import CountFromOne, NotNegative, Part, PositiveQuantity, Share


class CreditTier(Part):
    """Below this monthly uptime the provider pays that share of the bill back."""

    below_uptime: Share
    """Uptime of the month; 99.9% is 0.999."""
    credit_share: Share
    """Share of the month's bill that comes back."""


class PenaltyTier(Part):
    """Below this monthly uptime we owe our own customers that amount."""

    below_uptime: Share
    """Uptime of the month; 99.9% is 0.999."""
    amount: NotNegative
    """What we owe for such a month."""


class Outages(Part):
    """How often a service stops, and for how long."""

    outages_per_month: NotNegative
    """Outages in a mean month."""
    hours_per_outage: PositiveQuantity
    """Hours that one outage lasts; with a high value the lengths are drawn."""


class HigherTier(Part):
    """A better service level that the provider sells."""

    price_per_month: NotNegative
    """What it costs more than today's."""
    outages_per_month: NotNegative
    """Outages in a mean month."""
    hours_per_outage: PositiveQuantity
    """Hours that one outage lasts."""
    credits: tuple[CreditTier, ...] = ()
    """Its credits; today's, when left out."""


class Sla(Part):
    """Outages and promises on both sides. What an hour costs is loss_per_outage_hour, under compliance."""

    hosted: Outages
    """Outages of the hosted API."""
    own: Outages | None = None
    """Outages of our own service; like the API's, when left out."""
    credits: tuple[CreditTier, ...] = ()
    """What the provider pays back."""
    penalties: tuple[PenaltyTier, ...] = ()
    """What we owe our own customers, whoever serves."""
    target_coverage: Share = 1
    """Share of the loss that the credits should cover."""
    higher_tier: HigherTier | None = None
    """A better service level on offer."""


class Finance(Part):
    """How the books are kept; none of it changes the verdict, which is before tax."""

    tax_rate: Share | None = None
    """Tax on profit; no tax is counted when left out."""
    depreciation: Literal["straight-line-5", "macrs-5", "bonus-100"] = "straight-line-5"
    """How hardware is written off for tax: evenly over five years, MACRS, or all in the first year."""
    book_life_months: CountFromOne | None = None
    """Life of hardware in the books, for the profit-and-loss view."""
    capitalise_build: bool = False
    """True when the build is an asset that is depreciated, not an expense of the first month."""
    build_life_months: CountFromOne | None = None
    """Life of a capitalised build in the books."""
    debt_rate_per_year: Share | None = None
    """What borrowing costs; it discounts a lease."""
    lease_payment_per_gpu_month: NotNegative | None = None
    """A lease on offer for the hardware: payment for one GPU with its share of the server."""
    lease_months: CountFromOne | None = None
    """How long the lease runs."""
    lease_includes_maintenance: bool = False
    """True when the lessor maintains the hardware."""
