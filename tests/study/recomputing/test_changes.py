"""A changed input stands where it is put, and its range goes with it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recomputed import changes, ready

from breakeven.numbers.inputs import in_order, mean_value
from breakeven.study.recomputing.changes import changed_basis, shifted
from breakeven.study.recomputing.prepared import VOLUME
from breakeven.study.register import compounding, register

DRAWN = sorted(name for name, one in register().items() if one.low is not None and one.likely is not None)


@pytest.mark.parametrize("name", DRAWN)
def test_its_mean_is_where_it_is_put(name: str) -> None:
    one = (register() | compounding(register(), 36))[name]
    now = float(np.max(mean_value(name, one)))
    for to in (now * 0.5, now * 1.1, now + 0.001):
        moved = shifted(name, one, to)
        assert float(np.max(mean_value(name, moved))) == pytest.approx(to, rel=1e-9, abs=1e-11)
        if moved.uncertain:
            in_order(name, moved)


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_ranges_go_with_the_inputs_of_a_case(data: st.DataObject) -> None:
    asked = data.draw(changes(ready("support-chat")))
    basis = changed_basis(ready("support-chat"), asked)
    for name in set(asked) - {VOLUME, "input_mtok_per_month", "output_mtok_per_month"}:
        assert float(np.max(mean_value(name, basis.inputs[name]))) == pytest.approx(asked[name], rel=1e-8, abs=1e-10)
        if basis.inputs[name].uncertain:
            in_order(name, basis.inputs[name])


def test_a_share_near_its_bound_stays_below_one() -> None:
    moved = shifted("usable_share", register()["usable_share"], 0.99)
    assert moved.high is not None
    assert moved.high <= 1


def test_a_multiple_of_the_plan_multiplies_what_the_page_says_of_the_month() -> None:
    basis = changed_basis(ready("support-chat"), {VOLUME: 2.0})
    before, after = ready("support-chat").basis.demand.workloads[0], basis.demand.workloads[0]
    assert after.requests_per_month == pytest.approx(2 * before.requests_per_month)
    assert after.input_mtok_per_month == pytest.approx(2 * before.input_mtok_per_month)
