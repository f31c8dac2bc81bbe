"""Where to look: stretches of a line with kinks that are known."""

from __future__ import annotations

import numpy as np
import pytest

from breakeven.decision.exact.scan import BatchPath, Sketch, dealt, hopped
from breakeven.numbers.operations import Value


def tent(path: BatchPath, at: Value) -> tuple[Value, Value]:
    """|x - 3| - 1: zero at 2 and at 4, a kink at 3."""
    path.kink(at - 3, np.ones_like(at))
    right = path.positive(at - 3, np.ones_like(at))
    return np.ravel(np.where(right, at - 3, 3 - at) - 1), np.ravel(np.where(right, 1.0, -1.0))


def whole(starts: int = 4) -> Sketch:
    return hopped(tent, 0.0, 10.0, starts=starts)


def test_the_stretches_cover_the_range_and_break_at_the_kink() -> None:
    got = whole()
    assert got.complete
    assert got.start[0] == 0
    assert np.any(np.isclose(got.end, 3))
    assert np.all(np.diff(got.start) > 0)


def test_values_on_a_stretch_are_those_of_the_line() -> None:
    got = whole()
    assert got.value == pytest.approx(np.abs(got.start - 3) - 1, abs=1e-6)


def test_only_stretches_beside_a_root_are_doubtful() -> None:
    got = hopped(tent, 0.0, 10.0, starts=16)
    doubtful = [
        (start, min(end, 10.0)) for start, end in zip(got.start[got.doubtful()], got.end[got.doubtful()], strict=True)
    ]
    assert all(any(start - 0.7 <= root <= end + 0.7 for root in (2, 4)) for start, end in doubtful)
    assert doubtful


def test_a_level_is_the_next_whole_number_unless_it_stands_on_one_and_falls() -> None:
    path = BatchPath(3)
    assert path.level(np.array([1.5, 2.0, 2.0]), np.array([1.0, 1.0, -1.0])).tolist() == [2, 3, 2]


def test_what_is_left_to_walk_is_dealt_among_as_many_as_there_were() -> None:
    at, limit = dealt(np.array([0.0]), np.array([1.0]), 4)
    assert at.size == limit.size
    assert at[0] == 0
    assert limit[-1] == 1
