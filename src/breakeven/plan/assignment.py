"""Which workload goes where: a mixed-integer program over the whole horizon.

By default each workload is assigned once and the fleets are resized monthly; `monthly_shares` lets every month
split a workload over targets instead (a little cheaper, harder to run). Fleets are shared: that is why the
candidates cannot be ranked one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from breakeven.plan.assignment_limits import Columns, Options, add_limits, least_complexity
from breakeven.plan.loads_and_costs import Period, Terms
from breakeven.plan.paid_once import moving_cost, opening_of_all
from breakeven.plan.pricing import PlanPrice, price
from breakeven.plan.program import Limits, Program, Proof, chosen, gap_of

__all__ = ["Assigned", "Options", "assign", "assign_in_time"]

MOST_BURST_COLUMNS = 60_000  # beyond it a fleet must carry its peak, and the result says so
FIRST_PART = 0.7  # of the time, for the search with burst
TIE = 1e-9  # of the bill: of two equal plans the one with fewer moves


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """An assignment, what it costs and how sure it is. `target` is the one that serves most of a workload.

    `shares[workload][target]` is by month where the shares may change, and empty otherwise.
    """

    target: Mapping[str, str]
    price: PlanPrice | None
    proof: Proof
    shares: Mapping[str, Mapping[str, tuple[float, ...]]]
    burst_left_out: bool


def assign_in_time(terms: Terms, limits: Limits) -> Assigned | None:
    """The cheapest assignment found in all the time there is; None when there is none.

    A search with burst that is not proven in most of the time leaves the rest to one without, which is far smaller:
    the cheaper of both is kept. Either is priced with burst.
    """
    if burst_columns(terms) > MOST_BURST_COLUMNS:
        return assign(terms, limits)
    assignment = assign(terms, replace(limits, seconds=FIRST_PART * limits.now))
    if limits.stopped or (assignment is not None and assignment.proof.end != "time limit"):
        return assignment
    rest = replace(limits, seconds=(1 - FIRST_PART) * limits.now)
    return _cheaper(assignment, assign(terms, rest, most_burst_columns=0))


def _cheaper(first: Assigned | None, second: Assigned | None) -> Assigned | None:
    """The cheaper of what two searches found. Only the first one's bound holds for both."""
    if second is None or second.price is None:
        return first
    cost, bound = second.price.total, first.proof.bound if first else -float("inf")
    if first is not None and first.price is not None and first.price.total <= cost:
        return first
    proof = replace(second.proof, end="time limit", cost=cost, bound=bound, gap=gap_of(cost, bound))
    return replace(second, proof=proof, burst_left_out=False)


def assign(
    terms: Terms, limits: Limits, options: Options | None = None, *, most_burst_columns: int = MOST_BURST_COLUMNS
) -> Assigned | None:
    """The cheapest assignment found; None when there is none."""
    asked = options or Options()
    burst = burst_columns(terms) <= most_burst_columns
    program = Program()
    columns = _columns(program, terms, asked)
    _once(program, terms, columns)
    _capacity(program, terms, columns, burst=burst)
    add_limits(program, terms, columns, asked)
    if asked.most_cost is not None:
        least_complexity(program, terms, columns, asked.most_cost)
    values, proof = program.solve(limits)
    if values is None:
        return _stay(terms, proof, asked)
    target, shares = _read(terms, columns, values, asked)
    target, priced = _or_home(terms, target, asked)
    return Assigned(
        target=target,
        price=priced,
        proof=proof,
        shares=shares,
        burst_left_out=not burst,
    )


def _or_home(terms: Terms, target: dict[str, str], asked: Options) -> tuple[dict[str, str], PlanPrice | None]:
    """What was found with its price; where a minimum bill is owed, which no search sees, or everything on its API."""
    priced, home = None if asked.monthly_shares else price(terms, target), _home(terms, asked)
    if priced is None or home is None or not any(terms.portfolio.minimum_bill) or asked.most_cost is not None:
        return target, priced
    stay = price(terms, home)
    return (home, stay) if stay is not None and stay.total < priced.total else (target, priced)


def _home(terms: Terms, asked: Options) -> dict[str, str] | None:
    """Everything on its API; None where that is not allowed."""
    home = {each.name: terms.fallback(each.name) for each in terms.portfolio.workloads}
    found = {name: api for name, api in home.items() if api is not None and api in _allowed(terms, name, asked)}
    return found if len(found) == len(home) else None


