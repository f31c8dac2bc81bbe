"""A short run of `make fuzz`, and every input that once went wrong, again."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from fuzz.__main__ import attempt
from fuzz.mutate import SECRET, mutated
from fuzz.run import HANG, Ending, command, ending
from fuzz.targets import TARGETS, Target

TRIED = [target for target in TARGETS.values() if not target.by_hand]
CHEAP = [target for target in TRIED if not target.costly]
COSTLY = [target for target in TRIED if target.costly]
KEPT = [(target, path) for target in TARGETS.values() for path in target.corpus()]


@pytest.mark.parametrize("number", range(2))
@pytest.mark.parametrize("target", CHEAP, ids=lambda target: target.name)
def test_an_input_with_things_wrong_is_read_or_refused_in_words(target: Target, number: int) -> None:
    assert attempt(target, number, keep=False) is None


@pytest.mark.parametrize("target", COSTLY, ids=lambda target: target.name)
def test_a_case_with_things_wrong_is_judged_or_refused_in_words(target: Target) -> None:
    assert attempt(target, 1, keep=False) is None


@pytest.mark.parametrize(("target", "path"), KEPT, ids=[f"{target.name}-{path.stem}" for target, path in KEPT])
def test_what_once_went_wrong_stays_right(target: Target, path: Path, tmp_path: Path) -> None:
    assert ending(target.work(str(path), str(tmp_path)), target.limit).faults(target.codes) == []


@pytest.mark.parametrize("target", TRIED, ids=lambda target: target.name)
def test_every_target_has_seeds(target: Target) -> None:
    assert len(target.seeds()) >= 3


def test_the_same_number_gives_the_same_input() -> None:
    content = b'{"a": [1, 2, {"b": "c"}]}\n{"a": 2}\n'
    assert mutated(content, Random(7)) == mutated(content, Random(7)) != mutated(content, Random(8))


@pytest.mark.parametrize(
    ("ended", "fault"),
    [
        (Ending(HANG, "", "", 60), "it hung"),
        (Ending(70, "", "a fault of its own", 1), "it ended with 70"),
        (Ending(137, "", "", 1), "it ended with 137"),
        (Ending(1, "", "Traceback (most recent call last):", 1), "it showed a traceback"),
        (Ending(0, f"key {SECRET}", "", 1), "it showed a secret of the input"),
        (Ending(0, "\x1b]0;x\x07", "", 1), "it obeyed a control sign of the input"),
        (Ending(0, "", "", 1), "it ended well and said nothing"),
        (Ending(1, "", "", 1), "it ended badly and said nothing"),
    ],
)
def test_a_fault_is_seen(ended: Ending, fault: str) -> None:
    assert fault in ended.faults()


def test_a_command_that_hangs_is_killed() -> None:
    case = str(Path(__file__).parents[2] / "examples" / "insurer" / "case.yaml")
    assert ending(command(["decide", case]), limit=0.05).code == HANG
