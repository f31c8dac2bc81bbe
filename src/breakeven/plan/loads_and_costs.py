"""The money and load of a portfolio as the two programs and the pricing use them: one definition of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from breakeven.decision.readiness.work import first_month_after
from breakeven.plan.portfolio import Portfolio
from breakeven.problems import Problem

DUST = 1e-9
SAME = 12  # significant digits to which two months are the same month


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Months that are alike in every load and price: one of them, and the sum of their discount factors."""

    month: int
    weight: float
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnFleet:
    """What the workloads that a fleet may serve are to it, a row each: their place by name; `busy` [replicas]
    (workloads, blocks, months); `burst_price` of a busy replica for a month (workloads, months); `bursts`.
    """

    row: dict[str, int]
    busy: np.ndarray
    burst_price: np.ndarray
    bursts: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What has been worked out already: bills by workload and API, a fleet's workloads, and what pricing has found
    of single workloads (by target and month of cut-over) and of fleets (by the workloads on them; the last few).
    """

    api_costs: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    on_fleets: dict[str, OnFleet] = field(default_factory=dict)
    own_costs: dict[tuple[str, str, int], np.ndarray] = field(default_factory=dict)
    fleet_prices: dict[tuple[object, ...], Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What it costs and asks to serve a workload somewhere. Months count from 0; costs are not discounted."""

    portfolio: Portfolio
    found: Found = field(default_factory=Found, compare=False, repr=False)

    @cached_property
    def start(self) -> int:
        """The first month in which a fleet may serve: ready, and the platform built. The horizon's length: none may."""
        months, earliest = self.portfolio.months, self.portfolio.team.earliest_month
        built = first_month_after(self.portfolio.shared_effort, self.portfolio.team.person_months)
        return months if earliest is None or built is None else min(max(earliest, built), months)

    @cached_property
    def discount(self) -> np.ndarray:
        """Weights of the months."""
        return np.array(self.portfolio.discount)

    @cached_property
    def once(self) -> np.ndarray:
        """Weights of what is paid once for a cut-over in each month: when the work for it begins, that of the first
        possible cut-over today.
        """
        paid = np.concatenate([[1.0], self.discount])
        return np.asarray(paid[np.maximum(np.arange(self.portfolio.months) - self.start, 0)])

    def fallback(self, workload: str) -> str | None:
        """The API model that takes over."""
        return self._fallbacks[workload]

    @cached_property
    def _fallbacks(self) -> dict[str, str | None]:
        return {each.name: self.portfolio.fallback(each.name) for each in self.portfolio.workloads}

    def canary(self, workload: str, target: str) -> float:
        """Share of a moved workload that stays on its API model, so that the way back is warm."""
        moved = target in self.portfolio.fleet and self.portfolio.fleet[target].moves
        return self.portfolio.canary_share if moved and self.fallback(workload) else 0.0

    def api_cost(self, workload: str, api: str) -> np.ndarray:
        """The bill of serving all of it there; (months,)."""
        if (workload, api) not in self.found.api_costs:
            self.found.api_costs[workload, api] = np.array(self.portfolio.api[api].monthly_cost[workload])
        return self.found.api_costs[workload, api]

    def today(self, workload: str) -> np.ndarray:
        """The bill while it has not been moved: of its fallback, else of where it is today; (months,)."""
        name = self.fallback(workload) or self.portfolio.workload[workload].today
        if name not in self.portfolio.api or workload not in self.portfolio.api[name].monthly_cost:
            if self.start:
                fix = f"Give {name or 'its hosted model'} a price, or let the first month be a month of cut-over."
                raise Problem(f'"{workload}" has no price until it is moved', fix=fix)
            return np.zeros(self.portfolio.months)
        return self.api_cost(workload, name)

    def fleet_cost(self, workload: str, fleet: str) -> np.ndarray:
        """What serving all of it there costs besides the capacity: upkeep by volume, and the canary; (months,)."""
        own = np.array(self.portfolio.fleet[fleet].marginal_cost.get(workload, (0.0,) * self.portfolio.months))
        if not self.portfolio.fleet[fleet].moves or not self.fallback(workload):
            return own
        warm = self.portfolio.canary_share + self.portfolio.drill_share
        return np.asarray(own * (1 - warm) + self.today(workload) * warm)

    def busy(self, workload: str, fleet: str) -> np.ndarray:
        """Its load in busy replicas there, the canary left out; (blocks, months)."""
        factor = self.portfolio.fleet[fleet].load_per_unit_load[workload] * (1 - self.canary(workload, fleet))
        return self.portfolio.load(workload) * factor

    def bursts(self, workload: str, fleet: str) -> bool:
        """Whether what the fleet cannot take may be bought."""
        committed = not self.portfolio.fleet[fleet].moves
        return self.fallback(workload) is not None and (committed or self.portfolio.workload[workload].may_burst)

    def burst_price(self, workload: str, fleet: str) -> np.ndarray:
        """What it costs to buy the work of one busy replica for a whole month instead; (months,)."""
        whole = np.array(self.portfolio.block_share) @ self.busy(workload, fleet)
        own = np.array(self.portfolio.fleet[fleet].marginal_cost.get(workload, (0.0,) * self.portfolio.months))
        moves = self.portfolio.fleet[fleet].moves
        share = self.portfolio.workload[workload].burst_price_share if moves else 1.0  # units take of all work alike
        bought = (self.today(workload) * share - own) * (1 - self.canary(workload, fleet))
        return np.asarray(np.divide(bought, whole, out=np.zeros_like(bought), where=whole > 0))

    def on_fleet(self, fleet: str) -> OnFleet:
        """Load and burst of every workload that it may serve, worked out once."""
        if fleet not in self.found.on_fleets:
            names = list(self.portfolio.fleet[fleet].load_per_unit_load)
            shape = (len(names), len(self.portfolio.block_share), self.portfolio.months)
            self.found.on_fleets[fleet] = OnFleet(
                row={name: row for row, name in enumerate(names)},
                busy=np.array([self.busy(name, fleet) for name in names]).reshape(shape),
                burst_price=np.array([self.burst_price(name, fleet) for name in names]).reshape(shape[::2]),
                bursts=np.array([self.bursts(name, fleet) for name in names], dtype=bool),
            )
        return self.found.on_fleets[fleet]

    def fixed_cost(self, fleet: str) -> np.ndarray:
        """What an open fleet costs before any unit; (months,)."""
        return np.array(self.portfolio.fleet[fleet].fixed_cost or (0.0,) * self.portfolio.months)

    def node_cost(self, fleet: str) -> np.ndarray:
        """What a server that is begun costs besides its units; (months,)."""
        return np.array(self.portfolio.fleet[fleet].node_cost or (0.0,) * self.portfolio.months)

    @cached_property
    def shared_cost(self) -> np.ndarray:
        """What is paid in a month in which any fleet is open, the committed fallback included; (months,)."""
        folio = self.portfolio
        return np.array(folio.shared_cost or (0.0,) * folio.months) + folio.fallback_commitment

    def live_from(self, target: str) -> int:
        """The first month it may serve: committed units at once, fleets when the team is ready."""
        moves = target in self.portfolio.fleet and self.portfolio.fleet[target].moves
        return self.start if moves else 0

    def peak_tokens_per_minute(self, workload: str) -> np.ndarray:
        """Tokens per minute in its busiest block; (months,)."""
        one = self.portfolio.workload[workload]
        return np.asarray(self.portfolio.load(workload).max(axis=0) * one.tokens_per_load * 60)

    def peak_requests_per_minute(self, workload: str) -> np.ndarray:
        """Requests per minute in its busiest block; (months,)."""
        one = self.portfolio.workload[workload]
        return np.asarray(self.portfolio.load(workload).max(axis=0) * one.requests_per_load * 60)

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The months in groups that are alike; months before any fleet may serve stand alone."""
        alike: dict[bytes, list[int]] = {}
        table = self._table()
        for month in range(self.portfolio.months):
            key = table[:, month].tobytes() + bytes([month < self.start])
            alike.setdefault(key, []).append(month)
        return tuple(
            Period(month=months[0], weight=float(self.discount[months].sum()), months=tuple(months))
            for months in alike.values()
        )

    def _table(self) -> np.ndarray:
        """Everything that changes by month; (things, months)."""
        folio = self.portfolio
        rows = [np.array(workload.growth) for workload in folio.workloads]
        rows += [np.array(cost) for api in folio.apis for cost in api.monthly_cost.values()]
        for fleet in folio.fleets:
            rows += [np.array(fleet.unit_cost), self.fixed_cost(fleet.name), self.node_cost(fleet.name)]
            rows += [np.array(cost) for cost in fleet.marginal_cost.values()]
        table = np.array(rows, dtype=float)
        scale = np.max(np.abs(table), axis=1, keepdims=True)
        return np.asarray(np.round(np.divide(table, scale, out=np.zeros_like(table), where=scale > 0), SAME)) + 0.0
