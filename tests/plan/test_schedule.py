"""When each workload moves: as cheap as trying every month, and every rule of moving kept."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from benchmarks.bench_plan import company

from breakeven.plan.assignment import assign
from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.portfolio import Team
from breakeven.plan.pricing import price
from breakeven.plan.program import Limits
from breakeven.plan.schedule import Scheduled, schedule
from plan.portfolios import random_portfolio, together

EXACT = Limits(gap=0.0)


def keeps_the_rules(terms: Terms, target: dict[str, str], starts: dict[str, int]) -> bool:
    """Every rule of moving, month by month, written without the program; a start beyond the end is never."""
    folio, months = terms.portfolio, terms.portfolio.months
    moved = {w: m for w, m in starts.items() if m < months}
    if any(m < terms.start for m in moved.values()):
        return False
    if any(moved.get(other, months) >= m for w, m in moved.items() for other in folio.workload[w].after):
        return False
    done = 0.0
    for month in range(months):
        if sum(m == month for m in moved.values()) > folio.team.parallel_migrations:
            return False
        done += sum(folio.workload[w].effort_person_months for w, m in moved.items() if m == month)
        opened = {target[w] for w, m in moved.items() if m <= month}
        done += sum(folio.fleet[f].operations_fte for f in opened)
        if done + folio.shared_effort * bool(opened) > sum(folio.team.person_months[: month + 1]) + 1e-6:
            return False
    return True


def test_it_is_as_cheap_as_trying_every_month() -> None:
    some = 0
    for seed in range(200):
        folio = random_portfolio(seed, most_workloads=3, months=4)
        terms = Terms(portfolio=replace(folio, team=replace(folio.team, parallel_migrations=1 + seed % 2)))
        placed = assign(terms, EXACT)
        if placed is None:
            continue
        target = dict(placed.target)
        moved = [w for w, t in target.items() if t in folio.fleet and folio.fleet[t].moves]
        some += bool(moved)
        costs = []
        for months in product(range(5), repeat=len(moved)):
            starts = dict(zip(moved, months, strict=True))
            if keeps_the_rules(terms, target, starts) and (found := price(terms, target, starts)) is not None:
                costs.append(found.total)
        got = schedule(terms, target, EXACT)
        assert got is not None
        assert got.price.total == pytest.approx(min(costs), rel=1e-6), f"portfolio {seed}"
        assert got.proof.cost == pytest.approx(min(costs), rel=1e-5), f"portfolio {seed}"
    assert some > 40


def scheduled(terms: Terms) -> tuple[dict[str, str], Scheduled]:
    placed = assign(terms, Limits(gap=0.005))
    assert placed is not None
    found = schedule(terms, placed.target, Limits(gap=0.01, seconds=60))
    assert found is not None
    return dict(placed.target), found


def test_a_company_of_twelve_keeps_every_rule() -> None:
    terms = Terms(portfolio=company(12, 4, 24, burst=True))
    target, found = scheduled(terms)
    assert found.starts
    assert keeps_the_rules(terms, target, {**dict.fromkeys(found.never, 24), **found.starts})
    assert found.proof.end == "proven"


def test_nothing_moves_before_the_team_is_ready_or_without_a_team() -> None:
    late = replace(company(14, 4, 12), team=Team(person_months=(5.0,) * 12, earliest_month=4))
    _, found = scheduled(Terms(portfolio=late))
    assert found.starts
    assert min(found.starts.values()) >= 4
    nobody = replace(late, team=Team(person_months=(0.0,) * 12))
    placed = assign(Terms(portfolio=nobody), EXACT)
    assert placed is not None
    assert set(placed.target.values()) == {"api"}
    never = replace(late, team=Team(person_months=(5.0,) * 12, earliest_month=None))
    placed = assign(Terms(portfolio=never), EXACT)
    assert placed is not None
    assert set(placed.target.values()) == {"api"}


def test_one_month_is_a_schedule_too() -> None:
    terms = Terms(portfolio=together())
    found = schedule(terms, {"W1": "fleet", "W2": "fleet", "W3": "api"}, EXACT)
    assert found is not None
    assert found.starts == {"W1": 0, "W2": 0}
    assert found.price.total == pytest.approx(18_000, abs=0.005)
