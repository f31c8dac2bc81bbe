"""What a replica can do at most in theory, times measured efficiencies: its saturated throughput.

Prefill is bound by arithmetic; decoding by reading the weights once a step and the KV cache of every
sequence, at the largest batch that memory holds; both pay for the traffic between the GPUs. Four
constants, fitted to published rows. A physical step model replaces this later; the functions keep.

Our own check against 632 published saturated rows of dense models and 311 of mixtures of experts,
2026-11-21 (see `backtest`).
"""

from __future__ import annotations

from breakeven.capacity.fit.precision import peak_flops_per_second
from breakeven.capacity.fit.replica import (
    GPUS_PER_NODE,
    Replica,
    architecture,
    kv_bytes_of_sequence,
    mean_context_tokens,
    require_positive,
    sequences_at,
    weights_bytes,
)
from breakeven.facts.records import OpenModel
from breakeven.numbers.inputs import Source

# Fitted together, by least mean absolute log error on the published dense rows; rounded.
COMPUTE_EFFICIENCY = 0.70  # ratio: arithmetic reached over datasheet peak, dense
BANDWIDTH_EFFICIENCY = 0.75  # ratio: memory traffic reached over datasheet bandwidth
LINK_EFFICIENCY = 0.50  # ratio: GPU-to-GPU traffic reached over datasheet bandwidth, one direction
STEP_OVERHEAD_SECONDS = 0.004  # a decode step's scheduling, launches, sampling

MOST_SEQUENCES = 512  # sequences an engine decodes together; engines default to 256 to 2,048
SLOWEST_LINK_BYTES_PER_SECOND = 32e9  # PCIe 4.0 x16, one direction; where the facts give no interconnect
ACTIVATION_BYTES = 2  # bytes per value passed between GPUs, 16 bit
ALL_REDUCES_PER_LAYER = 2  # one after attention, one after the feed-forward block

CHECK = Source(
    title="roofline with efficiencies from our own check against 943 published rows",
    date="2026-11-21",
)


def active_parameters(model: OpenModel) -> float:
    """Parameters one token passes through; all of them in a dense model."""
    return model.active_parameters if model.active_parameters > 0 else model.total_parameters


def is_mixture(model: OpenModel) -> bool:
    """Whether the model is a mixture of experts: a token uses only some of its weights."""
    return active_parameters(model) < 0.99 * model.total_parameters


def batch(replica: Replica, context_tokens: float) -> float:
    """Sequences decoded together: what the KV cache holds, up to `MOST_SEQUENCES`, at least one."""
    return min(max(sequences_at(replica, context_tokens), 1.0), MOST_SEQUENCES)


def streamed_weights_bytes(replica: Replica, sequences: float) -> float:
    """Weights read in one decode step. A mixture's share grows with the batch: 1 − (1 − k/E)^B.

    k/E, the share of experts a token uses, is taken as active over total parameters: right at a batch of
    one and at a large batch, and near enough between, without knowing the experts.
    """
    share = min(active_parameters(replica.model) / replica.model.total_parameters, 1.0)
    return weights_bytes(replica.model, replica.precision) * (1 - float((1 - share) ** sequences))


def arithmetic_seconds_per_token(replica: Replica) -> float:
    """Two operations per active parameter, over all GPUs of the replica."""
    peak = peak_flops_per_second(replica.gpu, replica.precision) * COMPUTE_EFFICIENCY
    return 2 * active_parameters(replica.model) / (replica.gpus * peak)


def link_seconds_per_token(replica: Replica) -> float:
    """Time to combine one token's activations over the GPUs: a ring all-reduce, twice a layer.

    Within a node; more GPUs than a node holds are taken as a pipeline of nodes, each with its layers.
    """
    layers, hidden_size, _ = architecture(replica.model)
    together = min(replica.gpus, GPUS_PER_NODE)
    passed_bytes = 2 * (together - 1) / together * hidden_size * ACTIVATION_BYTES
    link = replica.gpu.interconnect_bytes_per_second or SLOWEST_LINK_BYTES_PER_SECOND
    own_layers = layers * together / replica.gpus
    return own_layers * ALL_REDUCES_PER_LAYER * passed_bytes / (link * LINK_EFFICIENCY)


def request_seconds(replica: Replica, mean_input_tokens: float, mean_output_tokens: float) -> float:
    """Replica-seconds one request costs at full batch."""
    context = mean_context_tokens(mean_input_tokens, mean_output_tokens)
    sequences = batch(replica, context)
    kv = kv_bytes_of_sequence(replica, context)
    bandwidth = replica.gpus * replica.gpu.memory_bytes_per_second * BANDWIDTH_EFFICIENCY
    token = arithmetic_seconds_per_token(replica) + link_seconds_per_token(replica)
    reading = (streamed_weights_bytes(replica, sequences) + sequences * kv) / bandwidth
    step = reading + sequences * token + STEP_OVERHEAD_SECONDS
    return mean_input_tokens * token + mean_output_tokens * step / sequences


def saturated_tokens_per_second(replica: Replica, mean_input_tokens: float, mean_output_tokens: float) -> float:
    """Input + output tokens per second of one replica with requests always waiting; no promise kept."""
    require_positive(mean_input_tokens=mean_input_tokens, mean_output_tokens=mean_output_tokens)
    seconds = request_seconds(replica, mean_input_tokens, mean_output_tokens)
    return (mean_input_tokens + mean_output_tokens) / seconds
