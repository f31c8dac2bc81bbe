"""The fair rivals: the same weights at the cheapest host that may be used, and a frontier model; and what finance sees.

The bill of a rival is computed again here by hand, from its list prices.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from assessed import CASES, study
from breakeven.study.case.case import Case
from breakeven.study.judge.assess import comparison_of, judge
from breakeven.study.judge.basis import basis_from_json, study_document
from breakeven.study.judge.ways_to_buy import cheapest_of_same_quality
from breakeven.study.resolve.resolve import resolve

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


def same_weights(*gates: dict[str, str]):  # type: ignore[no-untyped-def]
    found = resolve(Case.from_dict(CASE | {"gates": list(gates)})).rivals
    return next(each for each in found if each.kind == "same weights")


def test_a_host_that_fails_a_gate_is_passed_over_and_says_why() -> None:
    cheapest = same_weights().model
    host = cheapest.partition("/")[0]
    fails = {"name": "residency", "applies_to": "hosted", "host": host, "verdict": "fail"}
    other = same_weights(fails)
    assert other.model.partition("/")[0] != host
    assert [(each.model, each.because) for each in other.refused if each.model == cheapest] == [
        (cheapest, ("residency",))
    ]


def test_what_was_answered_of_todays_host_is_unknown_of_another() -> None:
    passes = {"name": "residency", "applies_to": "hosted", "verdict": "pass"}
    assert same_weights(passes).gates.verdict == "unknown"
    host = same_weights().model.partition("/")[0]
    assert same_weights(passes, passes | {"host": host}).gates.verdict == "pass"


def test_a_gate_on_another_host_is_none_of_the_plans_gates() -> None:
    gates = [{"name": "residency", "applies_to": "hosted", "host": "nebius", "verdict": "fail"},
             {"name": "terms", "applies_to": "hosted", "host": "anthropic", "verdict": "fail"}]  # fmt: skip
    found = resolve(Case.from_dict(CASE | {"gates": gates})).gates
    assert [(each.name, each.workload) for each in found] == [("terms", "all")]


def test_the_bill_of_a_rival_is_its_list_price() -> None:
    found = study("agreements")
    terms, rival = found.basis.rivals[0], found.rivals[1]
    comparison = comparison_of(found.basis)
    values = {name: float(np.ravel(comparison.values[name])[0]) for name in ("input_mtok_per_month", "retry_factor",
              "output_mtok_per_month", "cached_share", "growth_per_month", "cache_write_share")}  # fmt: skip
    price = {name: each[0] for name, each in terms.prices.items()}
    grown = (1 + values["growth_per_month"]) ** (found.basis.header.month - 1) * values["retry_factor"]
    read = 1 - values["cached_share"] * (1 - price["cache_read_multiplier"])
    bill = values["input_mtok_per_month"] * read * price["input_price_per_mtok"]
    bill += values["output_mtok_per_month"] * price["output_price_per_mtok"]
    assert rival.api_bill == pytest.approx(bill * grown)
    assert rival.same_quality
    assert rival.refused[0].because == ("residency",)


def test_the_frontier_is_no_rival_of_the_same_quality() -> None:
    kinds = {each.kind: each.same_quality for each in study("agreements").rivals}
    assert kinds == {"incumbent": False, "same weights": True, "frontier": False}
    best = cheapest_of_same_quality(study("agreements").rivals)
    assert best is not None
    assert best.kind == "same weights"


@every_case
def test_every_way_to_buy_is_held_against_every_option(name: str) -> None:
    found = study(name)
    for each in found.rivals:
        values = [own.horizon.net_present_value - each.net_present_value for own in found.options]
        assert each.worth_more == pytest.approx(values)


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
    found = study("four_ways")
    rival = next(each for each in found.rivals if each.kind == "same weights")
    cheaper = judge(found.basis, scenarios=0).rivals[1]
    assert cheaper == rival
    stays = next(each for each in found.basis.demand.workloads if each.stays_on_api)
    at = [each.name for each in found.basis.demand.workloads].index(stays.name)
    assert found.basis.rivals[0].changes[at] == 0.0
