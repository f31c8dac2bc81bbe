"""How to start a design, so that it can be tried within the hour: the engine's own command lines.

vLLM: https://docs.vllm.ai/en/latest/cli/serve.html, SGLang: https://docs.sglang.ai (both read 2026-11).
"""

from __future__ import annotations

from breakeven.facts import catalog
from breakeven.study.designs.design import Design


def vllm(design: Design) -> str:
    """`vllm serve` with this design's layout, format and cache."""
    shared = design.shared
    layout = _sizes(
        ("--tensor-parallel-size", shared.attention_gpus),
        ("--pipeline-parallel-size", shared.pipeline),
        ("--data-parallel-size", shared.data),
    )
    layout += ["--enable-expert-parallel"] if shared.expert > 1 else []
    return " ".join(["vllm serve", _weights(design), *layout, *_formats(design)])


def sglang(design: Design) -> str:
    """The same for SGLang, whose prefix cache is always on; its data-parallel ranks are a part of the tensor ones."""
    shared = design.shared
    narrow = ["--quantization fp8"] if _narrowed(design) else []
    cache = ["--kv-cache-dtype fp8_e4m3"] if design.kv_cache == "fp8" else []
    layout = _sizes(
        ("--tp-size", shared.attention_gpus * shared.data),
        ("--pp-size", shared.pipeline),
        ("--dp-size", shared.data),
        ("--ep-size", shared.expert),
    )
    layout += ["--enable-dp-attention"] if shared.data > 1 else []
    return " ".join(["python -m sglang.launch_server --model-path", _weights(design), *layout, *narrow, *cache])


def bench(design: Design, input_tokens: float, output_tokens: float) -> str:
    """What measures its speed on one rented replica, at the case's mean lengths."""
    lengths = f"--random-input-len {round(input_tokens)} --random-output-len {round(output_tokens)}"
    load = "--dataset-name random --num-prompts 1000 --request-rate inf --save-result"
    return f"vllm bench serve --model {_weights(design)} {lengths} {load}"


def _weights(design: Design) -> str:
    known = catalog.open_models().get(design.model)
    return known.hugging_face_id if known else design.model


def _sizes(*said: tuple[str, int]) -> list[str]:
    return [f"{name} {size}" for name, size in said if size > 1]


def _formats(design: Design) -> list[str]:
    narrow = ["--quantization fp8"] if _narrowed(design) else []
    cache = ["--kv-cache-dtype fp8"] if design.kv_cache == "fp8" else []
    return [*narrow, *cache, "--enable-prefix-caching"]


def _narrowed(design: Design) -> bool:
    """Whether the engine narrows the weights when it loads them: the maker's are not in this format."""
    known = catalog.open_models().get(design.model)
    return design.precision == "fp8" and (known is None or known.published_precision != "fp8")
