"""Where a base with burst pays does not depend on the plan's volume, and never means never."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_hybrid_ladder import four_blocks
from test_tranches import MONTHS, growing

from breakeven.decision.answers.verdict import Facts, classify
from breakeven.decision.comparison import by_option, pinned
from breakeven.decision.exact.along import Along
from breakeven.decision.exact.crossings import Crossings, crossings
from breakeven.decision.hybrid.best_bases import BestBases
from breakeven.decision.hybrid.hybrid_windows import hybrid_break_even
from breakeven.numbers.operations import STEP, along
from breakeven.study.register import full_model

FLEETS = np.unique(np.rint(np.geomspace(1, 4000, 60)))
VOLUMES = np.geomspace(0.01, 2000, 40)


def bases(values: dict[str, Any], months: int = 1, *, keeps: bool = False) -> BestBases:
    return BestBases(model=full_model(), values=values, months=months, keeps=keeps)


def asked(values: dict[str, Any], months: int = 1, *, keeps: bool = False) -> Crossings:
    return hybrid_break_even(bases(values, months, keeps=keeps))


def best_of_all(values: dict[str, Any], scale: float, fleets: np.ndarray = FLEETS) -> float:
    """Net present value of the best fixed fleet at a multiple of the volume, by trying each."""
    got = full_model().evaluate({**pinned(values, 1, fleets), "volume_scale": scale}, ["net_present_value"])
    return float(by_option(got["net_present_value"], fleets.size + 1, 1)[0, 1:].max())


def times(values: dict[str, Any], factor: float) -> dict[str, Any]:
    """The same case with a plan so many times as large."""
    return {**values, "output_mtok_per_month": values["output_mtok_per_month"] * factor}


VARIED = {
    "price_scale": st.floats(0.3, 3),
    "fallback_commitment_per_month": st.floats(0, 20_000),
    "spare_replicas": st.sampled_from([0.0, 1.0, 2.0]),
    "batch_share": st.floats(0, 0.8),
    "usable_share": st.floats(0.5, 1),
    "gpus_billed_together": st.sampled_from([1.0, 2.0, 8.0]),
    "gpus_already_owned": st.sampled_from([0.0, 0.0, 5.0]),
}


@given(changed=st.fixed_dictionaries(VARIED), factor=st.floats(0.001, 10_000))
@settings(max_examples=60, deadline=None)
def test_break_evens_do_not_depend_on_the_plan(changed: dict[str, float], factor: float) -> None:
    values = four_blocks() | changed
    here, there = asked(values), asked(times(values, factor))
    assert here.sign_beyond == there.sign_beyond
    assert [float(each.start) for each in here.windows] == pytest.approx(
        [float(each.start) * factor for each in there.windows], rel=1e-6
    )


@given(growth=st.floats(-0.1, 0.2), factor=st.floats(0.01, 1000), keeps=st.booleans())
@settings(max_examples=25, deadline=None)
def test_nor_where_the_base_grows_over_the_months(growth: float, factor: float, keeps: bool) -> None:
    values = growing(growth) | {"fallback_commitment_per_month": 5000.0, "batch_share": 0.2}
    here, there = (asked(each, MONTHS, keeps=keeps) for each in (values, times(values, factor)))
    assert [float(each.start) for each in here.windows] == pytest.approx(
        [float(each.start) * factor for each in there.windows], rel=1e-6
    )


BY_PAIRS = {  # 24 fleets in even steps pay nowhere, those that just carry a block pay from 6.3 times the volume on
    "price_scale": 0.75,
    "fallback_commitment_per_month": 0.0,
    "spare_replicas": 0.0,
    "batch_share": 0.75,
    "usable_share": 0.6875,
    "gpus_billed_together": 2.0,
    "gpus_already_owned": 0.0,
}


WHOLE_NODES = {  # fleets that leave a node partly empty pay at some volumes and not at others
    "price_scale": 0.75,
    "fallback_commitment_per_month": 0.0,
    "spare_replicas": 0.0,
    "batch_share": 0.5,
    "usable_share": 0.65625,
    "gpus_billed_together": 8.0,
    "gpus_already_owned": 0.0,
}


@given(changed=st.fixed_dictionaries(VARIED))
@example(changed=BY_PAIRS)
@example(changed=WHOLE_NODES)
@example(changed=WHOLE_NODES | {"usable_share": 0.656})
@settings(max_examples=60, deadline=None)
def test_every_fleet_at_every_volume_agrees(changed: dict[str, float]) -> None:
    """Where it never pays no fleet does; where a window begins some fleet pays; below the first of them none does."""
    values = four_blocks() | changed
    found = asked(values)
    assert found.sign_beyond is not None
    first = float(found.windows[0].start) if found.windows else np.inf
    for scale in VOLUMES[first * 0.999 > VOLUMES]:
        assert best_of_all(values, scale) <= 0
    if found.windows:
        assert found.windows[-1].end is None
        sizes = bases(values).sizes(np.array([first * 1.02 * bases(values).busy_replicas]), 64)
        assert best_of_all(values, max(first * 1.02, 1e-6), np.unique(sizes)) > 0


def test_what_loses_at_the_plan_and_pays_at_fifty_times_of_it_is_not_never() -> None:
    """Two blocks: 90 % of the time at 0.8 of the mean, 10 % at 2.8. A replica of 2,920 a month takes what costs 5,256
    at the API, so a base of full replicas saves 2,336 each and pays for people of 100,000 from 43 full replicas on.
    """
    values = four_blocks() | {
        "load_over_mean": along(STEP, [2.8, 0.8]),
        "block_share": along(STEP, [0.1, 0.9]),
        "peak_over_mean": 2.8,
        "egress_gb_per_mtok": 0.0,
        "fallback_commitment_per_month": 100_000.0,
        "output_price_per_mtok": 1.0,
    }
    serves_all = crossings(Along(full_model(), values, wanted="net_present_value", name="volume_scale", option=1))
    assert serves_all.never  # 2.8 replicas for what one is worth
    found = asked(values)
    full = 5256 - 2920  # what 2,000 tokens/s of a month cost to buy, less the replica
    mean = float(values["output_mtok_per_month"].max()) / 5256
    assert float(found.stays_positive_from) == pytest.approx(100_000 / full / 0.8 / mean, rel=0.01)
    facts = Facts(
        net_present_value=-1.0, tie_below=0.0, peak_shortfall=0.0, half_volume_wins=False, half_speed_wins=False
    )
    assert classify(facts, serves_all) == "NEVER"
    assert classify(replace(facts, smaller_base_may_pay=not found.never), serves_all) == "LOSES"
    assert classify(facts, found) == "LOSES"


def test_a_replica_that_costs_what_it_saves_pays_at_no_volume() -> None:
    """Just below the price of a full replica it never pays; just above it does, far out."""
    values = four_blocks() | {"egress_gb_per_mtok": 0.0, "load_over_mean": along(STEP, [1.0]), "peak_over_mean": 1.0}
    values |= {"block_share": along(STEP, [1.0])}
    even = 2920 / 5256  # a month's rent over the tokens of a full replica
    assert asked(values | {"output_price_per_mtok": even * 0.999}).never
    found = asked(values | {"output_price_per_mtok": even * 1.001})
    mean = float(values["output_mtok_per_month"].max()) / 5256
    assert float(found.stays_positive_from) == pytest.approx(2000 / 2.92 / mean, rel=0.01)


def test_cheaper_tokens_of_a_large_volume_may_close_the_window_again() -> None:
    """Above 300,000 MTok a month the API costs a fifth: then what a fleet saves there is bought for less."""
    values = four_blocks() | {
        "tier_from_mtok": along(STEP, [0.0, 300_000.0, 0.0, 0.0]),
        "tier_price_step": along(STEP, [1.0, -0.8, 0.0, 0.0]),
        "tiers_are_slabs": 1.0,
    }
    found = asked(values)
    assert found.windows
    assert found.windows[-1].end is not None
    assert found.sign_beyond is None


def test_where_nothing_is_moved_nothing_ever_pays() -> None:
    assert asked(four_blocks() | {"moved": 0.0}).never