def _stay(terms: Terms, proof: Proof, asked: Options) -> Assigned | None:
    """When the search was ended before it found anything: everything on its API, where that is allowed."""
    folio, target = terms.portfolio, _home(terms, asked)
    if proof.end == "infeasible" or asked.monthly_shares or asked.most_cost is not None or target is None:
        return None
    for api in folio.apis:
        mine = [name for name, t in target.items() if t == api.name]
        for limit, peak in (
            (api.tokens_per_minute, terms.peak_tokens_per_minute),
            (api.requests_per_minute, terms.peak_requests_per_minute),
        ):
            if mine and limit is not None and np.sum([peak(name) for name in mine], axis=0).max() > limit:
                return None
    priced = price(terms, target)
    assert priced is not None, "API models have no capacity to exceed"
    known = replace(proof, cost=priced.total, gap=gap_of(priced.total, proof.bound))
    return Assigned(target=target, price=priced, proof=known, shares={}, burst_left_out=False)


def burst_columns(terms: Terms) -> int:
    """How many columns burst needs: one a block, a workload that may burst, a fleet it may go to, a period."""
    folio = terms.portfolio
    pairs = sum(
        t in folio.fleet and terms.bursts(each.name, t) for each in folio.workloads for t in folio.targets(each.name)
    )
    return pairs * len(folio.block_share) * len(terms.periods)


def _columns(program: Program, terms: Terms, asked: Options) -> Columns:
    """Where each workload is served, with what that costs by itself; each exactly once (or in shares)."""
    folio, periods = terms.portfolio, terms.periods
    made = Columns(use={}, move={}, units={}, opened={})
    for fleet in folio.fleets:
        made.opened[fleet.name] = program.binary()
    for workload in folio.workloads:
        mine = [(workload.name, target) for target in _allowed(terms, workload.name, asked)]
        for _, target in mine:
            costs = [_use_cost(terms, workload.name, target, period) for period in periods]
            if asked.monthly_shares:
                made.use[workload.name, target] = [program.column(cost=cost, upper=1.0) for cost in costs]
                made.move[workload.name, target] = program.binary()
            else:
                made.move[workload.name, target] = program.binary(sum(costs))
                made.use[workload.name, target] = [made.move[workload.name, target]] * len(periods)
        for at in range(len(periods) if asked.monthly_shares else 1):
            program.row([(made.use[key][at], 1.0) for key in mine], lower=1.0, upper=1.0)
    for (name, target), columns in made.use.items():
        move = made.move[name, target]
        for column in dict.fromkeys(columns):
            if column != move:
                program.row([(column, 1.0), (move, -1.0)], upper=0.0)
        if target in folio.fleet:
            program.row([(move, 1.0), (made.opened[target], -1.0)], upper=0.0)
    return made


def _allowed(terms: Terms, name: str, asked: Options) -> tuple[str, ...]:
    forced, forbidden = asked.forced or {}, asked.forbidden or {}
    found = tuple(t for t in terms.portfolio.targets(name) if t not in forbidden.get(name, frozenset()))
    if name in forced:
        found = tuple(t for t in found if t == forced[name])
    return tuple(t for t in found if terms.live_from(t) < terms.portfolio.months)


def _use_cost(terms: Terms, name: str, target: str, period: Period) -> float:
    """What serving all of it at a target for a period costs besides the fleet's units, discounted."""
    if target in terms.portfolio.api:
        return float(terms.api_cost(name, target)[period.month]) * period.weight
    if period.month < terms.live_from(target):
        return float(terms.today(name)[period.month]) * period.weight
    return float(terms.fleet_cost(name, target)[period.month]) * period.weight


def _once(program: Program, terms: Terms, columns: Columns) -> None:
    """What is paid once, and while a fleet is open."""
    folio, discount = terms.portfolio, terms.discount
    tie = TIE * sum(float(terms.today(workload.name) @ discount) for workload in folio.workloads)
    for (name, target), column in columns.move.items():
        if target in folio.fleet and folio.fleet[target].moves and terms.start < folio.months:
            program.add_cost(column, moving_cost(terms, name, target, terms.start) * terms.once[terms.start] + tie)
    first = terms.start
    shared = float(terms.shared_cost[first:] @ discount[first:])
    any_open = columns.any_open = program.binary(
        shared + opening_of_all(terms, first) * float(terms.once[first]) if first < folio.months else 0.0
    )
    for fleet in folio.fleets:
        begin = terms.live_from(fleet.name)
        open_cost = float(terms.fixed_cost(fleet.name)[begin:] @ discount[begin:])
        if begin < folio.months:
            program.add_cost(columns.opened[fleet.name], open_cost + fleet.opening_cost * terms.once[begin])
        if fleet.moves:
            program.row([(columns.opened[fleet.name], 1.0), (any_open, -1.0)], upper=0.0)


