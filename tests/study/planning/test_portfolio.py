"""A case as a portfolio: the plan prices as the study does, by the same lines."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from breakeven.numbers.inputs import expected
from breakeven.plan.loads_and_costs import Terms
from breakeven.plan.pricing import price
from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.planning.portfolio_of_case import filled_in, planned
from breakeven.study.planning.workloads import BLOCKS, blocks_of
from breakeven.study.register import full_model
from breakeven.study.resolve.resolve import resolve

CASE: dict[str, Any] = {
    "as_of": "2026-11-21",
    "horizon_months": 6,
    "cutover_month": 1,
    "team": 1,
    "workloads": [
        {"name": "a", "hosted_model": "openai/gpt-4o", "tokens_per_month": 30e9, "may_burst": False},
        {"name": "b", "hosted_model": "openai/gpt-4o", "tokens_per_month": 10e9, "may_burst": False},
    ],
    "self_hosting": {
        "model": "llama-3.3-70b",
        "precision": "fp8",
        "gpu": "h100",
        "gpus_per_replica": 2,
        "tokens_per_second": 9_000,
        "purchase": [{"mode": "rented", "price_per_gpu_hour": 2.5}],
    },
}


@pytest.mark.parametrize("mode", ["rented", "owned"])
def test_a_month_on_the_fleet_costs_what_the_study_says(mode: str) -> None:
    data = {**CASE, "self_hosting": {**CASE["self_hosting"], "purchase": [{"mode": mode}]}}
    case = Case.from_dict(data)
    folio = replace(planned(case).portfolio, drill_share=0.0, shared_effort=0.0)
    terms = Terms(portfolio=folio)
    found = price(terms, {"a": "own fleet", "b": "own fleet"})
    assert found is not None
    units = found.fleets[0].units[0]
    base = resolve(case)
    per_unit = 4 if mode == "owned" else 1  # whole servers of eight GPUs
    values = expected(base.inputs) | {"replicas": float(units * per_unit), "spill": 0.0}
    got = full_model().evaluate(values, ["api_bill", "own_cost"])
    for month in (0, 5):
        by_study = sum(float(np.broadcast_to(each, (1, 1, 2, 1, 6))[0, 0, 1, 0, month]) for each in got.values())
        assert found.monthly[month] == pytest.approx(by_study, rel=0.002)


def test_a_month_at_the_api_costs_what_the_study_says() -> None:
    case = Case.from_dict({**CASE, "hosted": {"discount": 0.1, "gateway_fee": 0.05, "retry_factor": 1.03}})
    folio = planned(case).portfolio
    found = price(Terms(portfolio=folio), {"a": "openai/gpt-4o", "b": "openai/gpt-4o"})
    assert found is not None
    bill = full_model().evaluate(expected(resolve(case).inputs), ["api_bill"])["api_bill"]
    assert found.monthly[0] == pytest.approx(float(bill[0, 0, 0, 0, 0]), rel=1e-9)


def test_fleets_are_models_gpus_and_ways_to_buy() -> None:
    fleets = [
        {"name": "small", "model": "qwen3-8b", "gpus_per_replica": 1, "workloads": ["b"], "maximum_replicas": 3},
        {"name": "large", "purchase": [{"mode": "rented"}, {"mode": "owned"}], "redundancy": "n+1"},
    ]
    folio = planned(Case.from_dict({**CASE, "fleets": fleets})).portfolio
    assert [each.name for each in folio.fleets] == ["small", "large, rented", "large, owned"]
    small, rented, owned = folio.fleets
    assert set(small.load_per_unit_load) == {"b"}
    assert small.maximum_units == 3
    assert (rented.held, owned.held) == (False, True)
    assert (rented.spare_units, owned.spare_units) == (1, 0.25)  # one replica of four in a server
    assert owned.usable_per_unit == pytest.approx(4 * rented.usable_per_unit)
    asked = [(each.target, each.name, each.verdict) for each in folio.gates]
    assert asked == [(each.name, "quality", "unknown") for each in folio.fleets]


def test_other_models_gates_limits_and_blocks() -> None:
    first = {**CASE["workloads"][0], "other_models": ["openai/gpt-4o-mini"]}
    gates = [{"name": "quality", "workload": "a", "verdict": "fail", "applies_to": "self-hosting"}]
    limits = [{"hosted_model": "openai/gpt-4o-mini", "requests_per_minute": 1e6}]
    case = Case.from_dict({**CASE, "workloads": [first, CASE["workloads"][1]], "gates": gates, "api_limits": limits})
    folio = planned(case).portfolio
    assert folio.api["openai/gpt-4o-mini"].monthly_cost.keys() == {"a"}
    assert folio.api["openai/gpt-4o-mini"].monthly_cost["a"][0] < folio.api["openai/gpt-4o"].monthly_cost["a"][0] / 10
    assert folio.targets("a") == ("openai/gpt-4o", "openai/gpt-4o-mini")
    assert folio.api["openai/gpt-4o-mini"].requests_per_minute == 1e6
    shape = blocks_of(resolve(case).demand.load_curve)
    assert float(np.diff((0.0, *BLOCKS)) @ shape) == pytest.approx(1.0)
    assert np.all(np.diff(shape) <= 1e-12)


def test_points_that_nobody_rated_are_told() -> None:
    rated = {**CASE["workloads"][0], "complexity": {"tool_calls": 3, "latency": 0}}
    folio = planned(Case.from_dict({**CASE, "workloads": [rated, CASE["workloads"][1]]})).portfolio
    assert folio.workload["a"].complexity == 3 + 8 * 2
    assert any("a (8), b (10)" in each for each in folio.notices)


def test_a_list_price_does_not_depend_on_the_other_workloads() -> None:
    stated = [
        {"name": "a", "hosted_model": "openai/gpt-4o", "api_spend_per_month": 9_000.0, "cached_share": 0.4},
        {"name": "b", "hosted_model": "openai/gpt-4o-mini", "api_spend_per_month": 700.0, "batch_share": 0.5},
        {"name": "c", "hosted_model": "openai/gpt-4o", "api_spend_per_month": 55.0, "load_profile": "coding"},
    ]
    together = resolve(Case.from_dict({**CASE, "workloads": stated})).demand.workloads
    for alone, found in zip(stated, together, strict=True):
        (wanted,) = resolve(Case.from_dict({**CASE, "workloads": [alone]})).demand.workloads
        assert found.input_mtok_per_month == pytest.approx(wanted.input_mtok_per_month, rel=1e-12)


def test_when_the_time_is_over_before_all_is_priced_it_says_how_far_it_came() -> None:
    ticks = iter([1.0, 0.0])
    fleets = [{"name": "small"}, {"name": "large"}]
    with pytest.raises(Problem, match="the time limit was over with 1 fleets priced for 2 workloads"):
        planned(Case.from_dict({**CASE, "fleets": fleets}), left=lambda: next(ticks))


def test_a_gate_on_a_host_is_asked_of_what_is_bought_there_only() -> None:
    """Who refuses nebius may go on at OpenAI; and the gate holds where the host is the one that is bought from."""
    gate = {"name": "residency", "verdict": "fail"}
    found = {
        host: planned(Case.from_dict({**CASE, "gates": [{**gate, "host": host}]})).portfolio.targets("a")
        for host in ("nebius", "OpenAI")
    }
    assert found == {"nebius": ("openai/gpt-4o", "own fleet"), "OpenAI": ("own fleet",)}


def test_a_failed_quality_bars_our_fleet_and_not_the_api_that_is_bought_today() -> None:
    """Whichever side the gate names: it is asked of the open model. It once barred today's API."""
    found = [
        planned(Case.from_dict({**CASE, "gates": [{"name": "quality", "verdict": "fail", **side}]})).portfolio
        for side in ({}, {"applies_to": "hosted"}, {"applies_to": "self-hosting"})
    ]
    assert {each.targets("a") for each in found} == {("openai/gpt-4o",)}


