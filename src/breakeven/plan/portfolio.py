"""What a plan is made of: workloads, the API models and fleets they may go to, months, team, limits.

Plain data, all money in one currency. The months are those of the horizon; the blocks are a load-duration
curve shared by all workloads, the busiest first. What a case says becomes a portfolio in `breakeven.study`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np

from breakeven.capacity.promise.promise import Promise
from breakeven.decision.readiness.gates import GateVerdict
from breakeven.numbers.month import DAYS_PER_MONTH

FleetKind = Literal["fleet", "committed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One use of LLMs that can be moved as a whole.

    `load` is its mean load in each block [load units, such as tokens per second] in the first month, and
    `growth` what that is multiplied by in each month. `effort_person_months` is the team's work to move it,
    `burst_price_share`: a token that bursts over the mean one: batch work waits, and what bursts is not batched.
    `migration_cost` [money] what is paid besides. `shadow_share` of the traffic is mirrored for `shadow_days`.
    `after`: workloads that must be moved before it. `may_burst`: what its fleet cannot take may go to the API.
    """

    name: str
    load: tuple[float, ...]
    growth: tuple[float, ...]
    today: str
    complexity: float = 0.0
    effort_person_months: float = 0.0
    migration_cost: float = 0.0
    exit_cost: float = 0.0
    burst_price_share: float = 1.0
    shadow_days: float = 0.0
    shadow_share: float = 1.0
    tokens_per_load: float = 1.0
    requests_per_load: float = 0.0
    after: tuple[str, ...] = ()
    may_burst: bool = True
    stays_on_api: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One hosted model. `monthly_cost[workload]` is the bill of serving all of it there, in each month.

    A workload without an entry cannot be served there. Limits are those of the account, None: none known.
    `moves_in` is the month, from 0, in which a workload goes there: the cost of that is in the months, and the quality
    there is asked by a gate; None: at once, and neither is. `served_as`: host/model where that is not the name.
    """

    name: str
    monthly_cost: Mapping[str, tuple[float, ...]]
    tokens_per_minute: float | None = None
    requests_per_minute: float | None = None
    moves_in: int | None = None
    served_as: str = ""
    promise: Promise | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFleet:
    """Capacity that is held: a model on a GPU in one purchase mode, or committed units of an API (`kind`).

    The unit is what is rented, bought or committed together; each month one costs `unit_cost` and takes
    `usable_per_unit` busy replicas of load. `load_per_unit_load[workload]` turns the workload's load units into
    busy replicas (replica-seconds per token for tokens per second). `marginal_cost[workload]` is what serving
    all of it costs besides, a month. `node_cost` is paid for each server of `units_per_node` units that is begun (none
    where it is empty). `minimum_units` and `spare_units` may be parts of a unit. `fixed_cost` is paid while the fleet
    is open, `opening_cost` once.
    `held`: the number of units is the same in every month from the first on, as for reserved or owned GPUs.
    `operations_fte` of the team are busy while it is open. `promise`: to those who wait, where the case makes one.
    `model`: the open model that it serves.
    """

    name: str
    load_per_unit_load: Mapping[str, float]
    unit_cost: tuple[float, ...]
    usable_per_unit: float
    kind: FleetKind = "fleet"
    marginal_cost: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    node_cost: tuple[float, ...] = ()
    units_per_node: int = 1
    fixed_cost: tuple[float, ...] = ()
    opening_cost: float = 0.0
    exit_cost: float = 0.0
    minimum_units: float = 0.0
    maximum_units: int = 1000
    spare_units: float = 0.0
    operations_fte: float = 0.0
    held: bool = False
    promise: Promise | None = None
    model: str = ""

    @property
    def moves(self) -> bool:
        """Whether a workload on it leaves the API's weights: only then it is migrated, shadowed and made ready for."""
        return self.kind == "fleet"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanGate:
    """A reason that is not money why one workload (None: any) may not be served at one target (None: any fleet)."""

    name: str
    verdict: GateVerdict
    workload: str | None = None
    target: str | None = None
    on_api: bool = False
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """People and rules of moving: person-months in each month, migrations at the same time, first month of cut-over.

    `earliest_month` counts from 0; None: the readiness answers allow no cut-over within the horizon.
    """

    person_months: tuple[float, ...]
    parallel_migrations: int = 2
    earliest_month: int | None = 0
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """Everything the plan needs. Discount factors weigh the months; block shares add up to 1.

    `shared_cost` is paid each month in which any fleet is open (the team that runs them, on-call, compliance);
    `shared_opening_cost` once for the first, which also takes `shared_effort` person-months. `canary_share` of a
    moved workload stays on its fallback API, which also takes all of it in drills for `drill_share` of the time;
    `fallback_commitment` is paid a month besides. `minimum_bill` is owed to today's APIs in each month, used or not: it
    is in every price, and the searches do not see it.
    """

    name: str
    currency: str
    workloads: tuple[Workload, ...]
    apis: tuple[Api, ...]
    fleets: tuple[HeldFleet, ...]
    block_share: tuple[float, ...]
    discount: tuple[float, ...]
    team: Team
    gates: tuple[PlanGate, ...] = ()
    shared_cost: tuple[float, ...] = ()
    shared_opening_cost: float = 0.0
    shared_effort: float = 0.0
    canary_share: float = 0.0
    drill_share: float = 0.0
    fallback_commitment: float = 0.0
    minimum_bill: tuple[float, ...] = ()
    days_per_month: float = DAYS_PER_MONTH
    notices: tuple[str, ...] = ()

    @property
    def months(self) -> int:
        """How many months are planned."""
        return len(self.discount)

    @cached_property
    def workload(self) -> dict[str, Workload]:
        """Workloads by name."""
        return {each.name: each for each in self.workloads}

    @cached_property
    def fleet(self) -> dict[str, HeldFleet]:
        """Fleets and committed units by name."""
        return {each.name: each for each in self.fleets}

    @cached_property
    def api(self) -> dict[str, Api]:
        """API models by name."""
        return {each.name: each for each in self.apis}

    def failed(self, workload: str, target: str) -> tuple[str, ...]:
        """Names of the gates that forbid it."""
        return self._with(workload, target, "fail")

    def unknown(self, workload: str, target: str) -> tuple[str, ...]:
        """Names of the gates that nobody has answered: allowed in a plan only after they are."""
        return self._with(workload, target, "unknown")

    def _with(self, workload: str, target: str, verdict: GateVerdict) -> tuple[str, ...]:
        on_api = target in self.api or not self.fleet[target].moves
        found = [
            gate.name
            for gate in self.gates
            if gate.verdict == verdict
            and gate.workload in (None, workload)
            and (gate.target == target or (gate.target is None and gate.on_api == on_api))
        ]
        return tuple(dict.fromkeys(found))

    def offers(self, workload: str) -> tuple[str, ...]:
        """Every target that could serve it, gates aside; those that stay on the API have no fleet."""
        stays = self.workload[workload].stays_on_api
        apis = [each.name for each in self.apis if workload in each.monthly_cost]
        held = [f.name for f in self.fleets if workload in f.load_per_unit_load and not (stays and f.moves)]
        return (*apis, *held)

    @cached_property
    def _targets(self) -> dict[str, tuple[str, ...]]:
        return {
            each.name: tuple(target for target in self.offers(each.name) if not self.failed(each.name, target))
            for each in self.workloads
        }

    def targets(self, workload: str) -> tuple[str, ...]:
        """Every target that no gate forbids, API models first."""
        return self._targets[workload]

    def fallback(self, workload: str) -> str | None:
        """The API model that takes over: today's if it is allowed, else the cheapest allowed; None when none is."""
        allowed = [target for target in self.targets(workload) if target in self.api]
        if not allowed or self.workload[workload].today in allowed:
            return self.workload[workload].today if allowed else None
        return min(allowed, key=lambda name: sum(self.api[name].monthly_cost[workload]))

    def load(self, workload: str) -> np.ndarray:
        """Load in the workload's own unit; (blocks, months)."""
        one = self.workload[workload]
        return np.outer(one.load, one.growth)

    def without_gates(self, *names: str) -> Portfolio:
        """The same with some gates passed, or all when none is named: what they cost is the difference."""
        kept = tuple(gate for gate in self.gates if names and gate.name not in names)
        return replace(self, gates=kept)
