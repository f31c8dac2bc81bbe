"""The shipped load profiles against the tables and worked figures of the economics page (§3.8, W6)."""

import numpy as np
import pytest

from breakeven.demand.shape.profiles import load_curve, profile, profile_names
from breakeven.problems import Problem

CURVES = [load_curve(name) for name in profile_names()]


@pytest.mark.parametrize("curve", CURVES, ids=lambda each: each.name)
def test_a_curve_has_mean_one_and_falls(curve):
    assert sum(curve.share_of_time) == pytest.approx(1, abs=1e-12)
    assert np.dot(curve.share_of_time, curve.load_over_mean) == pytest.approx(1, abs=1e-12)
    assert list(curve.load_over_mean) == sorted(curve.load_over_mean, reverse=True)
    assert curve.p999_over_mean >= curve.p99_over_mean >= curve.load_over_mean[1]


def test_peaks_are_the_tables_own():
    assert load_curve("coding").p99_over_mean == 3.03
    assert load_curve("conversation").p99_over_mean == 1.64
    assert load_curve("coding").p999_over_mean == pytest.approx(3.165)
    assert load_curve("flat").p99_over_mean == load_curve("flat").p999_over_mean == 1


def test_worked_example_six_sizes_two_replicas():
    mean = 60_000 / (27_159.118 * 730 * 3600 / 1e6)  # 60,000 MTok a month on replicas of 27,159 tokens a second
    assert mean == pytest.approx(0.8406, abs=5e-5)
    assert mean * load_curve("conversation").p99_over_mean == pytest.approx(1.3787, abs=2e-4)


SERVED = [
    ("coding", 0.5, 0.431), ("coding", 1, 0.647), ("coding", 2, 0.905),
    ("conversation", 0.5, 0.5), ("conversation", 1, 0.875), ("conversation", 1.25, 0.968),
]  # fmt: skip


@pytest.mark.parametrize(("name", "capacity_over_mean", "share"), SERVED)
def test_share_of_work_served_by_own_capacity(name, capacity_over_mean, share):
    """Within half a point: the table is digitised, and a block stands for the straight line over it."""
    curve = load_curve(name)
    served = np.dot(curve.share_of_time, np.minimum(curve.load_over_mean, capacity_over_mean))
    assert served == pytest.approx(share, abs=0.005)


def test_every_profile_says_where_it_is_from():
    for name in profile_names():
        facts = profile(name)
        assert facts.load_curve.source.title
        assert facts.mix_source.title
        assert facts.meaning
    assert "CC-BY" in load_curve("coding").source.title
    assert (profile("coding").mean_input_tokens, profile("coding").mean_output_tokens) == (2048, 28)
    assert (profile("conversation").mean_input_tokens, profile("conversation").mean_output_tokens) == (
        1155,
        211,
    )


def test_an_unknown_profile_is_told_with_the_nearest():
    with pytest.raises(Problem) as raised:
        load_curve("conversaton")
    assert 'Did you mean "conversation"?' in raised.value.what
    assert "coding" in raised.value.fix
