"""From deployments to arrays, one row each: bytes, operations and rates that the step model works on.

Bytes and operations are of the whole model; the step model divides them by the GPUs that share them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from breakeven.capacity.fit.precision import NoArithmetic
from breakeven.capacity.fit.replica import SLOW_LINK
from breakeven.capacity.fit.setup import NO_LIMIT, SATURATED, Setup
from breakeven.capacity.fit.sizes import (
    SIXTEEN_BIT,
    embedding_bytes,
    expert_bytes,
    expert_gpus,
    kv_layers,
    kv_shards,
    kv_values_per_token,
    streamed_bytes,
    weights_on_a_gpu,
    window_share,
)
from breakeven.capacity.fit.workspace import room_bytes
from breakeven.capacity.step_model.engine_age import engine_age
from breakeven.facts.records import Experts

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Columns = dict[str, Floats]

SLOWEST_LINK = 32e9  # bytes/s, PCIe 4.0 x16, one direction; where the facts give no interconnect
LATENT_KEY, LATENT_VALUE = 576, 512  # elements read of the compressed vector by each head, decoding
LATENT_PREFILL = 320  # elements a head multiplies per token, prefill: keys 192 and values 128
# Requests of a saturated run by (input, output) lengths, as the tables of TensorRT-LLM state them.
REQUESTS = {
    (128, 128): 30_000,
    (128, 2048): 3000,
    (128, 4096): 1500,
    (2048, 128): 3000,
    (2048, 2048): 1500,
    (5000, 500): 1500,
    (1000, 1000): 3000,
    (500, 2000): 3000,
    (1000, 2000): 1500,
    (1024, 2048): 1500,
    (20_000, 2000): 1000,
}
LONG, REQUESTS_LONG, REQUESTS_SHORT = 1500, 1500, 3000  # tokens, requests; where they are not stated
NO_EXPERTS = Experts(count=1, per_token=1, width=1024, layers=0, parameters=0.0)
ENGINE_RESERVES_ALL = "TensorRT-LLM"  # room for input and output before a request starts
EIGHT_BIT_KV = "TensorRT-LLM"  # keeps the KV cache at 8 bit with weights of 8 bit or fewer


def requests_of(setup: Setup) -> float:
    """Requests of the run: stated for known tables, else a usual number. No limit where load is chosen."""
    if setup.bench.load != SATURATED:
        return NO_LIMIT
    lengths = (round(setup.mean_input_tokens), round(setup.mean_output_tokens))
    usual = REQUESTS_LONG if sum(lengths) > LONG else REQUESTS_SHORT
    return float(REQUESTS.get(lengths, usual))


def concurrency_of(setup: Setup) -> float:
    """Requests in flight that were asked for; no limit where all are there at the start."""
    asked = setup.bench.concurrency
    return asked if asked > 0 and setup.bench.load != SATURATED else NO_LIMIT


def kv_bytes(setup: Setup) -> float:
    """Bytes per value in the KV cache; where not told, what the engine does with such weights."""
    if setup.kv_bytes_per_value:
        return setup.kv_bytes_per_value
    narrow = setup.precision.bytes_per_parameter < SIXTEEN_BIT and setup.bench.engine == EIGHT_BIT_KV
    return 1.0 if narrow else SIXTEEN_BIT


def _attention_operations(setup: Setup, latent: float) -> float:
    """Operations per query token and token attended to, over all layers."""
    shape = setup.architecture
    each = shape.attention
    per_head = latent if each.latent else 4 * each.head_size
    return per_head * each.heads * kv_layers(shape)


def _peak(setup: Setup, unit: str) -> float:
    peaks = setup.gpu.flops_per_second
    found = peaks.get(unit) or peaks.get("bf16")
    if not found:
        raise NoArithmetic(setup.gpu, setup.precision)
    return found


def _experts(setup: Setup) -> Experts:
    return setup.architecture.experts or NO_EXPERTS


def _expert_cut(setup: Setup) -> float:
    cut = 1 if setup.layout.expert > 1 else expert_gpus(setup.architecture, setup.layout)
    return max(_experts(setup).width, 1) / cut / 1024


def _room(setup: Setup) -> float:
    """Bytes of a GPU that an engine which does not reserve whole outputs has for the KV cache."""
    held = weights_on_a_gpu(setup.architecture, setup.precision, setup.layout)
    return room_bytes(setup.gpu, setup.architecture.hidden_size, held)


def make(arithmetic: Callable[[Setup], str]) -> dict[str, Callable[[Setup], float]]:
    """Each column's name and how one of its cells is found."""
    return {
        "attention_gpus": lambda setup: setup.layout.attention_gpus,
        "pipeline": lambda setup: setup.layout.pipeline,
        "data": lambda setup: setup.layout.data,
        "spread": lambda setup: setup.mixture and setup.layout.spreads_experts,
        "expert_gpus": lambda setup: expert_gpus(setup.architecture, setup.layout),
        "expert_parallel": lambda setup: setup.layout.expert > 1,
        "gpus": lambda setup: setup.layout.gpus,
        "layers": lambda setup: setup.architecture.layers,
        "hidden": lambda setup: setup.architecture.hidden_size,
        "streamed_bytes": lambda setup: streamed_bytes(setup.architecture, setup.precision),
        "embedding_bytes": lambda setup: embedding_bytes(setup.architecture),
        "expert_bytes": lambda setup: expert_bytes(setup.architecture, setup.precision),
        "experts": lambda setup: _experts(setup).count,
        "expert_layers": lambda setup: _experts(setup).layers,
        "latent_layers": lambda setup: kv_layers(setup.architecture) * setup.architecture.attention.latent,
        "experts_per_token": lambda setup: _experts(setup).per_token,
        "streamed_operations": lambda setup: 2 * setup.architecture.streamed_parameters,
        "expert_operations": lambda setup: (
            2 * _experts(setup).parameters * _experts(setup).per_token / _experts(setup).count
        ),
        "kv_bytes": lambda setup: kv_values_per_token(setup.architecture) * kv_bytes(setup),
        "state_bytes": lambda setup: setup.architecture.attention.state_bytes,
        "kv_shards": lambda setup: kv_shards(setup.architecture, setup.layout.attention_gpus),
        "window_share": lambda setup: window_share(setup.architecture),
        "window": lambda setup: setup.architecture.attention.window_tokens,
        "decode_attention": lambda setup: _attention_operations(setup, 2 * (LATENT_KEY + LATENT_VALUE)),
        "prefill_attention": lambda setup: _attention_operations(setup, 2 * LATENT_PREFILL),
        "bandwidth": lambda setup: setup.gpu.memory_bytes_per_second,
        "memory": lambda setup: setup.gpu.memory_bytes,
        "room": _room,
        "peak": lambda setup: _peak(setup, arithmetic(setup)),
        "peak_16bit": lambda setup: _peak(setup, "bf16"),
        "link": lambda setup: setup.gpu.interconnect_bytes_per_second or SLOWEST_LINK,
        "slow_link": lambda setup: (setup.gpu.interconnect_bytes_per_second or SLOWEST_LINK) < SLOW_LINK,
        "expert_width": _expert_cut,
        "layer_width": lambda setup: setup.architecture.feed_forward_width / setup.layout.attention_gpus / 8192,
        "input": lambda setup: setup.mean_input_tokens,
        "output": lambda setup: setup.mean_output_tokens,
        "cached": lambda setup: setup.cached_share,
        "requests": requests_of,
        "concurrency": concurrency_of,
        "saturated": lambda setup: setup.bench.load == SATURATED,
        "age": lambda each: engine_age(each.bench),
        "reserves_all": lambda setup: setup.bench.engine == ENGINE_RESERVES_ALL,
    }


def columns(setups: Sequence[Setup], arithmetic: Callable[[Setup], str]) -> Columns:
    """The arrays of the step model. Raises `NoArithmetic` for a GPU without any peak."""
    cells = make(arithmetic)
    return {name: np.array([float(cell(each)) for each in setups]) for name, cell in cells.items()}
