"""The ways to buy, side by side: today's model, the same weights at every host, a frontier model."""

from __future__ import annotations

from collections.abc import Mapping

from breakeven.decision.answers.rivals import ITS_LINES, Rival, ways_to_buy
from breakeven.decision.comparison import Comparison
from breakeven.decision.readiness.gates import judge_gates
from breakeven.numbers.operations import WORKLOAD, Value, along
from breakeven.study.judge.uses import bought_from
from breakeven.study.study import Basis


def rivals_beside(basis: Basis, comparison: Comparison, got: Mapping[str, Value]) -> tuple[Rival, ...]:
    """Every way to buy, the incumbent first."""
    month, terms = basis.header.month - 1, basis.rivals
    own = tuple(comparison.month(got["net_present_value"], i, 0) for i in range(1, len(comparison.names)))
    moves = along(WORKLOAD, [0.0 if workload.stays_on_api else 1.0 for workload in basis.demand.workloads])
    bought = ways_to_buy(comparison, terms, moves)
    lines = bought.evaluate(ITS_LINES)
    moving = [workload for workload in basis.demand.workloads if not workload.stays_on_api]
    incumbent = ", ".join(dict.fromkeys(workload.hosted_model for workload in moving))

    def row(i: int) -> Rival:
        at = {name: bought.month(lines[name], i, month) for name in ITS_LINES}
        way = terms[i - 1] if i else None
        worth = bought.month(lines["net_present_value"], i, 0)
        return Rival(
            kind=way.kind if way else "incumbent",
            model=way.model if way else incumbent,
            same_quality=way.same_quality if way else not basis.serving.other_models,
            gates=judge_gates(basis.gates, bought_from(basis, way)),
            api_bill=at["api_bill"] + at["elsewhere_bill"],
            monthly_cost=at["monthly_cost"],
            cost_per_mtok=at["cost_per_mtok"],
            one_time_cost=bought.month(lines["one_time_cost"], i, 0),
            net_present_value=worth,
            worth_more=tuple(other - worth for other in own),
        )

    return tuple(row(i) for i in range(1 + len(terms)))
