"""Plans at scale: assignments, and the schedule of a company of twelve workloads, against a small search."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from time import monotonic

import numpy as np
from benchmarks import yardsticks
from benchmarks.measure import cpu_seconds, ratio, versus

from breakeven.plan.assignment import assign
from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.plan import make_plan
from breakeven.plan.portfolio import Api, HeldFleet, Portfolio, Team, Workload
from breakeven.plan.program import Limits
from breakeven.plan.schedule import schedule
from breakeven.study.case.case import Case
from breakeven.study.planning.portfolio_of_case import planned

BLOCKS = (0.05, 0.25, 0.45, 0.25)


def company(workloads: int, fleets: int, months: int, *, growth: bool = True, burst: bool = False) -> Portfolio:
    """Workloads of very different size, fleets of several GPUs, half of them reserved; always the same."""
    chance = np.random.default_rng(workloads * 1000 + fleets)
    names = [f"w{i}" for i in range(workloads)]
    made, bill = [], {}
    for name in names:
        mean = float(chance.lognormal(6.5, 1.2))  # tokens per second
        shape = np.array([chance.uniform(1.8, 3.0), chance.uniform(1.2, 1.6), 1.0, 0.3])
        shape /= np.array(BLOCKS) @ shape
        grows = 1 + float(chance.choice([0.0, 0.01, 0.02])) * growth
        path = tuple((grows ** np.arange(months)).tolist())
        bill[name] = tuple(mean * 2.628 * float(chance.uniform(0.2, 2.5)) * g for g in path)
        made.append(
            Workload(
                name=name,
                load=tuple((mean * shape).tolist()),
                growth=path,
                today="api",
                complexity=float(chance.integers(1, 20)),
                effort_person_months=float(chance.uniform(0.1, 1.0)),
                migration_cost=float(chance.uniform(1_000, 10_000)),
                shadow_days=14.0,
                may_burst=burst,
            )
        )
    held = [chance.random() < 0.5 for _ in range(fleets)]
    built = tuple(_fleet(chance, f"f{i}", names, months, held=held[i]) for i in range(fleets))
    return Portfolio(
        name="company",
        currency="USD",
        workloads=tuple(made),
        apis=(Api(name="api", monthly_cost=bill),),
        fleets=built,
        block_share=BLOCKS,
        discount=tuple((1.008 ** -np.arange(1, months + 1)).tolist()),
        team=Team(person_months=(max(workloads * 0.06, 2.0),) * months, earliest_month=1),
        canary_share=0.02,
    )


def _fleet(chance: np.random.Generator, name: str, names: list[str], months: int, *, held: bool) -> HeldFleet:
    speed, price = float(chance.uniform(800, 9_000)), float(chance.uniform(0.15, 0.6))
    return HeldFleet(
        name=name,
        load_per_unit_load={n: 1 / (speed * float(chance.uniform(0.7, 1.3))) for n in names if chance.random() < 0.7},
        unit_cost=(speed * price * (0.7 if held else 1.0),) * months,
        usable_per_unit=0.8,
        fixed_cost=(float(chance.uniform(1_000, 6_000)),) * months,
        opening_cost=20_000.0,
        spare_units=1,
        minimum_units=1,
        maximum_units=60,
        operations_fte=0.05,
        held=held,
    )


@ratio(limit=250)
def assignment_of_100_workloads() -> float:
    terms = Terms(portfolio=company(100, 20, 24))
    return versus(lambda: assign(terms, Limits(gap=0.01, seconds=60)), yardsticks.search, rounds=1)


@ratio(limit=5)
def assignment_of_20_workloads() -> float:
    terms = Terms(portfolio=company(20, 8, 12))
    return versus(lambda: assign(terms, Limits(gap=0.01, seconds=60)), yardsticks.search, rounds=3)


@cache
def _placed() -> tuple[Terms, Mapping[str, str]]:
    terms = Terms(portfolio=company(12, 4, 36, burst=True))
    found = assign(terms, Limits(gap=0.001))
    assert found is not None
    return terms, found.target


@ratio(limit=20)
def schedule_of_12_workloads() -> float:
    terms, target = _placed()
    return versus(lambda: schedule(terms, target, Limits(gap=0.001)), yardsticks.search, rounds=3)


def case(workloads: int) -> Case:
    """A case of many workloads at two hosted models, with three fleets to choose from; always the same."""
    chance = np.random.default_rng(workloads)
    listed = [
        {
            "name": f"workload {i}",
            "hosted_model": ("openai/gpt-4o", "openai/gpt-4o-mini")[int(chance.integers(2))],
            "tokens_per_month": float(np.round(chance.lognormal(21.5, 1.5))),
            "effort_person_months": float(np.round(chance.uniform(0.1, 1.0), 2)),
        }
        for i in range(workloads)
    ]
    own = {"model": "llama-3.3-70b", "precision": "fp8", "gpu": "h100", "gpus_per_replica": 2}
    rent = {"tokens_per_second": 9_000, "purchase": [{"mode": "rented", "price_per_gpu_hour": 2.5}]}
    ways = [{"mode": "rented"}, {"mode": "owned"}]
    return Case.from_dict(
        {
            "as_of": "2026-11-21",
            "horizon_months": 12,
            "team": max(1, workloads // 50),
            "migration": {"max_parallel": max(2, workloads // 8)},
            "workloads": listed,
            "self_hosting": own | rent,
            "fleets": [
                {"name": "small", "model": "qwen3-8b", "gpus_per_replica": 1},
                {"name": "large", "purchase": ways, "redundancy": "n+1"},
            ],
        }
    )


@ratio(limit=10)
def pricing_300_workloads_against_30() -> float:
    """Everything before the search, for ten times the workloads: no more than in proportion."""
    small, large = case(30), case(300)
    return versus(lambda: planned(large), lambda: planned(small), rounds=3)


@ratio(limit=25)
def pricing_1000_workloads_against_100() -> float:
    """The workloads stand beside each other in pairs, so it grows faster than they do, and stays seconds."""
    small, large = case(100), case(1_000)
    return versus(lambda: planned(large), lambda: planned(small), rounds=2)


def whole_plan(workloads: int) -> float:
    """By hand, minutes: CPU seconds of a whole plan over the 70 that 100 workloads took before it was bounded.

    `python -c "from benchmarks.bench_plan import whole_plan; print(whole_plan(1_000))"`; at most 6 for 1,000.
    """
    asked = case(workloads)
    end = monotonic() + 300
    limits = Limits(gap=0.001, seconds=300, left=lambda: end - monotonic())
    return cpu_seconds(lambda: make_plan(planned(asked).portfolio, limits=limits)) / 70.0
