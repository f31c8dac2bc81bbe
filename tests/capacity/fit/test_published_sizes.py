"""Weights and KV cache of ten models against figures worked by hand from their config.json."""

from __future__ import annotations

import pytest
from step_setups import make_setup

from breakeven.capacity.fit.replica import kv_bytes_per_token
from breakeven.capacity.fit.setup import Layout
from breakeven.capacity.fit.sizes import kv_bytes_of_sequence, kv_values_per_token, weights_bytes
from breakeven.capacity.step_model.columns import columns
from breakeven.capacity.step_model.levels import arithmetic
from breakeven.facts import catalog
from breakeven.facts.precisions import precision_named

# Parameters [billion] as the makers state them on the models' cards at huggingface.co, under the id that the catalog
# gives (DeepSeek-R1 without its 14B for predicting several tokens; gpt-oss-120b in its card, arXiv 2508.10925,
# table 1). KV cache [bytes/token] at 16 bit, by hand from config.json:
# grouped attention: layers · 2 · KV heads · head size · 2; latent: layers · (512 + 64) · 2.
MODELS = [
    ("llama-3.1-8b", 8.03, 32 * 2 * 8 * 128 * 2),
    ("llama-3.3-70b", 70.55, 80 * 2 * 8 * 128 * 2),
    ("llama-3.1-405b", 405.85, 126 * 2 * 8 * 128 * 2),
    ("llama-2-7b", 6.74, 32 * 2 * 32 * 128 * 2),
    ("mixtral-8x7b", 46.7, 32 * 2 * 8 * 128 * 2),
    ("qwen2.5-72b", 72.7, 80 * 2 * 8 * 128 * 2),
    ("qwen3-30b-a3b", 30.5, 48 * 2 * 4 * 128 * 2),
    ("qwen3-235b-a22b", 235.0, 94 * 2 * 4 * 128 * 2),
    ("deepseek-r1", 671.0, 61 * (512 + 64) * 2),
    ("gpt-oss-120b", 116.8, 36 * 2 * 8 * 64 * 2),
]


@pytest.mark.parametrize(("model", "billions", "kv_bytes"), MODELS)
def test_weights_and_kv_cache(model: str, billions: float, kv_bytes: int) -> None:
    cells = columns([make_setup(model=model, precision="bf16", kv_bytes_per_value=2.0)], arithmetic)
    weights = cells["streamed_bytes"] + cells["embedding_bytes"] + cells["expert_bytes"]
    assert float(weights[0]) == pytest.approx(2e9 * billions, rel=0.01)
    assert float(cells["kv_bytes"][0]) == kv_bytes
    assert kv_bytes_per_token(catalog.open_model(model)) == kv_bytes


@pytest.mark.parametrize(
    ("model", "precision", "gigabytes"),
    [
        # 69.502e9 − head 1.051e9 at 8 bit, head and embedding at 16 bit
        ("llama-3.3-70b", "fp8", 68.451 + 2 * 2 * 1.0507),
        # experts at 4.25 bit, everything else at 16 bit
        ("gpt-oss-120b", "mxfp4", 114.662 * 4.25 / 8 + 2 * 1.548 + 2 * 0.579),
        # one matrix serves as embedding and head
        ("qwen2.5-0.5b", "bf16", 2 * 0.494),
    ],
)
def test_heads_and_embeddings_stay_at_16_bit(model: str, precision: str, gigabytes: float) -> None:
    cells = columns([make_setup(model=model, precision=precision)], arithmetic)
    weights = cells["streamed_bytes"] + cells["embedding_bytes"] + cells["expert_bytes"]
    assert float(weights[0]) / 1e9 == pytest.approx(gigabytes, rel=0.01)


def test_a_latent_cache_is_copied_and_heads_are_spread() -> None:
    latent = columns([make_setup(model="deepseek-r1", gpu="h200", gpus=8)], arithmetic)
    grouped = columns([make_setup(model="llama-3.3-70b", gpus=8)], arithmetic)
    assert latent["kv_shards"][0] == 1
    assert grouped["kv_shards"][0] == 8


@pytest.mark.parametrize(
    ("model", "kilobytes"),
    [("deepseek-r1", 70.272), ("qwen2.5-72b", 327.680), ("llama-3.1-405b", 516.096)],
)
def test_kv_cache_as_published(model: str, kilobytes: float) -> None:
    """Insights into DeepSeek-V3 (arXiv 2505.09343, 2025-05), table 1; DeepSeek-R1 has the shape of V3."""
    shape = catalog.architecture(model)
    assert shape is not None
    assert 2 * kv_values_per_token(shape) == 1000 * kilobytes


@pytest.mark.parametrize(("model", "gibibytes"), [("gpt-oss-120b", 60.8), ("gpt-oss-20b", 12.8)])
def test_checkpoints_as_published(model: str, gibibytes: float) -> None:
    """gpt-oss model card (arXiv 2508.10925, 2025-08), table 1: sizes of the checkpoints, experts in mxfp4."""
    shape = catalog.architecture(model)
    assert shape is not None
    assert weights_bytes(shape, precision_named("mxfp4")) == pytest.approx(gibibytes * 2**30, rel=0.01)


@pytest.mark.parametrize(
    ("model", "gpus", "copies"), [("llama-3.3-70b", 8, 1), ("qwen3-30b-a3b", 8, 2), ("deepseek-r1", 8, 8)]
)
def test_copies_of_the_kv_cache_by_hand(model: str, gpus: int, copies: int) -> None:
    """8 heads on 8 GPUs are one each; 4 heads are held twice; a latent vector by every GPU."""
    shape = catalog.architecture(model)
    assert shape is not None
    held = kv_bytes_of_sequence(shape, 1000.0, 2.0, Layout(gpus=gpus, tensor=gpus))
    assert held == 1000 * copies * 2 * kv_values_per_token(shape)


def test_layers_with_a_sliding_window_by_hand() -> None:
    """gpt-oss-120b: 18 of 36 layers keep 128 tokens: of 1,000 tokens a half and an eighth of the other half."""
    shape = catalog.architecture("gpt-oss-120b")
    assert shape is not None
    held = kv_bytes_of_sequence(shape, 1000.0, 2.0, Layout(gpus=1))
    assert held == pytest.approx(18 * 2 * 8 * 64 * 2 * (1000 + 128))
