"""Everything one can do stands in the comparison, and one rule holds for every option that is not today's."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.report.pages.parts.answer import headline, two_steps, why
from breakeven.study.case.case import Case
from breakeven.study.judge.assess import comparison_of, judge
from breakeven.study.judge.basis import basis_of
from breakeven.study.judge.hybrids import as_stated, with_every_option
from breakeven.study.judge.uses import judged_columns
from breakeven.study.resolve.resolve import resolve
from breakeven.study.study import Basis, OptionStudy, Study

PLAIN: dict[str, Any] = {
    "as_of": "2026-11-21",
    "workloads": [
        {
            "name": "chat",
            "hosted_model": "openai/gpt-5-mini",
            "requests_per_month": 20e6,
            "input_tokens_per_month": 23.1e9,
            "output_tokens_per_month": 4.22e9,
        }
    ],
    "open_model": "llama-3.3-70b",
    "self_hosting": {"precision": "fp8", "gpus_per_replica": 2, "tokens_per_second": 9000},
    "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
    "team": 1,
}
QUALITY = {"name": "quality", "applies_to": "self-hosting"}
NOBODY_ELSE = {"hosts": {"refuse": ["*"]}}


@cache
def _basis(text: str) -> Basis:
    return basis_of(resolve(Case.from_dict(eval(text))), "test")


def basis(**parts: Any) -> Basis:
    return _basis(repr(PLAIN | parts))


@cache
def _found(text: str) -> Study:
    return judge(with_every_option(_basis(text)), scenarios=0)


def found(**parts: Any) -> Study:
    return _found(repr(PLAIN | parts))


def option(it: Study, name: str) -> OptionStudy:
    return next(each for each in it.options if name in each.name)


def worth(it: Basis) -> np.ndarray:
    comparison = comparison_of(it)
    got = comparison.evaluate(["net_present_value"])["net_present_value"]
    return np.broadcast_to(got, (1, 1, len(comparison.names), 1, 1))[0, 0, :, 0, 0]


def best(it: Basis) -> float:
    """The most that a permitted option is worth."""
    allowed = [each.verdict != "fail" for each in judged_columns(it)]
    return float(max(value for value, may in zip(worth(it), allowed, strict=True) if may))


# What holds the best option back


def test_the_best_is_named_with_what_to_answer_first() -> None:
    it = found()
    assert headline(it) == ("BUY ELSEWHERE, if llama-3.3-70b passes your quality test and you may buy it from nebius.")
    assert it.verdict.first == ("quality", "host nebius")
    assert (it.verdict.option, it.verdict.name, it.verdict.commit) == (0, "hosted API", False)
    assert it.basis.columns[it.verdict.best_option].host == "nebius"


def test_a_vetted_host_of_a_model_that_passed_may_be_committed_to() -> None:
    passed = QUALITY | {"verdict": "pass"}
    by_list = found(gates=[passed], hosts={"allow": ["nebius"]})
    residency = {"name": "residency", "host": "nebius", "verdict": "pass"}
    for it in (by_list, found(gates=[passed, residency])):
        assert it.verdict.commit
        assert it.verdict.name == "llama-3.3-70b at nebius"
        assert headline(it).startswith("BUY ELSEWHERE (buy from nebius): it pays, ")


def test_only_the_host_has_to_be_vetted() -> None:
    it = found(gates=[QUALITY | {"verdict": "pass"}])
    assert it.verdict.first == ("host nebius",)
    assert headline(it).endswith("if you may buy llama-3.3-70b from nebius.")


def test_the_cheapest_vetted_host_stands_beside_a_cheaper_one_that_is_not() -> None:
    it = found(gates=[QUALITY | {"verdict": "pass"}], hosts={"allow": ["deepinfra"]})
    hosts = [each.host for each in it.basis.columns if each.mode == "endpoint"]
    assert hosts == ["nebius", "deepinfra"]
    assert it.verdict.first == ("host nebius",)
    assert it.basis.columns[it.verdict.best_option].host == "nebius"
    assert it.verdict.name == "llama-3.3-70b at deepinfra"  # until nebius is vetted


def test_a_model_that_failed_is_out_at_every_host() -> None:
    failed = QUALITY | {"verdict": "fail"}
    at_host = QUALITY | {"applies_to": "hosted", "host": "nebius", "verdict": "pass"}
    for gates in ([failed], [failed, at_host]):
        it = found(gates=gates)
        assert {each.verdict for each in it.options} == {"INFEASIBLE"}
        assert headline(it) == "KEEP BUYING: a gate forbids all else."
        assert all(each.gates.verdict == "fail" for each in it.rivals if each.same_quality)


def test_the_quality_of_a_model_is_not_asked_of_who_buys_it_already() -> None:
    today = PLAIN["workloads"][0] | {"hosted_model": "groq/llama-3.3-70b-versatile"}
    same = today | {"input_price_per_mtok": 0.59, "output_price_per_mtok": 0.79}
    model = {"open_model": "llama-3.3-70b"}
    other = found(workloads=[same], **model).basis.serving.other_models
    assert other == ("groq/llama-3.3-70b-versatile",)  # its name at groq is not the model's: it is asked
    exact = same | {"hosted_model": "deepinfra/meta-llama/Llama-3.3-70B-Instruct"}
    it = found(workloads=[exact], **model)
    assert not any("quality" in each.depth.gates.unknown for each in it.options)


def test_hosts_are_known_and_in_one_list() -> None:
    with pytest.raises(Exception, match=r'no host "nebbius" is known\. Did you mean "nebius"'):
        Case.from_dict(PLAIN | {"hosts": {"allow": ["nebbius"]}})
    with pytest.raises(Exception, match="is allowed as well"):
        Case.from_dict(PLAIN | {"hosts": {"allow": ["nebius"], "refuse": ["Nebius"]}})


# Buying is as clever as owning

UNITS = {"units": 400, "price_per_unit_hour": 0.356, "input_tokens_per_minute_per_unit": 4750}
SMALL = [PLAIN["workloads"][0] | {"requests_per_month": 3e6, "input_tokens_per_month": 3.465e9,
                                 "output_tokens_per_month": 0.633e9}]  # fmt: skip


def test_units_that_no_contract_binds_are_cancelled_by_buying_too() -> None:
    """400 units of which the tokens need a small part: 400 x 0.356 x 730 = 103,952 a month that nobody has to pay."""
    it = found(workloads=SMALL, hosted={"committed": UNITS}, **NOBODY_ELSE)
    without = found(workloads=SMALL, **NOBODY_ELSE)
    assert [each.name for each in it.basis.columns[:2]] == ["hosted API, re-contracted", "hosted API"]
    assert it.hosted_monthly_cost == pytest.approx(without.hosted_monthly_cost)
    own = option(it, "rent")
    assert own.verdict == "LOSES"
    alone = option(without, "rent").horizon.net_present_value
    assert own.horizon.net_present_value == pytest.approx(alone, rel=0.01)  # a unit pays for itself in late months
    assert own.horizon.net_present_value >= alone
    assert it.verdict.answer == "KEEP BUYING"
    assert headline(it).startswith("KEEP BUYING, ON A BETTER CONTRACT: ")
    today = it.options[0]
    comparison = comparison_of(it.basis)
    relief = comparison.evaluate(["committed_relief"])["committed_relief"]
    used = comparison.month(relief, 1, it.basis.header.month - 1)
    assert today.monthly_saving == pytest.approx(used - 400 * 0.356 * 730)


def test_units_that_a_contract_binds_are_paid_by_everybody() -> None:
    it = found(workloads=SMALL, hosted={"committed": UNITS | {"months": 36}}, **NOBODY_ELSE)
    assert [each.mode for each in it.basis.columns] == ["hosted", "rented"]
    assert option(it, "rent").monthly_cost > 400 * 0.356 * 730


def test_units_that_are_full_are_kept() -> None:
    full = {"units": 4, "price_per_unit_hour": 0.356, "input_tokens_per_minute_per_unit": 75_000}
    it = found(hosted={"committed": full}, **NOBODY_ELSE)
    kept = np.ravel(it.basis.inputs["committed_units"].likely[0, 0, 0, 0])
    assert kept == pytest.approx(4.0)
    assert [each.mode for each in it.basis.columns].count("hosted") == 1


# Bought options: no people, no readiness

DEDICATED = {"mode": "dedicated", "host": "ours", "price_per_gpu_hour": 5.0}
ENDPOINT = {"mode": "endpoint", "host": "ours", "name": "endpoint", "input_price_per_mtok": 0.1,
            "output_price_per_mtok": 0.2}  # fmt: skip


def test_who_buys_pays_no_people_and_waits_for_no_readiness() -> None:
    serving = PLAIN["self_hosting"] | {"purchase": [{"mode": "rented"}, ENDPOINT, DEDICATED]}
    it = found(self_hosting=serving, hosts={"allow": ["ours"]}, gates=[QUALITY | {"verdict": "pass"}])
    lines = ["people", "own_cost", "compute", "one_time_cost", "egress", "night_route_back", "observability"]
    comparison = comparison_of(it.basis)
    got = comparison.evaluate(lines)
    for i, column in enumerate(it.basis.columns):
        if column.mode in ("endpoint", "dedicated"):
            at = {name: comparison.month(got[name], i, 0) for name in lines}
            assert at["people"] == at["egress"] == at["observability"] == 0
            assert at["one_time_cost"] == 5000  # the prompts and tests of one workload
            assert at["own_cost"] == at["compute"]  # of the dedicated one its GPUs, and nothing around them
            its = it.options[i - 1]
            assert len(its.half_tests) == (1 if column.mode == "endpoint" else 2)


def test_a_dedicated_endpoint_is_gpus_by_the_hour() -> None:
    serving = PLAIN["self_hosting"] | {"purchase": [{"mode": "rented"}, DEDICATED]}
    it = found(self_hosting=serving, hosts={"allow": ["ours"], "refuse": ["*"]})
    its, own = option(it, "dedicated"), option(it, "rent")
    assert its.gpus == own.gpus
    assert its.monthly_cost > its.gpus * 5.0 * 730
    slow = its.half_tests[1]
    assert slow.replicas == pytest.approx(2 * its.replicas, abs=1)
    assert its.depth.gates.first == ("quality",)


# Two steps


def test_the_saving_is_told_in_two_steps() -> None:
    it = found()
    steps = it.verdict.steps
    assert steps.bought is not None
    assert steps.own is not None
    own, bought = (it.options[i - 1].expected_net_present_value for i in (steps.own, steps.bought))
    assert steps.another_model == bought
    assert steps.serving_it_yourself == own - bought
    assert "another model, llama-3.3-70b at nebius, saves $" in two_steps(it)
    assert "serving it yourself loses $" in two_steps(it)


# What a failed gate forbids is switched off and priced

RESIDENCY = {"name": "residency", "applies_to": "hosted", "verdict": "fail"}


def test_forced_keeps_the_gate_that_forces_it() -> None:
    it = found(gates=[RESIDENCY])
    own = option(it, "rent")
    assert own.verdict == "FORCED"
    comparison = comparison_of(it.basis)
    at = next(i for i, each in enumerate(it.basis.columns) if each.mode == "rented" and not each.hybrid)
    got = comparison.evaluate(["api_bill", "night_route_back", "spill", "on_call_stipends", "usable_capacity"])
    month = {name: comparison.month(value, at, 0) for name, value in got.items()}
    assert month["api_bill"] == month["night_route_back"] == month["spill"] == 0
    assert month["on_call_stipends"] == pytest.approx(2 * it.means["oncall_stipend_per_week"] * 52 / 12)
    assert np.max(it.basis.inputs["spare_replicas"].likely) == 1
    assert it.timing is not None
    assert not it.timing.releasable
    assert "INFEASIBLE" in {each.verdict for each in it.options}
    said = " ".join(it.basis.notices)
    assert "no canary, burst, nights or way back there" in said
    assert "A rotation of our own needs 8 people; the case has 1." in said


def test_residency_costs_more_than_its_use_of_the_api_hid() -> None:
    forced = option(found(gates=[RESIDENCY]), "rent").horizon.net_present_value
    free = next(each for each in found().options if each.name == "rent H100-SXM-80GB").horizon.net_present_value
    assert forced < free


def test_a_gate_on_one_workload_closes_the_api_to_that_one_only() -> None:
    two = [PLAIN["workloads"][0], PLAIN["workloads"][0] | {"name": "code"}]
    it = basis(workloads=two, gates=[RESIDENCY | {"workload": "code"}])
    canary = np.broadcast_to(it.inputs["canary_share"].likely, (1, 2, len(it.columns), 1, 1))[0, :, 1, 0, 0]
    assert canary.tolist() == [0.02, 0.0]


def test_of_two_ways_that_a_gate_leaves_the_better_is_taken_although_both_lose() -> None:
    serving = PLAIN["self_hosting"] | {"purchase": [{"mode": "rented"}, {"mode": "owned"}]}
    it = found(self_hosting=serving, gates=[RESIDENCY])
    assert it.verdict.answer == "SELF-HOST"
    assert it.verdict.verdict == "FORCED"
    left = [each for each in it.options if each.verdict != "INFEASIBLE"]
    chosen = it.options[it.verdict.best_option - 1]
    assert chosen.expected_net_present_value == max(each.expected_net_present_value for each in left)


def test_another_host_that_meets_the_gate_is_a_way_out() -> None:
    meets = {"name": "residency", "applies_to": "hosted", "host": "nebius", "verdict": "pass"}
    it = found(gates=[RESIDENCY, meets, QUALITY | {"verdict": "pass"}])
    assert it.verdict.answer == "BUY ELSEWHERE"
    assert it.verdict.name == "llama-3.3-70b at nebius"


# Adding an option never worsens the best

HOSTS = ("nebius", "novita", "deepinfra", "huggingface_nscale")


@settings(max_examples=8, deadline=None)
@given(
    refused=st.sets(st.sampled_from(HOSTS), max_size=3),
    more=st.sampled_from(HOSTS),
    price=st.floats(0.3, 6.0),
    units=st.sampled_from([0, 40, 400]),
)
def test_adding_an_option_never_worsens_the_best(refused: set[str], more: str, price: float, units: int) -> None:
    """One more host, one more way to hold GPUs, one more kind of contract: the best permitted option is no worse."""
    price = round(price, 1)
    committed = {"hosted": {"committed": UNITS | {"units": units}}} if units else {}
    rented = {"mode": "rented", "price_per_gpu_hour": 2.69}

    def its(refuse: set[str], *ways: dict[str, Any]) -> float:
        serving = PLAIN["self_hosting"] | {"purchase": [*ways]}
        return best(with_every_option(basis(self_hosting=serving, hosts={"refuse": sorted(refuse)}, **committed)))

    fewer = its(refused | {more}, rented)
    assert its(refused - {more}, rented) >= fewer - 1e-6
    assert its(refused | {more}, rented, {**rented, "name": "other", "price_per_gpu_hour": price}) >= fewer - 1e-6
    assert its(refused | {more}, rented, ENDPOINT | {"output_price_per_mtok": price}) >= fewer - 1e-6


def test_what_the_case_states_comes_back() -> None:
    """Every option found is taken away again, today's contract included."""
    first = basis(workloads=SMALL, hosted={"committed": UNITS})
    again = as_stated(with_every_option(first))
    assert [each.name for each in again.columns] == [each.name for each in first.columns]
    assert worth(replace(again, columns=first.columns)) == pytest.approx(worth(first))


def test_who_may_not_stay_does_not_wait_though_several_options_are_left() -> None:
    """With one option left it is FORCED; a second way to buy the GPUs once made it "until then keep buying"."""
    residency = {"name": "residency", "applies_to": "hosted", "verdict": "fail"}
    ways = [{"mode": "rented", "price_per_gpu_hour": 2.69}, {"mode": "owned"}]
    it = found(
        workloads=[{**PLAIN["workloads"][0], "hosted_model": "openai/gpt-4.1"}],
        self_hosting={**PLAIN["self_hosting"], "purchase": ways},
        gates=[residency],
    )
    assert it.verdict.verdict in ("FRAGILE", "HOLDS")
    assert it.verdict.first == ("quality",)
    assert it.verdict.commit
    assert it.verdict.option == it.verdict.best_option
    assert "keep buying" not in why(it)
