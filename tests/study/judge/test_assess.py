"""What holds for every study: it adds up, judges by the rules, and can be read back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from assessed import CASES, study
from breakeven import Case, assess
from breakeven.decision.answers.flips import Flip
from breakeven.decision.answers.verdict import PAYS, Class
from breakeven.decision.comparison import Comparison
from breakeven.numbers.operations import OPTION
from breakeven.study.judge.answer import loses_mostly
from breakeven.study.judge.assess import comparison_of, judge, rows
from breakeven.study.judge.basis import basis_from_json, study_document
from breakeven.study.modes import BY_TOKEN, HELD
from breakeven.study.register import full_model
from breakeven.study.study import Study

BESIDE = {"tier_discount", "minimum_top_up", "spill_cost", "committed_relief"}  # of subtotals, so that rows add up
every_case = pytest.mark.parametrize("name", CASES)
SUBTOTALS = {  # lines that only add up others
    *(
        "bought_cost",
        "bought_by_token",
        "tiered_bought",
        "tiered_burst",
        "tiered_batch_burst",
        "interactive_burst_cost",
        "batch_burst_cost",
        "burst_by_token",
        "committed_bought_relief",
        "committed_burst_relief",
        "base_interactive_list_cost",
        "base_batch_list_cost",
        "list_spend",
        "pay_as_you_go",
        "tiered_spend",
        "usage_bill",
        "api_bill",
        "base_list_cost",
        "monthly_cost",
    ),
    *("compute", "hardware_upkeep", "people", "assurance", "own_cost", "outage_loss", "sla_credits"),
}
STAYING = ("KEEP BUYING", "NO COMPLIANT OPTION")  # answers that name nothing to move to


def comparison(found: Study) -> Comparison:
    return comparison_of(found.basis)


def costs(found: Study) -> list[float]:
    return [found.hosted_monthly_cost, *(each.monthly_cost for each in found.options)]


@every_case
def test_the_rows_add_up_to_the_monthly_cost(name: str) -> None:
    found = study(name)
    added = np.sum([row.values for row in found.table if not row.of_which], axis=0)
    assert added == pytest.approx(costs(found), rel=1e-12)


@every_case
def test_part_of_a_row_is_no_more_than_its_group(name: str) -> None:
    found = study(name)
    for part in (row for row in found.table if row.of_which):
        group = [row.values for row in found.table if row.group == part.group and not row.of_which]
        assert np.all(np.array(part.values) <= np.sum(group, axis=0) + 1e-6)
        assert np.all(np.array(part.values) >= -1e-9)


def test_every_monthly_cost_has_its_row_or_is_a_subtotal() -> None:
    model, form = full_model(), rows()
    money = {each for each in model.ancestors(["monthly_cost"]) if model.lines[each].unit == "USD/month"}
    shown = {line for lines in form["groups"].values() for line in lines}
    assert money == (shown | SUBTOTALS) & money
    assert not shown & SUBTOTALS
    assert not shown & form["of_which"].keys()
    assert shown - BESIDE <= money


def test_every_one_time_cost_is_listed() -> None:
    assert set(rows()["one_time"]) == set(full_model().lines["one_time_cost"].needs)


@every_case
def test_buying_has_no_cost_of_serving(name: str) -> None:
    groups = {row.group for row in study(name).table if not row.of_which and row.values[0]}
    assert groups <= {"API bill", "People", "Other"}
    assert {row.line for row in study(name).table if row.group == "People" and row.values[0]} <= {"hosted_engineering"}


@every_case
def test_without_gates_that_passed_nothing_is_robust_or_forced(name: str) -> None:
    for option in study(name).options:
        assert option.verdict in get_args(Class)
        if option.depth.gates.verdict != "pass":
            assert option.verdict not in {"ROBUST", "FORCED"}


def test_the_cases_show_the_classes() -> None:
    seen = {option.verdict for name in CASES for option in study(name).options}
    assert seen >= {"INFEASIBLE", "NEVER", "LOSES", "FRAGILE", "HOLDS"}


@every_case
def test_the_class_follows_the_money(name: str) -> None:
    for option in study(name).options:
        if option.verdict in PAYS:
            assert option.expected_net_present_value > 0
            assert option.peak_shortfall_replicas == pytest.approx(0, abs=1e-9)
        if option.verdict in {"LOSES", "NEVER"}:
            assert option.expected_net_present_value < 0
        if option.verdict == "HOLDS":
            assert all(test.wins for test in option.half_tests)
        if option.verdict == "NEVER":
            assert not option.break_evens.windows


@every_case
def test_what_is_recommended_pays_or_is_todays_model(name: str) -> None:
    """The best that may be committed to; while an answer is missing, today's model or what needs none."""
    found = study(name)
    said, best = found.verdict, found.options[found.verdict.best_option - 1]
    assert said.verdict == best.verdict
    assert said.name == found.basis.columns[said.option].name
    assert (said.answer in STAYING) == (best.verdict not in PAYS)
    assert said.commit == (best.verdict not in PAYS or not (said.first or loses_mostly(best)))
    if said.answer not in STAYING and said.commit:
        assert said.option == said.best_option
    elif said.option:
        today = found.options[said.option - 1]
        assert today.verdict in PAYS
        assert not today.depth.gates.first


