"""A point answer gives the numbers that `judge` gives on the changed case, whatever is changed."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recomputed import SHIPPED, changes, ready

from breakeven.problems import Problem
from breakeven.study.judge.assess import judge
from breakeven.study.judge.basis import basis_of
from breakeven.study.judge.hybrids import with_every_option
from breakeven.study.recomputing.changes import changed_basis, key_of
from breakeven.study.recomputing.point import PointAnswer, point
from breakeven.study.study import Study

NEAR = 1e-8


def same_numbers(answer: PointAnswer, study: Study) -> None:
    """Every number of an answer that a study has too."""
    assert [option.key for option in answer.options] == [column.key for column in study.basis.columns]
    assert [row.values for row in answer.table] == [pytest.approx(row.values, rel=NEAR) for row in study.table]
    assert answer.options[0].monthly_cost == pytest.approx(study.hosted_monthly_cost, rel=NEAR)
    for here, there in zip(answer.options[1:], study.options, strict=True):
        pairs = {
            "net_present_value": (here.net_present_value, there.horizon.net_present_value),
            "monthly_cost": (here.monthly_cost, there.monthly_cost),
            "monthly_saving": (here.monthly_saving, there.monthly_saving),
            "one_time_cost": (here.one_time_cost, there.one_time_cost),
            "replicas": (here.replicas, there.replicas),
            "half volume": (here.halves[0].net_present_value, there.half_tests[0].net_present_value),
            "half speed": (here.halves[-1].net_present_value, there.half_tests[-1].net_present_value),
        }
        scale = study.hosted_monthly_cost
        for what, (one, other) in pairs.items():
            assert one == pytest.approx(other, rel=NEAR, abs=NEAR * scale), (here.key, what)
        assert here.verdict == there.verdict or (here.verdict, there.verdict) == ("LOSES", "NEVER")


@pytest.mark.parametrize("name", SHIPPED)
def test_without_changes_it_is_the_study_of_the_case(name: str) -> None:
    study = judge(with_every_option(basis_of(ready(name).resolved, "")), scenarios=0)
    answer = point(ready(name))
    same_numbers(answer, study)
    assert answer.answer == study.verdict.answer
    assert answer.best == study.basis.columns[study.verdict.best_option].key
    assert answer.steps == study.verdict.steps


@pytest.mark.parametrize("name", SHIPPED)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_a_number_that_it_gives_is_the_number_that_judge_gives(name: str, data: st.DataObject) -> None:
    asked = data.draw(changes(ready(name)))
    same_numbers(point(ready(name), asked), judge(changed_basis(ready(name), asked), scenarios=0))


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_put_where_it_stands_is_no_change(name: str) -> None:
    where = {each: its.stands for each, its in ready(name).changeable.items()}
    assert point(ready(name), where).options == point(ready(name)).options


def test_keys_stay_while_the_names_change() -> None:
    """Ten times the volume: another base, so another name of the column, under the same key."""
    once, grown = point(ready("support-chat")), point(ready("support-chat"), {"volume_scale": 10.0})
    names = [[option.name for option in answer.options if option.key == "rented + API"] for answer in (once, grown)]
    assert names[0] != names[1]
    assert len(names[0]) == len(names[1]) == 1
    assert [row.line for row in once.table] == [row.line for row in grown.table]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"engineer_cost": 1.0}, "cannot be changed here"),
        ({"months_per_year": 11.0}, "cannot be changed here"),
        ({"block_share": 0.5}, "cannot be changed here"),
        ({"engineer_cost_per_year": float("nan")}, "no number"),
        ({"engineer_cost_per_year": float("inf")}, "no number"),
        ({"usable_share": 0.0}, "must be above 0"),
        ({"usable_share": 1.5}, "must be at most 1"),
        ({"peak_over_mean": 0.5}, "must be at least 1"),
        ({"volume_scale": 0.0}, "must be above 0"),
        ({"replica_tokens_per_second": 0.0}, "must be above 0"),
        ({"growth_per_month": 5.0}, "must be at most 1"),
        ({"growth_per_month": 1.0, "volume_scale": 1e9}, "more than a fleet can have"),
        ({"engineer_cost_per_year": 1e308}, "must be at most 1e\\+15"),
    ],
)
def test_what_cannot_be_asked_is_told(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(Problem, match=said):
        point(ready("support-chat"), asked)


def test_the_key_is_that_of_the_changes_whatever_their_order() -> None:
    assert key_of({"a": 1, "b": 2.0}) == key_of({"b": 2, "a": 1.0})
    assert key_of({"a": 1}) != key_of({"a": 2})


def test_another_process_answers_the_same() -> None:
    asked = {"volume_scale": 3.0, "engineer_cost_per_year": 1e5}
    there = pickle.loads(pickle.dumps(ready("support-chat")))
    assert point(there, asked) == point(ready("support-chat"), asked)
