"""Every break-even, exactly: known staircases, and random ones against a plain loop over the breakpoints."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from staircase import Staircase

from breakeven.decision.exact import scan
from breakeven.decision.exact.along import Along, sign_of
from breakeven.decision.exact.crossings import Crossings, Window, crossings, segments, told

F = Fraction
NUMBERS = st.builds(F, st.integers(0, 60), st.sampled_from([1, 2, 3, 7]))
POSITIVE = NUMBERS.filter(bool)

W2 = Staircase(tiers=((F(0), F(1, 2)),), carries=F(20_000), replica_cost=F(5_000), fixed=F(4_000))
W11 = Staircase(
    tiers=((F(0), F(3, 5)), (F(30_000), F(3, 20))), carries=F(20_000), replica_cost=F(4_000), fixed=F(6_000)
)


def bounds(found: Crossings) -> list[tuple[Fraction, Fraction | None]]:
    return [(each.start, each.end) for each in found.windows]


def clipped(found: Crossings, end: Fraction) -> list[tuple[Fraction, Fraction]]:
    """The windows up to `end`."""
    inside = [each for each in found.windows if each.start < end]
    return [(each.start, end if each.end is None else min(each.end, end)) for each in inside]


@st.composite
def staircases(draw: st.DrawFn) -> Staircase:
    edges = sorted(draw(st.sets(POSITIVE, max_size=3)))
    tiers = tuple((edge, draw(NUMBERS)) for edge in [F(0), *edges])
    return Staircase(
        tiers=tiers,
        carries=draw(POSITIVE),
        replica_cost=draw(NUMBERS) * draw(st.sampled_from([1, 10])),
        fixed=draw(NUMBERS) * draw(st.sampled_from([0, 1, 10])),
        own_price=draw(NUMBERS),
        slabs=draw(st.booleans()),
    )


@given(staircases())
def test_windows_are_those_of_a_plain_loop(stairs: Staircase) -> None:
    found = crossings(stairs.line())
    end = min(found.searched_to + 2 * stairs.carries, 400 * stairs.carries)
    if found.sign_beyond is None:
        end = min(end, found.searched_to)
    assert clipped(found, end) == stairs.windows(end)


@given(staircases())
def test_the_scan_finds_what_hopping_every_kink_finds(stairs: Staircase) -> None:
    quick = crossings(stairs.line())
    end = min(quick.searched_to, 300 * stairs.carries)
    hopped = told([*segments(stairs.line(), F(0), end)], end, None)
    assert clipped(hopped, end) == clipped(quick, end)
    for kind in ("roots", "jumps", "touches"):
        ours, theirs = ({x for x in getattr(each, kind) if x < end} for each in (quick, hopped))
        assert ours == theirs, kind


@given(staircases())
def test_what_bounds_leave_out_changes_no_sign(stairs: Staircase) -> None:
    """The same break-evens where every search asks first which stretches may be left out."""
    walked = crossings(stairs.line())
    with patch.object(scan, "FEW_HOPS", 1):
        assert crossings(stairs.line()) == walked


@pytest.mark.parametrize(("fixed", "fleets"), [(10**4, 1), (10**9, 1), (10**12, 1), (10**4, 10**6)])
def test_many_steps_cost_no_more_than_few(fixed: int, fleets: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many replicas it takes until it pays, and however many the plan has: the lines are gone through as often
    as for a few.
    """
    seen = []
    through = Along._through
    monkeypatch.setattr(Along, "_through", lambda self, x, fixed: (seen.append(1), through(self, x, fixed))[1])
    stairs = replace(W2, fixed=F(fixed), carries=W2.carries / fleets, replica_cost=W2.replica_cost / fleets)
    found = crossings(stairs.line())
    assert len(seen) < 400
    assert 0 <= found.windows[-1].start - 4 * fixed <= 2 * stairs.carries
    assert found.sign_beyond == 1


