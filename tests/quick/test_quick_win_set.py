"""The closed form of the staircase against the exact tracer, and flips against trying."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given as with_given
from hypothesis import strategies as st

from breakeven.decision.exact.along import Along
from breakeven.decision.exact.crossings import Crossings, crossings
from breakeven.quick.flips import flips
from breakeven.quick.model import MODEL, saving
from breakeven.quick.win_set import win_set

Given = dict[str, Fraction]


def stairs(price: Fraction, rent: Fraction, people: Fraction, capacity: Fraction, tokens: Fraction) -> Given:
    return {
        "tokens": tokens, "hosted_price": price, "gpu_monthly": rent, "eng_monthly": people, "gpu_capacity": capacity,
    }  # fmt: skip


def traced(given: Given) -> Crossings:
    return crossings(Along(MODEL, given, wanted="saving", name="tokens"))


small = st.fractions(min_value=0, max_value=30, max_denominator=6)
positive = st.fractions(min_value=Fraction(1, 6), max_value=30, max_denominator=6)
cases = st.builds(stairs, price=small, rent=small, people=small, capacity=positive, tokens=positive)


@with_given(cases)
def test_the_intervals_are_the_tracer_s(given: Given) -> None:
    ours, theirs = win_set(given), traced(given)
    assert ours.count == len(theirs.windows)
    if ours.count <= 1000:
        assert ours.listed == theirs.windows
    else:
        assert ours.listed == (*theirs.windows[:20], theirs.windows[-1])


@with_given(cases)
def test_the_volume_wins_exactly_inside_an_interval(given: Given) -> None:
    assert (saving(given) > 0) is (win_set(given).holding(given["tokens"]) is not None)


@with_given(cases)
def test_the_nearest_edge_is_the_nearest_of_all(given: Given) -> None:
    wins, volume = win_set(given), given["tokens"]
    windows = traced(given).windows
    here = wins.holding(volume)
    assert here in (None, *windows)
    edges = [edge for each in ([here] if here else windows) for edge in (each.start, each.end) if edge]
    nearest = wins.nearest_edge(volume)
    assert (nearest is None) is (not edges)
    if nearest is not None:
        assert abs(nearest - volume) == min(abs(edge - volume) for edge in edges)


def turned(given: Given, **changed: Fraction) -> bool:
    return (saving({**given, **changed}) > 0) is not (saving(given) > 0)


@with_given(cases)
def test_just_beyond_a_flip_the_answer_is_turned_and_before_it_is_not(given: Given) -> None:
    found = flips(given, win_set(given))
    pinned = {**given, "gpus": Fraction(-(-given["tokens"] // given["gpu_capacity"]))}
    for option, held in (
        ("tokens", given), ("gpu-capacity", given), ("hosted-price", pinned),
        ("gpu-monthly", pinned), ("eng-monthly", pinned),
    ):  # fmt: skip
        name, flip = option.replace("-", "_"), found[option]
        if flip.at is None or flip.at == flip.now:
            continue
        step = (flip.at - flip.now) / 10**9
        assert turned(held, **{name: flip.at + step}) or turned(held, **{name: flip.at})
        assert not turned(held, **{name: flip.at - step})


@with_given(cases, st.integers(1, 40))
def test_whole_gpus_flip_at_the_next_whole_number(given: Given, gpus: int) -> None:
    fixed = {name: each for name, each in given.items() if name != "gpu_capacity"} | {"gpus": Fraction(gpus)}
    at = flips(fixed, win_set(fixed))["gpus"].at
    tried = [n for n in range(1, 1000) if turned(fixed, gpus=Fraction(n))]
    nearest = min(tried, key=lambda n: abs(n - gpus), default=None)
    assert at == nearest or (nearest is None and at is not None and at >= 1000)


def test_the_largest_capacity_that_flips_may_serve_all_on_one_gpu() -> None:
    given = stairs(Fraction(1, 2), Fraction(5000), Fraction(4000), Fraction(20000), Fraction(24000))
    assert flips(given, win_set(given))["gpu-capacity"].at == 24000


def test_a_pinned_line_can_be_the_one_that_moves() -> None:
    given = {"tokens": Fraction(50000), "hosted_price": Fraction(1, 2), "gpu_monthly": Fraction(1500)}
    line = Along(MODEL, {**given, "eng_monthly": Fraction(8000), "gpus": Fraction(8)}, wanted="saving", name="gpus")
    assert line.at(Fraction(8)).slope == -1500


@pytest.mark.parametrize("people", [0, 1000])
def test_no_interval_without_margin_on_a_full_gpu(people: int) -> None:
    given = stairs(Fraction(1, 2), Fraction(10000), Fraction(people), Fraction(20000), Fraction(1))
    assert win_set(given).count == 0 == len(traced(given).windows)
