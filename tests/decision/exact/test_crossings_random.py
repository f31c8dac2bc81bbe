"""Random small formulas: what a trace and a tail say of them holds wherever the formula is evaluated directly."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from staircase import module

from breakeven.decision.exact.along import Along, Segment, inexactly
from breakeven.decision.exact.between import Between
from breakeven.decision.exact.crossings import crossings, told
from breakeven.decision.exact.reach import Reach
from breakeven.decision.exact.tails import Tail
from breakeven.decision.exact.tracing import NotAffine, Path, Trace
from breakeven.numbers.lines import Model, line
from breakeven.numbers.operations import (
    MONTH,
    SCENARIO,
    STEP,
    WORKLOAD,
    along,
    cumulative,
    maximum,
    minimum,
    previous,
    total,
    where,
    whole_up,
)

Constants = tuple[Any, ...]
Formula = Callable[[Any, Constants], Any]
F = Fraction
NUMBERS = st.builds(F, st.integers(-12, 12), st.sampled_from([1, 2, 3, 5]))
NOT_ZERO = NUMBERS.filter(bool)
SHARES = st.fractions(0, 1, max_denominator=50).filter(bool)
AXES_USED = (STEP, WORKLOAD, MONTH)
SCALARS, ALL = st.integers(0, 1), st.integers(0, 4)  # which constant
CONSTANTS = st.tuples(
    NOT_ZERO, NOT_ZERO, *(st.builds(along, st.just(axis), st.tuples(NUMBERS, NUMBERS)) for axis in AXES_USED)
)


def two(operation: Callable[..., Any]) -> Callable[[Formula, Formula], Formula]:
    return lambda a, b: lambda x, k: operation(a(x, k), b(x, k))


def chosen(a: Formula, b: Formula, c: Formula, d: Formula) -> Formula:
    return lambda x, k: where(a(x, k) > b(x, k), c(x, k), d(x, k))


def extend(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    return st.one_of(
        *(st.builds(two(each), inner, inner) for each in (maximum, minimum, lambda a, b: a + b, lambda a, b: a - b)),
        st.builds(lambda a, i: lambda x, k: a(x, k) * k[i], inner, ALL),
        st.builds(lambda a, i: lambda x, k: a(x, k) / k[i], inner, SCALARS),
        st.builds(lambda a: lambda x, k: whole_up(a(x, k)), inner),
        st.builds(lambda a: lambda x, k: -a(x, k), inner),
        st.builds(lambda a, axis: lambda x, k: total(a(x, k), over=axis), inner, st.sampled_from(AXES_USED)),
        st.builds(chosen, inner, inner, inner, inner),
    )


LEAVES = st.one_of(
    st.just(lambda x, _: x),
    st.builds(lambda i: lambda x, k: x * k[i], ALL),
    st.builds(lambda i: lambda _, k: k[i], ALL),
)
FORMULAS = st.recursive(LEAVES, extend, max_leaves=8)


def at(part: Any, like: Any) -> np.ndarray:
    return np.broadcast_to(np.asarray(part, dtype=object), np.shape(like))


@given(FORMULAS, CONSTANTS, NUMBERS, st.lists(SHARES, min_size=1, max_size=4))
def test_a_trace_holds_up_to_the_next_kink(
    formula: Formula, k: Constants, start: Fraction, shares: list[Fraction]
) -> None:
    path = Path()
    traced = formula(Trace(path, start, F(1)), k)
    assume(isinstance(traced, Trace))
    room = F(1000) if path.room is None else path.room
    assert room > 0
    for share in shares:
        if share < 1:
            direct = formula(start + room * share, k)
            value, slope = at(traced.value, direct), at(traced.slope, direct)
            assert np.all(value + slope * (room * share) == direct)


@given(FORMULAS, CONSTANTS, st.lists(st.fractions(0, 60, max_denominator=30).filter(bool), min_size=1, max_size=4))
def test_the_bounds_of_a_tail_hold(formula: Formula, k: Constants, steps: list[Fraction]) -> None:
    reach = Reach()
    try:
        tail = formula(Tail(reach, F(1), F(0), F(0)), k)
    except NotAffine:
        return
    assume(isinstance(tail, Tail))
    for step in steps:
        x = reach.value + step
        direct = formula(x, k)
        low, high = at(tail.slope * x + tail.low, direct), at(tail.slope * x + tail.high, direct)
        assert np.all(low <= direct)
        assert np.all(direct <= high)


@given(
    FORMULAS,
    CONSTANTS,
    st.fractions(0, 60, max_denominator=30),
    st.fractions(1, 20, max_denominator=30),
    st.lists(st.fractions(F(1, 20), F(19, 20), max_denominator=50), min_size=1, max_size=6),
)
def test_the_bounds_between_two_ends_hold(
    formula: Formula, k: Constants, start: Fraction, length: Fraction, shares: list[Fraction]
) -> None:
    floats = tuple(map(inexactly, k))
    ends = along(SCENARIO, [float(start)]), along(SCENARIO, [float(start + length)])
    try:
        found = formula(Between(ends, 1.0, 0.0, 0.0), floats)
    except NotAffine:
        return
    assume(isinstance(found, Between))
    dust = 1e-6 * (1 + np.maximum(abs(found.least), abs(found.most)))
    for share in shares:
        direct = formula(float(start + length * share), floats)
        assert np.all(found.least - dust <= direct)
        assert np.all(direct <= found.most + dust)


@given(FORMULAS, CONSTANTS, st.fractions(0, 20, max_denominator=30).filter(bool))
def test_a_tail_repeats_with_its_period(formula: Formula, k: Constants, step: Fraction) -> None:
    reach = Reach()
    try:
        tail = formula(Tail(reach, F(1), F(0), F(0)), k)
    except NotAffine:
        return
    period = reach.period()
    assume(isinstance(tail, Tail) and period is not None)
    x = reach.value + step
    one, after = formula(x, k), formula(x + period, k)
    assert np.all(np.asarray(after - one, dtype=object) == at(tail.slope * period, after))


@given(FORMULAS, CONSTANTS, st.lists(st.fractions(0, 1, max_denominator=50), min_size=1, max_size=6))
def test_break_evens_of_random_formulas(formula: Formula, k: Constants, shares: list[Fraction]) -> None:
    """Inside a window a random formula is positive, outside it is not, and beyond it keeps its sign."""

    @line("1", source="test")
    def answer(x, k0, k1, k2, k3, k4):
        """Sum of all elements of a random formula."""
        return total(
            total(total(formula(x, (k0, k1, k2, k3, k4)), over=STEP), over=WORKLOAD),
            over=MONTH,
        )

    names = [f"k{i}" for i in range(5)]
    model = Model(module(answer), inputs=["x", *names])
    found = crossings(Along(model, dict(zip(names, k, strict=True)), wanted="answer", name="x"))
    steps = {*found.roots, *found.jumps, *found.touches}
    for share in shares:
        for x in (found.searched_to * share, found.searched_to + 100 * share):
            if x in steps or x == 0 or (x > found.searched_to and found.sign_beyond is None):
                continue
            got, left = (F(np.ravel(answer(each, *k))[0]) for each in (x, x - F(1, 10**9)))
            if (got > 0) == (left > 0):  # not on a step that begins just here
                assert (got > 0) == (found.window_of(x) is not None)


def stretch(start: int, end: int, value: Any, slope: Any) -> Segment:
    return Segment(start=F(start), end=F(end), value=F(value), slope=F(slope))


@pytest.mark.parametrize(
    ("last", "sign", "window", "roots", "jumps"),
    [
        (stretch(1, 5, -4, 1), 1, (F(5), None), (F(5),), ()),  # zero just where the stretches end: once an IndexError
        (stretch(1, 5, -4, F(1) - F(1, 10**15)), 1, (F(5), None), (F(5),), ()),  # the same in floats
        (stretch(1, 5, -4, 0), 1, (F(5), None), (), (F(5),)),  # a step just there
        (stretch(1, 5, 4, -1), -1, (F(1), F(5)), (F(5),), ()),
        (stretch(1, 5, 4, 0), -1, (F(1), F(5)), (), (F(5),)),
        (stretch(1, 5, 4, 0), 1, (F(1), None), (), ()),
    ],
)
def test_a_line_may_turn_just_where_the_search_ends(
    last: Segment, sign: int, window: tuple[Fraction, Fraction | None], roots: Any, jumps: Any
) -> None:
    """Stretches in floats end where the line keeps its sign for ever, and none begins there that would show it."""
    found = told([last], F(5), sign)
    assert [(each.start, each.end) for each in found.windows] == [window]
    assert (found.roots, found.jumps, found.sign_beyond) == (roots, jumps, sign)


@line("1", source="test")
def walked(x, weight):
    """Both operations along the months."""
    return cumulative(x * weight) - previous(x * weight)


@given(st.lists(NUMBERS, min_size=2, max_size=4), NUMBERS)
def test_operations_along_the_months_are_traced(weights: list[Fraction], x: Fraction) -> None:
    weight = along(MONTH, weights)
    traced = walked(Trace(Path(), x, F(1)), weight)
    assert np.all(traced.value == walked(x, weight))
    assert np.all(traced.value + traced.slope * 5 == walked(x + 5, weight))
    tail = walked(Tail(Reach(), F(1), F(0), F(0)), weight)
    assert np.all(tail.slope * x + tail.low == walked(x, weight))


@pytest.mark.parametrize(
    "formula",
    [
        lambda x: x * x,
        lambda x: 1 / x,
        lambda x: (x + 1) / (x + 2),
        lambda x: x * maximum(x, 3),
        lambda x: where(x == 3, 1, 0),
    ],
)
def test_a_product_of_what_moves_is_refused(formula: Formula) -> None:
    @line("1", source="test")
    def answer(x):
        """Not straight in x."""
        return formula(x)

    made = Along(Model(module(answer), inputs=["x"]), {}, wanted="answer", name="x")
    with pytest.raises(NotAffine):
        crossings(made, start=F(5))


def test_an_inexact_line_is_refused() -> None:
    @line("1", source="test", exact=False)
    def answer(x):
        """A power."""
        return x**2

    with pytest.raises(NotAffine, match="not exact"):
        Along(Model(module(answer), inputs=["x"]), {}, wanted="answer", name="x")


def test_what_is_not_settled_far_out_is_walked_and_said() -> None:
    """Whether a step has just been taken decides the sign, for ever: no bound can tell, so it walks and says so."""

    @line("1", source="test")
    def answer(x):
        """1 in the second half of every step, -1 in the first."""
        return where(whole_up(x) - x < F(1, 2), 1, -1)

    found = crossings(Along(Model(module(answer), inputs=["x"]), {}, wanted="answer", name="x"))
    assert found.sign_beyond is None
    assert found.searched_to > 100
    assert [(each.start, each.end) for each in found.windows[:2]] == [(F(1, 2), 1), (F(3, 2), 2)]


def test_where_broadcasts_the_branch_that_is_not_taken() -> None:
    """Found by the random formulas: a scalar condition and a scalar branch, beside an array that is not taken."""
    rows = along(STEP, [F(0), F(0)])
    traced = total(where(Trace(Path(), F(0), F(1)) + 1 > 0, Trace(Path(), F(5), F(1)), rows), over=STEP)
    assert np.ravel(traced.value) == total(where(F(1) > 0, F(5), rows), over=STEP) == 10
    assert np.ravel(traced.slope) == 2
