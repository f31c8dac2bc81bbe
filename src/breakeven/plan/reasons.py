"""Why each workload is where it is: what forbids it to move, or what moving it would cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from breakeven.plan.assignment import Assigned, Options, assign
from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.portfolio import Portfolio
from breakeven.plan.pricing import price
from breakeven.plan.program import Limits

Why = Literal["money", "gate", "stays", "readiness", "team", "quota", "order", "nothing else", "cannot tell"]
MOST_SOLVED = 30  # beyond it the others stay where they are when one workload is asked about
MOST_PAIRED = 60  # workloads whose pairs are looked through
GROUPS: tuple[Why, ...] = ("team", "quota", "order")
CENT = 0.005
NOT_BUILT = "the team cannot build the platform within the horizon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why one workload is where it is.

    `why` is money when another place is allowed: `moving_costs` is then what the horizon costs more, discounted,
    with the workload at `instead` and everything else at its best (`others_fixed`: as it is). For a gate or a limit,
    `binding` names it and `unlocked` is what the horizon would cost less without it; None: not known.
    """

    workload: str
    target: str
    why: Why
    binding: tuple[str, ...] = ()
    instead: str | None = None
    moving_costs: float | None = None
    unlocked: float | None = None
    others_fixed: bool = False


UNTOLD = 0.5  # money: the worth of a gate that was not found in the time stands above nothing, and below all else


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintCost:
    """What one constraint costs over the horizon: the best plan with it, less the best without it. Never below 0."""

    name: str
    kind: Why
    cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two workloads on one fleet that pay together and not alone: what each alone and both save over the horizon."""

    first: str
    second: str
    fleet: str
    saving_first: float
    saving_second: float
    saving_both: float


def reasons(terms: Terms, placed: Assigned, limits: Limits) -> tuple[Reason, ...]:
    """One reason a workload."""
    exact = replace(limits, progress=None)
    return tuple(_reason(terms, placed, each.name, exact) for each in terms.portfolio.workloads)


def _reason(terms: Terms, placed: Assigned, name: str, limits: Limits) -> Reason:
    folio, target = terms.portfolio, placed.target[name]
    moved = _moves(folio, target)
    if limits.late:
        return Reason(workload=name, target=target, why="cannot tell")
    if folio.workload[name].stays_on_api and not moved:
        return Reason(workload=name, target=target, why="stays")
    others = [t for t in folio.offers(name) if _moves(folio, t) != moved]
    if not others:
        return Reason(workload=name, target=target, why="nothing else")
    free = [t for t in others if t in folio.targets(name)]
    if not free:
        barred = others if moved else [t for t in folio.offers(name) if folio.failed(name, t)]
        return _gated(terms, placed, name, barred, limits)
    if not moved and terms.start >= folio.months:
        unlocked = _saved(placed, _ready(folio), limits, Options())
        return Reason(
            workload=name, target=target, why="readiness", binding=(folio.team.because or NOT_BUILT,), unlocked=unlocked
        )
    return _forced(terms, placed, name, free, limits)


def _moves(folio: Portfolio, target: str) -> bool:
    return target in folio.fleet and folio.fleet[target].moves


def _gated(terms: Terms, placed: Assigned, name: str, barred: Sequence[str], limits: Limits) -> Reason:
    """The gates that keep it, of the places they bar it from the one that is worth most, and what the horizon would
    cost less without them; where nothing is to be told of the money, the fewest.
    """
    folio = terms.portfolio
    sets = sorted({folio.failed(name, t): None for t in barred}, key=len)
    if len(folio.workloads) > MOST_SOLVED:
        return Reason(workload=name, target=placed.target[name], why="gate", binding=sets[0], unlocked=None)
    worth = {binding: _saved(placed, _opened(folio, name, binding), limits, Options()) for binding in sets}
    known = {binding: UNTOLD if money is None else money for binding, money in worth.items()}
    binding = max(sets, key=lambda binding: known[binding])
    return Reason(workload=name, target=placed.target[name], why="gate", binding=binding, unlocked=worth[binding])


def _opened(folio: Portfolio, name: str, binding: Sequence[str]) -> Portfolio:
    """The portfolio without these gates of a workload."""
    return replace(
        folio, gates=tuple(g for g in folio.gates if g.name not in binding or g.workload not in (None, name))
    )


def _saved(placed: Assigned, other: Portfolio, limits: Limits, asked: Options) -> float | None:
    """What a portfolio with fewer constraints saves against the plan; None when it was not found in time."""
    if limits.late:
        return None
    found = assign(Terms(portfolio=other), limits, asked)
    if not _sure(found) or found is None or found.price is None or placed.price is None:
        return None
    return max(placed.price.total - found.price.total, 0.0)


def _sure(found: Assigned | None) -> bool:
    """Whether a search came to its end: what it found before that is no price of anything."""
    return found is not None and found.proof.end == "proven"


def _forced(terms: Terms, placed: Assigned, name: str, free: Sequence[str], limits: Limits) -> Reason:
    """The price of moving it; or, where it cannot move, the limit that binds."""
    folio, target = terms.portfolio, placed.target[name]
    same = frozenset(t for t in folio.targets(name) if t not in free)
    if len(folio.workloads) > MOST_SOLVED:
        return _nearby(terms, placed, name, free)
    assignment = assign(terms, limits, Options(forbidden={name: same}))
    if assignment is not None and not _sure(assignment):
        return Reason(workload=name, target=target, why="cannot tell")
    if assignment is not None and assignment.price is not None and placed.price is not None:
        return Reason(
            workload=name,
            target=target,
            why="money",
            instead=assignment.target[name],
            moving_costs=max(assignment.price.total - placed.price.total, 0.0),
        )
    for group in GROUPS if not limits.late else ():
        if assign(terms, limits, Options(forbidden={name: same}, without=frozenset({group}))) is not None:
            unlocked = _saved(placed, folio, limits, Options(without=frozenset({group})))
            return Reason(workload=name, target=target, why=group, binding=(group,), unlocked=unlocked)
    return Reason(workload=name, target=target, why="cannot tell")


def _nearby(terms: Terms, placed: Assigned, name: str, free: Sequence[str]) -> Reason:
    """The price of moving it alone, the others as they are."""
    costs = {t: priced.total for t in free if (priced := price(terms, {**placed.target, name: t})) is not None}
    if not costs or placed.price is None:
        return Reason(workload=name, target=placed.target[name], why="cannot tell", others_fixed=True)
    best = min(costs, key=lambda t: costs[t])
    return Reason(
        workload=name,
        target=placed.target[name],
        why="money",
        instead=best,
        moving_costs=costs[best] - placed.price.total,
        others_fixed=True,
    )


def _ready(folio: Portfolio) -> Portfolio:
    return replace(folio, team=replace(folio.team, earliest_month=0))


def constraint_costs(terms: Terms, placed: Assigned, limits: Limits) -> tuple[ConstraintCost, ...]:
    """The price of every failed gate, of the team, the quota, the order and the wait for readiness, others kept."""
    folio, exact = terms.portfolio, replace(limits, progress=None)
    gates = [
        ConstraintCost(name=name, kind="gate", cost=_saved(placed, folio.without_gates(name), exact, Options()))
        for name in dict.fromkeys(gate.name for gate in folio.gates if gate.verdict == "fail")
    ]
    for group in _present(folio):
        cost = _saved(placed, folio, exact, Options(without=frozenset({group})))
        gates.append(ConstraintCost(name=group, kind=group, cost=cost))
    if terms.start:
        cost = _saved(placed, _ready(folio), exact, Options())
        gates.append(ConstraintCost(name="readiness", kind="readiness", cost=cost))
    return tuple(gates)


def _present(folio: Portfolio) -> Iterator[Why]:
    """Groups of limits that this portfolio has."""
    if any(each.effort_person_months for each in folio.workloads) or any(f.operations_fte for f in folio.fleets):
        yield "team"
    if any(api.tokens_per_minute is not None or api.requests_per_minute is not None for api in folio.apis):
        yield "quota"
    if any(each.after for each in folio.workloads):
        yield "order"


def superadditive(terms: Terms, target: Mapping[str, str], limits: Limits | None = None) -> tuple[Pair, ...]:
    """Pairs on one fleet of which neither pays alone and both do: what a ranking one by one would never find.

    Those that were found until the time was over.
    """
    within = limits or Limits()
    folio = terms.portfolio
    home = {workload.name: terms.fallback(workload.name) or workload.today for workload in folio.workloads}
    home = {name: t for name, t in home.items() if t in folio.api}
    moved = [w for w, t in target.items() if _moves(folio, t) and w in home][:MOST_PAIRED]
    nothing = price(terms, home)
    if nothing is None:
        return ()

    def saving(*names: str) -> float:
        priced = price(terms, {**home, **{name: target[name] for name in names}})
        return nothing.total - priced.total if priced else float("-inf")

    alone = {w: saving(w) for w in moved if not within.late}
    moved = [w for w in moved if w in alone]
    pairs = []
    for one, two in combinations(moved, 2):
        if within.late:
            break
        if target[one] == target[two] and alone[one] < CENT and alone[two] < CENT and (both := saving(one, two)) > CENT:
            pairs.append(
                Pair(
                    first=one,
                    second=two,
                    fleet=target[one],
                    saving_first=alone[one],
                    saving_second=alone[two],
                    saving_both=both,
                )
            )
    return tuple(pairs)
