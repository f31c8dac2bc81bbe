"""Answers that make a case ready, and a case that pays, for the tests of readiness in a study."""

from __future__ import annotations

from datetime import date
from typing import Any

from breakeven.decision.readiness.questionnaire import Item, questionnaire

DAY = date(2026, 11, 21)
PAYS: dict[str, Any] = {
    "as_of": DAY,
    "api_spend_per_month": 400_000,
    "hosted_model": "anthropic/claude-haiku-4-5",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 1,
    "horizon_months": 12,
    "cutover_month": 1,
}


def full_answer(item: Item) -> dict[str, Any]:
    """An answer that shows an item at every level on the day of the case."""
    least = max((bound.at_least or 0 for bound in item.bounds.values()), default=0)
    value: Any = {
        "number": float(least),
        "owner": "Ada Example",
        "date": DAY,
        "link": "https://example.org/it",
        "yes-with-link": "https://example.org/it",
    }[item.kind]
    return {"value": value, "date": DAY}


def all_answers() -> dict[str, Any]:
    """Every question answered at its best."""
    return {name: full_answer(item) for name, item in questionnaire().items.items()}
