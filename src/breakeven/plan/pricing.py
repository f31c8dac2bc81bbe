"""What an assignment costs, fleet by fleet, without a solver: every number of units is tried.

With the workloads of a fleet given, its cost is convex in the units (each further one takes less burst off the
API), so the months of a fleet are searched alone. The plan is priced here, never by the solver's objective.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.numbers.operations import whole_up
from breakeven.plan.portfolio import Fleet
from breakeven.plan.terms import Terms

DUST = 1e-9

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
class Price:
    """What a plan costs. `total` is discounted over the horizon; `monthly` is each month without what is paid once."""

    total: float
    monthly: tuple[float, ...]
    once: float
    fleets: tuple[FleetPrice, ...]


def price(terms: Terms, assignment: Assignment, starts: Mapping[str, int] | None = None) -> Price | None:
    """The cheapest way to carry an assignment out; None when a fleet cannot carry what it is given.

    `starts`: the month of each moved workload's cut-over; without them all move in the first month they may.
    """
    folio, discount = terms.portfolio, terms.discount
    begin = {name: _begin(terms, name, target, starts) for name, target in assignment.items()}
    monthly = np.zeros(folio.months)
    once = 0.0
    for name, target in assignment.items():
        monthly += _own_cost(terms, name, target, begin[name])
        if target in folio.fleet and folio.fleet[target].moves and begin[name] < folio.months:
            once += terms.moving_cost(name, begin[name]) * discount[begin[name]]
    priced = []
    for fleet in folio.fleets:
        on_it = [name for name, target in assignment.items() if target == fleet.name and begin[name] < folio.months]
        if on_it:
            one = fleet_price(terms, fleet, on_it, begin)
            if one is None:
                return None
            priced.append(one)
            monthly += np.array(one.cost)
            once += fleet.opening_cost * discount[min(begin[name] for name in on_it)]
    first = _first_moved(terms, assignment, begin)
    monthly += np.where(np.arange(folio.months) < first, 0.0, terms.shared_cost)
    if first < folio.months:
        once += folio.shared_opening_cost * discount[first]
    return Price(
        total=float(monthly @ discount + once), monthly=tuple(monthly.tolist()), once=float(once), fleets=tuple(priced)
    )


def _begin(terms: Terms, name: str, target: str, starts: Mapping[str, int] | None) -> int:
    if starts is not None and name in starts:
        return starts[name]
    return terms.live_from(target)


def _own_cost(terms: Terms, name: str, target: str, begin: int) -> np.ndarray:
    """The workload's own bill: its API model, or upkeep and canary from its cut-over on."""
    if target in terms.portfolio.api:
        return terms.api_cost(name, target)
    months = np.arange(terms.portfolio.months)
    before = terms.today(name) if begin else 0.0
    return np.where(months < begin, before, terms.fleet_cost(name, target))


def _first_moved(terms: Terms, assignment: Assignment, begin: Mapping[str, int]) -> int:
    """The first month in which any fleet is open; the horizon's length when none is."""
    folio = terms.portfolio
    moved = [begin[name] for name, target in assignment.items() if target in folio.fleet and folio.fleet[target].moves]
    return min(moved, default=folio.months)


def fleet_price(terms: Terms, fleet: Fleet, names: Sequence[str], begin: Mapping[str, int]) -> FleetPrice | None:
    """The best number of units of one fleet for the workloads on it, in each month or, when held, in all."""
    months = terms.portfolio.months
    loads = np.array([terms.busy(name, fleet.name) for name in names])  # (workloads, blocks, months)
    for i, name in enumerate(names):
        loads[i, :, : begin[name]] = 0.0
    prices = np.array([terms.burst_price(name, fleet.name) for name in names])
    bursts = np.array([terms.bursts(name, fleet.name) for name in names])
    opens = min(begin[name] for name in names)
    least, most = fleet.minimum_units + fleet.spare_units, fleet.maximum_units
    top = _needed(loads.sum(axis=0).max(axis=0) if len(names) else np.zeros(months), fleet)
    must = np.maximum(_needed(loads[~bursts].sum(axis=0).max(axis=0), fleet), least)
    must[:opens] = 0
    top = np.minimum(np.maximum(top, must), most)
    if np.any(must > most):
        return None
    first, last = int(must.max() if fleet.held else must.min()), int(top.max())
    sizes, share = np.arange(first, last + 1), np.array(terms.portfolio.block_share)
    rooms = np.maximum(sizes - fleet.spare_units, 0) * fleet.usable_per_unit
    table = np.array([_burst(room, share, loads, prices, bursts) for room in rooms])  # (units, 2, months)
    held_cost = np.outer(sizes, np.array(fleet.unit_cost)) * (np.arange(months) >= opens)
    whole = held_cost + table[:, 0]
    whole[sizes[:, None] < must[None, :]] = np.inf
    best = _best(whole, terms.discount, opens, held=fleet.held)
    at = np.arange(months)
    units = np.where(at < opens, 0, sizes[best])
    cost = np.where(at < opens, 0.0, whole[best, at]) + terms.fixed_cost(fleet.name) * (at >= opens)
    return FleetPrice(
        name=fleet.name,
        units=tuple(units.tolist()),
        burst=tuple(np.where(at < opens, 0.0, table[best, 1, at]).tolist()),
        burst_cost=tuple(np.where(at < opens, 0.0, table[best, 0, at]).tolist()),
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


def _needed(load: np.ndarray, fleet: Fleet) -> np.ndarray:
    """Units that take a load without burst, spares included; none for no load."""
    serving = whole_up(load / fleet.usable_per_unit)
    return np.where(load > 0, np.maximum(serving, fleet.minimum_units) + fleet.spare_units, 0).astype(int)


def _burst(
    room: float, share: np.ndarray, loads: np.ndarray, prices: np.ndarray, bursts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cost of what does not fit into the room, and its mean in busy replicas, by month: the cheapest goes first."""
    cost, mean = np.zeros(loads.shape[2]), np.zeros(loads.shape[2])
    order = np.argsort(prices, axis=0, kind="stable")
    left = np.maximum(loads.sum(axis=0) - room, 0.0)
    months = np.arange(loads.shape[2])
    for rank in range(loads.shape[0]):
        which = order[rank]
        own = loads[which, :, months].T * bursts[which]
        gone = np.where(prices[which, months] < 0, own, np.minimum(left, own))
        left = np.maximum(left - gone, 0.0)
        cost += (share @ gone) * prices[which, months]
        mean += share @ gone
    return cost, mean


def _headroom(fleet: Fleet, units: np.ndarray, loads: np.ndarray) -> float:
    """Share of the usable capacity that the busiest block leaves free, in the fullest month."""
    room = np.maximum(units - fleet.spare_units, 0) * fleet.usable_per_unit
    peak = loads.sum(axis=0).max(axis=0)
    free = np.divide(room - peak, room, out=np.zeros_like(peak), where=room > 0)
    return float(free[room > 0].min()) if np.any(room > 0) else 0.0
