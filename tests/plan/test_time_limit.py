"""A time limit bounds everything that is asked, and what was not found in time is never claimed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from benchmarks.bench_plan import company
from hypothesis import given
from hypothesis import strategies as st

from breakeven.plan.document import document
from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.plan import TIME_IS_OVER, make_plan
from breakeven.plan.portfolio import PlanGate, Team
from breakeven.plan.pricing import _burst, price
from breakeven.plan.program import Limits, Program, Proof
from breakeven.plan.reading import check_document
from breakeven.plan.schedule import schedule
from breakeven.plan.schedule_quickly import cut_overs
from plan.portfolios import random_portfolio, together

SECONDS = 100.0


@dataclass(slots=True)
class Clock:
    """A clock that only the test moves."""

    now: float = 0.0

    def left(self) -> float:
        return SECONDS - self.now


def without_answer(self: Program, limits: Limits, *, offset: float = 0.0) -> tuple[None, Proof]:
    """A search that takes all the time it may and finds nothing."""
    unknown = float("inf")
    return None, Proof(
        end="time limit", cost=unknown, bound=-unknown, gap=unknown, seconds=limits.now, columns=0, rows=0
    )


@pytest.mark.parametrize("finds", [True, False])
def test_searches_that_take_all_they_may_keep_the_limit_together(finds: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, real = Clock(), Program.solve
    solve: Callable[..., tuple[np.ndarray | None, Proof]] = real if finds else without_answer
    asked = []

    def slow(self: Program, limits: Limits, *, offset: float = 0.0) -> tuple[np.ndarray | None, Proof]:
        asked.append(limits.now)
        clock.now += limits.now
        return solve(self, replace(limits, left=None, seconds=60.0), offset=offset)

    monkeypatch.setattr(Program, "solve", slow)
    plan = make_plan(company(8, 3, 6, burst=True), limits=Limits(gap=0.01, seconds=SECONDS, left=clock.left))
    assert len(asked) > 2
    assert clock.now <= SECONDS
    assert plan.curve is None
    assert TIME_IS_OVER in plan.notices
    assert any(each.why == "cannot tell" for each in plan.reasons)
    assert check_document(document(plan, as_of="2026-11-21"))


def test_with_no_time_at_all_everything_is_told_and_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Program, "solve", without_answer)
    plan = make_plan(together(), limits=Limits(left=lambda: 0.0))
    assert plan.placed.target == {"W1": "api", "W2": "api", "W3": "api"}
    assert plan.saving == pytest.approx(0.0)
    assert (plan.placed.proof.end, plan.scheduled.proof.end) == ("time limit", "time limit")
    assert plan.placed.proof.gap == float("inf")
    assert {each.why for each in plan.reasons} == {"cannot tell"}
    assert all(each.cost is None for each in plan.constraint_costs)
    assert plan.pairs == ()


@given(seed=st.integers(0, 100_000))
def test_cut_overs_without_a_search_keep_every_rule(seed: int) -> None:
    folio = random_portfolio(seed, most_workloads=5)
    terms = Terms(portfolio=folio)
    target = {
        each.name: next((t for t in reversed(folio.targets(each.name)) if t in folio.fleet), "")
        for each in folio.workloads
    }
    moved = [w for w, t in target.items() if t and folio.fleet[t].moves]
    starts = cut_overs(terms, target, moved)
    months = list(starts.values())
    assert all(terms.start <= month < folio.months for month in months)
    assert all(months.count(month) <= folio.team.parallel_migrations for month in months)
    for w, month in starts.items():
        assert all(starts.get(other, folio.months) < month for other in folio.workload[w].after)
    for month in range(folio.months):
        gone = [w for w in starts if starts[w] <= month]
        work = sum(folio.workload[w].effort_person_months for w in gone) + folio.shared_effort * bool(gone)
        for fleet in {target[w] for w in gone}:
            opens = min(starts[w] for w in starts if target[w] == fleet)
            work += folio.fleet[fleet].operations_fte * (month - opens + 1)
        assert work <= sum(folio.team.person_months[: month + 1]) + 1e-6


def test_what_a_forced_workload_waits_for_goes_first_too() -> None:
    """W2 may not stay on the API and comes after W1: neither waits for W3, which would save more."""
    folio = together(gated=False)
    names = {each.name: replace(each, growth=(1.0,) * 3) for each in folio.workloads}
    names["W2"] = replace(names["W2"], after=("W1",))
    terms = Terms(
        portfolio=replace(
            folio,
            workloads=tuple(names.values()),
            apis=(
                replace(folio.apis[0], monthly_cost={n: cost * 3 for n, cost in folio.apis[0].monthly_cost.items()}),
            ),
            fleets=(replace(folio.fleets[0], unit_cost=(3000.0,) * 3, fixed_cost=(4000.0,) * 3),),
            discount=(1.0,) * 3,
            team=Team(person_months=(1.0,) * 3, parallel_migrations=1),
            gates=(PlanGate(name="residency", verdict="fail", workload="W2", target="api"),),
        )
    )
    assert cut_overs(terms, dict.fromkeys(names, "fleet"), [*names]) == {"W1": 0, "W2": 1, "W3": 2}


def test_a_schedule_that_was_not_searched_is_no_cheaper_than_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = Terms(portfolio=company(8, 3, 12, burst=True))
    target = {each.name: (terms.portfolio.targets(each.name))[-1] for each in terms.portfolio.workloads}
    best = schedule(terms, target, Limits(gap=0.0))
    monkeypatch.setattr(Program, "solve", without_answer)
    quick = schedule(terms, target, Limits(gap=0.0))
    assert best is not None
    assert quick is not None
    assert quick.price.total >= best.price.total - 1e-6
    assert quick.proof.cost == quick.price.total
    assert quick.proof.gap == float("inf")


@given(seed=st.integers(0, 100_000))
def test_a_price_is_the_same_whatever_was_priced_before(seed: int) -> None:
    folio = random_portfolio(seed, most_workloads=5)
    used, chance = Terms(portfolio=folio), np.random.default_rng(seed)
    for _ in range(6):
        assignment = {each.name: str(chance.choice(folio.offers(each.name))) for each in folio.workloads}
        assert price(used, assignment) == price(Terms(portfolio=folio), assignment)


@given(seed=st.integers(0, 100_000))
def test_what_bursts_is_the_cheapest_workload_by_workload(seed: int) -> None:
    """Against a loop that takes one workload after another."""
    chance = np.random.default_rng(seed)
    count, blocks, months = int(chance.integers(1, 6)), 3, 2
    loads, share = chance.uniform(0, 10, (count, blocks, months)), chance.dirichlet(np.ones(blocks))
    prices, bursts = chance.uniform(-1, 5, (count, months)), chance.random(count) < 0.7
    rooms = np.array([0.0, 3.0, 11.0, 60.0])
    cost, mean = _burst(rooms, share, loads, bursts, prices)
    for row, month in np.ndindex(len(rooms), months):
        wanted_cost = wanted_mean = 0.0
        for block in range(blocks):
            left = max(loads[:, block, month].sum() - rooms[row], 0.0)
            for w in np.argsort(prices[:, month]):
                own = loads[w, block, month] * bursts[w]
                gone = own if prices[w, month] < 0 else min(left, own)
                left = max(left - gone, 0.0)
                wanted_cost += share[block] * gone * prices[w, month]
                wanted_mean += share[block] * gone
        assert cost[row, month] == pytest.approx(wanted_cost, abs=1e-9)
        assert mean[row, month] == pytest.approx(wanted_mean, abs=1e-9)
