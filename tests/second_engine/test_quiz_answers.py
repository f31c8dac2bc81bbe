"""The answers of the lesson's quiz, from the second engine on the numbers that the question states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from plain import demand_of
from plain_costs import hardware, once, people
from random_cases import random_case

from breakeven.lesson.questions import Given
from breakeven.lesson.quiz import sum_of

SEEDS = range(40)


def state(**said: float) -> dict[str, Any]:
    """Any self-hosted option with what the question says in place of its own."""
    case = random_case(7)
    option = next(each for each in case["options"] if each.get("self_hosts"))
    return {**case["common"], **option, "self_hosts": 1.0, **said}


FLEET = {"load": 1.0, "own_load": 1.0, "nodes": 1.0, "replicas": 1.0, "gpus": 1.0, "gpus_billed": 1.0, "volume": 1.0}


def whole_cost(given: Given) -> float:
    rented = state(gpu_price_per_hour=given["rent_rate"], reserved_share=0.0, spot_share=0.0)
    rent = hardware(rented, [], {**FLEET, "gpus_billed": given["gpus_billed"]}, 0)["gpu_rent"]
    names = ("engineer_cost_per_year", "oncall_slots", "oncall_share", "oncall_stipend_per_week")
    team = state(run_fte=given["team"], least_run_share=1.0, **{name: given[name] for name in names})
    paid = people(team, [], FLEET, 0)
    return float(rent + paid["run_engineering"] + paid["on_call_stipends"])


def side_by_side(given: Given) -> float:
    return given["tokens"] * given["hosted_price"] - given["gpus"] * given["gpu_monthly"] - given["eng_monthly"]


def break_even(given: Given) -> float:
    """By bisection on the saving, where the engine divides."""
    low, high = 0.0, 1e9
    for _ in range(200):
        middle = (low + high) / 2
        wins = side_by_side({**given, "tokens": middle}) > 0
        low, high = (low, middle) if wins else (middle, high)
    return high


def readiness(given: Given) -> float:
    case = {**random_case(7), "cut_over": 0}
    names = ("readiness_person_months", "engineer_cost_per_year", "evaluation_set_cost")
    s = state(build_person_months=given["build_work"], least_build_share=1.0, **{name: given[name] for name in names})
    paid = once(case, s, {"platform_size": [0.0], "own_cost": [0.0]})
    return float(paid["build"] + paid["readiness_work"] + paid["evaluation_set"])


def hybrid(given: Given) -> float:
    case = random_case(7)
    w = {**state(), **case["workloads"][0], "canary_share": given["canary_share"]}
    own = demand_of(w, given["moved"], False, 0)["own"]
    return float((given["volume"] - given["volume"] * own) * given["price"])


@pytest.mark.parametrize("answer", [whole_cost, side_by_side, break_even, readiness, hybrid])
def test_both_engines_answer_alike(answer: Callable[[Given], float]) -> None:
    for seed in SEEDS:
        found = sum_of(answer.__name__, seed)
        assert found.answer == pytest.approx(answer(found.given), rel=1e-9), (seed, found.text)
