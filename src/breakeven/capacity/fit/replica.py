"""One replica: a model's weights over some GPUs, and what memory is left for its KV cache.

Method: docs/method/capacity.md. Weights, what the engine keeps (`workspace`), then the KV cache of the sequences in
flight, within 90 % of the memory. Bytes throughout.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from breakeven.capacity.fit import sizes
from breakeven.capacity.fit.setup import Layout
from breakeven.capacity.fit.workspace import USABLE_SHARE, room_bytes, workspace_bytes
from breakeven.facts import catalog
from breakeven.facts.precisions import Precision
from breakeven.facts.records import Architecture, Gpu, OpenModel
from breakeven.problems import Problem

MINIMUM_SEQUENCES = 8  # sequences a replica must hold at once to be worth its weights; our judgement
REPLICA_SIZES = (1, 2, 4, 8, 16)  # GPUs; tensor parallelism needs powers of two with most models
SLOW_LINK = 100e9  # bytes/s; below it GPUs are joined over PCIe
GPUS_PER_NODE = 8  # GPUs that share one fast interconnect in the usual server
KV_BYTES_PER_VALUE = 2.0  # bytes; engines keep the cache at 16 bit unless told otherwise

# When a model's architecture is not in the facts: a dense model's, as an upper bound on KV cache and on
# traffic between GPUs. (layers, hidden size, KV bytes per token at 16 bit), from the models' config.json.
SMALL_BOUND = (80, 8192, 327_680.0)  # Llama-3.1-70B, for models up to 100e9 parameters
LARGE_BOUND = (126, 16_384, 516_096.0)  # Llama-3.1-405B, for larger ones
SMALL_BOUND_PARAMETERS = 100e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """One copy of a model over some GPUs: what fit and throughput are asked about.

    `layout`: how they share the work, where it is not the usual way.
    """

    model: OpenModel
    gpu: Gpu
    precision: Precision
    gpus: int
    kv_bytes_per_value: float = KV_BYTES_PER_VALUE
    layout: Layout | None = None

    @property
    def shared(self) -> Layout:
        """How its GPUs share the work."""
        return self.layout or layout_of(self.gpus)

    def on(self, gpus: int) -> Replica:
        """The same on another number of GPUs, which share the work in the usual way."""
        return self if gpus == self.gpus else replace(self, gpus=gpus, layout=None)


class BadSize(Problem):
    """A count or length that is not above zero."""

    def __init__(self, name: str, value: float) -> None:
        super().__init__(f"{name} is {value:g}; it must be greater than zero", fix=f"Give {name} as a positive number.")


def shape_of(model: OpenModel) -> Architecture | None:
    """The architecture behind a model: that of its config.json, else that in the facts, else None."""
    return model.architecture or catalog.architecture(model.key)


def require_positive(**values: float) -> None:
    """Raise `BadSize` for the first value that is not above zero, by its name."""
    for name, value in values.items():
        if not value > 0:
            raise BadSize(name, value)


def weights_bytes(model: OpenModel, precision: Precision) -> float:
    """Bytes of all weights, every expert included, without overhead.

    Where the architecture is known, with the heads and embeddings at 16 bit (`sizes`); else every parameter alike.
    """
    shape = shape_of(model)
    return (
        model.total_parameters * precision.bytes_per_parameter
        if shape is None
        else sizes.weights_bytes(shape, precision)
    )


def layout_of(gpus: int) -> Layout:
    """How a replica's GPUs share the work: tensor parallel within a node, a pipeline of nodes beyond it."""
    pipeline = max(gpus // GPUS_PER_NODE, 1)
    return Layout(gpus=gpus, tensor=gpus // pipeline, pipeline=pipeline)


def kv_bytes_of_sequence(replica: Replica, context_tokens: float) -> float:
    """Bytes of KV cache that one sequence takes over all GPUs of the replica, copies and sliding windows counted."""
    shape = shape_of(replica.model)
    if shape is None:
        return kv_bytes_per_token(replica.model, replica.kv_bytes_per_value) * context_tokens
    return sizes.kv_bytes_of_sequence(shape, context_tokens, replica.kv_bytes_per_value, replica.shared)


def held_bytes(replica: Replica) -> float:
    """Bytes of weights over all GPUs of the replica; data-parallel ranks hold all but the experts once each."""
    shape = shape_of(replica.model)
    if shape is None:
        return weights_bytes(replica.model, replica.precision)
    return replica.gpus * sizes.weights_on_a_gpu(shape, replica.precision, replica.shared)


def usable_bytes(gpu: Gpu, gpus: int) -> float:
    """Bytes an engine may fill on that many GPUs: 90 % of their memory."""
    return gpus * gpu.memory_bytes * USABLE_SHARE


def architecture_known(model: OpenModel) -> bool:
    """Whether the facts give layers and KV cache; when not, the bound of a dense model stands in."""
    return model.layers > 0 and model.hidden_size > 0 and model.kv_bytes_per_token_16bit > 0


def architecture(model: OpenModel) -> tuple[int, int, float]:
    """Layers, hidden size, KV bytes per token at 16 bit; the bound of a dense model where unknown."""
    if architecture_known(model):
        return model.layers, model.hidden_size, model.kv_bytes_per_token_16bit
    return SMALL_BOUND if model.total_parameters <= SMALL_BOUND_PARAMETERS else LARGE_BOUND


def kv_bytes_per_token(model: OpenModel, kv_bytes_per_value: float = KV_BYTES_PER_VALUE) -> float:
    """KV cache of one token over all layers [bytes]: 2 · layers · KV heads · head size · bytes (§3.4)."""
    return architecture(model)[2] * kv_bytes_per_value / 2.0


def mean_context_tokens(mean_input_tokens: float, mean_output_tokens: float) -> float:
    """Tokens a request holds in the KV cache on average while it is decoded: input and half the output."""
    return mean_input_tokens + mean_output_tokens / 2


def engine_bytes(replica: Replica) -> float:
    """Bytes that the engine keeps for itself on all GPUs of the replica."""
    return replica.gpus * workspace_bytes(replica.gpu, architecture(replica.model)[1])


def least_bytes(replica: Replica, context_tokens: float) -> float:
    """Bytes for the weights, the engine and the KV cache of the fewest sequences worth serving."""
    weights = held_bytes(replica)
    return weights + engine_bytes(replica) + MINIMUM_SEQUENCES * kv_bytes_of_sequence(replica, context_tokens)


def fits(replica: Replica, context_tokens: float) -> bool:
    """Whether the rule of docs/method/capacity.md leaves room for `MINIMUM_SEQUENCES` sequences."""
    return least_bytes(replica, context_tokens) <= usable_bytes(replica.gpu, replica.gpus)


def kv_room_bytes(replica: Replica) -> float:
    """Bytes left for KV cache; zero or less: no room. Where memory is short, of an engine that spares it."""
    weights = held_bytes(replica) / replica.gpus
    return replica.gpus * room_bytes(replica.gpu, architecture(replica.model)[1], weights)


def sequences_at(replica: Replica, context_tokens: float) -> float:
    """Sequences of that mean context whose KV cache fits at once (a real number; floor it to count)."""
    return max(kv_room_bytes(replica), 0.0) / kv_bytes_of_sequence(replica, context_tokens)
