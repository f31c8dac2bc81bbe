"""How to start a design, so that it can be tried within the hour: the engine's own command lines.

vLLM: https://docs.vllm.ai/en/latest/cli/serve.html, SGLang: https://docs.sglang.ai (both read 2026-11).
"""

from __future__ import annotations

from breakeven.capacity.fit.replica import layout_of
from breakeven.facts import catalog
from breakeven.study.designs.design import Design


def vllm(design: Design) -> str:
    """`vllm serve` with this design's layout, format and cache."""
    layout = _layout(design, "--tensor-parallel-size", "--pipeline-parallel-size")
    return " ".join(["vllm serve", _weights(design), *layout, *_formats(design)])


def sglang(design: Design) -> str:
    """The same for SGLang, whose prefix cache is always on."""
    narrow = ["--quantization fp8"] if _narrowed(design) else []
    cache = ["--kv-cache-dtype fp8_e4m3"] if design.kv_cache == "fp8" else []
    layout = _layout(design, "--tp-size", "--pp-size")
    return " ".join(["python -m sglang.launch_server --model-path", _weights(design), *layout, *narrow, *cache])


def bench(design: Design, input_tokens: float, output_tokens: float) -> str:
    """What measures its speed on one rented replica, at the case's mean lengths."""
    lengths = f"--random-input-len {round(input_tokens)} --random-output-len {round(output_tokens)}"
    load = "--dataset-name random --num-prompts 1000 --request-rate inf --save-result"
    return f"vllm bench serve --model {_weights(design)} {lengths} {load}"


def _weights(design: Design) -> str:
    known = catalog.open_models().get(design.model)
    return known.hugging_face_id if known else design.model


def _layout(design: Design, tensor: str, pipeline: str) -> list[str]:
    layout = layout_of(design.gpus_per_replica)
    return [f"{name} {size}" for name, size in ((tensor, layout.tensor), (pipeline, layout.pipeline)) if size > 1]


def _formats(design: Design) -> list[str]:
    narrow = ["--quantization fp8"] if _narrowed(design) else []
    cache = ["--kv-cache-dtype fp8"] if design.kv_cache == "fp8" else []
    return [*narrow, *cache, "--enable-prefix-caching"]


def _narrowed(design: Design) -> bool:
    """Whether the engine narrows the weights when it loads them: the maker's are not in this format."""
    known = catalog.open_models().get(design.model)
    return design.precision == "fp8" and (known is None or known.published_precision != "fp8")