@given(staircases())
def test_windows_begin_and_end_at_roots_and_jumps(stairs: Staircase) -> None:
    found = crossings(stairs.line())
    ends = {x for each in found.windows for x in (each.start, each.end) if x not in (None, F(0), found.searched_to)}
    changes = {*found.roots, *found.jumps} - {found.searched_to}
    assert ends == changes
    assert changes.isdisjoint(found.touches)


@given(staircases(), st.lists(st.fractions(0, 1, max_denominator=97), min_size=1, max_size=5))
def test_the_sign_beyond_holds(stairs: Staircase, shares: list[Fraction]) -> None:
    found = crossings(stairs.line())
    for share in shares:
        beyond = found.searched_to + share * 50 * stairs.carries
        if found.sign_beyond == 1:
            assert stairs.saving(beyond, side=1) >= 0
            assert found.stays_positive_from is not None
        elif found.sign_beyond is not None:
            assert stairs.saving(beyond, side=1) <= 0
            assert found.stays_positive_from is None


@given(staircases())
def test_the_line_is_straight_between_kinks(stairs: Staircase) -> None:
    line = stairs.line()
    stretches = [*segments(line, F(0), 10 * stairs.carries)]
    for one, after in pairwise(stretches):
        assert one.end == after.start
        assert one.value == stairs.saving(one.start, side=1)
        assert one.value_at_end == stairs.saving(after.start)
        middle = (one.start + after.start) / 2
        assert one.value + one.slope * (middle - one.start) == stairs.saving(middle)
        assert line.value(float(middle)) == pytest.approx(float(stairs.saving(middle)), rel=1e-9, abs=1e-7)


def test_two_break_evens() -> None:
    found = crossings(W2.line())
    assert bounds(found) == [(18_000, 20_000), (28_000, None)]
    assert (found.roots, found.jumps, found.touches) == ((18_000, 28_000), (20_000,), ())
    assert found.stays_positive_from == 28_000
    assert found.window_of(F(20_000)) == Window(start=F(18_000), end=F(20_000))
    assert found.window_of(F(24_000)) is None
    assert found.window_of(F(10**9)) == Window(start=F(28_000), end=None)


def test_five_windows_under_a_volume_discount() -> None:
    found = crossings(W11.line())
    assert bounds(found) == [
        (F(50_000, 3), 20_000),
        (F(70_000, 3), 80_000),
        (F(250_000, 3), 100_000),
        (110_000, 120_000),
        (F(410_000, 3), 140_000),
    ]
    assert found.sign_beyond == -1


def test_a_slab_jumps_down() -> None:
    """1.00 up to 10, then .50 for all of it; owning costs 6: pays above 6, stops at 10, pays again above 12."""
    slab = Staircase(tiers=((F(0), F(1)), (F(10), F(1, 2))), carries=F(100), replica_cost=F(0), fixed=F(6), slabs=True)
    found = crossings(slab.line())
    assert bounds(found) == [(6, 10), (12, None)]
    assert (found.roots, found.jumps) == ((6, 12), (10,))


def test_a_touch_is_neither_a_break_even_nor_a_window() -> None:
    """At 20,000 and just above 40,000 both cost the same to the dollar."""
    found = crossings(replace(W2, fixed=F(5_000)).line())
    assert found.touches == (20_000, 40_000)
    assert bounds(found) == [(30_000, None)]


def test_a_root_on_a_kink_is_a_root() -> None:
    """Prices rise from 1 to 2 at 10, where 1 a unit has just paid the 10 that owning costs."""
    found = crossings(
        Staircase(tiers=((F(0), F(1)), (F(10), F(2))), carries=F(99), replica_cost=F(0), fixed=F(10)).line()
    )
    assert (found.roots, found.jumps, found.touches, bounds(found)) == ((10,), (), (), [(10, None)])


