"""Gates are constraints: unknown is not a pass, and none of them can help."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from breakeven.decision.readiness.gates import (
    Gate,
    GateVerdict,
    Side,
    Use,
    cheapest,
    cost_of_gates,
    judge_gates,
    least_relaxations,
)

BUY = [Use(workload="chat", sides=frozenset({"hosted"}))]
OWN = [Use(workload="chat", sides=frozenset({"self-hosting"}))]
BOTH = [Use(workload="chat", sides=frozenset({"hosted", "self-hosting"}))]
RESIDENCY = Gate(name="residency", verdict="fail", side="hosted")
QUALITY = Gate(name="quality", verdict="unknown", side="self-hosting", workload="chat")


def test_a_hybrid_must_meet_the_gates_of_both_sides() -> None:
    assert judge_gates([RESIDENCY, QUALITY], BUY).verdict == "fail"
    assert judge_gates([RESIDENCY, QUALITY], OWN).verdict == "unknown"
    both = judge_gates([RESIDENCY, QUALITY], BOTH)
    assert (both.verdict, both.failed, both.unknown) == ("fail", ("residency",), ("quality",))


def test_a_gate_of_another_workload_does_not_apply() -> None:
    assert judge_gates([Gate(name="residency", verdict="fail", side="hosted", workload="code")], BUY).verdict == "pass"


def test_no_gate_at_all_is_not_a_pass() -> None:
    assert judge_gates([], BUY).verdict == "unknown"


def test_a_failed_gate_costs_the_difference_to_the_best_without_it() -> None:
    costs = cost_of_gates([RESIDENCY], [BUY, OWN, BOTH], [10.0, 15.0, 8.0])
    assert [(each.gate, each.cost) for each in costs] == [("residency", 7.0)]


def test_two_gates_of_one_name_do_not_hide_what_they_cost() -> None:
    """Stated twice, or of two workloads: it is one question, and its price that of all of it."""
    costs = cost_of_gates([RESIDENCY, RESIDENCY], [BUY, OWN, BOTH], [10.0, 15.0, 8.0])
    assert [(each.gate, each.cost) for each in costs] == [("residency", 7.0)]


def test_when_nothing_is_left_the_least_to_relax_is_named() -> None:
    gates = [
        RESIDENCY,
        Gate(name="licence", verdict="fail", side="self-hosting"),
        Gate(name="quality", verdict="fail", side="self-hosting"),
    ]
    assert cheapest(gates, [BUY, OWN], [1.0, 2.0]) is None
    assert cost_of_gates(gates, [BUY, OWN], [1.0, 2.0])[0].cost is None
    assert least_relaxations(gates, [BUY, OWN, BOTH]) == ("residency",)


gate = st.builds(
    Gate,
    name=st.sampled_from("abc"),
    verdict=st.sampled_from(get_args(GateVerdict)),
    side=st.sampled_from(get_args(Side)),
)


@given(st.lists(gate, max_size=5), gate, st.tuples(*[st.floats(0, 100)] * 3))
def test_a_further_gate_never_makes_the_cheapest_cheaper(
    gates: list[Gate], more: Gate, costs: tuple[float, ...]
) -> None:
    uses = [BUY, OWN, BOTH]
    before, after = cheapest(gates, uses, costs), cheapest([*gates, more], uses, costs)
    assert after is None or (before is not None and after >= before)


@given(st.lists(gate, max_size=5), st.tuples(*[st.floats(0, 100)] * 3))
def test_no_gate_costs_less_than_nothing(gates: list[Gate], costs: tuple[float, ...]) -> None:
    assert all(each.cost is None or each.cost >= 0 for each in cost_of_gates(gates, [BUY, OWN, BOTH], costs))
