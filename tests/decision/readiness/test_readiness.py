"""Readiness by evidence: no evidence is red, more evidence never worsens a colour, time never improves one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.decision.readiness.evidence import Answer
from breakeven.decision.readiness.questionnaire import LEVELS, Item, questionnaire
from breakeven.decision.readiness.readiness import GATES, Conditions, Readiness, judgements, readiness
from breakeven.decision.readiness.readiness_path import needs

BOOK = questionnaire()
DAY = date(2026, 11, 21)
PAY = 240_000.0  # USD a year: 20,000 a month
# Person-months of each playbook, from the least to the most, as in the method's table.
EFFORTS = {
    1: (1, 3),
    2: (0.5, 2),
    3: (1, 3),
    4: (1, 3),
    5: (0.5, 1.5),
    6: (0.5, 1),
    7: (0.5, 1.5),
    8: (1, 4),
    9: (0.25, 1),
}
WORDS = {"link": "https://example.org/x", "owner": "Ada"}


def best_answer(item: Item) -> Answer:
    """An answer that shows an item at every level, today."""
    bounds = item.bounds.values()
    least = max((bound.at_least or 0.0 for bound in bounds), default=0.0)
    number = least if item.kind == "number" else None
    owner = "Ada" if item.kind == "owner" else ""
    return Answer(
        number=number, yes=True if item.kind == "yes-with-link" else None, day=DAY, link="https://x/y", owner=owner
    )


EVERYTHING = {name: best_answer(item) for name, item in BOOK.items.items()}


def judge(
    answers: Mapping[str, Answer], *, as_of: date = DAY, forbidden: bool = False, people: float | None = None
) -> Readiness:
    return readiness(
        BOOK, answers, Conditions(as_of=as_of, engineer_cost_per_year=PAY, fallback_forbidden=forbidden, people=people)
    )


def levels(found: Readiness) -> dict[str, int]:
    return {each.id: LEVELS.index(each.level) for each in found.dimensions}


def without(*dimensions: str) -> dict[str, Answer]:
    """Everything but the items of some dimensions."""
    return {name: each for name, each in EVERYTHING.items() if BOOK.items[name].dimension not in dimensions}


def test_no_evidence_is_red_and_everything_is_green() -> None:
    assert set(levels(judge({})).values()) == {0}
    assert set(levels(judge(EVERYTHING)).values()) == {2}
    assert judge({}).allows == "shadow only"
    assert judge(EVERYTHING).allows == "all, fallback may be dropped"
    assert judge(EVERYTHING).paths == ()
    assert (judge(EVERYTHING).remediation_cost, judge(EVERYTHING).earliest_start_month) == (0, 1)


def test_a_group_has_the_worst_colour_of_its_dimensions() -> None:
    groups = {each.id: each for each in judge(without("monitoring")).groups}
    assert (groups["tooling"].level, groups["tooling"].because) == ("red", ("Monitoring",))
    assert groups["team"].level == "green"


@pytest.mark.parametrize("dimension", BOOK.dimensions, ids=lambda each: each.id)
def test_a_red_dimension_forbids_what_the_method_says(dimension: object) -> None:
    number, name = dimension.number, dimension.id  # type: ignore[attr-defined]
    found = judge(without(name))
    if name == "on_call":  # who covers the nights is what makes two engineers enough
        found = judge(without(name) | {"joined_rotation": EVERYTHING["joined_rotation"]})
    assert next(each.level for each in found.dimensions if each.id == name) == "red"
    assert found.allows == ("shadow only" if number in {2, 4, 7, 8} else "pilot up to 5 %")


def test_where_the_api_may_not_be_the_fallback_on_call_and_fallback_must_be_green() -> None:
    yellow = dict(EVERYTHING)
    del yellow["load_test"]
    assert judge(yellow).allows == "phased"
    assert judge(yellow, forbidden=True).allows == "shadow only"
    assert judge(EVERYTHING, forbidden=True).allows == "all, fallback may be dropped"
    routed_back = {**EVERYTHING}
    for name in ("on_call_people", "on_call_people_per_site", "joined_rotation"):
        del routed_back[name]
    assert levels(judge(routed_back))["on_call"] == 1
    assert levels(judge(routed_back, forbidden=True))["on_call"] == 0
    assert levels(judge(routed_back, forbidden=True))["staffing"] == 0


def test_two_people_are_yellow_only_when_somebody_else_covers_the_night() -> None:
    two = {name: EVERYTHING[name] for name in ("ml_engineer", "devops_engineer", "time_allocated")}
    alone = next(each for each in judge(two).dimensions if each.id == "staffing")
    assert alone.level == "red"
    assert "Two people cannot hold 24x7" in alone.rules[0]
    small = two | {"on_call_people": replace(EVERYTHING["on_call_people"], number=2)}
    assert levels(judge(small))["staffing"] == 0
    for cover in ("automatic_route_back", "joined_rotation", "on_call_people", "on_call_people_per_site"):
        assert levels(judge(two | {cover: EVERYTHING[cover]}))["staffing"] == 1, cover


@pytest.mark.parametrize(("age", "level"), [(90, "green"), (91, "red")])
def test_a_drill_counts_for_ninety_days(age: int, level: str) -> None:
    drill = replace(EVERYTHING["fallback_drill"], day=DAY - timedelta(days=age))
    found = judge(EVERYTHING | {"fallback_drill": drill})
    assert next(each.level for each in found.dimensions if each.id == "fallback") == level


@pytest.mark.parametrize(
    ("item", "number", "level"),
    [
        ("change_fail_share", 0.05, "green"),
        ("change_fail_share", 0.2, "yellow"),
        ("change_fail_share", 0.2001, "red"),
        ("recovery_hours", 0.99, "green"),
        ("recovery_hours", 23.9, "yellow"),
        ("recovery_hours", 24, "red"),
        ("fallback_drill", 0.25, "yellow"),
        ("fallback_drill", 0.249, "red"),
        ("labelled_items", 199, "red"),
        ("allocated_share", 0.89, "yellow"),
        ("forecast_error", 0.12, "green"),
    ],
)
def test_bounds(item: str, number: float, level: str) -> None:
    found = judge(EVERYTHING | {item: replace(EVERYTHING[item], number=number)})
    assert next(each.level for each in found.dimensions if each.id == BOOK.items[item].dimension) == level


@pytest.mark.parametrize("dimension", BOOK.dimensions, ids=lambda each: each.id)
def test_the_playbook_takes_what_the_method_says(dimension: object) -> None:
    steps = next(each for each in judge({}).dimensions if each.id == dimension.id).playbook  # type: ignore[attr-defined]
    low, high = EFFORTS[dimension.number]  # type: ignore[attr-defined]
    assert len(steps) == 3
    assert sum(step.effort.low for step in steps) == pytest.approx(low)
    assert sum(step.effort.high for step in steps) == pytest.approx(high)
    assert low < sum(step.effort.likely for step in steps) < high


def test_the_work_is_paid_by_the_month_and_starts_the_clock() -> None:
    found = judge({})
    work = found.remediation_person_months
    assert found.remediation_cost == pytest.approx(work.likely * 20_000)
    assert found.remediation_months == 1.5  # the longest dimension, its steps one after the other
    assert found.earliest_start_month == 3
    one_person = judge({}, people=1)
    assert one_person.remediation_months == pytest.approx(work.likely)
    assert one_person.earliest_start_month == 1 + 6  # 5.45 months of work for one


answered = st.dictionaries(st.sampled_from(sorted(EVERYTHING)), st.integers(0, 500), max_size=len(EVERYTHING))


def aged(days: Mapping[str, int]) -> dict[str, Answer]:
    return {name: replace(EVERYTHING[name], day=DAY - timedelta(days=age)) for name, age in days.items()}


@settings(max_examples=40)
@given(days=answered, more=answered, forbidden=st.booleans())
def test_adding_evidence_never_worsens_a_colour(days: dict[str, int], more: dict[str, int], forbidden: bool) -> None:
    less, greater = judge(aged(days), forbidden=forbidden), judge(aged(more | days), forbidden=forbidden)
    assert all(levels(greater)[name] >= level for name, level in levels(less).items())
    assert GATES.index(greater.allows) >= GATES.index(less.allows)
    assert greater.remediation_person_months.likely <= less.remediation_person_months.likely + 1e-9


@settings(max_examples=40)
@given(days=answered, later=st.integers(0, 400), forbidden=st.booleans())
def test_expiring_never_improves_a_colour(days: dict[str, int], later: int, forbidden: bool) -> None:
    now = judge(aged(days), forbidden=forbidden)
    then = judge(aged(days), as_of=DAY + timedelta(days=later), forbidden=forbidden)
    assert all(levels(then)[name] <= level for name, level in levels(now).items())
    assert GATES.index(then.allows) <= GATES.index(now.allows)


@settings(max_examples=40)
@given(days=answered, forbidden=st.booleans())
def test_walking_a_path_opens_its_gate(days: dict[str, int], forbidden: bool) -> None:
    answers = aged(days)
    for path in judge(answers, forbidden=forbidden).paths:
        gained = {each.item: EVERYTHING[each.item] for each in path.missing}
        assert GATES.index(judge(answers | gained, forbidden=forbidden).allows) >= GATES.index(path.gate)
        assert path.start_month >= 1 + path.months - 1e-9


def test_no_smaller_set_of_evidence_opens_the_next_gate() -> None:
    """Two dimensions left: every subset of their evidence is tried."""
    answers = without("on_call", "fallback")
    path = judge(answers).paths[0]
    shown = judgements(BOOK, answers, Conditions(as_of=DAY, engineer_cost_per_year=PAY))
    names = [name for each in BOOK.dimensions if each.id in ("on_call", "fallback") for name in each.items]
    keys = [(name, level) for name in names for level in BOOK.items[name].bounds]
    cheapest = float("inf")
    for size in range(len(keys)):
        for chosen in combinations(keys, size):
            cost = sum(shown[key].effort.likely for key in chosen)
            if cost < cheapest and opens(frozenset(chosen)):
                cheapest = cost
    assert path.effort.likely == pytest.approx(cheapest)


def opens(gained: frozenset[tuple[str, str]]) -> bool:
    """Whether these items bring on-call and fallback to yellow at least."""
    return all(
        any(gained.issuperset(needs(route, level, BOOK.items)) for level in LEVELS[1:] for route in each.routes[level])
        for each in BOOK.dimensions
        if each.id in ("on_call", "fallback")
    )


def test_the_questionnaire_is_whole() -> None:
    assert [each.number for each in BOOK.dimensions] == list(range(1, 10))
    assert {each.number for each in BOOK.dimensions if each.blocks_cut_over} == {2, 4, 7, 8}
    for each in BOOK.dimensions:
        assert each.routes["yellow"]
        assert each.routes["green"]
        assert each.source.title
        routed = {name for routes in each.routes.values() for route in routes for name in route}
        assert set(each.items) <= routed, each.id
        assert routed <= BOOK.items.keys(), each.id
    for item in BOOK.items.values():
        assert item.question.endswith("?")
        for bound in item.bounds.values():
            assert 1 <= bound.step <= 3
            assert 0 < bound.effort.low <= bound.effort.likely <= bound.effort.high
