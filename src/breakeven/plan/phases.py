"""The plan in phases: buy first, then what moves together, and what stays on the API for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from breakeven.plan.criteria import Quality
from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.portfolio import Portfolio, Workload
from breakeven.plan.pricing import PlanPrice, price

SECONDS_PER_DAY = 86_400
Kind = Literal["prepare", "move", "permanent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The paired quality test of one workload: pairs it needs, judged in the shadow days, days until it has them."""

    workload: str
    needed: int
    judged: int
    days_needed: float | None

    @property
    def reached(self) -> bool:
        """Whether the shadow run is long enough."""
        return self.judged >= self.needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One phase. Months count from 1, both included; `name` is "0", "1", "2", … or "P".

    `monthly_saving` is what its moves save in the settled month, given the phases before; `horizon_saving` over the
    horizon, discounted, what is paid once included. `headroom[fleet]` is the share of its usable capacity that the
    busiest block leaves after this phase. `exit_price` is what undoing the phase costs once.
    """

    name: str
    kind: Kind
    first_month: int
    last_month: int
    workloads: tuple[str, ...]
    monthly_saving: float = 0.0
    horizon_saving: float = 0.0
    complexity: float = 0.0
    effort_person_months: float = 0.0
    headroom: Mapping[str, float] | None = None
    exit_price: float = 0.0
    shadow_days: float = 0.0
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What the phases are measured with: the quality test, the settled month (from 0), the plan's pieces."""

    quality: Quality
    month: int
    target: Mapping[str, str]
    starts: Mapping[str, int]


def settled_month(terms: Terms, starts: Mapping[str, int]) -> int:
    """The month after the last cut-over, when nothing is in shadow any more; from 0."""
    return min(max(starts.values(), default=-1) + 1, terms.portfolio.months - 1)


def phases(terms: Terms, settled: Settled) -> tuple[Phase, ...]:
    """All phases in order."""
    folio, starts = terms.portfolio, settled.starts
    waves = sorted(set(starts.values()))
    everyone = tuple(workload.name for workload in folio.workloads)
    ready = waves[0] if waves else folio.months
    made = [Phase(name="0", kind="prepare", first_month=1, last_month=max(ready, 1), workloads=everyone)]
    gone: list[str] = []
    for number, month in enumerate(waves, 1):
        mine = [w for w, at in starts.items() if at == month]
        made.append(_phase(terms, settled, str(number), gone, mine))
        gone += mine
    stay = tuple(w for w in everyone if w not in starts)
    if stay:
        made.append(Phase(name="P", kind="permanent", first_month=1, last_month=folio.months, workloads=stay))
    return tuple(made)


def _phase(terms: Terms, settled: Settled, name: str, gone: Sequence[str], mine: Sequence[str]) -> Phase:
    folio, month = terms.portfolio, settled.starts[mine[0]]
    before, after = _priced(terms, settled, gone), _priced(terms, settled, [*gone, *mine])
    fleets = {settled.target[w] for w in mine} - {settled.target[w] for w in gone}
    ones = [folio.workload[w] for w in mine]
    return Phase(
        name=name,
        kind="move",
        first_month=month + 1,
        last_month=month + 1,
        workloads=tuple(mine),
        monthly_saving=before.monthly[settled.month] - after.monthly[settled.month],
        horizon_saving=before.total - after.total,
        complexity=sum(workload.complexity for workload in ones),
        effort_person_months=sum(workload.effort_person_months for workload in ones),
        headroom={fleet.name: fleet.headroom for fleet in after.fleets if folio.fleet[fleet.name].moves},
        exit_price=sum(workload.exit_cost for workload in ones) + sum(folio.fleet[f].exit_cost for f in fleets),
        shadow_days=max(workload.shadow_days for workload in ones),
        samples=tuple(_sample(terms, settled, w) for w in mine),
    )


def _priced(terms: Terms, settled: Settled, moved: Sequence[str]) -> PlanPrice:
    """The plan with only these moved."""
    never = terms.portfolio.months
    starts = {w: settled.starts[w] if w in moved else never for w in settled.starts}
    found = price(terms, settled.target, starts)
    assert found is not None, "fewer workloads fit wherever more do"
    return found


def _sample(terms: Terms, settled: Settled, name: str) -> Sample:
    """Requests come from the mean load of the month in shadow."""
    folio, one = terms.portfolio, terms.portfolio.workload[name]
    mirrored = mirrored_per_month(folio, one, settled.starts[name])
    judged, days = settled.quality.reached_in(mirrored, one.shadow_days, folio.days_per_month)
    return Sample(workload=name, needed=settled.quality.sample, judged=judged, days_needed=days)


def mirrored_per_month(folio: Portfolio, one: Workload, month: int) -> float:
    """Requests of a workload that a shadow run in this month copies."""
    mean = sum(share * load for share, load in zip(folio.block_share, one.load, strict=True))
    per_second = mean * one.growth[month] * one.requests_per_load * one.shadow_share
    return per_second * folio.days_per_month * SECONDS_PER_DAY
