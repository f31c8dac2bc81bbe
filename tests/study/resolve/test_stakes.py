"""What grows with the stakes: a small bill does not carry the people of a large one, and what is stated stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from breakeven.decision.answers.break_even import volume_break_even
from breakeven.decision.risk.when_to_start import evaluated
from breakeven.numbers.inputs import likely
from breakeven.numbers.operations import pick
from breakeven.study.case.case import Case
from breakeven.study.resolve.resolve import Resolved, resolve

CASE: dict[str, Any] = {
    "as_of": "2026-11-21",
    "hosted_model": "anthropic/claude-haiku-4-5",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "self_hosting": {"precision": "fp8"},
    "cutover_month": 1,
    "team": 1,
}


def resolved(spend: float, **more: Any) -> Resolved:
    return resolve(Case.from_dict({**CASE, "api_spend_per_month": spend, **more}))


def amounts(found: Resolved, *names: str) -> list[float]:
    """Lines of the last option in the first month, every input at its likely value."""
    got = replace(found.comparison, values=likely(found.inputs)).evaluate(names)
    return [float(pick(got[name], option=-1, month=0)) for name in names]


def test_a_small_bill_does_not_carry_a_large_build() -> None:
    lines = ("build", "on_call_incidents", "refresh_people", "refresh_compute", "security_and_compliance")
    small, large = amounts(resolved(5_000), *lines), amounts(resolved(500_000), *lines)
    assert small[0] < 0.2 * large[0]
    assert sum(small[1:]) < 0.1 * sum(large[1:])
    assert large[0] == pytest.approx(6 * 207_000 / 12)


def test_a_team_of_one_is_billed_as_one() -> None:
    for spend in (5_000, 50_000, 500_000):
        run, incidents, newer = amounts(resolved(spend), "run_engineering", "on_call_incidents", "refresh_people")
        assert (run, incidents, newer) == (pytest.approx(207_000 / 12), 0, 0)


def test_what_is_stated_is_charged_at_every_volume() -> None:
    said = {
        "people": {"incidents_per_month": 4},
        "one_time": {"build_person_months": 4},
        "compliance": {"compliance_cost_per_year": 12_000},
    }
    for spend in (5_000, 500_000):
        found = amounts(resolved(spend, **said), "team", "incidents", "build_work", "security_and_compliance")
        assert found == [1, 4, 4, pytest.approx(1_000)]


def test_a_team_that_is_not_stated_grows_with_the_load() -> None:
    without = {key: value for key, value in CASE.items() if key != "team"}
    small, large = (
        amounts(resolve(Case.from_dict({**without, "api_spend_per_month": spend})), "team")[0]
        for spend in (5_000, 500_000)
    )
    assert 0.25 < small < 0.35
    assert large == 1


def test_the_break_even_does_not_depend_on_the_volume_of_the_plan() -> None:
    found = []
    for spend in (20_000, 80_000):
        its = volume_break_even(resolved(spend).comparison, 1, 0)
        found.append(float(its.crossings.windows[-1].start) * its.plan_mtok)
    assert found[0] == pytest.approx(found[1], rel=1e-6)


def test_who_starts_later_pays_for_the_platform_of_then() -> None:
    """Right value: what is paid once in the same case that cuts over a year later, grown by 5 % a month."""
    growing = {"assumptions": {"growth_per_month": {"likely": 0.05, "low": 0.05, "high": 0.05}}}
    now, later = (resolved(8_000, **growing, cutover_month=month).comparison for month in (1, 13))
    flat = {"hosted_price_change_per_month": np.zeros((1, 1, 1, 1, 1))}
    found = evaluated(now, 1, flat, [(0,)], [0, 12]).start_costs
    for date, comparison in ((0, now), (12, later)):
        paid = comparison.evaluate(["one_time_cost"], **flat)["one_time_cost"]
        assert found[date][(0,)] == pytest.approx(float(pick(paid, option=1)), rel=1e-9)
    assert found[12][(0,)] > 1.05 * found[0][(0,)]
