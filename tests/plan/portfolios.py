"""Portfolios for the tests: the worked one of two workloads that pay together, and small random ones."""

from __future__ import annotations

from itertools import product

import numpy as np

from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.portfolio import Api, HeldFleet, PlanGate, Portfolio, Team, Workload
from breakeven.plan.pricing import price

VOLUME = {"W1": 12_000.0, "W2": 8_000.0, "W3": 2_000.0}  # MTok a month
PRICE = {"W1": 0.50, "W2": 0.80, "W3": 4.00}
COMPLEXITY = {"W1": 1.0, "W2": 3.0, "W3": 9.0}


def together(*, gated: bool = True, scale: float = 1.0) -> Portfolio:
    """Neither W1 nor W2 pays alone on the fleet (4,000 and 3,000 for each 10,000 MTok), both together do."""
    return Portfolio(
        name="together",
        currency="USD",
        workloads=tuple(
            Workload(
                name=name,
                load=(VOLUME[name] * scale,),
                growth=(1.0,),
                today="api",
                complexity=COMPLEXITY[name],
                may_burst=False,
            )
            for name in VOLUME
        ),
        apis=(Api(name="api", monthly_cost={n: (VOLUME[n] * PRICE[n] * scale,) for n in VOLUME}),),
        fleets=(
            HeldFleet(
                name="fleet",
                load_per_unit_load=dict.fromkeys(VOLUME, 1e-4),
                unit_cost=(3000.0,),
                usable_per_unit=1.0,
                fixed_cost=(4000.0,),
            ),
        ),
        block_share=(1.0,),
        discount=(1.0,),
        team=Team(person_months=(1.0,)),
        gates=(PlanGate(name="quality", verdict="fail", workload="W3"),) if gated else (),
    )


def random_portfolio(seed: int, *, most_workloads: int = 4, months: int = 3) -> Portfolio:
    """Anything that a portfolio may be, small: growth, blocks, gates, quota, team, spares, held fleets, order."""
    chance = np.random.default_rng(seed)
    names = [f"w{i}" for i in range(int(chance.integers(1, most_workloads + 1)))]
    blocks = int(chance.integers(1, 4))
    share = chance.dirichlet(np.ones(blocks))
    workloads = tuple(_workload(chance, names, i, blocks, months) for i in range(len(names)))
    growth = {each.name: each.growth for each in workloads}
    mean = {each.name: float(share @ np.array(each.load)) for each in workloads}
    apis = []
    for api in ("api", "cheap"):
        unit = {n: float(chance.uniform(5, 40)) for n in names if api == "api" or chance.random() < 0.4}
        cost = {n: tuple(unit[n] * mean[n] * g for g in growth[n]) for n in unit}
        peak = sum(max(each.load) * max(each.growth) for each in workloads) * 60
        limit = float(chance.uniform(1.0, 2.0) * peak) if chance.random() < 0.4 else None
        apis.append(Api(name=api, monthly_cost=cost, tokens_per_minute=limit if api == "api" else None))
    fleets = tuple(_fleet(chance, f"f{i}", names, months) for i in range(int(chance.integers(1, 3))))
    gates = tuple(
        PlanGate(name=f"gate {n} {f.name}", verdict="fail", workload=n, target=f.name)
        for n in names
        for f in fleets
        if chance.random() < 0.15
    )
    return Portfolio(
        name=f"random {seed}",
        currency="USD",
        workloads=workloads,
        apis=tuple(apis),
        fleets=fleets,
        block_share=tuple(share.tolist()),
        discount=tuple((1.01 ** -np.arange(1, months + 1)).tolist()),
        team=Team(
            person_months=(float(chance.choice([0.0, 1.0, 3.0])),) * months, earliest_month=int(chance.integers(0, 3))
        ),
        gates=gates,
        canary_share=float(chance.choice([0.0, 0.02])),
        fallback_commitment=float(chance.choice([0.0, 20.0])),
        drill_share=float(chance.choice([0.0, 0.01])),
        shared_cost=(float(chance.choice([0.0, 30.0])),) * months,
        shared_effort=float(chance.choice([0.0, 0.5])),
        shared_opening_cost=float(chance.choice([0.0, 60.0])),
    )


def _workload(chance: np.random.Generator, names: list[str], i: int, blocks: int, months: int) -> Workload:
    growth = float(chance.choice([1.0, 1.05, 0.9]))
    return Workload(
        name=names[i],
        load=tuple(np.sort(chance.uniform(0.5, 30, blocks))[::-1].tolist()),
        growth=tuple(growth**m for m in range(months)),
        today="api",
        complexity=float(chance.integers(0, 10)),
        effort_person_months=float(chance.choice([0.0, 0.5, 1.0])),
        migration_cost=float(chance.choice([0.0, 50.0])),
        shadow_days=float(chance.choice([0.0, 14.0, 28.0])),
        may_burst=bool(chance.random() < 0.7),
        after=(names[i - 1],) if i and chance.random() < 0.2 else (),
    )


def _fleet(chance: np.random.Generator, name: str, names: list[str], months: int) -> HeldFleet:
    return HeldFleet(
        name=name,
        kind="committed" if chance.random() < 0.2 else "fleet",
        load_per_unit_load={n: float(chance.uniform(0.02, 0.2)) for n in names if chance.random() < 0.9},
        unit_cost=tuple((chance.uniform(10, 120) * np.ones(months)).tolist()),
        usable_per_unit=float(chance.choice([0.7, 1.0, 2.0])),
        marginal_cost={n: (float(chance.uniform(0, 5)),) * months for n in names},
        fixed_cost=(float(chance.uniform(0, 100)),) * months,
        opening_cost=float(chance.choice([0.0, 80.0])),
        minimum_units=int(chance.integers(0, 2)),
        maximum_units=int(chance.choice([3, 20])),
        spare_units=int(chance.integers(0, 2)),
        operations_fte=float(chance.choice([0.0, 0.2])),
        held=bool(chance.random() < 0.4),
    )


def allowed(terms: Terms, assignment: dict[str, str]) -> bool:
    """Whether an assignment keeps the limits that are no money, written without the program."""
    folio = terms.portfolio
    moved = {w for w, t in assignment.items() if t in folio.fleet and folio.fleet[t].moves}
    if any(other not in moved for w in moved for other in folio.workload[w].after):
        return False
    effort = sum(folio.workload[w].effort_person_months for w in moved)
    opened = {assignment[w] for w in moved}
    effort += folio.shared_effort * bool(moved)
    effort += sum(folio.fleet[f].operations_fte for f in opened) * (folio.months - terms.start)
    if effort > sum(folio.team.person_months) + 1e-6:
        return False
    for api in folio.apis:
        if api.tokens_per_minute is None:
            continue
        for lost in (None, *folio.fleet):
            for month in range(folio.months):
                peak = sum(
                    terms.peak_tokens_per_minute(w)[month]
                    for w, t in assignment.items()
                    if t == api.name or (t == lost and terms.fallback(w) == api.name)
                )
                if peak > api.tokens_per_minute + 1e-6:
                    return False
    return True


def cheapest(terms: Terms) -> float | None:
    """The least cost over every assignment there is; None when none is allowed."""
    folio = terms.portfolio
    choices = [[t for t in folio.targets(each.name) if terms.live_from(t) < folio.months] for each in folio.workloads]
    best: float | None = None
    for targets in product(*choices):
        assignment = dict(zip(folio.workload, targets, strict=True))
        if allowed(terms, assignment):
            found = price(terms, assignment)
            if found is not None and (best is None or found.total < best):
                best = found.total
    return best
