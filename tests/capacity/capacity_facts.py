"""Facts made by hand, near an H100 and models of 8 and 70 billion parameters, to be worked on paper."""

from __future__ import annotations

from typing import Any

from breakeven.facts.records import Gpu, Measurement, OpenModel
from breakeven.numbers.inputs import Source

MADE_UP = Source(title="made for tests", date="2026-11-21")


def make_gpu(**changed: Any) -> Gpu:
    """80 GiB at 3.35 TB/s, 989 TFLOP/s at 16 bit and 1,979 in fp8, 450 GB/s to its neighbours."""
    facts: dict[str, Any] = {
        "key": "gpu-80",
        "name": "GPU 80",
        "vendor": "Maker",
        "memory_bytes": 80 * 2.0**30,
        "memory_bytes_per_second": 3.35e12,
        "flops_per_second": {"bf16": 989e12, "fp8": 1979e12},
        "interconnect_bytes_per_second": 450e9,
        "power_watts": 700.0,
        "recalled": False,
        "source": MADE_UP,
    }
    return Gpu(**(facts | changed))


def make_model(**changed: Any) -> OpenModel:
    """8.03e9 dense parameters, 32 layers, 128 KiB of KV cache a token (Llama-3.1-8B)."""
    facts: dict[str, Any] = {
        "key": "model-8b",
        "hugging_face_id": "maker/model-8b",
        "total_parameters": 8.03e9,
        "active_parameters": 8.03e9,
        "layers": 32,
        "hidden_size": 4096,
        "kv_bytes_per_token_16bit": 131_072.0,
        "sliding_window_layers": 0,
        "recalled": False,
        "source": MADE_UP,
    }
    return OpenModel(**(facts | changed))


def make_large_model(**changed: Any) -> OpenModel:
    """70.55e9 dense parameters, 80 layers, 320 KiB of KV cache a token (Llama-3.1-70B)."""
    large: dict[str, Any] = {
        "key": "model-70b",
        "total_parameters": 70.55e9,
        "active_parameters": 70.55e9,
        "layers": 80,
        "hidden_size": 8192,
        "kv_bytes_per_token_16bit": 327_680.0,
    }
    return make_model(**(large | changed))


def make_row(**changed: Any) -> Measurement:
    """7,000 output tokens/s at 1,000 in and 1,000 out on one GPU, requests always waiting."""
    facts: dict[str, Any] = {
        "id": "R1",
        "model": "model-8b",
        "gpu": "gpu-80",
        "gpus": 1,
        "engine": "engine",
        "precision": "fp16",
        "mean_input_tokens": 1000.0,
        "mean_output_tokens": 1000.0,
        "output_tokens_per_second": 7000.0,
        "load": "infinite_rate",
        "source": MADE_UP,
    }
    return Measurement(**(facts | changed))