def _capacity(program: Program, terms: Terms, columns: Columns, *, burst: bool) -> None:
    """Units of every fleet, and that they carry every block of every period, less what bursts."""
    for fleet in terms.portfolio.fleets:
        begin, opened = terms.live_from(fleet.name), columns.opened[fleet.name]
        live = [i for i, period in enumerate(terms.periods) if period.month >= begin]
        costs = [fleet.unit_cost[terms.periods[i].month] * terms.periods[i].weight for i in live]
        if fleet.held:
            shared = program.column(cost=sum(costs), upper=float(fleet.maximum_units), whole=True)
            units = [shared] * len(live)
        else:
            units = [program.column(cost=cost, upper=float(fleet.maximum_units), whole=True) for cost in costs]
        nodes = [float(terms.node_cost(fleet.name)[terms.periods[i].month] * terms.periods[i].weight) for i in live]
        for column in dict.fromkeys(units):
            cost = sum(node for node, column_of_unit in zip(nodes, units, strict=True) if column_of_unit == column)
            program.servers(column, fleet.units_per_node, cost, float(fleet.maximum_units))
        columns.units[fleet.name] = units
        for column in dict.fromkeys(units):
            program.row([(column, 1.0), (opened, -float(fleet.maximum_units))], upper=0.0)
            program.row([(column, 1.0), (opened, -float(fleet.minimum_units + fleet.spare_units))], lower=0.0)
        for place, column in zip(live, units, strict=True):
            _blocks(program, terms, columns, (fleet.name, place, column), burst=burst)


def _blocks(program: Program, terms: Terms, columns: Columns, what: tuple[str, int, int], *, burst: bool) -> None:
    """The rows of one fleet in one period: load less burst fits into the units that are no spares."""
    name, place, units = what
    fleet, period, folio = terms.portfolio.fleet[name], terms.periods[place], terms.portfolio
    on_it = terms.on_fleet(name)
    mine = [(w, column[place]) for (w, target), column in columns.use.items() if target == name]
    loads = {w: on_it.busy[on_it.row[w], :, period.month] for w, _ in mine}
    prices = on_it.burst_price[:, period.month].tolist()
    per_unit, spare = fleet.usable_per_unit, fleet.usable_per_unit * fleet.spare_units
    for block in _binding(list(loads.values()), len(folio.block_share), burst=burst):
        terms_of_row = [(column, float(loads[w][block])) for w, column in mine]
        for w, column in mine:
            load = float(loads[w][block])
            if burst and load > 0 and on_it.bursts[on_it.row[w]]:
                cost = prices[on_it.row[w]] * folio.block_share[block] * period.weight
                gone = program.column(cost=cost, upper=load)
                program.row([(gone, 1.0), (column, -load)], upper=0.0)
                terms_of_row.append((gone, -1.0))
        program.row([*terms_of_row, (units, -per_unit), (columns.opened[name], spare)], upper=0.0)


def _binding(loads: Sequence[np.ndarray], blocks: int, *, burst: bool) -> Iterable[int]:
    """Blocks that can bind: all with burst; without it those that no other block exceeds for every workload."""
    if burst or not loads:
        return range(blocks)
    table = np.array(loads)
    kept: list[int] = []
    for block in sorted(range(blocks), key=lambda b: -float(table[:, b].sum())):
        if not any(np.all(table[:, other] >= table[:, block] - 1e-12) for other in kept):
            kept.append(block)
    return kept


def _read(
    terms: Terms, columns: Columns, values: np.ndarray, asked: Options
) -> tuple[dict[str, str], dict[str, Mapping[str, tuple[float, ...]]]]:
    """The target of every workload, and its shares by month where they may change."""
    target: dict[str, str] = {}
    targets: dict[str, list[tuple[str, str]]] = {}
    for key in columns.move:
        targets.setdefault(key[0], []).append(key)
    shares: dict[str, Mapping[str, tuple[float, ...]]] = {}
    for workload in terms.portfolio.workloads:
        mine = targets.get(workload.name, [])
        if asked.monthly_shares:
            table = np.array([[values[column] for column in columns.use[key]] for key in mine])
            weights = np.array([period.weight for period in terms.periods])
            target[workload.name] = mine[int(np.argmax(table @ weights))][1]
            shares[workload.name] = {
                key[1]: _by_month(terms, row) for key, row in zip(mine, table, strict=True) if row.max() > 1e-6
            }
        else:
            target[workload.name] = mine[chosen(values, [columns.move[key] for key in mine])[0]][1]
    return target, shares


def _by_month(terms: Terms, by_period: np.ndarray) -> tuple[float, ...]:
    found = [0.0] * terms.portfolio.months
    for share, period in zip(by_period, terms.periods, strict=True):
        for month in period.months:
            found[month] = float(share)
    return tuple(found)
