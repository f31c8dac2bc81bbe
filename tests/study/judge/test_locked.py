"""What no longer holds of a study.json: its basis changed by hand, or another answer than the one that was written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assessed import study
from breakeven.study.judge.basis import study_document
from breakeven.study.judge.locked import differences_from
from breakeven.study.judge.timing import CHANCES, what_may_come
from breakeven.study.register import register


@pytest.fixture
def document() -> dict[str, Any]:
    written: dict[str, Any] = json.loads(json.dumps(study_document(study("minimal"))))
    return written


def differences(document: dict[str, Any], version: str = "1") -> tuple[str, ...]:
    return differences_from(document, study("minimal"), version)


def test_a_study_as_it_was_written_has_none(document: dict[str, Any]) -> None:
    assert differences(document) == ()


def test_a_basis_that_was_changed_is_told(document: dict[str, Any]) -> None:
    document["basis"]["header"]["name"] = "another"
    assert differences(document) == ("what it rests on was changed since it was written",)


def test_a_file_without_a_fingerprint_proves_nothing(document: dict[str, Any]) -> None:
    del document["fingerprint"]
    assert differences(document) == ("it has no fingerprint, so that nobody can tell whether it was changed",)


def test_another_answer_is_told_with_its_place_and_the_version_that_gave_it(document: dict[str, Any]) -> None:
    document["hosted_monthly_cost"] = 1.5
    answer, version = differences(document, "another version")
    assert answer.startswith("the recomputed answer differs: hosted_monthly_cost was 1.5, now ")
    assert "this is another version" in version


def test_float_dust_is_no_difference(document: dict[str, Any]) -> None:
    document["hosted_monthly_cost"] *= 1 + 1e-9
    assert differences(document) == ()


def test_a_price_without_a_range_comes_as_is_likely_and_one_with_a_range_in_three_ways() -> None:
    change = register()["hosted_price_change_per_month"]
    rates, chances = what_may_come(change)
    assert chances == CHANCES
    assert rates[0] == pytest.approx(change.low)
    assert rates[2] == pytest.approx(change.high)
    fixed = register()["pue"]
    assert what_may_come(fixed) if fixed.uncertain else what_may_come(fixed) == ((fixed.likely,), (1.0,))
