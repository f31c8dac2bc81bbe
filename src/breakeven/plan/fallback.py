"""The way back, kept warm: what it costs, when it is drilled, and the quota it needs at the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from breakeven.plan.criteria import criteria
from breakeven.plan.curve import moved_of
from breakeven.plan.loads_and_costs import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one API model must take in the worst minute: its own workloads and those of the fleet that is lost.

    Limits are None where none is known, and then `enough` is None: ask the provider.
    """

    api: str
    lost_fleet: str | None
    own_tokens_per_minute: float
    tokens_per_minute: float
    requests_per_minute: float
    limit_tokens_per_minute: float | None
    limit_requests_per_minute: float | None

    @property
    def enough(self) -> bool | None:
        """Whether the limits cover it."""
        pairs = (
            (self.tokens_per_minute, self.limit_tokens_per_minute),
            (self.requests_per_minute, self.limit_requests_per_minute),
        )
        known = [needed <= limit * (1 + 1e-9) for needed, limit in pairs if limit is not None]
        return all(known) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """The warm way back. Costs are a month's, in the first month in which everything has moved.

    `drill_months` count from 1; `without` are workloads whose gates leave no API to go back to.
    """

    canary_share: float
    canary_cost: float
    drill_cost: float
    commitment: float
    drill_months: tuple[int, ...]
    drill_hours: float
    needs: tuple[Need, ...]
    without: tuple[str, ...]


def fallback(terms: Terms, target: Mapping[str, str], starts: Mapping[str, int]) -> Fallback | None:
    """The way back of a plan; None when nothing leaves the API."""
    folio = terms.portfolio
    moved = [w for w in moved_of(terms, target) if w in starts]
    if not moved:
        return None
    settled, first = max(starts[w] for w in moved), min(starts[w] for w in moved)
    warm = [w for w in moved if terms.fallback(w)]
    bill = sum(float(terms.today(w)[settled]) for w in warm)
    every = int(criteria()["drill"]["every_months"])
    return Fallback(
        canary_share=folio.canary_share,
        canary_cost=bill * folio.canary_share,
        drill_cost=bill * folio.drill_share,
        commitment=folio.fallback_commitment,
        drill_months=tuple(range(max(first, 1), folio.months + 1, every)),
        drill_hours=float(criteria()["drill"]["hours"]),
        needs=tuple(need for api in folio.apis if (need := _need(terms, api.name, target, set(moved)))),
        without=tuple(w for w in moved if not terms.fallback(w)),
    )


def _need(terms: Terms, api: str, target: Mapping[str, str], moved: set[str]) -> Need | None:
    """The worst lost fleet of one API model, over all months."""
    folio, one = terms.portfolio, terms.portfolio.api[api]
    own = [
        w for w, t in target.items() if t == api or (w not in moved and t not in folio.api and terms.fallback(w) == api)
    ]
    worst: Need | None = None
    for fleet in (None, *(f.name for f in folio.fleets)):
        back = [w for w, t in target.items() if t == fleet and w not in own and terms.fallback(w) == api]
        if fleet is not None and not back:
            continue
        tokens, requests = (
            np.sum([peak(w) for w in (*own, *back)], axis=0).max() if (own or back) else 0.0
            for peak in (terms.peak_tokens_per_minute, terms.peak_requests_per_minute)
        )
        alone = float(np.sum([terms.peak_tokens_per_minute(w) for w in own], axis=0).max()) if own else 0.0
        if worst is None or tokens > worst.tokens_per_minute:
            worst = Need(
                api=api,
                lost_fleet=fleet,
                own_tokens_per_minute=alone,
                tokens_per_minute=float(tokens),
                requests_per_minute=float(requests),
                limit_tokens_per_minute=one.tokens_per_minute,
                limit_requests_per_minute=one.requests_per_minute,
            )
    return worst if worst is not None and worst.tokens_per_minute > 0 else None
