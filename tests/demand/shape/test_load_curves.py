"""Windows, load curves and joint curves: exact where they claim to be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.demand.shape.load_curve import exceeded_for, joint_curve, measured_curve, peak_over_mean, windows
from breakeven.demand.shape.profiles import load_curve, profile_names
from breakeven.numbers.inputs import Source

SOURCE = Source(title="test")


def curve_of(load, minutes=None):
    load = np.asarray(load, dtype=float)
    return measured_curve(
        load, np.ones(load.size) if minutes is None else np.asarray(minutes, float), name="log", source=SOURCE
    )


def test_empty_windows_are_filled_and_the_ends_count_only_their_minutes():
    load, minutes = windows(np.array([3, 14]), np.array([20, 30]), first=3, last=14, window_minutes=5)
    assert minutes.tolist() == [2, 5, 5]
    assert load.tolist() == [10, 0, 6]


def test_peak_over_mean_needs_two_windows():
    minute, amount = np.arange(9), np.ones(9)
    assert peak_over_mean(minute, amount, first=0, last=8, window_minutes=5) is None
    assert peak_over_mean(minute, amount, first=0, last=8, window_minutes=1) == 1


def test_the_99th_percentile_is_exceeded_for_at_most_one_percent():
    assert curve_of(range(1, 101)).p99_over_mean == pytest.approx(99 / 50.5)
    assert curve_of(range(1, 1001)).p999_over_mean == pytest.approx(999 / 500.5)
    assert exceeded_for(0.01, np.array([5.0, 1.0]), np.array([0, 0.005, 1])) == 1


loads = st.lists(st.floats(0, 1e6), min_size=1, max_size=60).filter(lambda each: sum(each) > 1)


@given(loads, st.randoms(use_true_random=False))
def test_a_measured_curve_keeps_the_work_and_ignores_the_order(load, random):
    curve = curve_of(load)
    assert np.dot(curve.share_of_time, curve.load_over_mean) == pytest.approx(1)
    falling = np.diff(curve.load_over_mean)
    assert (falling <= 1e-9 * max(curve.load_over_mean)).all()
    shuffled = random.sample(load, len(load))
    assert curve_of(shuffled).load_over_mean == pytest.approx(curve.load_over_mean)


@given(loads, st.floats(0.01, 5))
def test_blocks_serve_at_least_what_the_windows_do(load, capacity):
    """Averaging inside a block can only overstate what a capacity serves; by how much: see the next test."""
    curve, over_mean = curve_of(load), np.asarray(load) / np.mean(load)
    served = np.dot(curve.share_of_time, np.minimum(curve.load_over_mean, capacity))
    assert served >= np.minimum(over_mean, capacity).mean() - 1e-9


def test_blocks_lose_little_on_a_real_shape():
    load = np.exp(np.random.default_rng(1).normal(0, 0.8, 4032))
    curve = curve_of(load)
    for capacity in (0.25, 0.5, 1, 2):
        served = np.dot(curve.share_of_time, np.minimum(curve.load_over_mean, capacity))
        assert served == pytest.approx(np.minimum(load / load.mean(), capacity).mean(), abs=0.002)


def test_a_joint_curve_is_its_parts_busy_together():
    code, flat = load_curve("coding"), load_curve("flat")
    joint = joint_curve([code, flat], [1, 3], kind="assumed", source=SOURCE)
    assert np.dot(joint.share_of_time, joint.load_over_mean) == pytest.approx(1)
    assert joint.p99_over_mean == pytest.approx(0.25 * 3.03 + 0.75)
    assert joint.name == "coding + flat"
    assert joint_curve([code, code], [1, 9], kind="assumed", source=SOURCE) is code


@given(st.lists(st.sampled_from(profile_names()), min_size=1, max_size=4), st.data())
def test_a_joint_curve_keeps_mean_one(names, data):
    weights = [data.draw(st.floats(0.1, 10)) for _ in names]
    joint = joint_curve([load_curve(each) for each in names], weights, kind="assumed", source=SOURCE)
    assert sum(joint.share_of_time) == pytest.approx(1)
    assert np.dot(joint.share_of_time, joint.load_over_mean) == pytest.approx(1)
