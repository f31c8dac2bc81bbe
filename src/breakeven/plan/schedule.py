"""When each workload moves: a second mixed-integer program, given which workload goes where.

A cut-over takes the month it stands in; its shadow run goes before it and is paid for once. Nothing moves back (no
flapping); at most so many move at once; the team's work for everything that has moved by a month fits into the
person-months it had until then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.paid_once import moving_cost, opening_of_all, units_needed
from breakeven.plan.portfolio import HeldFleet
from breakeven.plan.pricing import PlanPrice, price
from breakeven.plan.program import Limits, Program, Proof, gap_of
from breakeven.plan.schedule_quickly import cut_overs, must_leave

MOST_BURST_COLUMNS = 60_000
EARLIER = 1e-9  # of the bill, a month: of two equal plans the earlier one


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """The month of each cut-over, counted from 0; a workload without one stays on the API within the horizon."""

    starts: Mapping[str, int]
    never: tuple[str, ...]
    price: PlanPrice
    proof: Proof
    burst_left_out: bool


@dataclass(slots=True)
class _Columns:
    """Whether a workload has moved by a month (None before the earliest), and open by fleet and month."""

    moved: dict[str, list[int | None]]
    opened: dict[str, list[int]]
    burst: bool
    paid: list[int]  # by month, whether any fleet is open


def schedule(terms: Terms, target: Mapping[str, str], limits: Limits) -> Scheduled | None:
    """The cheapest months of cut-over found; None when there are none.

    When the time is over before the search has found any, they are chosen without one, and the gap is not known.
    """
    folio = terms.portfolio
    moved = [w for w, t in target.items() if t in folio.fleet and folio.fleet[t].moves]
    program = Program()
    size = len(moved) * len(folio.block_share) * folio.months
    columns = _Columns(moved={}, opened={}, burst=size <= MOST_BURST_COLUMNS, paid=[])
    offset = _cut_overs(program, terms, columns, moved, target)
    for fleet in folio.fleets:
        mine = [w for w in moved if target[w] == fleet.name]
        if mine:
            _fleet(program, terms, columns, fleet, mine)
    _shared(program, terms, columns)
    _rules(program, terms, columns)
    _at_once(program, terms, columns, cut_overs(terms, target, moved))
    values, proof = program.solve(limits, offset=offset)
    if values is None and proof.end == "infeasible":
        return None
    if values is None:
        return _unsearched(terms, target, moved, proof)
    starts = {w: first for w in moved if (first := _first(columns.moved[w], values)) is not None}
    return _scheduled(terms, target, moved, starts, proof, burst_left_out=not columns.burst)


def _scheduled(
    terms: Terms,
    target: Mapping[str, str],
    moved: list[str],
    starts: Mapping[str, int],
    proof: Proof,
    *,
    burst_left_out: bool,
) -> Scheduled:
    priced = price(terms, target, {w: starts.get(w, terms.portfolio.months) for w in moved})
    assert priced is not None, "the rows of the program hold what the pricing asks"
    never = tuple(w for w in moved if w not in starts)
    return Scheduled(starts=starts, never=never, price=priced, proof=proof, burst_left_out=burst_left_out)


def _unsearched(terms: Terms, target: Mapping[str, str], moved: list[str], proof: Proof) -> Scheduled:
    """The cheaper of moving as early as may be and, where that breaks no rule, of moving nothing."""
    early = cut_overs(terms, target, moved)
    ways = [early] if any(must_leave(terms, w) for w in moved) else [early, {}]
    both = [_scheduled(terms, target, moved, starts, proof, burst_left_out=False) for starts in ways]
    best = min(both, key=lambda one: one.price.total)
    known = replace(proof, cost=best.price.total, gap=gap_of(best.price.total, proof.bound))
    return replace(best, proof=known)


def _cut_overs(program: Program, terms: Terms, columns: _Columns, moved: list[str], target: Mapping[str, str]) -> float:
    """One cut-over at most for each workload, with what it saves from then on; the cost of what never moves."""
    folio, discount = terms.portfolio, terms.discount
    tie = EARLIER * sum(float(terms.today(w) @ discount) for w in moved)
    for w in moved:
        gain = (terms.fleet_cost(w, target[w]) - terms.today(w)) * discount
        once = [moving_cost(terms, w, target[w], m) * float(terms.once[m]) for m in range(folio.months)] + [0.0]
        mine: list[int | None] = [None] * folio.months
        for m in range(terms.start, folio.months):
            mine[m] = program.binary(float(gain[m]) + once[m] - once[m + 1] - tie)
            program.row(_change(mine, m), lower=0.0)
        columns.moved[w] = mine
    fixed = [t for w, t in target.items() if w not in moved]
    stays = sum(
        float((terms.api_cost(w, t) if t in folio.api else terms.fleet_cost(w, t)) @ discount)
        for w, t in target.items()
        if w not in moved
    )
    rest = {w: t for w, t in target.items() if w not in moved}
    units = price(terms, rest, all_of_it=False) if fixed else None
    committed = 0.0 if units is None else units.total - stays
    return stays + committed + sum(float(terms.today(w) @ discount) for w in moved)


def _change(mine: list[int | None], month: int) -> list[tuple[int, float]]:
    """Whether a workload is cut over in a month: moved by then and not the month before."""
    before = mine[month - 1] if month else None
    now = mine[month]
    return [(column, factor) for column, factor in ((now, 1.0), (before, -1.0)) if column is not None]


def _first(mine: list[int | None], values: np.ndarray) -> int | None:
    """The first month in which it has moved."""
    return next((month for month, column in enumerate(mine) if column is not None and values[column] > 0.5), None)


def _fleet(program: Program, terms: Terms, columns: _Columns, fleet: HeldFleet, mine: list[str]) -> None:
    """Months in which it is open, its units, and that they carry every block."""
    folio, discount = terms.portfolio, terms.discount
    fixed, most = terms.fixed_cost(fleet.name), _most(terms, fleet, mine)
    held = program.column(upper=most, whole=True) if fleet.held else None
    opened: list[int] = []
    for month in range(folio.months):
        later = terms.once[month + 1] if month + 1 < folio.months else 0.0
        cost = float(fixed[month] * discount[month] + fleet.opening_cost * (terms.once[month] - later))
        opened.append(program.binary(cost))
        if month:
            program.row([(opened[-1], 1.0), (opened[-2], -1.0)], lower=0.0)
        for w in mine:
            if (moved := columns.moved[w][month]) is not None:
                program.row([(opened[-1], 1.0), (moved, -1.0)], lower=0.0)
        units = program.column(cost=fleet.unit_cost[month] * float(discount[month]), upper=most, whole=held is None)
        node = float(terms.node_cost(fleet.name)[month] * discount[month])
        program.servers(units, fleet.units_per_node, node, most)
        program.row([(units, 1.0), (opened[-1], -most)], upper=0.0)
        program.row([(units, 1.0), (opened[-1], -float(fleet.minimum_units + fleet.spare_units))], lower=0.0)
        if held is not None:
            program.row([(held, 1.0), (units, -1.0)], lower=0.0)
            program.row([(units, 1.0), (held, -1.0), (opened[-1], -most)], lower=-most)
        _blocks(program, terms, columns, (fleet, mine, month, units, opened[-1]))
    columns.opened[fleet.name] = opened


def _most(terms: Terms, fleet: HeldFleet, mine: list[str]) -> float:
    """Units that carry all of it at its peak, spares included: more are never worth their price."""
    on_it = terms.on_fleet(fleet.name)
    peak = float(on_it.busy[[on_it.row[w] for w in mine]].sum(axis=0).max())
    return min(float(units_needed(np.array([peak]), fleet)[0]), float(fleet.maximum_units))


def _blocks(
    program: Program, terms: Terms, columns: _Columns, what: tuple[HeldFleet, list[str], int, int, int]
) -> None:
    fleet, mine, month, units, opened = what
    weight, on_it = float(terms.discount[month]), terms.on_fleet(fleet.name)
    busy = {w: on_it.busy[on_it.row[w], :, month] for w in mine}
    prices = on_it.burst_price[:, month].tolist()
    for block, share in enumerate(terms.portfolio.block_share):
        row = [(units, -fleet.usable_per_unit), (opened, fleet.usable_per_unit * fleet.spare_units)]
        for w in mine:
            load, moved = float(busy[w][block]), columns.moved[w][month]
            if moved is None:
                continue
            row.append((moved, load))
            if columns.burst and load > 0 and on_it.bursts[on_it.row[w]]:
                cost = prices[on_it.row[w]] * share * weight
                gone = program.column(cost=cost, upper=load)
                program.row([(gone, 1.0), (moved, -load)], upper=0.0)
                row.append((gone, -1.0))
        program.row(row, upper=0.0)


def _shared(program: Program, terms: Terms, columns: _Columns) -> None:
    """What all fleets share is paid while any is open, and once for the first."""
    months = terms.portfolio.months
    once = [opening_of_all(terms, month) * float(terms.once[month]) for month in range(months)]
    previous: int | None = None
    for month in range(months):
        later = once[month + 1] if month + 1 < months else 0.0
        paid = program.column(
            cost=float(terms.shared_cost[month] * terms.discount[month] + once[month] - later), upper=1.0
        )
        for opened in columns.opened.values():
            program.row([(paid, 1.0), (opened[month], -1.0)], lower=0.0)
        if previous is not None:
            program.row([(paid, 1.0), (previous, -1.0)], lower=0.0)
        previous = paid
        columns.paid.append(paid)


def _at_once(program: Program, terms: Terms, columns: _Columns, early: Mapping[str, int]) -> None:
    """What may not stay on the API has moved by the month in which it can, whatever that costs."""
    for w, mine in columns.moved.items():
        if w in early and must_leave(terms, w) and (by := mine[early[w]]) is not None:
            program.row([(by, 1.0)], lower=1.0)


def _rules(program: Program, terms: Terms, columns: _Columns) -> None:
    """Parallel migrations, the team, and what comes after what."""
    folio = terms.portfolio
    budget = np.cumsum(folio.team.person_months)
    for month in range(terms.start, folio.months):
        now = [part for mine in columns.moved.values() for part in _change(mine, month)]
        program.row(now, upper=float(folio.team.parallel_migrations))
        work = [
            (column, folio.workload[w].effort_person_months)
            for w, mine in columns.moved.items()
            if (column := mine[month]) is not None
        ]
        work += [
            (column, folio.fleet[name].operations_fte)
            for name, opened in columns.opened.items()
            for column in opened[: month + 1]
        ]
        work.append((columns.paid[month], folio.shared_effort))
        program.row(work, upper=float(budget[month]) + 1e-9)
    for w, mine in columns.moved.items():
        for other in folio.workload[w].after:
            first = columns.moved.get(other, [None] * folio.months)
            for month in range(terms.start, folio.months):
                before = first[month - 1] if month else None
                own = mine[month]
                assert own is not None
                program.row([(own, 1.0), *([(before, -1.0)] if before is not None else [])], upper=0.0)
