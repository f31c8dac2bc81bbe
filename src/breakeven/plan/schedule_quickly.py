"""A schedule without a search, for when the time is over before a search has found one: good, and not the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from breakeven.plan.loads_and_costs import Terms

DUST = 1e-9


@dataclass(slots=True, kw_only=True)
class _Team:
    """The work that is promised until each month [person-months], who has moved when, and which fleets are open."""

    work: np.ndarray
    starts: dict[str, int] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)


def cut_overs(terms: Terms, target: Mapping[str, str], moved: Sequence[str]) -> dict[str, int]:
    """The month of each cut-over that the team, the order and `max_parallel` allow: first what may not stay on the API
    and all that it waits for, then the dearest bills.
    """
    folio = terms.portfolio
    team = _Team(work=np.zeros(folio.months))
    urgent = _with_all_before(terms, [w for w in moved if must_leave(terms, w)])
    waiting = sorted(moved, key=lambda w: (w not in urgent, -_saved_per_work(terms, w, target[w])))
    for month in range(terms.start, folio.months):
        now = 0
        for w in tuple(waiting):
            if now == folio.team.parallel_migrations:
                break
            if _may_move(terms, team, (w, target[w], month)):
                waiting.remove(w)
                now += 1
    return team.starts


def must_leave(terms: Terms, workload: str) -> bool:
    """Whether its gates leave it no API model: each month before its cut-over breaks a rule."""
    return terms.fallback(workload) is None


def _with_all_before(terms: Terms, names: Sequence[str]) -> set[str]:
    """These workloads, and all that come before them."""
    found, new = set[str](), set(names)
    while new:
        found |= new
        new = {other for w in new for other in terms.portfolio.workload[w].after} - found
    return found


def _saved_per_work(terms: Terms, w: str, target: str) -> float:
    """What its own bill falls by over the horizon, for each person-month of moving it."""
    saved = float((terms.today(w) - terms.fleet_cost(w, target)) @ terms.discount)
    return saved / max(terms.portfolio.workload[w].effort_person_months, DUST)


def _may_move(terms: Terms, team: _Team, what: tuple[str, str, int]) -> bool:
    """Move a workload to a fleet in a month, if what it waits for has moved and the team has the hands."""
    w, fleet, month = what
    folio, later = terms.portfolio, np.arange(terms.portfolio.months) - month
    if any(team.starts.get(other, month) >= month for other in folio.workload[w].after):
        return False
    work = folio.workload[w].effort_person_months + (0.0 if team.opened else folio.shared_effort)
    operated = 0.0 if fleet in team.opened else folio.fleet[fleet].operations_fte
    added = np.where(later >= 0, work + operated * (later + 1), 0.0)
    if np.any(team.work + added > np.cumsum(folio.team.person_months) + DUST):
        return False
    team.work += added
    team.starts[w] = month
    team.opened.add(fleet)
    return True
