"""The whole plan: where, when, why, in which phases, with which way back, and how sure the search is of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from breakeven.plan.assignment import Assigned, Options, assign, assign_in_time
from breakeven.plan.checks import check
from breakeven.plan.criteria import Quality
from breakeven.plan.curve import Curve, curve
from breakeven.plan.fallback import Fallback, fallback
from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.phases import Phase, Settled, phases, settled_month
from breakeven.plan.portfolio import Portfolio
from breakeven.plan.pricing import price
from breakeven.plan.program import Limits
from breakeven.plan.reasons import ConstraintCost, Pair, Reason, constraint_costs, reasons, superadditive
from breakeven.plan.schedule import Scheduled, schedule
from breakeven.plan.schedule_quickly import must_leave
from breakeven.problems import Problem

RESOLVE_SECONDS = 10.0  # for each question that is solved again
TIME_IS_OVER = (
    "The time limit ended the questions that are asked after the search: a reason, a constraint's price or the curve "
    "that is missing was not found in time. --time-limit allows more."
)
SEARCH_PART = 0.5  # of the time that is left, for each of the two searches
KEPT_PART = 0.2  # of what is left after both, for what follows from the plan and for showing it
LAST_SECONDS = 5.0  # for the schedule of what was found when the search is ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan and what it rests on. Costs are discounted over the horizon unless they say a month.

    `baseline` is what today's models cost at least; `settled_month` (from 0) is the first with nothing in
    shadow. `shares` is the assignment that may change by month, when that was asked for. `stopped`: the person
    ended the search early, and what follows from further solves was left out; what the time limit left out is a
    notice.
    """

    portfolio: Portfolio
    quality: Quality
    baseline: float
    baseline_monthly: tuple[float, ...]
    placed: Assigned
    scheduled: Scheduled
    settled_month: int
    reasons: tuple[Reason, ...]
    constraint_costs: tuple[ConstraintCost, ...]
    pairs: tuple[Pair, ...]
    curve: Curve | None
    phases: tuple[Phase, ...]
    fallback: Fallback | None
    shares: Assigned | None
    stopped: bool
    notices: tuple[str, ...]

    @property
    def saving(self) -> float:
        """What the plan saves over the horizon, discounted, what is paid once included."""
        return self.baseline - self.scheduled.price.total

    @property
    def monthly_saving(self) -> float:
        """What it saves in the settled month."""
        return self.baseline_monthly[self.settled_month] - self.scheduled.price.monthly[self.settled_month]


def make_plan(
    portfolio: Portfolio, *, limits: Limits | None = None, quality: Quality | None = None, monthly_shares: bool = False
) -> Plan:
    """Solve the portfolio. Raises `Problems` for what contradicts itself, `Problem` when no plan was found."""
    check(portfolio)
    bounds, terms = limits or Limits(), Terms(portfolio=portfolio)
    placed = assign_in_time(terms, bounds.part(SEARCH_PART))
    if placed is None or placed.price is None:
        raise _nothing(terms, bounds)
    scheduled = _scheduled(terms, placed, bounds)
    monthly, baseline = _baseline(terms)
    settled = Settled(
        quality=quality or Quality(),
        month=settled_month(terms, scheduled.starts),
        target=placed.target,
        starts=scheduled.starts,
    )
    asked = _asked(terms, placed, bounds, baseline=baseline, monthly_shares=monthly_shares)
    return Plan(
        portfolio=portfolio,
        quality=settled.quality,
        baseline=baseline,
        baseline_monthly=monthly,
        placed=placed,
        scheduled=scheduled,
        settled_month=settled.month,
        reasons=asked.reasons,
        constraint_costs=asked.costs,
        pairs=superadditive(terms, placed.target, bounds.keeping(KEPT_PART)),
        curve=asked.curve,
        phases=phases(terms, settled),
        fallback=fallback(terms, placed.target, scheduled.starts),
        shares=asked.shares,
        stopped=asked.stopped,
        notices=(*portfolio.notices, *_notices(terms, placed, scheduled), *asked.notices),
    )


