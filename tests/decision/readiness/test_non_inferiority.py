"""As good as today's model within a margin: paired scores, their interval, and when nothing may be said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from breakeven.decision.readiness.non_inferiority import LEAST, compared


def scores(values):
    return {str(i): float(each) for i, each in enumerate(values)}


def test_the_interval_is_that_of_a_paired_t_test():
    random = np.random.default_rng(1)
    today = random.random(400)
    ours = today + random.normal(-0.01, 0.2, 400)
    found = compared(scores(ours), scores(today), 0.05)
    theirs = stats.ttest_rel(ours, today).confidence_interval(0.90)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert found.difference == pytest.approx(float((ours - today).mean()))


@pytest.mark.parametrize(
    ("right_of_ours", "margin", "verdict"),
    [(400, 0.02, "pass"), (396, 0.03, "pass"), (300, 0.02, "fail"), (392, 0.02, "unknown")],
)
def test_pass_fail_and_unknown(right_of_ours, margin, verdict):
    ours, today = [1] * right_of_ours + [0] * (401 - right_of_ours), [1] * 400 + [0]
    assert compared(scores(ours), scores(today), margin).verdict == verdict


def test_fewer_than_thirty_pairs_are_unknown_and_say_how_many_are_needed():
    found = compared(scores([1] * (LEAST - 1)), scores([0] * (LEAST - 1)), 0.02)
    assert (found.verdict, found.needed) == ("unknown", LEAST)


def test_no_common_item_is_unknown():
    found = compared({"a": 1.0}, {"b": 1.0}, 0.02)
    assert found.verdict == "unknown"
    assert "paired" in found.why


def test_a_score_that_is_always_the_same_says_nothing():
    found = compared(scores([999] * 500), scores([999] * 500), 0.02)
    assert found.verdict == "unknown"
    assert "999" in found.why


def test_no_difference_seen_is_not_no_difference():
    same = [1, 0] * 20
    assert compared(scores(same), scores(same), 0.02).verdict == "unknown"
    assert compared(scores(same * 10), scores(same * 10), 0.02).verdict == "pass"


def test_with_as_many_pairs_as_needed_the_same_answers_settle_it():
    ours, today = [1] * 90 + [0] * 10, [1] * 89 + [0] * 9 + [1] * 2
    found = compared(scores(ours), scores(today), 0.02)
    assert found.verdict == "unknown"
    assert found.needed is not None
    times = -(-found.needed // 100)
    assert compared(scores(ours * times), scores(today * times), 0.02).verdict != "unknown"


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 1.0])), min_size=30, max_size=120))
def test_a_wider_margin_never_makes_a_pass_a_fail(pairs):
    ours, today = (scores(side) for side in zip(*pairs, strict=True))
    order = ["fail", "unknown", "pass"]
    found = [order.index(compared(ours, today, margin).verdict) for margin in (0.0, 0.05, 0.2, 1.0)]
    assert found == sorted(found)
