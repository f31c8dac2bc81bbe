"""Any Hugging Face config.json: the same shape as our facts, and what is said when a key is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from breakeven.capacity.fit.asked_precision import precision_asked
from breakeven.capacity.fit.model_config import open_model, published_precision, read_config
from breakeven.facts import catalog
from breakeven.problems import Problem

LLAMA_8B: dict[str, Any] = {
    "model_type": "llama",
    "num_hidden_layers": 32,
    "hidden_size": 4096,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128256,
    "tie_word_embeddings": False,
}
QWEN_30B: dict[str, Any] = {
    "model_type": "qwen3_moe",
    "num_hidden_layers": 48,
    "hidden_size": 2048,
    "num_attention_heads": 32,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "intermediate_size": 6144,
    "moe_intermediate_size": 768,
    "num_experts": 128,
    "num_experts_per_tok": 8,
    "vocab_size": 151936,
}
DEEPSEEK: dict[str, Any] = {
    "model_type": "deepseek_v3",
    "num_hidden_layers": 61,
    "hidden_size": 7168,
    "num_attention_heads": 128,
    "num_key_value_heads": 128,
    "intermediate_size": 18432,
    "moe_intermediate_size": 2048,
    "n_routed_experts": 256,
    "n_shared_experts": 1,
    "num_experts_per_tok": 8,
    "first_k_dense_replace": 3,
    "kv_lora_rank": 512,
    "q_lora_rank": 1536,
    "qk_rope_head_dim": 64,
    "qk_nope_head_dim": 128,
    "v_head_dim": 128,
    "vocab_size": 129280,
}
GPT_OSS: dict[str, Any] = {
    "model_type": "gpt_oss",
    "num_hidden_layers": 36,
    "hidden_size": 2880,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "head_dim": 64,
    "intermediate_size": 2880,
    "num_local_experts": 128,
    "num_experts_per_tok": 4,
    "sliding_window": 128,
    "layer_types": ["sliding_attention", "full_attention"] * 18,
    "vocab_size": 201088,
}


def written(folder: Path, content: object) -> Path:
    path = folder / "config.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("config", "key"),
    [
        (LLAMA_8B, "llama-3.1-8b"),
        (QWEN_30B, "qwen3-30b-a3b"),
        (DEEPSEEK, "deepseek-r1"),
        (GPT_OSS, "gpt-oss-120b"),
    ],
)
def test_a_config_gives_the_shape_in_the_facts(tmp_path: Path, config: dict[str, Any], key: str) -> None:
    found, known = read_config(written(tmp_path, config)), catalog.architecture(key)
    assert known is not None
    assert found.attention == known.attention
    assert found.streamed_parameters == pytest.approx(known.streamed_parameters, rel=0.01)
    assert (found.experts is None) == (known.experts is None)
    if found.experts and known.experts:
        assert (found.experts.count, found.experts.per_token) == (known.experts.count, known.experts.per_token)
        assert found.experts.parameters == pytest.approx(known.experts.parameters, rel=0.01)
    model, facts = open_model(found), catalog.open_model(key)
    assert model.total_parameters == pytest.approx(facts.total_parameters, rel=0.02)
    assert model.kv_bytes_per_token_16bit == facts.kv_bytes_per_token_16bit


def test_a_text_model_inside_a_larger_one_is_found(tmp_path: Path) -> None:
    found = read_config(written(tmp_path, {"model_type": "both", "text_config": LLAMA_8B}))
    assert found.layers == 32


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "not JSON"),
        ("[]", "not a model's configuration"),
        ({key: value for key, value in LLAMA_8B.items() if key != "hidden_size"}, '"hidden_size" is missing'),
        ({}, '"num_hidden_layers", the number of layers; "hidden_size", the width of a token'),
        (
            {key: value for key, value in QWEN_30B.items() if key != "num_experts_per_tok"},
            '"num_experts_per_tok" is missing, the experts that one token uses',
        ),
        (
            {key: value for key, value in DEEPSEEK.items() if key != "v_head_dim"},
            '"v_head_dim" is missing, latent attention',
        ),
        (LLAMA_8B | {"vocab_size": "many"}, "\"vocab_size\" is 'many'"),
        (LLAMA_8B | {"num_hidden_layers": 0}, '"num_hidden_layers" is 0'),
        (LLAMA_8B | {"mamba_d_state": 128}, "does not say which layers attend"),
        (
            LLAMA_8B | {"layer_types": ["retention"] * 32},
            "\"layer_types\" has 'retention': such a layer is not modelled",
        ),
        (LLAMA_8B | {"layer_types": [["full_attention"]] * 32}, "such a layer is not modelled"),
        (LLAMA_8B | {"layer_types": ["full_attention"] * 31}, "names 31 layers, and there are 32"),
        (LLAMA_8B | {"hybrid_override_pattern": "M*X"}, "such a layer is not modelled"),
        (LLAMA_8B | {"linear_attn_config": 3}, '"linear_attn_config" is 3'),
        (LLAMA_8B | {"block_configs": [{}]}, "layers of different shape (block_configs): not modelled"),
        (LLAMA_8B | {"compress_ratios": [0, 4]}, "a KV cache that is compressed by layer"),
    ],
)
def test_a_config_that_cannot_be_used_says_why(tmp_path: Path, content: object, told: str) -> None:
    with pytest.raises(Problem) as raised:
        read_config(written(tmp_path, content))
    assert told in str(raised.value)
    assert "config.json" in str(raised.value.where)
    assert raised.value.fix


def test_a_config_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="there is no such file"):
        read_config(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("said", "format_name"),
    [
        (None, ""),
        ({"quant_method": "mxfp4"}, "mxfp4"),
        ({"quant_method": "fp8", "weight_block_size": [128, 128]}, "fp8"),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "nvfp4"),
        ({"quant_method": "awq", "bits": 4}, "int4-awq"),
        ({"quant_method": "gptq", "bits": 8}, "int8-gptq"),
        (
            {"quant_method": "compressed-tensors", "config_groups": {"g": {"weights": {"num_bits": 4, "type": "int"}}}},
            "int4",
        ),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"g": {"weights": {"num_bits": 8, "type": "float"}}},
            },
            "fp8",
        ),
        ({"quant_method": "fbgemm_fp8"}, "fp8"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "int4"),
        ({"quant_method": "quark", "global_quant_config": {"weight": {"dtype": "fp4"}}}, "mxfp4"),
    ],
)
def test_the_format_of_the_makers_weights(said: dict[str, Any] | None, format_name: str, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(LLAMA_8B | ({"quantization_config": said} if said else {})), encoding="utf-8")
    assert published_precision(path) == format_name
    assert open_model(read_config(path, "own"), published_precision(path)).published_precision == format_name


def test_a_format_that_we_do_not_know_is_asked_for_unless_somebody_says_another(tmp_path: Path) -> None:
    path = written(tmp_path, LLAMA_8B | {"quantization_config": {"quant_method": "something new"}})
    with pytest.raises(Problem, match=r"names a format that is not known \('something new'\)"):
        published_precision(path)
    assert published_precision(path, needed=False) == ""
    assert precision_asked("int4", gpu="h100", model=None, config=path) == "int4"


def test_the_format_decides_the_weights_of_a_model_of_several_senses(tmp_path: Path) -> None:
    inner = {"model_type": "both", "quantization_config": {"quant_algo": "NVFP4"}, "text_config": DEEPSEEK}
    path = written(tmp_path, inner)
    assert precision_asked(None, gpu="b200", model=None, config=path) == "nvfp4"
    assert read_config(path).layers == 61


@pytest.mark.parametrize("key", ["moe_latent_size", "routed_expert_hidden_size"])
def test_experts_may_see_narrower_tokens(key: str, tmp_path: Path) -> None:
    """Half as wide: half the experts' parameters, and two matrices a layer that narrow and widen."""
    shapes = []
    for keys in (QWEN_30B, QWEN_30B | {key: 1024}):
        (tmp_path / "config.json").write_text(json.dumps(keys))
        shapes.append(read_config(tmp_path / "config.json"))
    wide, narrow = shapes
    assert wide.experts is not None
    assert narrow.experts is not None
    assert narrow.experts.parameters == wide.experts.parameters / 2
    assert narrow.streamed_parameters - wide.streamed_parameters == 48 * 2 * 2048 * 1024


