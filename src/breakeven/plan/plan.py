"""The whole plan: where, when, why, in which phases, with which way back, and how sure the search is of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from breakeven.plan.assignment import Assigned, Options, assign
from breakeven.plan.checks import check
from breakeven.plan.criteria import Quality
from breakeven.plan.curve import Curve, curve
from breakeven.plan.fallback import Fallback, fallback
from breakeven.plan.phases import Phase, Settled, phases, settled_month
from breakeven.plan.portfolio import Portfolio
from breakeven.plan.program import Limits
from breakeven.plan.reasons import ConstraintCost, Pair, Reason, constraint_costs, reasons, superadditive
from breakeven.plan.schedule import Scheduled, schedule
from breakeven.plan.terms import Terms
from breakeven.problems import Problem

RESOLVE_SECONDS = 10.0  # for each question that is solved again
LAST_SECONDS = 5.0  # for the schedule of what was found when the search is ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan and what it rests on. Costs are discounted over the horizon unless they say a month.

    `baseline` is what everything costs where it is today; `settled_month` (from 0) is the first with nothing in
    shadow. `shares` is the assignment that may change by month, when that was asked for. `stopped`: the person
    ended the search early, and what follows from further solves was left out.
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
    placed = assign(terms, bounds)
    if placed is None or placed.price is None:
        raise _nothing(terms, bounds)
    stopped = bounds.stop is not None and bounds.stop()
    last = replace(bounds, progress=None, stop=None, seconds=min(bounds.seconds, LAST_SECONDS))
    scheduled = schedule(terms, placed.target, last if stopped else bounds)
    if scheduled is None:
        raise Problem("no schedule was found in the time given", fix="Allow more seconds with --time-limit.")
    again = replace(bounds, progress=None, seconds=min(bounds.seconds, RESOLVE_SECONDS))
    stopped = bounds.stop is not None and bounds.stop()
    test = quality or Quality()
    monthly, baseline = _baseline(terms)
    settled = Settled(
        quality=test, month=settled_month(terms, scheduled.starts), target=placed.target, starts=scheduled.starts
    )
    return Plan(
        portfolio=portfolio,
        quality=test,
        baseline=baseline,
        baseline_monthly=monthly,
        placed=placed,
        scheduled=scheduled,
        settled_month=settled.month,
        reasons=() if stopped else reasons(terms, placed, again),
        constraint_costs=() if stopped else constraint_costs(terms, placed, again),
        pairs=superadditive(terms, placed.target),
        curve=None if stopped else curve(terms, placed, baseline, again),
        phases=phases(terms, settled),
        fallback=fallback(terms, placed.target, scheduled.starts),
        shares=assign(terms, again, Options(monthly_shares=True)) if monthly_shares and not stopped else None,
        stopped=stopped,
        notices=(*portfolio.notices, *_notices(terms, placed, scheduled)),
    )


def _baseline(terms: Terms) -> tuple[tuple[float, ...], float]:
    """Everything where it is today, whatever the gates say: by month, and discounted."""
    folio = terms.portfolio
    monthly = sum(terms.api_cost(each.name, each.today) for each in folio.workloads if each.today in folio.api)
    by_month = tuple(float(each) for each in monthly) if not isinstance(monthly, int) else (0.0,) * folio.months
    return by_month, sum(a * b for a, b in zip(by_month, folio.discount, strict=True))


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
    said = []
    if placed.burst_left_out or scheduled.burst_left_out:
        said.append("The portfolio is too large to plan burst: every fleet carries its own peak.")
    late = "would pay at {}, but cannot move early enough within the horizon."
    said += [f"{name} {late.format(placed.target[name])}" for name in scheduled.never]
    for each in folio.workloads:
        if placed.target[each.name] in folio.api and placed.target[each.name] != each.today:
            said.append(
                f"{each.name} changes its hosted model to {placed.target[each.name]}: no work and no test of its "
                "quality is counted for that."
            )
        if unknown := folio.unknown(each.name, placed.target[each.name]):
            listed = " and ".join(f'"{gate}"' for gate in unknown)
            said.append(f"{each.name} may go to {placed.target[each.name]} only after {listed} is answered.")
    return said
