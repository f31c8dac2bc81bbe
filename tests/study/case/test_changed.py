"""A case with keys said otherwise on the command line is the case that a file with those words would be."""

from __future__ import annotations

import pytest

from assessed import SIX_MONTHS
from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.case.changed import changed_keys, with_changes

CASE = Case.parse(SIX_MONTHS)


def test_a_key_is_set_where_it_stands_or_would() -> None:
    changed = with_changes(CASE, ["team=2", "discount=10%", "self_hosting.precision=bf16"])
    assert changed.file.team == 2
    assert changed.file.hosted.discount == pytest.approx(0.1)
    assert changed.file.self_hosting.precision == "bf16"
    assert changed.as_of == CASE.as_of
    assert CASE.file.team == 1  # the case itself is not touched


def test_another_gpu_has_no_offer_of_the_first() -> None:
    changed = with_changes(CASE, ["gpu=h200"]).file.gpu_offer
    assert changed is not None
    assert not isinstance(changed, str)
    assert (changed.gpu, changed.price_per_gpu_hour) == ("h200", None)
    priced = with_changes(CASE, ["gpu=h200", "price_per_gpu_hour=4"]).file.gpu_offer
    assert not isinstance(priced, str)
    assert priced is not None
    assert priced.price_per_gpu_hour == 4


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("team=", "has no value"),
        ("team", "is not key=value"),
        ("=2", "is not key=value"),
        ("gpuu=h200", 'no key "gpuu" is known'),
        ("team.x=2", "names no key"),
    ],
)
def test_what_is_no_key_is_told(said: str, told: str) -> None:
    with pytest.raises(Problem, match=told):
        with_changes(CASE, [said])


def test_a_value_is_checked_like_one_in_a_file() -> None:
    with pytest.raises(Exception, match='team: expected a number, found text "many"'):
        with_changes(CASE, ["team=many"])


def test_every_key_that_differs_is_told() -> None:
    """Model and GPU too, which no input of the model is called after."""
    other = with_changes(CASE, ["gpu=h200", "hosted_model=openai/gpt-4.1", "hosted.discount=10%"])
    found = {each.key: (each.first, each.second) for each in changed_keys(CASE, other)}
    assert found["gpu_offer.gpu"] == ("h100", "h200")
    assert found["gpu_offer.price_per_gpu_hour"] == ("2.5", None)
    assert found["hosted_model"] == ("openai/gpt-4o", "openai/gpt-4.1")
    assert found["hosted.discount"] == (None, "10%")
    assert changed_keys(CASE, CASE) == ()


@pytest.mark.parametrize("value", ["2026-02-30", "[" * 5000])
def test_a_value_that_cannot_be_read_is_told(value: str) -> None:
    with pytest.raises(Problem, match="the value cannot be read"):
        with_changes(CASE, [f"as_of={value}"])


def test_a_case_that_names_no_day_is_still_judged_for_today() -> None:
    plain = Case.parse(SIX_MONTHS.replace("as_of: 2026-11-21\n", ""))
    assert with_changes(plain, ["team=2"]).as_of_from_clock
    assert not with_changes(plain, ["as_of=2026-11-21"]).as_of_from_clock
