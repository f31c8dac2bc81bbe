"""Models whose layers are of several kinds: parameters as their makers state them, the rest counted by hand."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from breakeven.capacity.fit.config_keys import Config
from breakeven.capacity.fit.model_config import (
    architecture,
    open_model,
    published_precision,
    read_config,
    text_of_senses,
)
from breakeven.capacity.fit.setup import Bench, Layout, Setup
from breakeven.capacity.fit.sizes import kv_bytes_of_sequence, kv_values_per_token, window_share
from breakeven.capacity.speed.saturation import Deployment
from breakeven.capacity.step_model.columns import columns
from breakeven.capacity.step_model.fit import values_of
from breakeven.capacity.step_model.levels import arithmetic, levels
from breakeven.capacity.step_model.predictor import calibration
from breakeven.capacity.step_model.step import memory_sequences, step_parts
from breakeven.facts import catalog
from breakeven.facts.precisions import precision_named
from breakeven.facts.records import Architecture
from breakeven.problems import Problem

ONE, FOUR = Layout(gpus=1), Layout(gpus=4, tensor=4)
DELTA = {  # gated delta rule in three of four layers
    "model_type": "qwen3_next", "num_hidden_layers": 48, "hidden_size": 2048, "num_attention_heads": 16,
    "num_key_value_heads": 2, "head_dim": 256, "full_attention_interval": 4, "linear_num_key_heads": 16,
    "linear_num_value_heads": 32, "linear_key_head_dim": 128, "linear_value_head_dim": 128, "linear_conv_kernel_dim": 4,
    "num_experts": 512, "num_experts_per_tok": 10, "moe_intermediate_size": 512, "shared_expert_intermediate_size": 512,
    "vocab_size": 151936, "intermediate_size": 5120, "decoder_sparse_step": 1, "mlp_only_layers": [],
}  # fmt: skip
LETTERS = {  # state space, attention and experts, each a layer of its own
    "model_type": "nemotron_h", "hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME",
    "hidden_size": 2688, "num_attention_heads": 32, "num_key_value_heads": 2, "head_dim": 128, "mamba_num_heads": 64,
    "mamba_head_dim": 64, "ssm_state_size": 128, "n_groups": 8, "conv_kernel": 4, "n_routed_experts": 128,
    "num_experts_per_tok": 6, "moe_intermediate_size": 1856, "moe_shared_expert_intermediate_size": 3712,
    "n_shared_experts": 1, "vocab_size": 131072, "intermediate_size": 1856, "mlp_hidden_act": "relu2",
}  # fmt: skip
LATENT = {  # Kimi's delta attention beside latent attention
    "model_type": "kimi_linear", "num_hidden_layers": 27, "hidden_size": 2304, "num_attention_heads": 32,
    "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128, "intermediate_size": 9216,
    "moe_intermediate_size": 1024, "num_experts": 256, "num_experts_per_token": 8, "num_shared_experts": 1,
    "first_k_dense_replace": 1, "vocab_size": 163840,
    "linear_attn_config": {"full_attn_layers": [4, 8, 12, 16, 20, 24, 27], "num_heads": 32, "head_dim": 128},
}  # fmt: skip
WINDOWS = {  # windowed layers with heads of their own
    "model_type": "mimo_v2_flash", "num_hidden_layers": 48, "hidden_size": 4096, "num_attention_heads": 64,
    "num_key_value_heads": 4, "head_dim": 192, "v_head_dim": 128, "swa_num_key_value_heads": 8, "swa_head_dim": 192,
    "swa_v_head_dim": 128, "intermediate_size": 16384, "moe_intermediate_size": 2048, "n_routed_experts": 256,
    "num_experts_per_tok": 8, "hybrid_layer_pattern": [int(at % 6 != 5 and at > 0) for at in range(48)],
    "moe_layer_freq": [0] + [1] * 47, "vocab_size": 152576, "sliding_window": 128,
}  # fmt: skip
PERIODS = {
    "model_type": "jamba", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 14336, "attn_layer_period": 8, "attn_layer_offset": 4,
    "expert_layer_period": 2, "expert_layer_offset": 1, "num_experts": 16, "num_experts_per_tok": 2,
    "mamba_d_state": 16, "mamba_d_conv": 4, "mamba_expand": 2, "mamba_dt_rank": 256, "vocab_size": 65536,
}  # fmt: skip
BESIDE = {  # state space and attention in every layer
    "model_type": "falcon_h1", "num_hidden_layers": 72, "hidden_size": 5120, "num_attention_heads": 20,
    "num_key_value_heads": 4, "head_dim": 128, "intermediate_size": 21504, "mamba_d_ssm": 4096, "mamba_n_heads": 32,
    "mamba_d_head": 128, "mamba_d_state": 256, "mamba_n_groups": 2, "mamba_d_conv": 4, "vocab_size": 261120,
}  # fmt: skip
NAMED = {
    "model_type": "granitemoehybrid", "num_hidden_layers": 40, "hidden_size": 4096, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 768, "shared_intermediate_size": 1536, "num_local_experts": 72,
    "num_experts_per_tok": 10, "mamba_n_heads": 128, "mamba_d_head": 64, "mamba_d_state": 128, "mamba_n_groups": 1,
    "mamba_d_conv": 4, "vocab_size": 100352, "tie_word_embeddings": True,
    "layer_types": ["attention" if at % 10 == 5 else "mamba" for at in range(40)],
}  # fmt: skip
LISTED = {
    "model_type": "minimax_text_01", "num_hidden_layers": 80, "hidden_size": 6144, "num_attention_heads": 64,
    "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 9216, "num_local_experts": 32,
    "num_experts_per_tok": 2, "attn_type_list": [int(at % 8 == 7) for at in range(80)], "vocab_size": 200064,
}  # fmt: skip
CHUNKS = {
    "model_type": "llama4",
    "text_config": {
        "model_type": "llama4_text", "num_hidden_layers": 48, "hidden_size": 5120, "num_attention_heads": 40,
        "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 8192, "intermediate_size_mlp": 16384,
        "interleave_moe_layer_step": 2, "num_local_experts": 128, "num_experts_per_tok": 1, "vocab_size": 202048,
        "attention_chunk_size": 8192,
    },
}  # fmt: skip
CONVOLVED = {
    "model_type": "lfm2_moe", "num_hidden_layers": 24, "hidden_size": 2048, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 7168, "moe_intermediate_size": 1792, "num_experts": 32,
    "num_experts_per_tok": 4, "num_dense_layers": 2, "conv_L_cache": 3, "vocab_size": 65536,
    "tie_word_embeddings": True, "layer_types": ["conv", "conv", "full_attention"] * 8,
}  # fmt: skip
DEFAULTED = {  # the maker leaves vocabulary and pattern to the class
    "model_type": "gemma3",
    "text_config": {
        "model_type": "gemma3_text", "head_dim": 128, "hidden_size": 5376, "intermediate_size": 21504,
        "num_attention_heads": 32, "num_hidden_layers": 62, "num_key_value_heads": 16, "sliding_window": 1024,
    },
}  # fmt: skip


def shape(config: dict[str, Any], **changed: Any) -> Architecture:
    return architecture(Config(keys=text_of_senses(config | changed), where="config.json"))


@pytest.mark.parametrize(
    ("config", "billions", "kv_bytes", "windows"),
    [
        (DELTA, 79.7, 12 * 2 * 2 * 256 * 2, 0),
        (LETTERS, 31.6, 6 * 2 * 2 * 128 * 2, 0),
        (LATENT, 49.1, 7 * 576 * 2, 0),
        (WINDOWS, 309, (9 * 4 + 39 * 8) * 320 * 2, 39),
        (PERIODS, 51.6, 4 * 2 * 8 * 128 * 2, 0),
        (BESIDE, 33.6, 72 * 2 * 4 * 128 * 2, 0),
        (NAMED, 32.2, 4 * 2 * 8 * 128 * 2, 0),
        (LISTED, 456, 10 * 2 * 8 * 128 * 2, 0),
        (CHUNKS, 400.7, 48 * 2 * 8 * 128 * 2, 36),
        (CONVOLVED, 8.34, 8 * 2 * 8 * 64 * 2, 0),
        (DEFAULTED, 27.0, 62 * 2 * 16 * 128 * 2, 52),
    ],
)
def test_parameters_are_those_its_maker_states(
    config: dict[str, Any], billions: float, kv_bytes: int, windows: int
) -> None:
    found = shape(config)
    assert open_model(found).total_parameters / 1e9 == pytest.approx(billions, rel=0.005)
    assert open_model(found).kv_bytes_per_token_16bit == kv_bytes
    assert found.attention.window_layers == windows


@pytest.mark.parametrize(
    ("config", "values", "convolution"),
    [
        (DELTA, 36 * 32 * 128 * 128, 36 * (2 * 16 * 128 + 32 * 128) * 3),
        (LETTERS, 23 * 64 * 64 * 128, 23 * (64 * 64 + 2 * 8 * 128) * 3),
        (LATENT, 20 * 32 * 128 * 128, 20 * 3 * 32 * 128 * 3),
        (PERIODS, 28 * 8192 * 16, 28 * 8192 * 3),
        (BESIDE, 72 * 4096 * 256, 72 * (4096 + 2 * 2 * 256) * 3),
        (LISTED, 70 * 64 * 128 * 128, 0),
        (CONVOLVED, 0, 16 * 2048 * 2),
    ],
)
def test_the_state_of_a_sequence_is_fixed(config: dict[str, Any], values: int, convolution: int) -> None:
    found = shape(config)
    assert found.attention.state_bytes == 4 * values + 2 * convolution
    short, long = (kv_bytes_of_sequence(found, tokens, 2.0, ONE) for tokens in (1.0, 1001.0))
    assert long - short == pytest.approx(1000 * 2 * kv_values_per_token(found))
    narrow = shape(config, mamba_ssm_dtype="bfloat16")
    assert narrow.attention.state_bytes == 2 * values + 2 * convolution


def test_a_window_is_of_the_values_and_not_of_the_layers() -> None:
    """9 layers of 4 heads see all, 39 of 8 heads the last 128 tokens."""
    found = shape(WINDOWS)
    assert window_share(found) == pytest.approx(39 * 8 / (9 * 4 + 39 * 8))
    assert kv_bytes_of_sequence(found, 10_000, 2.0, ONE) == pytest.approx(2 * 320 * (9 * 4 * 10_000 + 39 * 8 * 128))


@pytest.mark.parametrize(
    ("changed", "windows"),
    [
        ({}, 32),  # of a type that windows every layer
        ({"model_type": "other"}, 0),  # a window alone does not say where
        ({"use_sliding_window": False}, 0),
        ({"model_type": "qwen2", "max_window_layers": 20}, 12),
        ({"sliding_window_pattern": 4}, 24),
        ({"sliding_window_pattern": "LLLG"}, 24),
        ({"layer_types": ["sliding_attention", "full_attention"] * 16}, 16),
        ({"sliding_window": None, "attention_chunk_size": 4096, "no_rope_layers": [1, 1, 1, 0] * 8}, 24),
    ],
)
def test_which_layers_see_a_window(changed: dict[str, Any], windows: int) -> None:
    plain = {
        "model_type": "mistral", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
        "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 32000, "sliding_window": 4096,
    }  # fmt: skip
    assert shape(plain, **changed).attention.window_layers == windows


def setup(found: Architecture, tokens: float) -> Setup:
    return Setup(
        architecture=found,
        gpu=catalog.gpu("h100"),
        precision=precision_named("fp8"),
        kv_bytes_per_value=2.0,
        layout=FOUR,
        bench=Bench(engine="vLLM"),
        mean_input_tokens=tokens,
        mean_output_tokens=tokens,
    )


def without_state(found: Architecture) -> Architecture:
    return replace(found, attention=replace(found.attention, state_bytes=0.0))


def test_the_state_takes_memory_and_is_read_and_written_in_every_step() -> None:
    found = shape(DELTA)
    both = [setup(found, 200), setup(without_state(found), 200)]
    cells = columns(both, arithmetic)
    values = values_of(calibration().fitted, [levels(each) for each in both])
    fit, free = memory_sequences(cells, values)
    grows = 2 * kv_values_per_token(found) * (200 + 0.6 * 200) * 2  # on four GPUs two heads are held twice
    assert fit / free == pytest.approx(grows / (grows + found.attention.state_bytes), rel=1e-6)
    with_it, without = step_parts(cells, values)["sequences"] / step_parts(cells, values)["batch"]
    rate = cells["bandwidth"][0] * values["bandwidth"][0] * values["kv_bandwidth"][0]
    assert with_it - without == pytest.approx(2 * found.attention.state_bytes / 4 / rate, rel=1e-6)


def test_a_replay_of_a_hybrid_is_slower_by_its_state_for_each_sequence() -> None:
    found = shape(DELTA)
    with_it, without = (Deployment(setup=setup(each, 500)).replica.costs for each in (found, without_state(found)))
    assert with_it.per_sequence > without.per_sequence
    (load,) = Deployment(setup=setup(found, 500)).at_concurrency([16])
    assert 0 < load.ttft_seconds.p50 < 1
    assert np.isfinite(load.output_tokens_per_second.p50)


BAD = (None, True, -1, 0, "x", "", [], {}, [1], ["a"], [[1]], {"a": 1}, 1e9, [None])
MAYBE = ("quantization_config", "layer_types", "moe_layers", "moe_layers_enum", "sliding_window_pattern", "text_config",
         "mlp_layer_types", "no_rope_layers", "attn_layer_indices", "linear_attn_config")  # fmt: skip


@pytest.mark.parametrize("config", [DELTA, LETTERS, LATENT, WINDOWS, PERIODS, NAMED, LISTED, CHUNKS, CONVOLVED])
def test_a_value_of_another_kind_is_refused_or_does_not_matter(config: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    for key in (*config.get("text_config", config), *MAYBE):
        for value in BAD:
            changed = json.loads(json.dumps(config))
            changed.get("text_config", changed)[key] = value
            path.write_text(json.dumps(changed), encoding="utf-8")
            for read in (read_config, published_precision):
                with suppress(Problem):
                    read(path)


@pytest.mark.parametrize("value", BAD)
def test_a_format_of_another_kind_is_refused_or_does_not_matter(value: object, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    for said in (value, {"config_groups": value}, {"config_groups": {"a": {"weights": value}}}, {"quant_method": value},
                 {"global_quant_config": {"weight": value}}, {"quant_method": "gptq", "bits": value}):  # fmt: skip
        path.write_text(json.dumps(DELTA | {"quantization_config": said}), encoding="utf-8")
        with suppress(Problem):
            published_precision(path)
