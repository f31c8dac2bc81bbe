"""From a case to inputs, one room at a time: money, ways of operating, hosts and gates, whose weights they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from breakeven import Case, Problem
from breakeven.decision.readiness.gates import Gate
from breakeven.facts.catalog import open_model
from breakeven.numbers.inputs import Input, Source
from breakeven.study.register import register
from breakeven.study.resolve.buying.gates import gates_of, is_quality
from breakeven.study.resolve.buying.hosted import price_of, stacked_multiplier
from breakeven.study.resolve.buying.same_weights import bought_as, is_same, other_models
from breakeven.study.resolve.currency import bill_rate, from_facts, rate
from breakeven.study.resolve.demand import spend_of, uses
from breakeven.study.resolve.serving.fleets_by_month import kept
from breakeven.study.resolve.serving.operations import operations_inputs, set_by
from breakeven.study.resolve.serving.stakes import LEAST, as_stated

MINIMAL: dict[str, Any] = {
    "as_of": "2026-11-21",
    "api_spend_per_month": 20000,
    "hosted_model": "openai/gpt-4o",
    "open_model": "llama-3.3-70b",
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.5},
    "team": 1,
}
EURO = {"currency": "EUR", "exchange_rates": [{"currency": "USD", "rate": 0.5, "date": "2026-11-20"}]}
LLAMA = open_model("llama-3.3-70b")
TWO = [{"name": "a", "tokens_per_month": 1e9}, {"name": "b", "tokens_per_month": 1e9}]


def case(**changed: Any) -> Case:
    data = {**MINIMAL, **changed}
    return Case.from_dict({name: value for name, value in data.items() if value is not None})


def test_facts_in_dollars_become_the_cases_money_and_say_the_rate() -> None:
    one = Input(likely=10.0, low=8.0, high=14.0, unit="USD/month", kind="assumed", source=Source(title="a fact"))
    euro = from_facts(case(**EURO), one)
    assert (euro.likely, euro.low, euro.high, euro.unit) == (5, 4, 7, "EUR/month")
    assert euro.source.title == "a fact; 1 USD = 0.5 EUR"
    assert from_facts(case(), one) is one


def test_what_has_no_money_in_its_unit_is_left_alone() -> None:
    one = register()["pue"]
    assert from_facts(case(**EURO), one) is one


def test_a_currency_without_a_rate_is_asked_for() -> None:
    with pytest.raises(Problem, match="amounts are in GBP, the case is in USD"):
        rate(case(), "GBP")


def test_a_bill_is_in_the_cases_own_money_unless_its_host_bills_in_another() -> None:
    assert bill_rate(case(**EURO)) == 1
    assert bill_rate(case(**EURO, hosted={"currency": "USD"})) == 0.5


def test_a_spend_of_all_is_shared_out_evenly_and_that_of_one_is_its_own() -> None:
    shared = case(workloads=[{"name": "a"}, {"name": "b"}])
    assert [spend_of(shared, use, 2) for use in uses(shared, None)] == [10_000, 10_000]
    own = case(api_spend_per_month=None, workloads=[TWO[0], {"name": "b", "api_spend_per_month": 500}])
    assert [spend_of(own, use, 2) for use in uses(own, None)] == [None, 500]


def test_business_hours_send_nights_to_the_api_and_take_nobody_on_call() -> None:
    got = operations_inputs(case(self_hosting={"operations": "business-hours"}))
    assert {name: each.likely for name, each in got.items()} == {"oncall_slots": 0, "nights_on_api_share": 1}
    assert operations_inputs(case(self_hosting={"operations": "rotation"})) == {}
    assert set_by("shared", "oncall_share") == 0.25
    assert set_by("rotation", "oncall_slots") == register()["oncall_slots"].likely


def test_only_what_is_stated_no_longer_grows_with_the_load() -> None:
    got = as_stated({"run_fte", "pue"})
    assert [*got] == [LEAST["run_fte"]]
    assert got["least_run_share"].likely == 1
    assert not got["least_run_share"].uncertain


def test_gpus_that_are_owned_or_reserved_stay() -> None:
    reserved = np.zeros((1, 1, 4, 1, 1))
    reserved[0, 0, 2] = 0.5
    assert kept(["hosted", "rented", "rented", "owned"], {"reserved_share": reserved}) == [False, False, True, True]


@pytest.mark.parametrize(
    ("hosted_model", "same"),
    [
        ("nebius/meta-llama/Llama-3.3-70B-Instruct", True),
        ("deepinfra/llama-3.3-70b", True),
        ("openai/gpt-4o", False),
        ("llama-3.1-70b", False),
    ],
)
def test_a_model_is_the_same_weights_by_its_last_name(hosted_model: str, same: bool) -> None:
    assert is_same(hosted_model, LLAMA) is same


def test_other_models_are_those_of_workloads_that_may_move() -> None:
    named = [TWO[0] | {"stays_on_api": True}, TWO[1] | {"hosted_model": "anthropic/claude-haiku-4-5"}]
    some = case(api_spend_per_month=None, workloads=named)
    assert other_models(uses(some, None), LLAMA) == ("anthropic/claude-haiku-4-5",)


def test_bought_elsewhere_a_workload_keeps_its_shares_and_loses_its_prices() -> None:
    stated = TWO[0] | {"input_price_per_mtok": 1, "output_price_per_mtok": 2, "batch_share": 0.25}
    use = uses(case(api_spend_per_month=None, workloads=[stated]), None)[0]
    there = bought_as(use, "openai/gpt-4o")
    assert there.stated.batch_share == 0.25
    assert there.stated.input_price_per_mtok is None
    assert there.hosted_model == "openai/gpt-4o"


def test_a_stated_price_wins_over_the_list_and_says_where() -> None:
    stated = case(
        api_spend_per_month=None, workloads=[TWO[0] | {"input_price_per_mtok": 7, "output_price_per_mtok": 9}]
    )
    price = price_of(stated, uses(stated, None)[0])
    assert (price.input_price_per_mtok, price.output_price_per_mtok) == (7, 9)
    assert price.source.title == "case"
    listed = price_of(case(), uses(case(), None)[0])
    assert listed.source.title.startswith("genai-prices")
    assert stacked_multiplier(case(hosted={"batch_and_cache": "none"}), listed) == listed.batch_multiplier


def gates(**changed: Any) -> tuple[Gate, ...]:
    some = case(**changed)
    return gates_of(some, uses(some, None), LLAMA, (), precision="bf16")


def test_quality_is_unknown_until_the_case_speaks_of_it() -> None:
    (quality,) = gates()
    assert (quality.name, quality.verdict, quality.stated) == ("quality", "unknown", False)
    spoken = gates(gates=[{"name": "quality of answers", "verdict": "pass", "applies_to": "self-hosting"}])
    assert [(gate.verdict, gate.stated) for gate in spoken] == [("pass", True)]
    assert is_quality("Quality of answers")
    assert not is_quality("equality")


def test_the_same_weights_at_a_host_need_no_gate_on_quality() -> None:
    assert gates(hosted_model="deepinfra/meta-llama/Llama-3.3-70B-Instruct") == ()


def test_a_dedicated_host_is_unknown_allowed_or_refused() -> None:
    dedicated = {"purchase": [{"mode": "dedicated", "host": "Baseten", "price_per_gpu_hour": 3}]}
    verdicts = {
        way: [gate.verdict for gate in gates(self_hosting=dedicated, hosts=hosts) if gate.host == "baseten"]
        for way, hosts in {"silent": {}, "allowed": {"allow": ["baseten"]}, "refused": {"refuse": ["*"]}}.items()
    }
    assert verdicts == {"silent": ["unknown"], "allowed": [], "refused": ["fail"]}
