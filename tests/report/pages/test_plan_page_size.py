"""The page of a plan is bounded, however many workloads it has."""

from __future__ import annotations

import io
import tracemalloc
from dataclasses import replace

from rich.console import Console

from breakeven.plan.phases import Phase
from breakeven.plan.plan import make_plan
from breakeven.plan.portfolio import Api
from breakeven.report.pages.plan_page import MOST_ROWS, plan_page
from breakeven.report.wording import few
from plan.portfolios import together

MANY = 100_000
MEGABYTE = 1e6


def test_a_hundred_thousand_workloads_make_a_page() -> None:
    plan = make_plan(together())
    names = [f"workload {i}" for i in range(MANY)]
    one = plan.portfolio.workloads[2]
    folio = replace(
        plan.portfolio,
        workloads=(*plan.portfolio.workloads[:2], *(replace(one, name=name) for name in names)),
        apis=(Api(name="api", monthly_cost=dict.fromkeys([*plan.portfolio.workload, *names], (1.0,))),),
    )
    stay = Phase(name="P", kind="permanent", first_month=1, last_month=1, workloads=tuple(names))
    placed = replace(plan.placed, target={**plan.placed.target, **dict.fromkeys(names, "api")})
    many = replace(
        plan,
        portfolio=folio,
        placed=placed,
        phases=(*plan.phases[:-1], stay),
        notices=tuple(f"{n} waits" for n in names),
    )
    tracemalloc.start()
    out = io.StringIO()
    Console(file=out, width=100).print(plan_page(many, 100))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    lines = out.getvalue().splitlines()
    assert len(lines) < 3 * MOST_ROWS
    assert f"and {MANY + 2 - MOST_ROWS:,} more: --json lists all" in out.getvalue()
    assert any(line.startswith("W1 ") for line in lines), "what moves comes first"
    assert peak < 100 * MEGABYTE


def test_names_beyond_a_number_are_counted() -> None:
    assert few(["a", "b", "c"], 3) == "a, b, c"
    assert few(["a", "b", "c"], 1) == "a and 2 more"
