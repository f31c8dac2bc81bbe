"""What the plan's page says of the verdict's figure: it is that of the same move, and of no other of the same worth."""

from __future__ import annotations

from dataclasses import replace

from breakeven.plan.plan import make_plan
from breakeven.report.pages.plan_page import moved, on_average
from breakeven.study.case.case import Case
from breakeven.study.questions.plan_beside import planned_case
from breakeven.study.resolve.resolve import resolve
from breakeven.study.study import OptionStudy

CASE = {
    "as_of": "2026-11-21",
    "horizon_months": 12,
    "tokens_per_month": 40e9,
    "hosted_model": "anthropic/claude-haiku-4-5",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 1,
    "hosts": {"refuse": ["nebius"], "allow": ["novita"]},
    "self_hosting": {"precision": "fp8", "tokens_per_second": 9000},
}


def test_a_move_to_another_place_is_not_the_same_though_it_be_worth_as_much() -> None:
    found = planned_case(resolve(Case.from_dict(CASE)))
    plan, study = make_plan(found.portfolio), found.study
    (target,) = {*moved(plan).values()}
    at = next(i for i, column in enumerate(study.basis.columns) if column.name == target) - 1

    def worth(option: OptionStudy, point: float, expected: float) -> OptionStudy:
        horizon = replace(option.horizon, net_present_value=point)
        return replace(option, horizon=horizon, expected_net_present_value=expected)

    twice = 2 * plan.saving
    same = tuple(worth(one, plan.saving, twice if i == at else plan.saving) for i, one in enumerate(study.options))
    other = tuple(worth(one, plan.saving if i != at else 0.0, twice) for i, one in enumerate(study.options))
    assert "expected to gain" in on_average(plan, replace(study, options=same))
    assert on_average(plan, replace(study, options=other)) == ""
