"""Batch work on our own fleet fills free hours, against a plain loop over the blocks; what does not fit is bought."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.numbers.inputs import likely
from breakeven.numbers.operations import OPTION, STEP, WORKLOAD, along
from breakeven.study.register import full_model, register
from test_examples import structure, time

MODEL = full_model()
HEIGHTS, SHARES = (2.2, 1.4, 0.9, 0.4), (0.1, 0.3, 0.2, 0.4)
MEAN = sum(height * share for height, share in zip(HEIGHTS, SHARES, strict=True))
BLOCKS = [(height / MEAN, share) for height, share in zip(HEIGHTS, SHARES, strict=True)]
SHARE = st.floats(0, 1)


def values(**changed: Any) -> dict[str, Any]:
    """Two workloads, bought or served on rented GPUs; batches cost half."""
    made = {name: value for name, value in likely(register()).items() if value is not None}
    made |= {name: inexact(value) for name, value in (structure(2) | time(3)).items()}
    made |= {
        "input_mtok_per_month": along(WORKLOAD, [30_000, 8_000]),
        "output_mtok_per_month": along(WORKLOAD, [6_000, 4_000]),
        "input_price_per_mtok": along(WORKLOAD, [0.6, 1.2]),
        "output_price_per_mtok": along(WORKLOAD, [2.4, 4.8]),
        "replica_tokens_per_second": along(WORKLOAD, [9_000, 5_000]),
        "load_over_mean": along(STEP, [over for over, _ in BLOCKS]),
        "block_share": along(STEP, [share for _, share in BLOCKS]),
        "peak_over_mean": BLOCKS[0][0],
        "gpu_price_per_hour": 2.69,
        "cached_share": 0.0,
    }
    return made | changed


def inexact(value: Any) -> Any:
    """Fractions as floats."""
    return value.astype(float) if isinstance(value, np.ndarray) else float(value)


def of_fleet(line: Any) -> float:
    """A line of the option that serves itself, in the first month."""
    array = np.asarray(line, dtype=float)
    return float(array[0, 0, -1, 0, 0]) if array.ndim else float(array)


@given(SHARE, st.integers(0, 12), st.floats(0.1, 3))
def test_what_is_served_is_what_a_plain_loop_serves(batch: float, fleet: int, scale: float) -> None:
    """Hour by hour: interactive work first, then as much batch work as has room in the lowest hours."""
    given_ = values(batch_share=batch, replicas=along(OPTION, [0, fleet]), volume_scale=scale)
    got = {
        name: of_fleet(value) for name, value in MODEL.evaluate(given_).items() if np.shape(value)[1:2] in ((), (1,))
    }
    usable, interactive = got["usable_capacity"], got["interactive_load"]
    left, over = got["batch_load"], 0.0
    for height, share in sorted(BLOCKS):
        free = max(usable - interactive * height, 0.0) * share
        over += max(interactive * height - usable, 0.0) * share
        left -= min(left, free)
    assert got["batch_spill"] == pytest.approx(left, abs=1e-9)
    assert got["spill"] == pytest.approx(left + over, abs=1e-9)
    assert got["own_load"] <= usable + 1e-9
    assert got["own_load"] + got["spill"] == pytest.approx(got["load"])


@given(SHARE, st.integers(0, 12), st.floats(0.1, 3))
def test_it_never_costs_more_than_to_serve_it_when_it_comes(batch: float, fleet: int, scale: float) -> None:
    """The same tokens at the same batch price on the same fleet, pinned to come as interactive work does."""
    given_ = values(batch_share=batch, replicas=along(OPTION, [0, fleet]), volume_scale=scale)
    waits = MODEL.evaluate(given_, ["monthly_cost", "spill", "base_load", "list_cost_per_busy_replica"])
    comes = MODEL.evaluate(
        given_
        | {
            "base_interactive_load": waits["base_load"],
            "base_batch_load": 0.0,
            "interactive_cost_per_busy_replica": waits["list_cost_per_busy_replica"],
        },
        ["monthly_cost", "spill"],
    )
    assert of_fleet(waits["spill"]) <= of_fleet(comes["spill"]) + 1e-9
    assert of_fleet(waits["monthly_cost"]) <= of_fleet(comes["monthly_cost"]) * (1 + 1e-9)


@given(st.integers(0, 12), st.floats(0.1, 3))
def test_without_batch_work_nothing_changes(fleet: int, scale: float) -> None:
    """Bit by bit: the load is interactive, nothing waits, the burst costs what the mix costs."""
    got = MODEL.evaluate(values(batch_share=0.0, replicas=along(OPTION, [0, fleet]), volume_scale=scale))
    assert np.array_equal(got["interactive_load"], got["load"])
    assert not np.any(got["batch_load"])
    assert not np.any(got["batch_spill"])
    assert np.array_equal(got["spill"], got["interactive_spill"])
    assert np.array_equal(got["interactive_cost_per_busy_replica"], got["list_cost_per_busy_replica"])
    assert np.array_equal(got["base_peak_load"], got["base_load"] * BLOCKS[0][0])


@given(SHARE, st.floats(0.1, 3))
def test_the_fleet_that_is_sized_serves_all_of_it(batch: float, scale: float) -> None:
    """Sized for the busiest hour of interactive work, or for the mean of everything: nothing has to be bought."""
    got = MODEL.evaluate(values(batch_share=batch, volume_scale=scale))
    assert of_fleet(got["spill"]) == pytest.approx(0, abs=1e-9)
    assert of_fleet(got["peak_shortfall"]) == pytest.approx(0, abs=1e-9)
    alike = MODEL.evaluate(values(batch_share=0.0, volume_scale=scale), ["replicas"])
    assert of_fleet(got["replicas"]) <= of_fleet(alike["replicas"])


def test_by_hand() -> None:
    """Load 10 with 4 of it batch on a fleet that takes 8: at 1.5 of the mean for half of the time 9 come, 1 is too
    much; at 0.5 of it 3 come, 5 are free. So .5 spills at 20 a replica, 2.5 of the batch load fit, 1.5 are bought at 8.
    """
    got = MODEL.evaluate(
        {
            "base_interactive_load": 6.0,
            "base_batch_load": 4.0,
            "base_load": 10.0,
            "volume_scale": 1.0,
            "usable_capacity": 8.0,
            "holds_fleet": 1.0,
            "load_over_mean": along(STEP, [1.5, 0.5]),
            "block_share": along(STEP, [0.5, 0.5]),
            "interactive_cost_per_busy_replica": 20.0,
            "batch_cost_per_busy_replica": 8.0,
        },
        ["interactive_spill", "free_capacity", "batch_spill", "own_load", "spill_cost"],
    )
    assert {name: float(np.ravel(value)[0]) for name, value in got.items()} == {
        "interactive_spill": 0.5,
        "free_capacity": 2.5,
        "batch_spill": 1.5,
        "own_load": 8.0,
        "spill_cost": 0.5 * 20 + 1.5 * 8,
    }
