"""Every kind of bad case, each with its exact message beside it. BREAKEVEN_REWRITE=1 writes the messages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from breakeven.problems import Problem, Problems
from breakeven.study.case.case import Case
from parts import ROOT

BAD = ROOT / "tests" / "study" / "bad"


@pytest.mark.parametrize("path", sorted(BAD.glob("*.yaml")), ids=lambda path: path.stem)
def test_message(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    with pytest.raises((Problem, Problems)) as raised:
        Case.load(path.name)
    expected = path.with_suffix(".txt")
    said = f"{raised.value}\n".replace(str(BAD), "BAD")
    if os.environ.get("BREAKEVEN_REWRITE"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")


def test_every_message_has_its_case() -> None:
    assert {each.stem for each in BAD.glob("*.txt")} == {each.stem for each in BAD.glob("*.yaml")}
