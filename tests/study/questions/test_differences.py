"""Two studies held against each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assessed import study
from breakeven import Case, Problem, assess
from breakeven.study.questions.differences import Difference, differences
from breakeven.study.study import Study

GOOD: dict[str, Any] = {
    "as_of": "2026-11-21",
    "api_spend_per_month": 20000,
    "hosted_model": "openai/gpt-4o",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.5},
    "team": 1,
    "hosts": {"refuse": ["*"]},
}


def decided(**changed: Any) -> Study:
    return assess(Case.from_dict({**GOOD, **changed}))


def names(found: tuple[Difference, ...]) -> list[str]:
    return [each.name for each in found]


def test_a_study_differs_in_nothing_from_itself() -> None:
    found = differences(decided(), decided())
    assert found.inputs == ()
    assert found.first_verdict == found.second_verdict == "FRAGILE"


def test_what_differs_is_named_with_what_it_does_alone() -> None:
    one = {"self_hosting": {"precision": "fp8", "gpus_per_replica": 2}}  # one design for both
    found = differences(decided(**one), decided(api_spend_per_month=60000, team=1.5, **one))
    by_name = {each.name: each for each in found.inputs}
    assert by_name.keys() == {
        "input_mtok_per_month",
        "output_mtok_per_month",
        "run_fte",
        "months since the cut-over",  # another team builds it in another time
    }
    assert by_name["run_fte"].first == (1,)
    assert by_name["run_fte"].second == (1.5,)
    assert by_name["run_fte"].turns(found.first_verdict)
    assert not by_name["input_mtok_per_month"].turns(found.first_verdict)


def test_more_demand_gets_more_replicas() -> None:
    """A fleet that follows the demand follows it here, too; otherwise more demand would look infeasible."""
    found = differences(study("minimal"), decided(api_spend_per_month=200000))
    assert {each.verdict_alone for each in found.inputs} <= {"HOLDS", "FRAGILE", "LOSES"}
    assert "fleet" not in names(found.inputs)


def test_a_stated_fleet_is_a_difference() -> None:
    found = differences(study("minimal"), decided(self_hosting={"replicas": 3}))
    assert names(found.inputs) == ["fleet"]
    assert (found.inputs[0].first, found.inputs[0].second) == ((1,), (3,))


def test_the_shape_of_the_load_is_one_difference() -> None:
    found = differences(
        study("minimal"), decided(load_profile="coding", tokens_per_month=5e9, api_spend_per_month=None)
    )
    assert "shape of the load" in names(found.inputs)
    assert "block_share" not in names(found.inputs)


def test_tiers_are_one_difference() -> None:
    tiers = [{"from_tokens_per_month": 0, "price_share": 1}, {"from_tokens_per_month": 1e9, "price_share": 0.9}]
    volume = {"tokens_per_month": 5e9, "api_spend_per_month": None}
    found = differences(decided(**volume), decided(**volume, hosted={"tiers": tiers}))
    assert names(found.inputs) == ["volume tiers"]


def test_other_workloads_are_one_difference() -> None:
    named = [{"name": "a", "tokens_per_month": 3e9}, {"name": "b", "tokens_per_month": 2e9, "cached_share": 0.1}]
    found = differences(
        decided(tokens_per_month=5e9, api_spend_per_month=None), decided(workloads=named, api_spend_per_month=None)
    )
    assert names(found.inputs) == ["workloads"]


def test_a_later_cut_over_is_one_difference() -> None:
    found = differences(decided(), decided(cutover_month=4))
    assert names(found.inputs) == ["months since the cut-over"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"horizon_months": 12}, "different horizons"),
        ({"self_hosting": {"purchase": [{"mode": "owned"}]}}, "different options"),
    ],
)
def test_what_is_not_alike_is_refused(changed: dict[str, Any], expected: str) -> None:
    with pytest.raises(Problem, match=expected):
        differences(study("minimal"), decided(**changed))


def test_other_money_is_refused() -> None:
    one = study("minimal")
    header = replace(one.basis.header, currency="EUR")
    with pytest.raises(Problem, match="different currencies"):
        differences(one, replace(one, basis=replace(one.basis, header=header)))
