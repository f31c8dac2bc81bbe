"""Tests by betting: what they must hold by theory, by hand, by another engine, and however the pairs come."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paired_answers import differences
from scipy.integrate import quad
from ville import AsymptoticCS, BernoulliTest, BettingTest

from breakeven.problems import Problem
from breakeven.proof.judge.betting import BLOCK, STAKES, bets, updated
from breakeven.proof.judge.counters import (
    count,
    counted,
    largest_evidence,
    log_evidence,
)
from breakeven.proof.judge.moments import Moments, added

LEVEL = 0.05


def by_hand(values: np.ndarray, limit: float, side: str) -> np.ndarray:
    """The evidence after each value, in plain products of one value at a time."""
    middle, sign = (limit + 1) / 2, 1 if side == "above" else -1
    most = 1 / middle if side == "above" else 1 / (1 - middle)
    wealth, found = [1.0] * len(STAKES), []
    for value in values:
        wealth = [
            held * (1 + sign * stake * most * ((value + 1) / 2 - middle))
            for held, stake in zip(wealth, STAKES, strict=True)
        ]
        found.append(sum(wealth) / len(wealth))
    return np.array(found)


@pytest.mark.parametrize("side", ["above", "below"])
def test_the_evidence_is_the_mean_of_the_products(side: str) -> None:
    values = differences(0.0, 0.4, 3 * BLOCK + 17, seed=3)
    state = updated(bets(side, limit=-0.02, alpha=LEVEL), values)
    expected = by_hand(values, -0.02, side)
    assert exp(state.evidence) == pytest.approx(expected[-1])
    assert exp(state.best) == pytest.approx(max(expected.max(), 1.0))


def test_it_is_rejected_at_the_first_pair_that_reaches_the_level() -> None:
    values = differences(0.05, 0.4, 2000, seed=5)
    state = updated(bets("above", limit=-0.02, alpha=LEVEL), values)
    reached = by_hand(values, -0.02, "above") >= 1 / LEVEL
    assert state.crossed_at == reached.argmax() + 1 > BLOCK


@given(
    st.lists(st.floats(-1, 1, width=32), max_size=700),
    st.lists(st.integers(0, 700), max_size=6),
    st.sampled_from(["above", "below"]),
)
def test_any_batching_gives_the_same_to_the_last_bit(values: list[float], cuts: list[int], side: str) -> None:
    whole = updated(bets(side, limit=-0.02, alpha=0.3), values)
    parts = bets(side, limit=-0.02, alpha=0.3)
    for batch in np.split(np.array(values), sorted(min(cut, len(values)) for cut in cuts)):
        parts = updated(parts, batch)
    assert repr(parts) == repr(whole)
    sums = Moments()
    for batch in np.split(np.array(values), sorted(min(cut, len(values)) for cut in cuts)):
        sums = added(sums, batch)
    assert sums == added(Moments(), values)


def test_a_long_run_in_one_batch_is_the_run_pair_by_pair() -> None:
    values = differences(-0.01, 0.3, 20_000, seed=8)
    whole = updated(bets("above", limit=-0.02, alpha=LEVEL), values)
    parts = bets("above", limit=-0.02, alpha=LEVEL)
    for value in values:
        parts = updated(parts, value)
    assert repr(parts) == repr(whole)


def test_a_run_of_one_kind_neither_overflows_nor_loses_everything() -> None:
    for value in (1.0, -1.0):
        for side in ("above", "below"):
            state = updated(bets(side, limit=-0.5, alpha=LEVEL), np.full(50_000, value))
            assert np.isfinite(state.evidence)
            assert np.isfinite(state.best)
            assert state.rejected == ((value > 0) == (side == "above"))


@pytest.mark.parametrize("value", [1.5, -1.01, float("nan"), float("inf")])
def test_a_value_outside_the_range_is_refused(value: float) -> None:
    with pytest.raises(Problem, match="outside"):
        updated(bets("above", limit=0.0, alpha=LEVEL), [0.0, value])


@given(st.integers(0, 300), st.integers(1, 400), st.floats(0.01, 0.9))
def test_counts_give_the_mean_likelihood_ratio_beyond_the_limit(events: int, trials: int, limit: float) -> None:
    events = min(events, trials)

    def ratio(rate: float) -> float:
        # relative to its largest value, so that the integral is of ordinary size
        return exp(events * log(rate / top) + (trials - events) * log((1 - rate) / (1 - top)))

    peak = events / trials
    top = min(max(peak, limit), 1 - 1e-9)
    area = quad(ratio, limit, 1, points=[top] if limit < top < 1 else None, limit=500, epsrel=1e-9)[0]
    at_top = events * log(top / limit) + (trials - events) * log((1 - top) / (1 - limit))
    expected = log(area / (1 - limit)) + at_top
    got = float(log_evidence("above", events, trials, limit))
    assert got == pytest.approx(expected, abs=0.01 if expected > -3 else 0.1)


def test_many_requests_without_a_failure_are_no_evidence_of_failing() -> None:
    assert float(log_evidence("above", 0, 10_000_000, 0.05)) < 0
    assert float(log_evidence("below", 0, 10_000_000, 0.05)) > 100_000


@given(
    st.lists(st.booleans(), max_size=300),
    st.lists(st.integers(0, 300), max_size=5),
    st.sampled_from(["above", "below"]),
)
def test_counts_come_to_the_same_however_they_are_batched(happened: list[bool], cuts: list[int], side: str) -> None:
    whole = counted(count(side, limit=0.3, alpha=0.2), happened)
    parts = count(side, limit=0.3, alpha=0.2)
    for batch in np.split(np.array(happened, dtype=bool), sorted(min(cut, len(happened)) for cut in cuts)):
        parts = counted(parts, batch)
    assert parts == whole


def test_counts_cross_at_the_first_trial_that_reaches_the_level() -> None:
    happened = np.random.default_rng(1).random(4000) < 0.02
    for side, limit in (("below", 0.05), ("above", 0.005)):
        state = counted(count(side, limit=limit, alpha=LEVEL), happened)
        path = log_evidence(side, np.cumsum(happened), np.arange(1, 4001), limit)
        assert state.crossed_at == (path >= -log(LEVEL)).argmax() + 1
        assert state.best == pytest.approx(path.max())


@given(st.lists(st.booleans(), min_size=1, max_size=400), st.floats(0.02, 0.9), st.sampled_from(["above", "below"]))
def test_what_is_not_worked_out_was_never_the_largest(happened: list[bool], limit: float, side: str) -> None:
    path = log_evidence(side, np.cumsum(happened), np.arange(1, len(happened) + 1), limit)
    most = largest_evidence(side, np.cumsum(happened), np.arange(1, len(happened) + 1), limit)
    assert np.all(path <= most + 1e-6 + np.log1p(1 / (1 - limit)) * (path < 0))
    state = counted(count(side, limit=limit, alpha=0.1), happened)
    assert state.best == pytest.approx(max(path.max(), 0.0), abs=1e-6)
    assert state.crossed_at == ((path >= -log(0.1)).argmax() + 1 if (path >= -log(0.1)).any() else 0)


def test_another_engine_has_the_same_evidence_of_counts() -> None:
    """Its mixture is over all rates; ours over those on one side: their mean, weighed by the sides, is its own."""
    happened = np.random.default_rng(4).random(600) < 0.2
    trials, events = np.arange(1, 601), np.cumsum(happened)
    for limit in (0.1, 0.2, 0.4):
        theirs = BernoulliTest(p0=limit, alpha=LEVEL).update(happened.astype(float)).log_e_values_
        above, below = (log_evidence(side, events, trials, limit) for side in ("above", "below"))
        assert np.logaddexp(above + log(1 - limit), below + log(limit)) == pytest.approx(theirs, abs=1e-6)


def test_another_engine_bets_on_the_same_pairs_and_needs_no_fewer() -> None:
    ours, theirs = [], []
    for seed in range(20):
        values = differences(0.0, 0.1, 6000, seed)
        ours.append(updated(bets("above", limit=-0.05, alpha=LEVEL), values).crossed_at)
        test = BettingTest(-0.05, bounds=(-1, 1), alternative="greater", alpha=LEVEL)
        theirs.append(test.update(values).stopping_time())
    assert all(ours)
    assert np.median(ours) <= np.median([each or 6000 for each in theirs])


def test_another_engine_has_the_same_interval() -> None:
    values = differences(0.01, 0.3, 3000, 2)
    theirs = AsymptoticCS(alpha=LEVEL, t_opt=2000).update(values)
    low, high = added(Moments(), values).interval(LEVEL) or (0, 0)
    assert (low, high) == pytest.approx((theirs.lower_[-1], theirs.upper_[-1]), rel=0.02)


def test_an_interval_is_wider_with_less_and_unknown_with_too_little() -> None:
    few, many = added(Moments(), differences(0, 0.3, 100, 1)), added(Moments(), differences(0, 0.3, 5000, 1))
    assert few.half_width(LEVEL) > many.half_width(LEVEL) > 0
    assert added(Moments(), [1.0, 0.0]).interval(LEVEL) is None
    assert Moments().mean is None
