"""The picture of the load: batch work lies in the lowest hours, and no work is lost or made."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessed import study
from breakeven.numbers.operations import OPTION
from breakeven.study.judge.assess import comparison_of
from breakeven.study.questions.pictures import load_picture, poured

BLOCKS = st.lists(st.tuples(st.floats(0, 10), st.floats(0.05, 1)), min_size=1, max_size=8)


@given(BLOCKS, st.floats(0, 30))
def test_batch_work_is_poured_into_the_lowest_hours(blocks: list[tuple[float, float]], batch: float) -> None:
    load, shares = (np.array(each) for each in zip(*sorted(blocks, reverse=True), strict=True))
    shares = shares / shares.sum()
    found = poured(load, shares, batch)
    assert float(np.sum((found - load) * shares)) == pytest.approx(batch, abs=1e-9)
    raised = found > load + 1e-12
    assert np.all(found[raised] <= np.min(found) + 1e-9)


def test_what_lies_above_the_fleet_is_what_spills() -> None:
    found = study("bill_terms")
    comparison = comparison_of(found.basis)
    spilt = comparison.evaluate(["spill", "batch_load"])
    for option in range(1, len(comparison.names)):
        picture = load_picture(found, comparison, option)
        assert picture is not None
        above = np.maximum(np.array(picture.load_replicas) - picture.usable_replicas, 0) @ picture.share_of_time
        month = found.basis.header.month - 1
        assert above == pytest.approx(comparison.month(spilt["spill"], option, month), rel=1e-6, abs=1e-9)
        assert comparison.month(spilt["batch_load"], option, month) > 0
    assert np.shape(spilt["spill"])[OPTION] == len(comparison.names)
