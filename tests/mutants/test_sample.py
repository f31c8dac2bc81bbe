"""A few faults in each room of decision and proof, always the same of the same code: a test notices each.

In costs every part of every formula is left out in turn: tests/second_engine/test_seeded_faults.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from trust.mutants import CAUGHT, SURVIVED, beside, looked_at, made, outcome, rooms, sample

LIMIT = 20.0  # CPU seconds
EACH = 1
QUICK = {  # one module of each room, and the tests of it that take a second
    "decision/answers/pairs": "test_pairs",
    "decision/exact/reach": "test_far_out_in_floats",
    "decision/finance/returns": "test_returns",
    "decision/hybrid/hybrid": "test_hybrid_ladder",
    "decision/readiness/non_inferiority": "test_non_inferiority",
    "decision/risk/regression": "test_regression",
    "proof/act/chain": "test_watch",
    "proof/gateway/drill": "test_drill",
    "proof/judge/judge_model": "test_judge_model",
    "proof/records/row": "test_row",
    "proof/send/asking": "test_send",
    "proof/track/actuals": "test_actuals",
}


@pytest.mark.parametrize("module", QUICK)
def test_a_fault_is_noticed(module: str) -> None:
    """Where this fails: add the test that notices it, or, where it is no fault, say why in trust/survivors.yaml."""
    tests = f"tests/{Path(module).parent}/{QUICK[module]}.py"
    for mutant in sample(module, EACH):
        assert outcome(mutant, [tests], LIMIT)[0] == CAUGHT, f"no test notices {mutant}"


def test_the_same_tests_pass_without_a_fault() -> None:
    """Else everything would seem to be noticed."""
    for module in [*QUICK][::5]:
        assert outcome(None, [f"tests/{Path(module).parent}/{QUICK[module]}.py"], LIMIT)[0] == SURVIVED


def test_every_room_is_sampled_and_has_tests_of_its_own() -> None:
    assert {*rooms()} - {str(Path(module).parent) for module in QUICK} == {"costs", "decision"}
    assert all(beside(sample(room, 1)[0]) for room in rooms() if room != "decision")


def test_a_mutant_is_the_module_with_one_fault(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text("A = 1\n\n\ndef least(a: int, b: int = 2) -> int:\n    return min(a, b) if a + b > 0 else -a\n")
    found = {each.change: each.source.splitlines()[-1].strip() for each in made(source)}
    assert found == {
        "2 is 3": "return min(a, b) if a + b > 0 else -a",
        "return min(a, b) if a + b > 0 else -a: None": "return None",
        "min(a, b) if a + b > 0 else -a: the other way round": "return min(a, b) if not a + b > 0 else -a",
        "a + b > 0: Gt is GtE": "return min(a, b) if a + b >= 0 else -a",
        "a + b: Add is Sub": "return min(a, b) if a - b > 0 else -a",
        "0 is 1": "return min(a, b) if a + b > 1 else -a",
        "min(a, b): min is max": "return max(a, b) if a + b > 0 else -a",
        "-a: without its sign": "return min(a, b) if a + b > 0 else a",
    }
    assert len({each.key for each in made(source)}) == len(found)


def test_survivors_that_were_looked_at_are_still_there() -> None:
    """One whose code has changed says nothing any more: take it out of trust/survivors.yaml."""
    assert {*looked_at()} <= {each.key for room in rooms() for path in rooms()[room] for each in made(path)}
