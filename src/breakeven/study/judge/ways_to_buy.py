"""The ways to buy, side by side: the incumbent, the same weights elsewhere, a frontier model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from breakeven.decision.answers.rivals import Rival, rival
from breakeven.decision.comparison import BASELINE, Comparison
from breakeven.decision.readiness.gates import Judged
from breakeven.numbers.operations import WORKLOAD, Value, along
from breakeven.study.study import Basis


def ways_to_buy(basis: Basis, comparison: Comparison, got: Mapping[str, Value], gates: Judged) -> tuple[Rival, ...]:
    """The incumbent first; `gates` is what they say of it."""
    month = basis.header.month - 1
    own = tuple(comparison.month(got["net_present_value"], i, 0) for i in range(1, len(comparison.names)))
    moves = along(WORKLOAD, [0.0 if each.stays_on_api else 1.0 for each in basis.demand.workloads])
    found = [rival(comparison, terms, moves, month, own) for terms in basis.rivals]
    return (incumbent(basis, comparison, got, gates, own), *found)


def incumbent(
    basis: Basis, comparison: Comparison, got: Mapping[str, Value], gates: Judged, own: tuple[float, ...]
) -> Rival:
    """What is bought today, as a row beside its rivals."""
    month, moving = basis.header.month - 1, [each for each in basis.demand.workloads if not each.stays_on_api]
    return Rival(
        kind="incumbent",
        model=", ".join(dict.fromkeys(each.hosted_model for each in moving)),
        same_quality=not basis.serving.other_models,
        gates=gates,
        refused=(),
        api_bill=comparison.month(got["api_bill"], BASELINE, month),
        monthly_cost=comparison.month(got["monthly_cost"], BASELINE, month),
        cost_per_mtok=comparison.month(got["cost_per_mtok"], BASELINE, month),
        one_time_cost=0.0,
        net_present_value=0.0,
        worth_more=own,
    )


def cheapest_of_same_quality(ways: tuple[Rival, ...]) -> Rival | None:
    """The way to buy the model that we would serve that is worth most; None: nobody sells it, or none may."""
    fair = [each for each in ways if each.same_quality and each.gates.verdict != "fail"]
    return fair[int(np.argmax([each.net_present_value for each in fair]))] if fair else None
