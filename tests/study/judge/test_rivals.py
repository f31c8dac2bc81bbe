"""The ways to buy: the same weights at every host, endpoints of the case, a frontier model; and what gates say of them.

The bill of a rival is computed again here by hand, from its list prices.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from assessed import CASES, study
from breakeven.numbers.operations import pick
from breakeven.study.case.case import Case
from breakeven.study.judge.assess import comparison_of, judge
from breakeven.study.judge.basis import basis_from_json, basis_of, study_document
from breakeven.study.judge.hybrids import with_every_option
from breakeven.study.judge.uses import judged_columns
from breakeven.study.resolve.resolve import resolve
from breakeven.study.study import Study

every_case = pytest.mark.parametrize("name", CASES)
CASE = {
    "as_of": "2026-11-21",
    "tokens_per_month": 40e9,
    "hosted_model": "anthropic/claude-haiku-4-5",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 1,
    "self_hosting": {"precision": "fp8"},
}


PASSES = {"name": "quality", "verdict": "pass"}


def found_with(*gates: dict[str, str], **parts: Any) -> Study:
    basis = basis_of(resolve(Case.from_dict(CASE | {"gates": list(gates)} | parts)), "test")
    return judge(with_every_option(basis), scenarios=0)


def hosts(found: Study) -> list[str]:
    return [each.host for each in found.basis.columns if each.mode == "endpoint"]


def test_a_host_that_fails_a_gate_is_passed_over_and_says_why() -> None:
    cheapest = hosts(found_with())[0]
    fails = {"name": "residency", "applies_to": "hosted", "host": cheapest, "verdict": "fail"}
    for other in (found_with(fails), found_with(hosts={"refuse": [cheapest]})):
        assert cheapest not in hosts(other)
        row = next(each for each in other.rivals if each.model.startswith(f"{cheapest}/"))
        assert row.gates.verdict == "fail"
        assert row.gates.failed in {("residency",), ("your list of hosts",)}


def test_what_was_answered_of_todays_host_is_unknown_of_another() -> None:
    passes = {"name": "residency", "applies_to": "hosted", "verdict": "pass"}
    open_gates = found_with(passes).options[0].depth.gates
    assert "residency" in open_gates.unknown
    host = hosts(found_with())[0]
    assert "residency" not in found_with(passes, passes | {"host": host}).options[0].depth.gates.unknown


def test_a_gate_on_another_host_is_none_of_todays() -> None:
    other = {"name": "residency", "applies_to": "hosted", "host": "nebius", "verdict": "fail"}
    today = {"name": "terms", "applies_to": "hosted", "host": "anthropic", "verdict": "fail"}
    found = found_with(other, today)
    judged = judged_columns(found.basis)
    assert judged[0].failed == ("terms",)
    assert all("terms" not in each.failed for each in judged[1:] if not each.failed)


def test_the_bill_of_a_rival_is_its_list_price() -> None:
    found = study("agreements")
    terms = next(each for each in found.basis.rivals if each.model.split("/")[0] in hosts(found))
    rival = next(each for each in found.rivals if each.model == terms.model)
    comparison = comparison_of(found.basis)
    month = found.basis.header.month - 1
    names = ("retry_factor", "cached_share", "batch_share", "batch_cached_share")
    values = {name: float(np.ravel(comparison.values[name])[0]) for name in names}
    ours = comparison.evaluate(["base_input_volume", "base_output_volume"])
    tokens = [float(pick(each, workload=0, month=month)) for each in ours.values()]
    price = {name: each[0] for name, each in terms.prices.items()}
    batched = values["batch_share"]
    read = (1 - batched) * (1 - values["cached_share"] * (1 - price["cache_read_multiplier"]))
    read += batched * price["batch_multiplier"]  # nothing is cached in its batches
    bill = tokens[0] * read * price["input_price_per_mtok"]
    bill += tokens[1] * (1 - batched * (1 - price["batch_multiplier"])) * price["output_price_per_mtok"]
    path = (1 + float(comparison.values["hosted_price_change_per_month"])) ** month
    assert values["batch_cached_share"] == 0
    assert rival.api_bill == pytest.approx(bill * values["retry_factor"] * path)
    assert rival.same_quality
    column = next(i for i, each in enumerate(found.basis.columns) if each.host == terms.model.split("/")[0])
    assert found.options[column - 1].horizon.net_present_value == pytest.approx(rival.net_present_value)
    assert found.options[column - 1].one_time_cost == pytest.approx(rival.one_time_cost)


def test_the_frontier_is_no_rival_of_the_same_quality() -> None:
    kinds = {each.kind: each.same_quality for each in study("agreements").rivals}
    assert kinds == {"incumbent": False, "same weights": True, "frontier": False}


@every_case
def test_every_way_to_buy_is_held_against_every_option(name: str) -> None:
    found = study(name)
    for each in found.rivals:
        values = [own.horizon.net_present_value - each.net_present_value for own in found.options]
        assert each.worth_more == pytest.approx(values, abs=1e-6)


@every_case
def test_terms_come_back_from_json_unchanged(name: str) -> None:
    basis = study(name).basis
    again = basis_from_json(json.loads(json.dumps(study_document(study(name)))))
    assert (again.rivals, again.finance, again.sla, again.gates) == (
        basis.rivals,
        basis.finance,
        basis.sla,
        basis.gates,
    )


def test_what_stays_is_bought_as_today() -> None:
    """The API bill of a bought option is what the workload that stays costs today."""
    found = study("four_ways")
    stays = [each.name for each in found.basis.demand.workloads if each.stays_on_api]
    assert stays == ["secret"]
    comparison, month = comparison_of(found.basis), found.basis.header.month - 1
    got = comparison.evaluate(["bought_input_volume", "list_input_rate", "api_bill", "elsewhere_bill"])
    endpoint = next(i for i, each in enumerate(found.basis.columns) if each.mode == "endpoint")
    kept = next(i for i, each in enumerate(found.basis.columns) if each.mode == "owned")
    alone = comparison.evaluate(["api_bill"], canary_share=0.0)["api_bill"]
    assert comparison.month(got["api_bill"], endpoint, month) == pytest.approx(comparison.month(alone, kept, month))
    assert comparison.month(got["elsewhere_bill"], endpoint, month) > 0


def test_a_stated_endpoint_costs_its_prices_and_no_people() -> None:
    """0.5 and 0.8 a million tokens; nobody of ours runs it, nothing is built, no night is covered."""
    found = study("per_token")
    option = next(each for each in found.options if each.name == "per token")
    values = comparison_of(found.basis).values
    tokens = [float(np.ravel(values[name])[0]) for name in ("input_mtok_per_month", "output_mtok_per_month")]
    bill = (tokens[0] * 0.5 + tokens[1] * 0.8) * float(np.ravel(values["retry_factor"])[0])
    hosted = option.monthly_cost - bill
    assert hosted == pytest.approx(
        found.means["hosted_fte"] * found.means["engineer_cost_per_year"] / 12
    )  # who looks after the API today looks after this one
    assert option.one_time_cost == 5000.0  # prompts and tests of one workload
    assert len(option.half_tests) == 1


def test_a_frontier_model_is_priced_also_for_what_fails_the_open_model() -> None:
    """The gate is on the open model: who buys another one moves all. What stays by its own word does not move."""
    volume = {"input_tokens_per_month": 20e9, "output_tokens_per_month": 4e9}
    agent = {"name": "agent", "hosted_model": "anthropic/claude-sonnet-4-5", **volume}
    two = [{"name": "chat", "hosted_model": "anthropic/claude-haiku-4-5", **volume}, agent]
    parts = {"tokens_per_month": None, "hosted": {"frontier_model": "google/gemini-2.5-flash-lite"}}
    fails = {"name": "quality", "workload": "agent", "verdict": "fail"}
    stays = [two[0], {**agent, "stays_on_api": True}]
    all_of_it, failed, kept = (
        next(each for each in found.rivals if each.kind == "frontier")
        for found in (
            found_with(**parts, workloads=two),
            found_with(fails, **parts, workloads=two),
            found_with(**parts, workloads=stays),
        )
    )
    assert failed.net_present_value == pytest.approx(all_of_it.net_present_value)
    assert failed.api_bill == pytest.approx(all_of_it.api_bill)
    assert kept.api_bill > 2 * failed.api_bill
    assert kept.one_time_cost == failed.one_time_cost / 2


def test_what_a_gate_costs_counts_the_hosts_that_it_keeps_out_of_the_table() -> None:
    """Refusing every host once cost nothing: only the columns that were left were looked at."""
    free, refused = found_with(PASSES), found_with(PASSES, hosts={"refuse": ["*"]})
    assert [each.mode for each in refused.basis.columns if each.mode == "endpoint"] == []
    best = max(each.net_present_value for each in refused.rivals)
    (constraint,) = refused.cost_of_gates
    assert constraint.gate == "your list of hosts"
    left = max(0.0, *(each.expected_net_present_value for each in refused.options))
    assert constraint.cost == pytest.approx(best - left)
    assert best == pytest.approx(free.options[free.verdict.best_option - 1].horizon.net_present_value)


def test_a_gate_on_one_host_costs_what_it_is_cheaper_than_the_next() -> None:
    gate = {"name": "residency", "applies_to": "hosted", "host": "nebius", "verdict": "fail"}
    found = found_with(PASSES, gate)
    worth = [each.net_present_value for each in found.rivals if each.gates.verdict != "fail"]
    refused = next(each for each in found.rivals if each.model.startswith("nebius/"))
    (constraint,) = found.cost_of_gates
    assert constraint.cost == pytest.approx(refused.net_present_value - max(worth))


def test_at_the_same_price_the_host_that_is_vetted_is_named() -> None:
    found = found_with(PASSES, hosts={"refuse": ["nebius"], "allow": ["novita"]})
    prices = {each.model.partition("/")[0]: each.net_present_value for each in found.rivals}
    assert prices["huggingface_novita"] == prices["novita"]
    assert hosts(found) == ["novita"]
    assert found.verdict.commit
