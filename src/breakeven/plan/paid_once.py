"""What a plan pays once: migrations, shadow runs, the platform; and what units cost with the servers they stand in.

A shadow run is what serving a workload costs for the days on which the API goes on being paid for all of it.
"""

from __future__ import annotations

import numpy as np

from breakeven.numbers.operations import whole_up
from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.portfolio import HeldFleet


def held_cost(terms: Terms, fleet: str, sizes: np.ndarray) -> np.ndarray:
    """What so many units cost, with the servers they stand in; (sizes, months)."""
    its = terms.portfolio.fleet[fleet]
    servers = whole_up(np.asarray(sizes) / its.units_per_node)
    return np.asarray(np.outer(sizes, np.array(its.unit_cost)) + np.outer(servers, terms.node_cost(fleet)))


def units_needed(load: np.ndarray, fleet: HeldFleet) -> np.ndarray:
    """Units that take a load in busy replicas without burst, spares included; none for no load."""
    serving = np.maximum(load / fleet.usable_per_unit, fleet.minimum_units)
    return np.where(load > 0, whole_up(serving + fleet.spare_units), 0).astype(int)


def moving_cost(terms: Terms, workload: str, fleet: str, month: int) -> float:
    """Migration of a workload that is cut over to a fleet in a month, and its shadow run: its part of the units, busy
    or not, and its upkeep. The units are those that carry all that may come to it: on the mean what may burst, at its
    peak what may not. The people are in `opening_of_all`.
    """
    on_it = terms.on_fleet(fleet)
    busy = np.array(terms.portfolio.block_share) @ on_it.busy[:, :, month].T  # mean, of every workload
    held = on_it.busy[~on_it.bursts, :, month].sum(axis=0).max() if not on_it.bursts.all() else 0.0
    needed = units_needed(np.array([max(float(busy.sum()), float(held))]), terms.portfolio.fleet[fleet])
    whole = float(held_cost(terms, fleet, needed)[0, month])
    part = float(busy[on_it.row[workload]] / busy.sum()) if busy.sum() else 0.0
    upkeep = float(terms.fleet_cost(workload, fleet)[month])
    return terms.portfolio.workload[workload].migration_cost + (whole * part + upkeep) * _shadow_months(terms, workload)


def opening_of_all(terms: Terms, month: int) -> float:
    """What the first fleet pays for all: the platform, and what all fleets share for the days of the longest shadow."""
    longest = max((_shadow_months(terms, each.name) for each in terms.portfolio.workloads), default=0.0)
    return terms.portfolio.shared_opening_cost + float(terms.shared_cost[month]) * longest


def _shadow_months(terms: Terms, workload: str) -> float:
    its = terms.portfolio.workload[workload]
    return its.shadow_days * its.shadow_share / terms.portfolio.days_per_month
