"""What an assignment costs, fleet by fleet, without a solver: every number of units is tried.

The months of a fleet that may change are searched alone, each over all its numbers of units. The plan is priced here,
never by the solver's objective.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.numbers.operations import whole_up
from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.paid_once import held_cost, moving_cost, opening_of_all, units_needed
from breakeven.plan.portfolio import HeldFleet

DUST = 1e-9
MOST_REMEMBERED = 256  # prices of fleets

Assignment = Mapping[str, str]  # workload -> target


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPrice:
    """One fleet of a plan: units in each month, busy replicas bought as burst (mean, by month), what it costs.

    `cost` and `burst_cost` are by month, not discounted; `headroom` is the share of the usable capacity that the
    busiest block leaves free in the month that is fullest (negative: it bursts).
    """

    name: str
    units: tuple[int, ...]
    burst: tuple[float, ...]
    burst_cost: tuple[float, ...]
    cost: tuple[float, ...]
    headroom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPrice:
    """What a plan costs. `total` is discounted over the horizon; `monthly` is each month without what is paid once."""

    total: float
    monthly: tuple[float, ...]
    once: float
    fleets: tuple[FleetPrice, ...]


def price(
    terms: Terms, assignment: Assignment, starts: Mapping[str, int] | None = None, *, all_of_it: bool = True
) -> PlanPrice | None:
    """The cheapest way to carry an assignment out; None when a fleet cannot carry what it is given.

    `starts`: the month of each moved workload's cut-over; without them all move in the first month they may.
    `all_of_it` False: of some workloads, to which no minimum of the bill belongs.
    """
    folio, discount = terms.portfolio, terms.discount
    begin = {name: _begin(terms, name, target, starts) for name, target in assignment.items()}
    monthly, billed = np.zeros(folio.months), np.zeros(folio.months)
    once = 0.0
    for name, target in assignment.items():
        billed += billed_today(terms, name, target, begin[name])
        monthly += _own_cost(terms, name, target, begin[name])
        if target in folio.fleet and folio.fleet[target].moves and begin[name] < folio.months:
            once += moving_cost(terms, name, target, begin[name]) * terms.once[begin[name]]
    priced = []
    held: dict[str, list[str]] = {}
    for name, target in assignment.items():
        if begin[name] < folio.months:
            held.setdefault(target, []).append(name)
    for fleet in folio.fleets:
        if on_it := held.get(fleet.name):
            one = _remembered(terms, fleet, on_it, begin)
            if one is None:
                return None
            priced.append(one)
            monthly += np.array(one.cost)
            billed += np.array(one.burst_cost if fleet.moves else one.cost)
            once += fleet.opening_cost * terms.once[min(begin[name] for name in on_it)]
    monthly += top_up(terms, billed) if all_of_it else 0.0
    first = _first_moved(terms, assignment, begin)
    monthly += np.where(np.arange(folio.months) < first, 0.0, terms.shared_cost)
    if first < folio.months:
        once += opening_of_all(terms, first) * terms.once[first]
    return PlanPrice(
        total=float(monthly @ discount + once), monthly=tuple(monthly.tolist()), once=float(once), fleets=tuple(priced)
    )


def top_up(terms: Terms, billed: np.ndarray) -> np.ndarray:
    """What the committed minimum adds to what is used of today's APIs; (months,)."""
    owed = np.array(terms.portfolio.minimum_bill or (0.0,) * terms.portfolio.months)
    return np.asarray(np.maximum(owed - billed, 0.0))


def billed_today(terms: Terms, name: str, target: str, begin: int) -> np.ndarray:
    """What is used of today's APIs for a workload that is served at a target from a month on; (months,).

    What bursts is not in it.
    """
    folio, months = terms.portfolio, np.arange(terms.portfolio.months)
    if target in folio.api:
        moves_in = folio.api[target].moves_in
        if moves_in is None:
            return terms.api_cost(name, target)
        return np.where(months < moves_in, terms.api_cost(name, folio.workload[name].today), 0.0)
    warm = folio.canary_share + folio.drill_share if terms.canary(name, target) else 0.0
    before = terms.today(name) if begin or warm else np.zeros(folio.months)
    return np.where(months < begin, before, before * warm)


def _begin(terms: Terms, name: str, target: str, starts: Mapping[str, int] | None) -> int:
    if starts is not None and name in starts:
        return starts[name]
    return terms.live_from(target)


def _own_cost(terms: Terms, name: str, target: str, begin: int) -> np.ndarray:
    """The workload's own bill: its API model, or upkeep and canary from its cut-over on."""
    if target in terms.portfolio.api:
        return terms.api_cost(name, target)
    if (name, target, begin) not in terms.found.own_costs:
        months = np.arange(terms.portfolio.months)
        before = terms.today(name) if begin else 0.0
        terms.found.own_costs[name, target, begin] = np.where(months < begin, before, terms.fleet_cost(name, target))
    return terms.found.own_costs[name, target, begin]


def _first_moved(terms: Terms, assignment: Assignment, begin: Mapping[str, int]) -> int:
    """The first month in which any fleet is open; the horizon's length when none is."""
    folio = terms.portfolio
    moved = [begin[name] for name, target in assignment.items() if target in folio.fleet and folio.fleet[target].moves]
    return min(moved, default=folio.months)