@every_case
def test_no_permitted_option_is_worth_much_more_than_the_named_one(name: str) -> None:
    found = study(name)
    allowed = [each.expected_net_present_value for each in found.options if each.verdict != "INFEASIBLE"]
    best = found.options[found.verdict.best_option - 1].expected_net_present_value
    if found.verdict.answer not in STAYING:
        assert best >= max(allowed) - found.robust.tolerance - 1e-6


@every_case
def test_the_two_steps_add_up_to_the_own_option(name: str) -> None:
    found, steps = study(name), study(name).verdict.steps
    if steps.own is None or steps.bought is None:
        assert steps.serving_it_yourself is None
        return
    assert steps.another_model is not None
    assert steps.serving_it_yourself is not None
    own = found.options[steps.own - 1].expected_net_present_value
    assert steps.another_model + steps.serving_it_yourself == pytest.approx(own)


@every_case
def test_a_window_holds_the_plan_exactly_when_it_pays(name: str) -> None:
    """Windows size the fleet for each volume, so this holds where the decided fleet is what the plan needs."""
    found = study(name)
    got = comparison(found)
    for i, option in enumerate(found.options, 1):
        needed = got.model.evaluate(got.values, ["replicas"])["replicas"]
        if i in got.fixed or not np.allclose(got.path(needed, i), got.path(found.basis.fleets, i)):
            continue
        plan = got.month(got.evaluate(["volume"])["volume"], i, found.basis.header.month - 1)
        holds = any(
            each.from_mtok < plan and (each.to_mtok is None or plan <= each.to_mtok)
            for each in option.break_evens.windows
        )
        assert holds == (option.horizon.net_present_value > 0)
        assert (option.margin.down is not None) == holds


@every_case
def test_half_the_tokens_is_the_study_at_half_the_volume(name: str) -> None:
    found = study(name)
    got = comparison(found).evaluate(["monthly_cost", "net_present_value"], volume_scale=0.5)
    for i, option in enumerate(found.options, 1):
        half = option.half_tests[0]
        month = found.basis.header.month - 1
        assert half.option_month == comparison(found).month(got["monthly_cost"], i, month)
        assert half.net_present_value == comparison(found).month(got["net_present_value"], i, 0)


@every_case
def test_replicas_half_as_fast_keep_the_people(name: str) -> None:
    found = study(name)
    for i, option in enumerate(found.options, 1):
        if i in comparison(found).fixed:
            continue
        if len(option.half_tests) == 1:  # billed by the token
            assert found.basis.columns[i].mode in BY_TOKEN
            continue
        slow = option.half_tests[1]
        assert slow.replicas >= option.replicas or found.basis.columns[i].mode in {"serverless", "endpoint"}
        assert slow.net_present_value <= option.horizon.net_present_value + 1e-6


@every_case
def test_the_horizon_adds_up(name: str) -> None:
    found = study(name)
    got = comparison(found).evaluate(["net_present_value", "cumulative_saving"])
    for i, option in enumerate(found.options, 1):
        assert option.horizon.net_present_value == pytest.approx(
            comparison(found).month(got["net_present_value"], i, 0), rel=1e-9, abs=1e-6
        )
        assert option.horizon.best_cumulative == pytest.approx(
            float(comparison(found).path(got["cumulative_saving"], i).max()), rel=1e-9, abs=1e-6
        )


@every_case
def test_a_fleet_that_need_not_shrink_is_worth_the_same_pinned_and_free(name: str) -> None:
    found = study(name)
    got = comparison(found)
    free = got.model.evaluate(got.values, ["net_present_value", "replicas"])
    for i, option in enumerate(found.options, 1):
        if np.allclose(got.path(free["replicas"], i), got.path(found.basis.fleets, i)):
            value = got.month(free["net_present_value"], i, 0)
            assert option.horizon.net_present_value == pytest.approx(value, rel=1e-9, abs=1e-6)


@every_case
def test_a_flip_turns_the_sign_and_is_possible(name: str) -> None:
    found = study(name)
    got = comparison(found)
    for i, option in enumerate(found.options, 1):
        base = got.model.evaluate(got.pair(i), ["net_present_value"])["net_present_value"]
        pays = float(np.broadcast_to(base, (1, 1, 2, 1, 1))[0, 0, 1, 0, 0]) > 0
        for flip in option.flips:
            if flip.at is None or flip.name == "volume_scale":
                continue
            assert any(turned(got, i, flip.name, at) != pays for at in past(flip)), flip


