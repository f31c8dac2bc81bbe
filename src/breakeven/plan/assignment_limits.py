"""What bounds an assignment besides capacity: team, order, complexity, and the quota that carries a lost fleet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is asked of the assignment.

    `forced` and `forbidden` pin workloads to targets or keep them off; `most_complexity` bounds the sum of what is
    moved; with `most_cost` the least complexity is looked for that costs no more; `monthly_shares` allows a split
    that changes by month; `without` drops groups of constraints by name ("team", "quota", "order"), to find which
    of them binds.
    """

    monthly_shares: bool = False
    forced: Mapping[str, str] | None = None
    forbidden: Mapping[str, frozenset[str]] | None = None
    most_complexity: float | None = None
    most_cost: float | None = None
    without: frozenset[str] = frozenset()


@dataclass(slots=True)
class Columns:
    """The columns of one program: `use[workload, target]` by period, `move` once, units and open by fleet, any open."""

    use: dict[tuple[str, str], list[int]]
    move: dict[tuple[str, str], int]
    units: dict[str, list[int]]
    opened: dict[str, int]
    any_open: int = -1


def add_limits(program: Program, terms: Terms, columns: Columns, asked: Options) -> None:
    """Team, order, complexity and the quota that must carry the load of a lost fleet."""
    folio = terms.portfolio
    moves = {key: column for key, column in columns.move.items() if key[1] in folio.fleet and folio.fleet[key[1]].moves}
    if "team" not in asked.without:
        operated = [
            (columns.opened[f.name], f.operations_fte * (folio.months - terms.start)) for f in folio.fleets if f.moves
        ]
        efforts = [(column, folio.workload[w].effort_person_months) for (w, _), column in moves.items()]
        built = (columns.any_open, folio.shared_effort)
        program.row([built, *operated, *efforts], upper=float(sum(folio.team.person_months)))
    if "order" not in asked.without:
        for workload in folio.workloads:
            for other in workload.after:
                own = [(column, 1.0) for (w, _), column in moves.items() if w == workload.name]
                first = [(column, -1.0) for (w, _), column in moves.items() if w == other]
                if own:
                    program.row([*own, *first], upper=0.0)
    if asked.most_complexity is not None:
        kappa = [(column, folio.workload[w].complexity) for (w, _), column in moves.items()]
        program.row(kappa, upper=asked.most_complexity + 1e-9)
    if "quota" not in asked.without:
        _quota(program, terms, columns)


def least_complexity(program: Program, terms: Terms, columns: Columns, most_cost: float) -> None:
    """Turn the cost into a row, and look for the fewest points of complexity instead."""
    program.row([(column, cost) for column, cost in enumerate(program.cost) if cost], upper=most_cost)
    program.cost = [0.0] * len(program.cost)
    folio = terms.portfolio
    for (w, target), column in columns.move.items():
        if target in folio.fleet and folio.fleet[target].moves:
            program.cost[column] = folio.workload[w].complexity


def _quota(program: Program, terms: Terms, columns: Columns) -> None:
    """Each API model carries its own workloads and those of any one fleet that is lost, at their peak."""
    folio = terms.portfolio
    lost: list[str | None] = [None, *(f.name for f in folio.fleets)]
    for api in folio.apis:
        for limit, peak in (
            (api.tokens_per_minute, terms.peak_tokens_per_minute),
            (api.requests_per_minute, terms.peak_requests_per_minute),
        ):
            if limit is None:
                continue
            for fleet in lost:
                for place, period in enumerate(terms.periods):
                    row = [
                        (column[place], float(peak(w)[period.month]))
                        for (w, target), column in columns.use.items()
                        if target == api.name or (target == fleet and terms.fallback(w) == api.name)
                    ]
                    program.row(row, upper=limit)
