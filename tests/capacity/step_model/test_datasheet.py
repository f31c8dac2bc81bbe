"""No prediction beats the datasheets: over all models and GPUs of the facts, at any lengths and load."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from step_setups import make_setup

from breakeven.capacity.fit.replica import REPLICA_SIZES, layout_of
from breakeven.capacity.fit.setup import Bench, Setup
from breakeven.capacity.step_model.columns import columns
from breakeven.capacity.step_model.datasheet import log_most_tokens_per_second
from breakeven.capacity.step_model.levels import arithmetic
from breakeven.capacity.step_model.predictor import bands, predictor, published_table
from breakeven.facts import catalog
from breakeven.facts.precisions import PRECISIONS

MODELS = sorted(key for key in catalog.open_models() if catalog.architecture(key))
GPUS = sorted(key for key, gpu in catalog.gpus().items() if gpu.flops_per_second.get("bf16"))
LOADS = [("steady", 0.0), ("closed_loop", 1.0), ("closed_loop", 10_000.0)]
FLOAT = 1 + 1e-9


def most(*setups: Setup) -> np.ndarray:
    """Output tokens per second that datasheets allow."""
    return np.exp(log_most_tokens_per_second(columns(setups, arithmetic)))


def require_below_the_datasheets(setups: list[Setup]) -> None:
    for setup, found, limit in zip(setups, predictor().predict(setups), most(*setups), strict=True):
        assert 0 < found.p10 <= found.p50 <= found.p90 <= limit * FLOAT, setup


def test_one_sequence_is_bound_by_reading_the_weights_worked_by_hand() -> None:
    (found,) = most(make_setup(precision="bf16", concurrency=1, lengths=(16, 1000)))
    assert found == pytest.approx(3.35e12 / (7.505e9 * 2), rel=0.01)  # 223 tokens/s


def test_long_prompts_are_bound_by_arithmetic_worked_by_hand() -> None:
    (found,) = most(make_setup(lengths=(20_000, 100)))
    assert found == pytest.approx(1979e12 / (2 * 7.505e9 * 201), rel=0.01)


def test_no_published_row_of_a_dense_model_beats_the_datasheets_and_of_mixtures_next_to_none() -> None:
    rows = published_table()
    over = np.exp(rows.measured - log_most_tokens_per_second(rows.cells))
    mixture = np.array([each.mixture for each in rows.setups])
    assert over[~mixture].max() < 0.9
    assert np.sort(over[mixture])[-2:] == pytest.approx([0.96, 1.03], abs=0.01)  # tokens that choose alike


def test_every_model_on_every_gpu_stays_below_the_datasheets() -> None:
    """At lengths and loads in turn, so that all of each meet over the catalogue."""
    lengths = [(1.0, 1.0), (4.0, 30_000.0), (1000.0, 1000.0), (300_000.0, 10.0)]
    turns = product(MODELS, GPUS)
    formats, engines = ("bf16", "fp8", "int4", "nvfp4"), ("vLLM", "SGLang", "TensorRT-LLM")
    asked = []
    for turn, (model, gpu) in enumerate(turns):
        load, in_flight = LOADS[turn % 3]
        setup = make_setup(model=model, gpu=gpu, precision=formats[turn // 3 % 4], lengths=lengths[turn // 5 % 4])
        bench = Bench(engine=engines[turn // 7 % 3], load=load, concurrency=in_flight)
        asked.append(replace(setup, bench=bench, layout=layout_of(REPLICA_SIZES[turn // 11 % 5])))
    require_below_the_datasheets(asked)


@settings(max_examples=25, deadline=None)
@given(
    model=st.sampled_from(MODELS),
    gpu=st.sampled_from(GPUS),
    precision=st.sampled_from(sorted(PRECISIONS)),
    gpus=st.sampled_from(REPLICA_SIZES),
    lengths=st.tuples(st.floats(1, 1e6), st.floats(1, 1e6)),
    concurrency=st.sampled_from([0.0, 1.0, 7.0, 100.0, 10_000.0]),
)
def test_no_deployment_beats_the_datasheets(
    model: str, gpu: str, precision: str, gpus: int, lengths: tuple[float, float], concurrency: float
) -> None:
    require_below_the_datasheets(
        [
            make_setup(
                model=model, gpu=gpu, precision=precision, layout=layout_of(gpus), lengths=lengths,
                concurrency=concurrency, engine="vLLM",
            )
        ]
    )  # fmt: skip


def test_a_middle_beyond_the_most_keeps_its_lower_half() -> None:
    (found,) = bands(np.log([300.0]), np.log([1.5]), np.log([200.0]))
    assert (found.p10, found.p50, found.p90) == pytest.approx((200 / 1.5, 200, 200))
