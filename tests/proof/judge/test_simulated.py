"""What the tests by betting promise, simulated with a fixed seed while looking after every pair."""

from __future__ import annotations

import numpy as np
import pytest
from paired_answers import differences

from breakeven.problems import Problem
from breakeven.proof.judge.betting import bets, updated
from breakeven.proof.judge.counters import count, counted, share_of_failures
from breakeven.proof.judge.sample import margin_shown, pairs_needed

ALPHA = 0.05
# share of pairs that are not ties, margin, and the published median of pairs to GO for equal quality
SETTINGS = [(0.10, 0.02, 2148), (0.10, 0.05, 386), (0.30, 0.05, 998)]


def crossings(mean: float, discordant: float, margin: float, side: str, runs: int, pairs: int) -> np.ndarray:
    """The pair at which each run crossed; 0 where it never did."""
    start = bets(side, limit=-margin, alpha=ALPHA)
    return np.array(
        [updated(start, differences(mean, discordant, pairs, 1000 + seed)).crossed_at for seed in range(runs)]
    )


def holds(runs: int, pairs: int, *, power: float) -> None:
    """False GO at most α on the margin; equal quality reaches GO as fast as published; a bad model raises the alarm."""
    wrong_go, wrong_alarm = [], []
    for discordant, margin, published in SETTINGS:
        wrong_go.append((crossings(-margin, discordant, margin, "above", runs, pairs) > 0).mean())
        wrong_alarm.append((crossings(-margin, discordant, margin, "below", runs, pairs) > 0).mean())
        equal = crossings(0.0, discordant, margin, "above", runs, pairs)
        assert (equal > 0).mean() > power
        assert np.median(equal) <= published
        assert (crossings(-2 * margin, discordant, margin, "below", runs, pairs) > 0).mean() > power
    for found in (wrong_go, wrong_alarm):
        assert np.mean(found) <= ALPHA
        assert max(found) <= ALPHA + 2 * (ALPHA / runs) ** 0.5  # each is itself known only so well


def test_looking_after_every_pair_keeps_its_promise() -> None:
    holds(runs=200, pairs=6000, power=0.9)


@pytest.mark.heavy
def test_looking_after_each_of_twenty_thousand_pairs_keeps_its_promise() -> None:
    holds(runs=1000, pairs=20_000, power=0.99)


@pytest.mark.parametrize(("discordant", "margin"), [(0.1, 0.05), (0.3, 0.05), (0.5, 0.1)])
def test_the_sample_stated_before_the_start_has_its_power(discordant: float, margin: float) -> None:
    pairs = pairs_needed(margin=margin, deviation=discordant**0.5, alpha=ALPHA, power=0.8)
    crossed = crossings(0.0, discordant, margin, "above", runs=200, pairs=pairs)
    assert 0.76 <= (crossed > 0).mean() <= 0.95
    assert margin_shown(pairs=pairs, deviation=discordant**0.5, alpha=ALPHA, power=0.8) == pytest.approx(
        margin, rel=0.01
    )


def test_no_margin_and_no_pairs_are_told() -> None:
    with pytest.raises(Problem, match="above 0"):
        pairs_needed(margin=0.0, deviation=0.3, alpha=ALPHA)
    assert margin_shown(pairs=0, deviation=0.3, alpha=ALPHA) is None


def test_a_canary_that_fails_one_time_in_ten_is_seen_within_sixty_requests() -> None:
    seen = []
    for seed in range(60):
        draw = np.random.default_rng(seed)
        canary = draw.random(4000) < 0.1
        fails = draw.random(4000) < np.where(canary, 0.2, 0.005)
        state = counted(count("above", limit=share_of_failures(2.0, 0.1), alpha=ALPHA / 2), canary[fails])
        assert state.rejected
        failures = np.flatnonzero(fails)[state.crossed_at - 1]
        seen.append(canary[: failures + 1].sum())
    assert np.median(seen) <= 60


def test_a_canary_as_good_as_the_baseline_is_let_alone() -> None:
    alarms = 0
    for seed in range(200):
        draw = np.random.default_rng(seed)
        canary = draw.random(20_000) < 0.1
        fails = draw.random(20_000) < np.where(canary, 0.01, 0.005)  # twice as often: the limit itself
        alarms += counted(count("above", limit=share_of_failures(2.0, 0.1), alpha=ALPHA), canary[fails]).rejected
    assert alarms / 200 <= ALPHA + 0.02