def _scheduled(terms: Terms, placed: Assigned, limits: Limits) -> Scheduled:
    """The schedule; a short search for what was found when the first one was ended."""
    last = replace(limits, progress=None, stop=None, seconds=min(limits.seconds, LAST_SECONDS))
    found = schedule(terms, placed.target, last if limits.stopped else limits.part(SEARCH_PART))
    if found is None:
        raise Problem("no schedule keeps the limits of the plan", fix="Give the team more person-months.")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is solved again, one question at a time. Nothing when the person ended the search."""

    reasons: tuple[Reason, ...] = ()
    costs: tuple[ConstraintCost, ...] = ()
    curve: Curve | None = None
    shares: Assigned | None = None
    stopped: bool = False
    notices: tuple[str, ...] = ()


def _asked(terms: Terms, placed: Assigned, limits: Limits, *, baseline: float, monthly_shares: bool) -> _Asked:
    if limits.stopped:
        return _Asked(stopped=True)
    kept = limits.keeping(KEPT_PART)
    again = replace(kept, progress=None, seconds=min(limits.seconds, RESOLVE_SECONDS))
    asked = _Asked(
        reasons=reasons(terms, placed, again),
        costs=constraint_costs(terms, placed, again),
        curve=curve(terms, placed, baseline, again),
        shares=assign(terms, again, Options(monthly_shares=True)) if monthly_shares and not again.late else None,
    )
    if limits.stopped:
        return _Asked(stopped=True)  # what was asked while it was ended is no answer
    return replace(asked, notices=(TIME_IS_OVER,)) if again.late else asked


def _baseline(terms: Terms) -> tuple[tuple[float, ...], float]:
    """Today's models kept as cheaply as may be, whatever the gates say: with as many committed units as pay.

    By month, and discounted.
    """
    folio = terms.portfolio
    today = {each.name: each.today for each in folio.workloads if each.today in folio.api}
    committed = [fleet for fleet in folio.fleets if not fleet.moves]
    ways = [today | {name: fleet.name for name in today if name in fleet.load_per_unit_load} for fleet in committed]
    prices = [found for way in (today, *ways) if (found := price(terms, way)) is not None]
    best = min(prices, key=lambda one: one.total)
    return best.monthly, best.total


def _nothing(terms: Terms, limits: Limits) -> Problem:
    """Why there is no plan: the limit without which there would be one."""
    says = {
        "quota": (
            "no plan fits the API quota",
            "Every API model must carry its own load and that of any one lost fleet: ask for more, or add spares.",
        ),
        "team": ("no plan fits the team", "Give the team more person-months, or the workloads less effort."),
        "order": ("no plan keeps the order of the workloads", "Take an `after` away."),
    }
    for group, (what, fix) in says.items():
        if assign(terms, replace(limits, progress=None), Options(without=frozenset({group}))) is not None:
            return Problem(what, fix=fix)
    if terms.start >= terms.portfolio.months:
        return Problem(
            f"some workload must leave the API and no cut-over is allowed: {terms.portfolio.team.because}".rstrip(": "),
            fix="Close the readiness gaps first, or choose a longer horizon.",
        )
    return Problem("no plan was found", fix="Fleets may be too small (maximum_replicas), or the time limit too short.")


def _notices(terms: Terms, placed: Assigned, scheduled: Scheduled) -> list[str]:
    folio = terms.portfolio
    sentences = []
    if placed.burst_left_out or scheduled.burst_left_out:
        sentences.append("The portfolio is too large to plan burst: every fleet carries its own peak.")
    late = "would pay at {}, but cannot move early enough within the horizon."
    breaks = "may not stay on the API, and cannot move to {} within the horizon: it breaks a rule until it is stopped."
    sentences += [
        f"{name} {(breaks if must_leave(terms, name) else late).format(placed.target[name])}"
        for name in scheduled.never
    ]
    for workload in folio.workloads:
        api = folio.api.get(placed.target[workload.name])
        if api is not None and api.name != workload.today and api.moves_in is None:
            sentences.append(
                f"{workload.name} changes its hosted model to {placed.target[workload.name]}: no work and no test "
                "of its quality is counted for that."
            )
        if unknown := folio.unknown(workload.name, placed.target[workload.name]):
            listed = " and ".join(f'"{gate}"' for gate in unknown)
            sentences.append(
                f"{workload.name} may go to {placed.target[workload.name]} only after {listed} is answered."
            )
    return sentences
