"""Which workload goes where: the worked example to the cent, brute force, and that no constraint ever helps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.plan.assignment import Options, assign
from breakeven.plan.checks import check
from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.portfolio import Api, HeldFleet, PlanGate, Portfolio, Team, Workload
from breakeven.plan.pricing import price
from breakeven.plan.program import Limits
from breakeven.problems import Problems
from plan.portfolios import cheapest, random_portfolio, together

EXACT = Limits(gap=0.0)
ALL = ("W1", "W2", "W3")


def priced(moved: set[str], *, gated: bool = True) -> float:
    terms = Terms(portfolio=together(gated=gated))
    found = price(terms, {name: "fleet" if name in moved else "api" for name in ALL})
    assert found is not None
    return found.total


def test_neither_pays_alone_and_both_do() -> None:
    assert priced(set()) == pytest.approx(20_400, abs=0.005)
    assert priced({"W1"}) == pytest.approx(24_400, abs=0.005)
    assert priced({"W2"}) == pytest.approx(21_000, abs=0.005)
    assert priced({"W1", "W2"}) == pytest.approx(18_000, abs=0.005)
    assert priced({"W2", "W3"}) == pytest.approx(13_000, abs=0.005)
    assert priced({"W1", "W2", "W3"}) == pytest.approx(13_000, abs=0.005)


def test_the_assignment_finds_both_and_what_the_gate_costs() -> None:
    gated = assign(Terms(portfolio=together()), EXACT)
    free = assign(Terms(portfolio=together().without_gates("quality")), EXACT)
    assert gated is not None
    assert free is not None
    assert gated.price is not None
    assert free.price is not None
    assert gated.target == {"W1": "fleet", "W2": "fleet", "W3": "api"}
    assert free.target == {"W1": "api", "W2": "fleet", "W3": "fleet"}, "of two equal plans the one with fewer moves"
    assert gated.price.total == pytest.approx(18_000, abs=0.005)
    assert gated.price.total - free.price.total == pytest.approx(5_000, abs=0.005)
    assert gated.proof.end == "proven"
    assert gated.proof.gap == 0


def test_at_half_the_volume_nothing_pays() -> None:
    half = assign(Terms(portfolio=together(scale=0.5)), EXACT)
    assert half is not None
    assert half.price is not None
    assert half.price.total == pytest.approx(10_200, abs=0.005)
    assert set(half.target.values()) == {"api"}
    kept = price(Terms(portfolio=together(scale=0.5)), {"W1": "fleet", "W2": "fleet", "W3": "api"})
    assert kept is not None
    assert kept.total == pytest.approx(4_000 + 3_000 + 4_000, abs=0.005)


def test_a_fleet_over_four_load_blocks_to_the_cent() -> None:
    """The load-duration example: two replicas are owned and the rest bursts, 11,144.71 in all."""
    load, share = (9_000.0, 6_000.0, 3_500.0, 1_000.0), (0.1, 0.2, 0.3, 0.4)
    volume = sum(a * b for a, b in zip(load, share, strict=True)) * 2.628  # MTok a month
    portfolio = Portfolio(
        name="four blocks",
        currency="USD",
        workloads=(Workload(name="w", load=load, growth=(1.0,), today="api"),),
        apis=(Api(name="api", monthly_cost={"w": (volume * 1.25,)}),),
        fleets=(
            HeldFleet(
                name="fleet",
                load_per_unit_load={"w": 1 / 2_000},
                unit_cost=(2_920.0,),
                usable_per_unit=1.0,
                marginal_cost={"w": (volume * 0.05,)},
                fixed_cost=(2_000.0,),
            ),
        ),
        block_share=share,
        discount=(1.0,),
        team=Team(person_months=(1.0,)),
    )
    found = assign(Terms(portfolio=portfolio), EXACT)
    assert found is not None
    assert found.price is not None
    assert found.price.total == pytest.approx(11_144.71, abs=0.005)
    assert found.price.fleets[0].units == (2,)
    assert found.price.fleets[0].burst_cost[0] == pytest.approx(2_365.2 * (1.25 - 0.05), abs=0.005)


@pytest.mark.parametrize("part", range(10))
def test_it_is_as_cheap_as_trying_everything(part: int) -> None:
    for seed in range(part * 50, part * 50 + 50):
        terms = Terms(portfolio=random_portfolio(seed))
        wanted, found = cheapest(terms), assign(terms, EXACT)
        if wanted is None:
            assert found is None, f"portfolio {seed}"
            continue
        assert found is not None, f"portfolio {seed}"
        assert found.price is not None
        assert found.price.total == pytest.approx(wanted, rel=1e-6), f"portfolio {seed}"
        assert found.proof.cost == pytest.approx(wanted, rel=1e-5), f"portfolio {seed}"
        assert found.proof.bound <= wanted * (1 + 1e-6)


@given(seed=st.integers(0, 100_000), which=st.integers(0, 4))
def test_a_constraint_never_makes_it_cheaper(seed: int, which: int) -> None:
    portfolio = random_portfolio(seed, most_workloads=5)
    free, bound = assign(Terms(portfolio=portfolio), EXACT), assign(Terms(portfolio=tightened(portfolio, which)), EXACT)
    if free is None or bound is None:
        assert bound is None
        return
    assert free.price is not None
    assert bound.price is not None
    assert bound.price.total >= free.price.total * (1 - 1e-6)


def tightened(portfolio: Portfolio, which: int) -> Portfolio:
    first, fleet = portfolio.workloads[0], portfolio.fleets[0]
    team = portfolio.team
    gate = PlanGate(name="new", verdict="fail", workload=first.name, target=fleet.name)
    return (
        replace(portfolio, gates=(*portfolio.gates, gate)),
        replace(portfolio, team=replace(team, person_months=tuple(each / 2 for each in team.person_months))),
        replace(portfolio, team=replace(team, earliest_month=(team.earliest_month or 0) + 1)),
        replace(portfolio, fleets=(replace(fleet, spare_units=fleet.spare_units + 1), *portfolio.fleets[1:])),
        replace(portfolio, workloads=(replace(first, stays_on_api=True), *portfolio.workloads[1:])),
    )[which]


def test_monthly_shares_are_never_dearer_and_add_up() -> None:
    for seed in range(30):
        terms = Terms(portfolio=random_portfolio(seed))
        once, shared = assign(terms, EXACT), assign(terms, EXACT, Options(monthly_shares=True))
        if once is None:
            continue
        assert shared is not None
        assert shared.proof.cost <= once.proof.cost * (1 + 1e-6)
        for parts in shared.shares.values():
            assert np.sum([*parts.values()], axis=0) == pytest.approx(np.ones(3))


def test_a_time_limit_is_never_called_proven() -> None:
    from benchmarks.bench_plan import company

    found = assign(Terms(portfolio=company(100, 20, 24)), Limits(gap=1e-6, seconds=1.0))
    if found is not None:
        assert found.proof.end == "time limit"
        assert found.proof.gap > 1e-6
        assert found.proof.bound < found.proof.cost


def test_stopping_keeps_the_best_plan_found() -> None:
    from benchmarks.bench_plan import company

    seen: list[float] = []
    limits = Limits(gap=1e-6, seconds=60.0, progress=lambda _, best, __: seen.append(best), stop=lambda: finite(seen))
    found = assign(Terms(portfolio=company(100, 20, 24)), limits)
    assert found is not None
    assert found.proof.end == "interrupted"
    assert found.price is not None
    assert found.proof.gap > 0


def finite(seen: list[float]) -> bool:
    return any(np.isfinite(each) for each in seen)


def test_quota_below_what_a_lost_fleet_needs_keeps_workloads_on_the_api() -> None:
    tokens = {name: each * 60 for name, each in {"W1": 12_000.0, "W2": 8_000.0, "W3": 2_000.0}.items()}
    portfolio = together()
    enough = sum(tokens.values())
    tight = replace(portfolio, apis=(replace(portfolio.apis[0], tokens_per_minute=enough),))
    assert assign(Terms(portfolio=tight), EXACT) is not None
    short = replace(portfolio, apis=(replace(portfolio.apis[0], tokens_per_minute=enough - 1),))
    assert assign(Terms(portfolio=short), EXACT) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"gates": (PlanGate(name="residency", verdict="fail", on_api=True), PlanGate(name="licence", verdict="fail"))},
         ('"W1" has no compliant option', 'api if "residency" passed; fleet if "licence" passed')),
        ({"workloads": ()}, ("has no workloads",)),
        ({"team": Team(person_months=(0.0,)), "gates": (PlanGate(name="residency", verdict="fail", on_api=True),)},
         ("must leave the API", "nobody to move it")),
        ({"block_share": (0.5,)}, ("add up to 0.5",)),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(change: dict[str, object], said: tuple[str, ...]) -> None:
    with pytest.raises(Problems) as caught:
        check(replace(together(), **change))  # type: ignore[arg-type]
    assert all(each in str(caught.value) for each in said), str(caught.value)


def test_circles_unknown_names_and_endless_demand_are_told() -> None:
    one, two, three = together().workloads
    circle = replace(together(), workloads=(replace(one, after=("W2",)), replace(two, after=("W1",)), three))
    with pytest.raises(Problems, match="in a circle: W"):
        check(circle)
    with pytest.raises(Problems, match='comes after "W9", which is no workload'):
        check(replace(together(), workloads=(replace(one, after=("W9",)), two, three)))
    with pytest.raises(Problems, match='the load of "W1" has no bound'):
        check(replace(together(), workloads=(replace(one, load=(float("inf"),)), two, three)))
