"""What groups a deployment belongs to: effects of a group are shared by its members, and by no one else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from breakeven.capacity.fit.setup import Setup
from breakeven.facts.precisions import BITS_PER_BYTE

# GPU families by the beginning of the key; the longest that matches counts.
FAMILIES = {
    "A100": "Ampere",
    "A40": "Ampere",
    "RTX-A6000": "Ampere",
    "RTX-30": "Ampere",
    "H": "Hopper",
    "GH": "Hopper",
    "B": "Blackwell",
    "GB": "Blackwell",
    "RTX-PRO": "Blackwell RTX",
    "L": "Ada",
    "RTX-6000-Ada": "Ada",
    "RTX-5000-Ada": "Ada",
    "RTX-4": "Ada",
    "MI2": "CDNA2",
    "MI30": "CDNA3",
    "MI32": "CDNA3",
    "MI35": "CDNA4",
    "Gaudi": "Gaudi",
    "PVC": "Xe",
    "Arc": "Xe",
}
BLACKWELL = ("Blackwell", "Blackwell RTX")
VERSIONED_SERIES = "trtllm-perf-overview"  # one table of this publication an engine version
# An engine asked about without a publication: like its latest one among ours.
LATEST_SERIES = {
    "TensorRT-LLM": "TensorRT-LLM/1.2",
    "vLLM": "vLLM/inferencemax",
    "SGLang": "SGLang/inferencemax",
    "ATOM": "ATOM/inferencemax",
    "LMDeploy TurboMind": "LMDeploy TurboMind/lmdeploy-docs",
    "llama.cpp": "llama.cpp/llamacpp-gpu-benchmarks",
    "vLLM (ROCm fork)": "vLLM (ROCm fork)/rocm-vllm-docker",
}


def family(gpu_key: str) -> str:
    """The generation of a GPU; one we have no name for is its own."""
    begins = [each for each in FAMILIES if gpu_key.startswith(each)]
    return FAMILIES[max(begins, key=len)] if begins else gpu_key


def series_of(source: str) -> str:
    """The publication behind a source's name, whatever edition: "mlperf-v5.1-gb200" is "mlperf"."""
    return "mlperf" if source.startswith("mlperf") else re.sub(r"-[0-9a-f]{8,}$", "", source)


def arithmetic(setup: Setup) -> str:
    """The unit that does the arithmetic: "w4a16" for 4-bit weights that are widened to 16 bit first."""
    form, peaks = setup.precision, setup.gpu.flops_per_second
    if form.compute == "bf16" or not peaks.get(form.compute):
        bits = form.bytes_per_parameter * BITS_PER_BYTE
        return "bf16" if bits >= 16 else "w4a16" if bits < 8 else "w8a16"
    mixed = form.name == "mxfp4" and family(setup.gpu.key) in BLACKWELL
    return "fp8" if mixed else form.compute  # mxfp4 weights meet 8-bit activations there


def release(setup: Setup) -> str:
    """The engine and its version or publication: what was measured together, with one software."""
    bench = setup.bench
    if bench.series == VERSIONED_SERIES:
        return f"{bench.engine}/{'.'.join(bench.version.split(' ')[0].split('.')[:2])}"
    return f"{bench.engine}/{bench.series}" if bench.series else LATEST_SERIES.get(bench.engine, bench.engine)


def shape(setup: Setup) -> str:
    """The architecture: models of one shape are equally fast, whatever their name."""
    each = setup.architecture
    experts = each.experts.count if each.experts else 0
    width = each.feed_forward_width
    return f"{each.layers}x{each.hidden_size}/{each.attention.kv_heads}/{width}/{experts}"


def lineage(setup: Setup) -> str:
    """The makers' line of models, apart for mixtures: llama, qwen, gpt …"""
    name = re.split(r"[-.0-9]", setup.architecture.model)[0]
    return f"{name} mixture" if setup.mixture else name


def splitting(setup: Setup) -> str:
    """How the GPUs share the work."""
    each = setup.layout
    return f"{each.attention_gpus}/{each.pipeline}/{each.spreads_experts}/{each.expert > 1}"


def levels(setup: Setup) -> dict[str, str]:
    """The setup's level in every factor."""
    gpu, engine = setup.gpu, setup.bench.engine
    generation = family(gpu.key)
    return {
        "vendor": gpu.vendor,
        "family": generation,
        "gpu": gpu.key,
        "unit": f"{generation} {arithmetic(setup)}",
        "format": f"{generation} {arithmetic(setup)} {setup.precision.family}",
        "engine": engine,
        "release": release(setup),
        "shape": shape(setup),
        "lineage": lineage(setup),
        "mixture": str(setup.mixture),
        "layout": splitting(setup),
        "gpus": str(setup.layout.gpus),
    }


def group(setup: Setup) -> str:
    """What is left out together: model, GPU, engine, precision."""
    return f"{setup.architecture.model}|{setup.gpu.key}|{setup.bench.engine}|{setup.precision.name}"


def configuration(setup: Setup) -> str:
    """One deployment as one benchmark series measures it: the group, its layout, engine version and publication."""
    bench = setup.bench
    return f"{group(setup)}|{setup.layout.gpus}|{splitting(setup)}|{bench.version}|{bench.series}"


def columns_of(found: Sequence[dict[str, str]], factor: str) -> list[str]:
    """The levels of one factor, or of several joined by " × "."""
    parts = factor.split(" × ")
    return [" × ".join(each[part] for part in parts) for each in found]