def test_a_jump_down_from_zero_after_a_window_is_a_jump() -> None:
    """Free above 10 (graduated, own price 1): positive until 10 + …, zero at a kink, then a step down."""
    stairs = Staircase(tiers=((F(0), F(2)), (F(5), F(0))), carries=F(10), replica_cost=F(0), fixed=F(0), own_price=F(1))
    assert crossings(stairs.line()).roots == (10,)
    found = crossings(replace(stairs, replica_cost=F(1), fixed=F(-1)).line())
    assert (found.roots, found.jumps, bounds(found)) == ((), (10,), [(0, 10)])


def test_never() -> None:
    found = crossings(replace(W2, replica_cost=F(10_000)).line())
    assert (found.windows, found.roots, found.sign_beyond) == ((), (), -1)
    assert found.stays_positive_from is None


def test_always() -> None:
    found = crossings(replace(W2, replica_cost=F(0), fixed=F(0)).line())
    assert bounds(found) == [(0, None)]
    assert (found.roots, found.jumps, found.sign_beyond) == ((), (), 1)


def test_indifferent_for_ever_is_not_a_win() -> None:
    found = crossings(replace(W2, replica_cost=F(0), fixed=F(0), own_price=F(1, 2)).line())
    assert (found.windows, found.roots, found.sign_beyond) == ((), (), 0)


@pytest.mark.parametrize(
    ("fixed", "sign", "windows"),
    [
        (F(0), -1, []),  # touches zero at every full replica
        (F(-10_000), 1, [(0, None)]),  # bounds reach zero, but only just right of a step
        (F(-4_000), None, [(12_000, 20_000)]),  # loses and wins in every replica, for ever
        (F(1), -1, []),
    ],
)
def test_at_equality_one_period_decides(fixed: Fraction, sign: int | None, windows: list) -> None:
    """A replica costs what the tokens it carries cost: 10,000 for 20,000 MTok at .50."""
    found = crossings(replace(W2, replica_cost=F(10_000), fixed=fixed).line())
    assert found.sign_beyond == sign
    assert bounds(found) == windows
    assert sign is not None or found.searched_to == 20_000


def test_equality_beyond_the_last_tier() -> None:
    """Beyond 30,000 the price is .20 = 4,000 / 20,000; what was saved below decides step by step, for ever."""
    stairs = replace(W11, tiers=((F(0), F(3, 5)), (F(30_000), F(1, 5))))
    assert crossings(stairs.line()).sign_beyond == 1
    astride = replace(stairs, fixed=F(9_000))
    found = crossings(astride.line())
    assert found.sign_beyond is None
    assert found.searched_to >= 50_000
    assert bounds(found) == astride.windows(found.searched_to)


@pytest.mark.parametrize("thin", [1, 10**6])
def test_a_hopeless_search_ends_and_says_how_far_it_got(thin: int) -> None:
    """The tail rises by next to nothing per step, so the bound is far beyond what can be walked."""
    stairs = replace(W2, replica_cost=10_000 - F(thin, 10**9), fixed=F(4_000))
    found = crossings(stairs.line(), most=2_000)
    assert found.searched_to > 0
    if found.sign_beyond is None:
        assert clipped(found, F(40_000)) == stairs.windows(F(40_000))


def test_a_stop_after_some_exact_stretches_is_said() -> None:
    """A zero in every step for ever (equality), and only five stretches allowed."""
    stairs = replace(W2, replica_cost=F(10_000), fixed=F(-4_000))
    found = crossings(stairs.line(), most=1)
    assert found.sign_beyond is None
    assert clipped(found, found.searched_to) == stairs.windows(found.searched_to)


def test_a_search_can_start_later() -> None:
    found = crossings(W2.line(), start=F(19_000))
    assert bounds(found) == [(19_000, 20_000), (28_000, None)]


def test_a_line_that_does_not_depend_on_the_input() -> None:
    line = Along(W2.line().model, W2.line().given | {"volume": F(24_000)}, wanted="replicas", name="fixed")
    found = crossings(line)
    assert (bounds(found), found.sign_beyond) == ([(0, None)], 1)
    assert sign_of(line.at(F(0)).slope) == 0