def test_each_fleet_is_asked_of_its_own_model() -> None:
    """What passes for one model says nothing of another; what is asked of one fleet is asked of it alone."""
    small = {"name": "small", "model": "qwen3-8b", "gpus_per_replica": 1}
    passes = {"name": "quality", "verdict": "pass"}
    of_small = planned(Case.from_dict({**CASE, "fleets": [{**small, "gates": [passes]}, {"name": "large"}]})).portfolio
    of_large = planned(Case.from_dict({**CASE, "gates": [passes], "fleets": [small, {"name": "large"}]})).portfolio
    for folio, open_one in ((of_small, "large"), (of_large, "small")):
        unknown = {each.name: folio.unknown("a", each.name) for each in folio.fleets}
        assert unknown == {"small": (), "large": ()} | {open_one: ("quality",)}


def test_a_fleet_of_another_model_does_not_take_the_files_of_the_first(tmp_path: Path) -> None:
    config = {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
              "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, "torch_dtype": "bfloat16",
              "tie_word_embeddings": False}  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    own = {**CASE["self_hosting"], "model": "ours-8b", "model_config": "config.json"}
    fleets = [{"name": "ours"}, {"name": "listed", "model": "qwen3-8b"}]
    case = Case.from_dict({**CASE, "self_hosting": own, "fleets": fleets}, folder=tmp_path)
    assert [filled_in(case, each).config for each in case.file.fleets] == ["config.json", None]
    assert len(planned(case).portfolio.fleets) == 2
