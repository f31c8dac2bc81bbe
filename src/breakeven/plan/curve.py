"""Savings against complexity: how much of the saving can be had with how little of the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from breakeven.plan.assignment import Assigned, Options, assign
from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.program import Limits

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
CLAIM_COMPLEXITY, CLAIM_SAVING = 0.2, 0.6  # "60 to 80 % of the savings with 20 % of the complexity"
ASKED = (0.6, 0.8)
DUST = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The most that can be saved over the horizon while what moves has this share of all complexity at most."""

    complexity_share: float
    saving: float
    saving_share: float
    moved: tuple[str, ...]
    proven: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The curve, the complexity needed for 60 % and 80 % of the saving (None: nothing is saved), and the claim.

    `saving_at_a_fifth` is the share of the saving to be had with 20 % of the complexity; `claim_holds` when that is
    60 % or more, None when there is nothing to save or no complexity to spend. Not `proven`: some search ran out of
    time, and what it found is the least that can be saved.
    """

    points: tuple[Point, ...]
    total_complexity: float
    needed: tuple[tuple[float, float | None], ...]
    saving_at_a_fifth: float | None
    claim_holds: bool | None
    proven: bool = True


def curve(terms: Terms, placed: Assigned, baseline: float, limits: Limits) -> Curve | None:
    """Measure it on this portfolio; each point is a solve of its own. None: the time was over before the last."""
    quiet = replace(limits, progress=None)
    if quiet.late:
        return None
    kappa = {workload.name: workload.complexity for workload in terms.portfolio.workloads}
    whole = sum(kappa.values())
    saving = baseline - placed.price.total if placed.price else 0.0
    if whole <= 0 or saving <= DUST * abs(baseline):
        return Curve(points=(), total_complexity=whole, needed=(), saving_at_a_fifth=None, claim_holds=None)
    points = tuple(_point(terms, share, (whole, baseline, saving), quiet) for share in SHARES if not quiet.late)
    if quiet.late:
        return None
    fifth = next(point for point in points if point.complexity_share == CLAIM_COMPLEXITY).saving_share
    needed = tuple((share, _needed(terms, baseline - share * saving, whole, quiet)) for share in ASKED)
    if quiet.late:
        return None
    return Curve(
        points=points,
        total_complexity=whole,
        needed=needed,
        saving_at_a_fifth=fifth,
        claim_holds=fifth >= CLAIM_SAVING - DUST,
        proven=all(point.proven for point in points),
    )


def _point(terms: Terms, share: float, sums: tuple[float, float, float], limits: Limits) -> Point:
    whole, baseline, most = sums
    assignment = assign(terms, limits, Options(most_complexity=share * whole))
    if assignment is None or assignment.price is None:
        return Point(complexity_share=share, saving=0.0, saving_share=0.0, moved=())
    saving = min(baseline - assignment.price.total, most)
    return Point(
        complexity_share=share,
        saving=saving,
        saving_share=saving / most,
        moved=moved_of(terms, assignment.target),
        proven=assignment.proof.end == "proven",
    )


def _needed(terms: Terms, most_cost: float, whole: float, limits: Limits) -> float | None:
    """Share of the complexity that buys a saving, the least there is."""
    found = assign(terms, limits, Options(most_cost=most_cost + DUST * abs(most_cost)))
    if found is None:
        return None
    return sum(terms.portfolio.workload[w].complexity for w in moved_of(terms, found.target)) / whole


def moved_of(terms: Terms, target: Mapping[str, str]) -> tuple[str, ...]:
    """Workloads that leave the API."""
    folio = terms.portfolio
    return tuple(w for w, t in target.items() if t in folio.fleet and folio.fleet[t].moves)
