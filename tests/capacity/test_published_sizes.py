"""Weights and KV cache of ten models against figures worked by hand from their config.json."""

from __future__ import annotations

import pytest
from step_setups import make_setup

from breakeven.capacity.levels import arithmetic
from breakeven.capacity.replica import kv_bytes_per_token
from breakeven.capacity.step_columns import columns
from breakeven.facts import catalog

# Parameters [billion] as the makers state them; KV cache [bytes/token] at 16 bit:
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
