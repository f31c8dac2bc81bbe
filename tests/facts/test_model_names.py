"""A model is found by the names that people and files give it, and its precision is read from them."""

from __future__ import annotations

import pytest

from breakeven.facts.catalog import open_model, open_models
from breakeven.facts.model_names import hint, plain, precision_in
from breakeven.problems import Problem


@pytest.mark.parametrize(
    ("name", "key", "precision"),
    [
        ("meta-llama/Llama-2-70b-hf", "llama-2-70b", None),
        ("Qwen/Qwen3-30B-A3B-Instruct-2507", "qwen3-30b-a3b", None),
        ("Qwen/Qwen3-235B-A22B-Thinking-2507-FP8", "qwen3-235b-a22b", "fp8"),
        ("deepseek-ai/DeepSeek-R1-0528", "deepseek-r1", None),
        ("nvidia/DeepSeek-R1-0528-NVFP4", "deepseek-r1", "nvfp4"),
        ("RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8-dynamic", "llama-3.1-70b", "fp8"),
        ("amd/Llama-3.1-405B-Instruct-FP8-KV", "llama-3.1-405b", "fp8"),
        ("hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4", "llama-3.1-70b", "int4-awq"),
        ("Qwen/Qwen2.5-72B-Instruct-GPTQ-Int4", "qwen2.5-72b", "int4-gptq"),
        ("RedHatAI/Qwen3-32B-quantized.w4a16", "qwen3-32b", "int4"),
        ("/models/Qwen3-32B-FP8/", "qwen3-32b", "fp8"),
        ("/home/ana/.cache/huggingface/hub/models--Qwen--Qwen3-8B/snapshots/0a1b2c", "qwen3-8b", None),
        ("meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8", "llama-4-maverick", "fp8"),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", "mixtral-8x7b", None),
        ("nvidia/Llama-3_3-Nemotron-Super-49B-v1_5", "nemotron-super-49b", None),
    ],
)
def test_a_model_by_another_of_its_names(name: str, key: str, precision: str | None) -> None:
    assert open_model(name).key == key
    assert precision_in(name) == precision


@pytest.mark.parametrize(
    "name",
    ["deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "deepseek-ai/DeepSeek-V3.1", "Qwen/Qwen2-57B", "Llama-3-13b", "meta",
     "google/gemma-9-27b-it", "fp8", "/", ""],
)  # fmt: skip
def test_another_model_is_not_taken_for_one_of_ours(name: str) -> None:
    with pytest.raises(Problem, match="not in the catalog of open models"):
        open_model(name)


def test_no_two_models_share_a_plain_name() -> None:
    """Else one of them could not be asked for."""
    names = [*map(plain, open_models())]
    assert len(set(names)) == len(names)
    assert all(open_model(key).key == key for key in open_models())
    assert all(open_model(each.hugging_face_id).key == key for key, each in open_models().items())


def test_what_is_suggested_is_of_the_same_size() -> None:
    names = [*open_models()]
    assert hint("Llama-2-71b", names) == ""
    assert "70b" in hint("someone/Llama-2.1-70B-Special", names)
    assert "llama-3.1-8b" in hint("lama-3.1-8b", names)


def test_a_name_of_two_formats_says_none() -> None:
    assert precision_in("x/Model-8B-FP8-INT4") is None