@pytest.mark.parametrize(("algorithm", "precision"), [("NVFP4", "nvfp4"), ("FP8", "fp8")])
def test_the_format_that_stands_beside_the_config(algorithm: str, precision: str, tmp_path: Path) -> None:
    path, beside = tmp_path / "config.json", tmp_path / "hf_quant_config.json"
    path.write_text(json.dumps(LLAMA_8B))
    assert published_precision(path) == ""
    beside.write_text(json.dumps({"producer": {}, "quantization": {"quant_algo": algorithm}}))
    assert published_precision(path) == precision
    path.write_text(json.dumps(LLAMA_8B | {"quantization_config": {"quant_method": "mxfp4"}}))
    assert published_precision(path) == "mxfp4"
    path.write_text(json.dumps(LLAMA_8B))
    beside.write_text("{")
    with pytest.raises(Problem, match="not JSON") as found:
        published_precision(path)
    assert "hf_quant_config.json" in str(found.value)


def test_a_config_that_lists_every_matrix_is_read(tmp_path: Path) -> None:
    left_alone = [f"model.layers.{each}.mlp.gate" for each in range(100_000)]
    keys = LLAMA_8B | {"quantization_config": {"quant_algo": "NVFP4", "ignore": left_alone}}
    (tmp_path / "config.json").write_text(json.dumps(keys))
    assert read_config(tmp_path / "config.json").layers == 32
    assert published_precision(tmp_path / "config.json") == "nvfp4"
