"""What a case must say and does not, and what its parts say against each other: each room by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from breakeven.problems import Problem
from breakeven.study.case.checks.agreements import agreement_problems
from breakeven.study.case.checks.migration import plan_problems
from breakeven.study.case.missing import gap_problems
from breakeven.study.case.places import Document
from breakeven.study.case.schema import CaseFile

WHOLE: dict[str, Any] = {
    "tokens_per_month": 1e9,
    "hosted_model": "openai/gpt-4o",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.5},
}
TWO = [{"name": "a", "tokens_per_month": 1e9}, {"name": "b", "tokens_per_month": 1e9}]


def told(problems: Iterator[Problem]) -> list[str]:
    return [problem.what for problem in problems]


def checked(check: Callable[[CaseFile, Document], Iterator[Problem]], **changed: Any) -> list[str]:
    data = {**WHOLE, **changed}
    return told(check(CaseFile.model_validate(data), Document(file="case.yaml", data=data)))


@pytest.mark.parametrize("key", ["tokens_per_month", "hosted_model"])
def test_each_thing_that_a_case_needs_is_missed_alone(key: str) -> None:
    data = {name: value for name, value in WHOLE.items() if name != key}
    assert len(told(gap_problems(Document(file="case.yaml", data=data)))) == 1


def test_nothing_is_missed_in_the_smallest_case() -> None:
    assert not told(gap_problems(Document(file="case.yaml", data=WHOLE)))


def test_a_wrong_value_still_counts_as_said() -> None:
    assert not told(gap_problems(Document(file="case.yaml", data=WHOLE | {"tokens_per_month": "many"})))


def test_a_workload_without_a_volume_and_one_with_half_a_price_are_named_by_their_place() -> None:
    data = {name: value for name, value in WHOLE.items() if name not in ("tokens_per_month", "hosted_model")}
    data["workloads"] = [{"name": "a"}, {"name": "b", "tokens_per_month": 1, "input_price_per_mtok": 1}]
    found = told(gap_problems(Document(file="case.yaml", data=data)))
    assert found == [
        "workloads.0: has no volume",
        "workloads.0: has neither a hosted_model nor prices of its own",
        'workloads.1: "output_price_per_mtok" is missing',
    ]


def test_workloads_that_wait_for_each_other_are_a_circle() -> None:
    waiting = [TWO[0] | {"comes_after": ["b"]}, TWO[1] | {"comes_after": ["a"]}]
    (what,) = checked(plan_problems, workloads=waiting)
    assert "in a circle" in what


def test_a_workload_that_nobody_has_is_named_with_the_nearest() -> None:
    (what,) = checked(plan_problems, workloads=[TWO[0] | {"comes_after": ["bb"]}, TWO[1]])
    assert 'workloads.0.comes_after: "bb" is no workload.' in what
    assert '"b"' in what


def test_limits_of_a_model_that_is_not_bought_limit_nothing() -> None:
    limits = [{"hosted_model": "openai/gpt-5", "tokens_per_minute": 1e6}]
    (what,) = checked(plan_problems, api_limits=limits)
    assert "no workload uses" in what


def test_a_case_that_orders_nothing_has_nothing_against_a_plan() -> None:
    assert checked(plan_problems, workloads=TWO) == []


SLA = {"hosted": {"outages_per_month": 2, "hours_per_outage": 1}}


def test_service_levels_need_what_an_hour_costs() -> None:
    (what,) = checked(agreement_problems, sla=SLA)
    assert "what an hour of outage costs you is not stated" in what
    assert checked(agreement_problems, sla=SLA, compliance={"loss_per_outage_hour": 100}) == []


def test_more_than_half_a_month_down_is_no_service() -> None:
    down = {"hosted": {"outages_per_month": 100, "hours_per_outage": 10}}
    (what,) = checked(agreement_problems, sla=down, compliance={"loss_per_outage_hour": 100})
    assert what == "sla.hosted: 100 outages of 10 hours are more than half of a month"


def test_a_lease_needs_something_that_is_bought() -> None:
    (what,) = checked(agreement_problems, finance={"lease_payment_per_gpu_month": 1_000})
    assert "nothing is bought" in what
