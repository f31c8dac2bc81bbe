"""What no deployment exceeds, whatever was published of its relatives: bytes and operations at datasheet rates.

A step reads the weights that its tokens need and the KV cache of its sequences once, or computes for longer than that;
nothing else takes time, and all memory that the weights leave holds KV cache. Tokens choose experts at random.
"""

from __future__ import annotations

import numpy as np

from breakeven.capacity.fit.sizes import kept_share
from breakeven.capacity.step_model.columns import Columns, Floats
from breakeven.capacity.step_model.step import (
    asked_sequences,
    chosen,
    ranks,
    ranks_of_experts,
    sequence_state,
    weights_of_a_gpu,
)


def log_most_tokens_per_second(cells: Columns) -> Floats:
    """Logarithm of the output tokens per second over all GPUs that datasheets allow."""
    held = _held_bytes(cells)
    room = np.maximum(cells["memory"] - weights_of_a_gpu(cells), 0.0)
    batch = np.minimum(np.maximum(room / held, 1.0), asked_sequences(cells))
    return np.asarray(np.log(batch * ranks(cells) / np.maximum(_reading(cells, batch, held), _computing(cells, batch))))


def _held_bytes(cells: Columns) -> Floats:
    """Bytes on a GPU that a sequence holds while half of its answer is out."""
    context = cells["input"] + cells["output"] / 2
    kept = kept_share(cells["window_share"], cells["window"], context) * context
    return cells["kv_bytes"] * kept / (cells["kv_shards"] * cells["pipeline"]) + sequence_state(cells)


def _reading(cells: Columns, batch: Floats, held: Floats) -> Floats:
    experts = cells["expert_bytes"] * chosen(cells, batch) / cells["expert_gpus"]
    return (cells["streamed_bytes"] / cells["attention_gpus"] + experts + batch * held) / cells["bandwidth"]


def _computing(cells: Columns, batch: Floats) -> Floats:
    tokens = batch * (1 + cells["input"] * (1 - cells["cached"]) / cells["output"])
    routed = cells["expert_operations"] * ranks_of_experts(cells) / cells["expert_gpus"]
    each = cells["streamed_operations"] / cells["attention_gpus"] + routed
    return tokens * each / (cells["peak"] * cells["pipeline"])
