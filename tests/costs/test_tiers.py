"""Volume tiers against a plain loop over the tokens, and against what is still bought."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.numbers.operations import STEP, WORKLOAD, along
from breakeven.study.register import full_model

MODEL = full_model()
NOTHING_SPILLS = (
    "base_interactive_load", "base_batch_load", "interactive_spill", "batch_spill", "burst_by_token",
    "batch_burst_cost", "base_batch_list_cost", "batch_share", "committed_work", "committed_burst", "base_work",
)  # fmt: skip


@given(
    st.floats(1, 200_000),
    st.floats(0, 1),
    st.floats(0, 1),
    st.booleans(),
    st.lists(st.tuples(st.floats(1, 1e5), st.floats(0.1, 1)), max_size=3),
)
def test_tiers_are_those_of_a_plain_loop(
    mtok: float, burst: float, batch: float, slabs: bool, later: list[tuple[float, float]]
) -> None:
    """The burst, at a price of its own, climbs the tiers from where the rest has come to; batch work comes last."""
    tiers = [(0.0, 1.0), *sorted(later)]
    shares = [share for _, share in tiers]
    steps = [b - a for a, b in zip([0.0, *shares], shares, strict=False)]
    first = mtok * (1 - burst)
    second = first + (mtok - first) * (1 - batch)
    got = MODEL.evaluate(
        {
            "bought_by_token": first * 2.0,
            "tokens_in_tiers": first,
            "bought_list_price": 2.0,
            "burst_by_token": (second - first) * 3.0,
            "interactive_burst_tokens": second - first,
            "batch_burst_cost": (mtok - second) * 1.5,
            "batch_burst_tokens": mtok - second,
            "burst_list_price": 3.0,
            "batch_burst_list_price": 1.5,
            "tier_from_mtok": along(STEP, [edge for edge, _ in tiers]),
            "tier_price_step": along(STEP, steps),
            "tiers_are_slabs": float(slabs),
        },
        ["tiered_spend"],
    )["tiered_spend"].item()
    ends = [*(edge for edge, _ in tiers[1:]), np.inf]
    graduated = 0.0
    for (edge, share), end in zip(tiers, ends, strict=True):
        graduated += share * 2 * max(0.0, min(first, end) - edge)
        graduated += share * 3 * max(0.0, min(second, end) - max(first, edge))
        graduated += share * 1.5 * max(0.0, min(mtok, end) - max(second, edge))
    slab = (first * 2 + (second - first) * 3 + (mtok - second) * 1.5) * next(
        share for edge, share in reversed(tiers) if mtok > edge
    )
    assert got == pytest.approx(slab if slabs else graduated, rel=1e-9, abs=1e-6)


def test_tiers_look_at_the_tokens_that_are_still_bought() -> None:
    """The dear workload moves: of the cheap one 60,000 MTok at 0.1 stay, 30,000 of them at half price."""
    got = MODEL.evaluate(
        {
            **dict.fromkeys(NOTHING_SPILLS, 0.0),
            "base_volume": along(WORKLOAD, [60_000.0, 20_000.0]),
            "base_list_cost": along(WORKLOAD, [6_000.0, 100_000.0]),
            "base_interactive_list_cost": along(WORKLOAD, [6_000.0, 100_000.0]),
            "own_share": along(WORKLOAD, [0.0, 1.0]),
            "billed_factor": 1.0,
            "volume_scale": 1.0,
            "bought_by_token": 6_000.0,
            "minimum_replicas": 1.0,
            "tier_from_mtok": along(STEP, [0.0, 30_000.0]),
            "tier_price_step": along(STEP, [1.0, -0.5]),
            "tiers_are_slabs": 0.0,
        },
        ["tiered_spend"],
    )
    assert got["tiered_spend"].item() == pytest.approx(4_500.0, rel=1e-12)
