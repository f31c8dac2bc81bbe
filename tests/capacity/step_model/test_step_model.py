"""The step model: what never changes whatever the constants, and parts worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from step_setups import make_setup

from breakeven.capacity.fit.setup import Layout, Setup
from breakeven.capacity.step_model.columns import columns
from breakeven.capacity.step_model.constants import CONSTANTS, EFFECTS, NAMES
from breakeven.capacity.step_model.levels import arithmetic
from breakeven.capacity.step_model.step import log_tokens_per_second, memory_sequences, step_parts

USUAL = {each.name: np.array([each.usual]) for each in CONSTANTS}
LENGTHS = st.floats(16, 20_000)


def speed(setup: Setup) -> float:
    return float(np.exp(log_tokens_per_second(columns([setup], arithmetic), USUAL)[0]))


def parts(setup: Setup) -> dict[str, float]:
    found = step_parts(columns([setup], arithmetic), USUAL)
    return {name: float(each[0]) for name, each in found.items()}


def test_every_constant_has_a_unit_and_a_meaning() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(each.unit and each.meaning and each.usual > 0 and each.doubt > 0 for each in CONSTANTS)
    assert {each.constant for each in EFFECTS} <= set(NAMES)


def test_reading_the_weights_of_one_sequence_worked_by_hand() -> None:
    found = parts(make_setup(precision="bf16", concurrency=1, lengths=(16, 1000)))
    weights = 7.505e9 * 2 / (3.35e12 * USUAL["bandwidth"][0])  # 5.97 ms
    assert found["batch"] == 1
    assert found["weights"] + found["arithmetic"] == pytest.approx(weights, rel=0.05)
    assert found["links"] == 0


def test_a_mixture_reads_more_experts_the_more_tokens_there_are() -> None:
    def weights(concurrency: float) -> float:
        return parts(make_setup(model="qwen3-30b-a3b", concurrency=concurrency, lengths=(16, 1000)))["weights"]

    assert weights(1) < 0.2 * weights(64) < weights(64)


def test_sequences_that_fit_worked_by_hand() -> None:
    cells = columns([make_setup(precision="bf16", kv_bytes_per_value=2.0)], arithmetic)
    left = (80 * 2**30 - 8.03e9 * 2 - 3e9) * 0.9
    assert memory_sequences(cells, USUAL)[0] == pytest.approx(left / (2000 * 131_072), rel=0.01)


def test_an_engine_that_reserves_the_output_holds_fewer() -> None:
    reserves, grows = (columns([make_setup(engine=each)], arithmetic) for each in ("TensorRT-LLM", "vLLM"))
    grows["kv_bytes"] = reserves["kv_bytes"]
    assert memory_sequences(reserves, USUAL)[0] < memory_sequences(grows, USUAL)[0]


def test_spread_experts_over_data_parallel_attention() -> None:
    layout = Layout(gpus=8, tensor=1, data=8, expert=8)
    cells = columns([make_setup(model="deepseek-r1", gpu="h200", layout=layout)], arithmetic)
    assert (cells["attention_gpus"][0], cells["expert_gpus"][0], cells["spread"][0]) == (1, 8, 1)


def test_copies_serve_what_as_many_single_gpus_serve() -> None:
    one = speed(make_setup(concurrency=8))
    four = speed(make_setup(layout=Layout(gpus=4, data=4), concurrency=32))
    assert four == pytest.approx(4 * one)


@given(inputs=LENGTHS, outputs=LENGTHS, concurrency=st.floats(1, 500), more=st.floats(1, 4))
def test_more_in_flight_never_serves_less(inputs: float, outputs: float, concurrency: float, more: float) -> None:
    few = speed(make_setup(lengths=(inputs, outputs), concurrency=concurrency))
    many = speed(make_setup(lengths=(inputs, outputs), concurrency=concurrency * more))
    assert many >= few * (1 - 1e-9)


@given(inputs=LENGTHS, outputs=LENGTHS, longer=st.floats(1, 4))
def test_longer_prompts_never_serve_more(inputs: float, outputs: float, longer: float) -> None:
    short, long = (make_setup(lengths=(inputs * by, outputs), concurrency=64) for by in (1.0, longer))
    assert speed(long) <= speed(short) * (1 + 1e-9)


@given(inputs=LENGTHS, outputs=LENGTHS, faster=st.floats(1, 5))
def test_a_better_gpu_never_serves_less(inputs: float, outputs: float, faster: float) -> None:
    setup = make_setup(lengths=(inputs, outputs), concurrency=32)
    gpu = setup.gpu
    better = replace(
        gpu,
        memory_bytes_per_second=gpu.memory_bytes_per_second * faster,
        flops_per_second={unit: peak * faster for unit, peak in gpu.flops_per_second.items()},
        memory_bytes=gpu.memory_bytes * faster,
    )
    assert speed(replace(setup, gpu=better)) >= speed(setup) * (1 - 1e-9)