def past(flip: Flip) -> list[float]:
    """At the flip and a little beyond: how little depends on how wide the window is."""
    assert flip.at is not None
    return [flip.at + (flip.at - flip.expected) * part for part in (0, 1e-9, 1e-8, 1e-7, 1e-6, 1e-4, 1e-3)]


def turned(got: Comparison, option: int, name: str, at: float) -> bool:
    values = got.pair(option)
    start = np.asarray(values[name], dtype=float)
    largest = float(start.max())
    rate = name.endswith("change_per_month") or name == "growth_per_month"
    moved = start + (at - largest) if rate or not largest else start / largest * at
    with np.errstate(all="ignore"):
        value = got.model.evaluate({**values, name: moved if start.ndim else at}, ["net_present_value"])
    return float(np.broadcast_to(value["net_present_value"], (1, 1, 2, 1, 1))[0, 0, 1, 0, 0]) > 0


@every_case
def test_flips_are_sorted_and_within_what_is_possible(name: str) -> None:
    for option in study(name).options:
        order = [each.plausible for each in option.flips if each.at is not None]
        ranks = ("within its range", "no range known", "beyond its range")
        assert order == sorted(order, key=ranks.index)
        for flip in (each for each in option.flips if each.at is not None):
            if flip.name.endswith("_share") or flip.name == "hosted_discount":
                assert 0 <= flip.at <= 1
            if flip.name in {"retry_factor", "pue", "peak_over_mean", "opportunity_multiple"}:
                assert flip.at >= 1
            if flip.name in {"spare_replicas", "oncall_slots", "committed_units", "gpus_already_owned"}:
                assert flip.at == int(flip.at)


@every_case
def test_every_number_is_finite_or_null(name: str) -> None:
    json.dumps(study_document(study(name)), allow_nan=False)


@every_case
def test_a_study_read_back_judges_the_same(name: str) -> None:
    text = json.dumps(study_document(study(name)), allow_nan=False)
    again = judge(basis_from_json(json.loads(text)))
    assert json.dumps(study_document(again), allow_nan=False) == text


@pytest.mark.parametrize("name", ["minimal", "four_ways"])
def test_two_runs_give_the_same_bytes(name: str) -> None:
    again = assess(Case.load(CASES[name]))
    assert json.dumps(study_document(again)) == json.dumps(study_document(study(name)))


@pytest.mark.parametrize("name", ["minimal", "fragile", "slabs", "four_ways"])
def test_the_verdict_does_not_depend_on_the_unit_of_money(name: str) -> None:
    """All amounts in cents: every cost is a hundredfold, every class and every volume the same."""
    found = study(name)
    inputs = {
        key: replace(
            each,
            likely=each.likely * 100,
            low=None if each.low is None else each.low * 100,
            high=None if each.high is None else each.high * 100,
        )
        if found.basis.header.currency in each.unit
        else each
        for key, each in found.basis.inputs.items()
    }
    cents = judge(replace(found.basis, inputs=inputs))
    assert costs(cents) == pytest.approx([100 * each for each in costs(found)])
    for ours, theirs in zip(found.options, cents.options, strict=True):
        assert theirs.verdict == ours.verdict
        assert len(theirs.break_evens.windows) == len(ours.break_evens.windows)
        for one, other in zip(ours.break_evens.windows, theirs.break_evens.windows, strict=True):
            assert other.from_mtok == pytest.approx(one.from_mtok, rel=1e-6)


def test_growing_demand_never_shrinks_what_is_owned_or_reserved() -> None:
    columns = study("four_ways").basis.columns
    fleets = np.broadcast_to(study("four_ways").basis.fleets, (1, 1, len(columns), 1, 12))
    owned = np.take(fleets, [i for i, each in enumerate(columns) if each.mode in {"owned", "rented"}], axis=OPTION)
    assert np.all(np.diff(owned, axis=-1) >= 0)


def test_what_is_left_out_is_named_with_its_share() -> None:
    left = study("four_ways").not_covered[0]
    assert (left.what, left.spend_per_month) == ("embeddings", 900)
    assert left.share_of_bill == pytest.approx(900 / (900 + study("four_ways").hosted_monthly_cost))


def test_utilization_is_for_those_who_hold_gpus() -> None:
    found = study("four_ways")
    for column, option in zip(found.basis.columns[1:], found.options, strict=True):
        if column.mode not in HELD:
            assert option.utilization is None
        else:
            assert option.utilization is not None
            assert 0 < option.utilization.reached <= 1
            if not column.hybrid:
                assert option.utilization.reached <= option.utilization.ceiling


def test_whole_servers_are_bought() -> None:
    found = study("four_ways")
    owned = [o for c, o in zip(found.basis.columns[1:], found.options, strict=True) if c.mode == "owned"]
    assert all(option.gpus_billed % 8 == 0 for option in owned)
    assert any(option.gpus_billed > option.gpus for option in owned)