def _remembered(terms: Terms, fleet: HeldFleet, names: Sequence[str], begin: Mapping[str, int]) -> FleetPrice | None:
    """The price of a fleet; when one workload is asked about, the other fleets are not priced again."""
    key = (fleet.name, tuple((name, begin[name]) for name in names))
    known = terms.found.fleet_prices
    if key not in known:
        if len(known) >= MOST_REMEMBERED:
            known.pop(next(iter(known)))
        known[key] = fleet_price(terms, fleet, names, begin)
    found: FleetPrice | None = known[key]
    return found


def fleet_price(terms: Terms, fleet: HeldFleet, names: Sequence[str], begin: Mapping[str, int]) -> FleetPrice | None:
    """The best number of units of one fleet for the workloads on it, in each month or, when held, in all."""
    months = terms.portfolio.months
    on_it = terms.on_fleet(fleet.name)
    rows = [on_it.row[name] for name in names]
    before = np.arange(months) < np.array([begin[name] for name in names])[:, None]
    loads = np.where(before[:, None, :], 0.0, on_it.busy[rows])  # (workloads, blocks, months)
    bursts = on_it.bursts[rows]
    opens = min(begin[name] for name in names)
    least, most = int(whole_up(fleet.minimum_units + fleet.spare_units)), fleet.maximum_units
    top = units_needed(loads.sum(axis=0).max(axis=0) if len(names) else np.zeros(months), fleet)
    must = np.maximum(units_needed(loads[~bursts].sum(axis=0).max(axis=0), fleet), least)
    must[:opens] = 0
    top = np.minimum(np.maximum(top, must), most)
    if np.any(must > most):
        return None
    first, last = int(must.max() if fleet.held else must.min()), int(top.max())
    sizes, share = np.arange(first, last + 1), np.array(terms.portfolio.block_share)
    rooms = np.maximum(sizes - fleet.spare_units, 0) * fleet.usable_per_unit
    gone = _burst(rooms, share, loads, bursts, on_it.burst_price[rows])
    units_cost = held_cost(terms, fleet.name, sizes) * (np.arange(months) >= opens)
    whole = units_cost + gone[0]
    whole[sizes[:, None] < must[None, :]] = np.inf
    best = _best(whole, terms.discount, opens, held=fleet.held)
    at = np.arange(months)
    units = np.where(at < opens, 0, sizes[best])
    cost = np.where(at < opens, 0.0, whole[best, at]) + terms.fixed_cost(fleet.name) * (at >= opens)
    return FleetPrice(
        name=fleet.name,
        units=tuple(units.tolist()),
        burst=tuple(np.where(at < opens, 0.0, gone[1][best, at]).tolist()),
        burst_cost=tuple(np.where(at < opens, 0.0, gone[0][best, at]).tolist()),
        cost=tuple(cost.tolist()),
        headroom=_headroom(fleet, units, loads),
    )


def _best(whole: np.ndarray, discount: np.ndarray, opens: int, *, held: bool) -> np.ndarray:
    """The row with the least cost for every month, the same for all when the units are held."""
    months = whole.shape[1]
    if held:
        return np.full(months, int(np.argmin(whole[:, opens:] @ discount[opens:])))
    whole = whole.copy()
    whole[:, :opens] = 0.0
    return np.asarray(np.argmin(whole, axis=0))


def _burst(
    rooms: np.ndarray, share: np.ndarray, loads: np.ndarray, bursts: np.ndarray, prices: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cost of what does not fit into each room, and its mean in busy replicas; both (rooms, months).

    The cheapest goes first, and what is cheaper to buy than to serve goes in any case: what a room leaves is cut
    off the workloads' loads, laid end to end in the order of their prices.
    """
    order = np.argsort(prices, axis=0, kind="stable")
    paid = np.take_along_axis(prices, order, axis=0)[:, None, :]  # (workloads, 1, months)
    own = np.take_along_axis(loads * bursts[:, None, None], order[:, None, :], axis=0)
    always, rest = np.where(paid < 0, own, 0.0), np.where(paid < 0, 0.0, own)
    upto = np.concatenate([np.zeros((1, *own.shape[1:])), np.cumsum(rest, axis=0)])
    cost_upto = np.concatenate([np.zeros((1, *own.shape[1:])), np.cumsum(rest * paid, axis=0)])
    over = np.maximum(loads.sum(axis=0) - rooms[:, None, None], 0.0)  # (rooms, blocks, months)
    left = np.minimum(np.maximum(over - always.sum(axis=0), 0.0), upto[-1])
    cost = np.empty_like(left)
    for block, month in np.ndindex(left.shape[1:]):
        cost[:, block, month] = np.interp(left[:, block, month], upto[:, block, month], cost_upto[:, block, month])
    cost += (always * paid).sum(axis=0)
    return np.einsum("b,rbm->rm", share, cost), np.einsum("b,rbm->rm", share, left + always.sum(axis=0))


def _headroom(fleet: HeldFleet, units: np.ndarray, loads: np.ndarray) -> float:
    """Share of the usable capacity that the busiest block leaves free, in the fullest month."""
    room = np.maximum(units - fleet.spare_units, 0) * fleet.usable_per_unit
    peak = loads.sum(axis=0).max(axis=0)
    free = np.divide(room - peak, room, out=np.zeros_like(peak), where=room > 0)
    return float(free[room > 0].min()) if np.any(room > 0) else 0.0
