"""Finance terms, service levels and rivals of a basis, read back from study.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from breakeven.decision.answers.rivals import RivalTerms
from breakeven.decision.finance.financials import CreditTier
from breakeven.decision.finance.outages import HigherTier, Outages, PenaltyTier, SlaTerms
from breakeven.decision.finance.statements import FinanceTerms
from breakeven.numbers.inputs import Input, Source


def finance_from_json(data: Mapping[str, Any]) -> FinanceTerms:
    """The finance terms as they were written."""
    numbers = {name: Input(**{**each, "source": Source(**each["source"])}) for name, each in data["numbers"].items()}
    return FinanceTerms(**{**data, "numbers": numbers})


def sla_from_json(data: Mapping[str, Any] | None) -> SlaTerms | None:
    """The service levels as they were written; None where the case stated none."""
    if data is None:
        return None
    higher = data["higher_tier"]
    return SlaTerms(
        hosted=Outages(**data["hosted"]),
        own=Outages(**data["own"]),
        credits=_tiers(data["credits"]),
        penalties=tuple(PenaltyTier(**each) for each in data["penalties"]),
        target_coverage=data["target_coverage"],
        higher_tier=None
        if higher is None
        else HigherTier(
            price_per_month=higher["price_per_month"],
            outages=Outages(**higher["outages"]),
            credits=_tiers(higher["credits"]),
        ),
    )


def _tiers(data: Any) -> tuple[CreditTier, ...]:
    return tuple(CreditTier(**each) for each in data)


def rival_from_json(data: Mapping[str, Any]) -> RivalTerms:
    """One way to buy elsewhere, as it was written."""
    prices = {name: tuple(each) for name, each in data["prices"].items()}
    return RivalTerms(**{**data, "prices": prices, "changes": tuple(data["changes"])})
