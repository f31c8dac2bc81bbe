"""The whole plan: why each workload is where it is, the curve, phases, the way back, and the document."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from benchmarks.bench_plan import company
from scipy.stats import norm

from breakeven.plan.criteria import Quality
from breakeven.plan.document import document
from breakeven.plan.plan import Plan, make_plan
from breakeven.plan.portfolio import PlanGate, Team
from breakeven.plan.program import Limits
from breakeven.plan.reading import check_document
from breakeven.problems import Problem
from plan.portfolios import together


@cache
def worked() -> Plan:
    return make_plan(together())


@cache
def twelve() -> Plan:
    folio = company(10, 3, 12, burst=True)
    apis = (replace(folio.apis[0], tokens_per_minute=1e9, requests_per_minute=None),)
    workloads = tuple(replace(each, requests_per_load=1e-3, exit_cost=500.0) for each in folio.workloads)
    return make_plan(
        replace(folio, apis=apis, workloads=workloads, drill_share=1 / 730), limits=Limits(gap=0.01, seconds=30)
    )


def test_the_worked_portfolio_to_the_cent() -> None:
    plan = worked()
    assert plan.baseline == pytest.approx(20_400, abs=0.005)
    assert plan.saving == pytest.approx(2_400, abs=0.005)
    by_name = {each.workload: each for each in plan.reasons}
    assert by_name["W3"].why == "gate"
    assert by_name["W3"].binding == ("quality",)
    assert by_name["W3"].unlocked == pytest.approx(5_000, abs=0.005)
    assert by_name["W1"].why == "money"
    assert by_name["W1"].instead == "api"
    assert by_name["W1"].moving_costs == pytest.approx(2_400, abs=0.005)
    assert [(each.name, each.cost) for each in plan.constraint_costs] == [("quality", pytest.approx(5_000, abs=0.005))]


def test_the_pair_that_pays_together_is_found() -> None:
    (pair,) = worked().pairs
    assert (pair.first, pair.second) == ("W1", "W2")
    assert pair.saving_first == pytest.approx(-4_000, abs=0.005)
    assert pair.saving_second == pytest.approx(-600, abs=0.005)
    assert pair.saving_both == pytest.approx(2_400, abs=0.005)
    assert pair.saving_both > pair.saving_first + pair.saving_second


def test_the_rule_of_thumb_is_measured_and_fails_here() -> None:
    curve = worked().curve
    assert curve is not None
    assert curve.claim_holds is False
    assert curve.saving_at_a_fifth == 0
    assert curve.total_complexity == 13
    assert dict(curve.needed) == {0.6: pytest.approx(4 / 13), 0.8: pytest.approx(4 / 13)}


def test_the_curve_never_falls_and_ends_at_the_whole_saving() -> None:
    curve = twelve().curve
    assert curve is not None
    shares = [each.saving_share for each in curve.points]
    assert all(later >= earlier - 0.02 for earlier, later in pairwise(shares))
    assert shares[-1] == pytest.approx(1.0, abs=0.02)
    for point in curve.points:
        moved = sum(twelve().portfolio.workload[name].complexity for name in point.moved)
        assert moved <= point.complexity_share * curve.total_complexity + 1e-6


def test_phases_add_up_and_say_what_they_need() -> None:
    plan = twelve()
    moves = [each for each in plan.phases if each.kind == "move"]
    assert plan.phases[0].name == "0"
    assert [each.name for each in moves] == [str(i) for i in range(1, len(moves) + 1)]
    assert sum(each.horizon_saving for each in moves) == pytest.approx(plan.saving, rel=1e-6)
    assert sum(each.monthly_saving for each in moves) == pytest.approx(plan.monthly_saving, rel=1e-6)
    assert all(len(each.workloads) <= plan.portfolio.team.parallel_migrations for each in moves)
    assert moves[0].exit_price == pytest.approx(500.0 * len(moves[0].workloads))
    for sample in moves[0].samples:
        assert sample.needed == Quality().sample
        assert sample.days_needed is not None
        assert sample.reached == (sample.days_needed <= 14.0 + 1)


def test_the_sample_of_a_paired_test() -> None:
    z = norm.ppf(0.95) + norm.ppf(0.80)
    assert Quality(margin=0.02, standard_deviation=0.3).sample == int(np.ceil((z * 0.3 / 0.02) ** 2)) == 1_392
    assert Quality(margin=0.04, standard_deviation=0.3).sample == 348
    with pytest.raises(Problem, match="margin above zero"):
        _ = Quality(margin=0.0).sample
    judged, days = Quality(judged_share=0.1).reached_in(30_420.0, 14, 30.42)
    assert judged == 1_400
    assert days == pytest.approx(13.92)
    assert Quality().reached_in(0.0, 14, 30.42) == (0, None)


def test_the_way_back_is_counted_and_fits_the_quota() -> None:
    plan = twelve()
    back = plan.fallback
    assert back is not None
    moved = list(plan.scheduled.starts)
    bill = sum(plan.portfolio.apis[0].monthly_cost[w][max(plan.scheduled.starts.values())] for w in moved)
    assert back.canary_cost == pytest.approx(0.02 * bill)
    assert back.drill_cost == pytest.approx(bill / 730)
    assert back.drill_months[0] == max(min(plan.scheduled.starts.values()), 1)
    (need,) = back.needs
    assert need.enough is True
    by_hand = max(
        sum(
            max(plan.portfolio.workload[w].load) * plan.portfolio.workload[w].growth[-1] * 60
            for w, t in plan.placed.target.items()
            if t in ("api", lost)
        )
        for lost in plan.portfolio.fleet
    )
    assert need.tokens_per_minute == pytest.approx(by_hand)


def test_residency_that_forbids_the_api_forces_a_fleet_and_leaves_no_way_back() -> None:
    gate = PlanGate(name="residency", verdict="fail", workload="W2", on_api=True)
    plan = make_plan(replace(together(), gates=(*together().gates, gate)))
    reason = next(each for each in plan.reasons if each.workload == "W2")
    assert reason.why == "gate"
    assert reason.binding == ("residency",)
    assert plan.fallback is not None
    assert plan.fallback.without == ("W2",)
    assert document(plan, as_of="2026-11-21")["workloads"][1]["fallback"] is None


def test_unknown_gates_are_named_and_team_and_quota_bind() -> None:
    unknown = PlanGate(name="licence", verdict="unknown", workload="W1")
    plan = make_plan(replace(together(), gates=(*together().gates, unknown)))
    assert any('only after "licence" is answered' in each for each in plan.notices)
    workloads = tuple(replace(each, effort_person_months=2.0) for each in together().workloads)
    tired = make_plan(replace(together(), workloads=workloads, team=Team(person_months=(1.0,))))
    assert not tired.scheduled.starts
    assert {each.why for each in tired.reasons} == {"team", "gate"}
    assert {each.name: each.cost for each in tired.constraint_costs}["team"] == pytest.approx(2_400, abs=0.005)


def test_quota_below_what_the_way_back_needs_is_told() -> None:
    folio = together()
    gate = PlanGate(name="residency", verdict="fail", workload="W1", on_api=True)
    api = replace(folio.apis[0], tokens_per_minute=100.0)
    with pytest.raises(Problem, match="no plan fits the API quota"):
        make_plan(replace(folio, apis=(api,), gates=(*folio.gates, gate)))


def test_the_document_can_be_read_again_and_damage_is_told() -> None:
    data = document(twelve(), as_of="2026-11-21")
    assert check_document(data) is data
    assert data["money"]["saving"] == pytest.approx(data["money"]["baseline"] - data["money"]["plan"], abs=0.02)
    moved = [each for each in data["workloads"] if each["cut_over_month"]]
    assert len(moved) == len(twelve().scheduled.starts)
    assert all(each["ramp"] == [0.01, 0.05, 0.25, 0.5, 1.0] for each in moved)
    with pytest.raises(Problem, match="not a plan of this version"):
        check_document({"format": "breakeven plan 0"})
    with pytest.raises(Problem, match="the plan has no phases"):
        check_document({key: value for key, value in data.items() if key != "phases"})
    broken = {**data, "workloads": [{**data["workloads"][0], "primary": "nowhere"}]}
    with pytest.raises(Problem, match="is no target of the plan"):
        check_document(broken)
    for part, told in (
        ({"targets": None}, "targets input should be a valid list"),
        ({"workloads": [{"name": "w"}]}, r"workloads.0.primary field required"),
        ({"workloads": data["workloads"] * 2}, "stands twice"),
        ({"checks": {"quality": {**data["checks"]["quality"], "margin": "a lot"}}}, "checks.quality.margin"),
    ):
        with pytest.raises(Problem, match=told):
            check_document(data | part)


def test_a_search_that_is_stopped_says_so() -> None:
    stopped = make_plan(together(), limits=Limits(stop=lambda: True))
    assert stopped.stopped
    assert stopped.reasons == ()
    assert stopped.curve is None
    assert stopped.phases
