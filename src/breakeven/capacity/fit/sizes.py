"""Bytes of a model in memory, the one definition: weights by precision, KV cache by kind of attention and layout.

Functions of numbers take arrays too: the step model asks for many deployments at once.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from breakeven.capacity.fit.setup import Layout
from breakeven.facts.precisions import Precision
from breakeven.facts.records import Architecture

SIXTEEN_BIT = 2.0  # bytes per value
# Published in 4 bit with attention and embeddings left at 16 bit.
EXPERTS_ONLY_NARROW = ("gpt-oss",)
Number = TypeVar("Number", float, np.ndarray)


def streamed_bytes(shape: Architecture, precision: Precision) -> float:
    """Bytes of what every step reads: all but experts and input embedding. The output head stays at 16 bit."""
    narrow = not shape.model.startswith(EXPERTS_ONLY_NARROW)
    per_parameter = precision.bytes_per_parameter if narrow else SIXTEEN_BIT
    head = shape.vocabulary * shape.hidden_size
    return (shape.streamed_parameters - head) * per_parameter + head * SIXTEEN_BIT


def embedding_bytes(shape: Architecture) -> float:
    """Bytes of the input embedding, at 16 bit; none of its own where it is the output head."""
    return 0.0 if shape.tied_embeddings else shape.vocabulary * shape.hidden_size * SIXTEEN_BIT


def expert_bytes(shape: Architecture, precision: Precision) -> float:
    """Bytes of all routed experts."""
    return shape.experts.parameters * precision.bytes_per_parameter if shape.experts else 0.0


def weights_bytes(shape: Architecture, precision: Precision) -> float:
    """Bytes of one copy of all weights."""
    return streamed_bytes(shape, precision) + embedding_bytes(shape) + expert_bytes(shape, precision)


def weights_per_gpu(
    always: Number, experts: Number, attention_gpus: Number, expert_gpus: Number, pipeline: Number
) -> Number:
    """Bytes of weights on one GPU. `always`: what every token passes, embedding included."""
    held: Number = (always / attention_gpus + experts / expert_gpus) / pipeline
    return held


def weights_on_a_gpu(shape: Architecture, precision: Precision, layout: Layout) -> float:
    """Bytes of weights that lie on each GPU of a layout."""
    return weights_per_gpu(
        streamed_bytes(shape, precision) + embedding_bytes(shape),
        expert_bytes(shape, precision),
        float(layout.attention_gpus),
        float(expert_gpus(shape, layout)),
        float(layout.pipeline),
    )


def expert_gpus(shape: Architecture, layout: Layout) -> int:
    """GPUs over which one set of experts is spread."""
    spread = shape.experts is not None and layout.spreads_experts
    return layout.gpus // layout.pipeline if spread else layout.attention_gpus


def kv_values_per_token(shape: Architecture) -> float:
    """Values in the KV cache for one token, over the layers that keep keys and values, windows taken as full."""
    full, windowed = _values(shape)
    return full + windowed


def _values(shape: Architecture) -> tuple[float, float]:
    """Values of a token in the layers that see all, and in those that see a window.

    A layer's are 2 · KV heads · head size, or the compressed vector, unless its shape says otherwise.
    """
    each = shape.attention
    usual = each.head_size if each.latent else 2 * each.kv_heads * each.head_size
    full = usual if each.values is None else each.values
    windowed = full if each.window_values is None else each.window_values
    return (kv_layers(shape) - each.window_layers) * full, each.window_layers * windowed


def kv_layers(shape: Architecture) -> int:
    """Layers that keep keys and values."""
    return shape.layers if shape.attention.kv_layers is None else shape.attention.kv_layers


def kv_shards(shape: Architecture, attention_gpus: int) -> int:
    """GPUs over which one sequence's KV cache is spread: a latent one is copied to each, heads are not cut."""
    return 1 if shape.attention.latent else min(attention_gpus, shape.attention.kv_heads)


def kept_share(window_share: Number, window_tokens: Number, context_tokens: Number) -> Number:
    """Share of the context's KV cache that is kept and read, where some layers see only a sliding window."""
    seen = np.minimum(1.0, window_tokens / np.maximum(context_tokens, 1.0))
    kept: Number = (1 - window_share) + window_share * seen
    return kept


def window_share(shape: Architecture) -> float:
    """Share of the values of a token that are in layers that see only a sliding window."""
    full, windowed = _values(shape)
    return windowed / (full + windowed) if windowed else 0.0


def kv_bytes_of_sequence(
    shape: Architecture, context_tokens: float, kv_bytes_per_value: float, layout: Layout
) -> float:
    """Bytes that one sequence takes over all GPUs that share its attention, copies and its fixed state included."""
    kept = kept_share(window_share(shape), float(shape.attention.window_tokens), context_tokens)
    copies = layout.attention_gpus / kv_shards(shape, layout.attention_gpus)
    cached = kv_values_per_token(shape) * kv_bytes_per_value * kept * context_tokens * copies
    return float(cached + shape.attention.state_bytes)
