"""Saturated output tokens per second from a step's parts: weights, KV cache, arithmetic, links, overhead.

One step advances every sequence of a replica by a token and, chunk by chunk, prefills those that will take the place
of the finished ones, but for what a prefix cache holds of them. All arrays have a row for each deployment. Method:
docs/method/throughput.md.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from breakeven.capacity.fit.sizes import kept_share, weights_per_gpu
from breakeven.capacity.step_model.columns import Columns, Floats

ALL_REDUCES_PER_LAYER = 2  # one after attention, one after the feed-forward block
ACTIVATION_BYTES = 2  # bytes per value passed between GPUs
DISPATCH_BYTES = 1  # bytes per value sent to an expert and back, 8 bit
SLOW_LINK_LATENCY = 2.0  # ratio: latency over PCIe to that over NVLink
CHUNK_TOKENS = 2048.0  # of a prompt in one step, at most; engines take 2,048 to 16,384
LEAST_MEMORY = 0.01  # ratio of the memory: what the KV cache gets when the weights leave nothing
GROWN_OUTPUT = 0.6  # share of the output held on average by an engine that does not reserve it
PARTS = ("weights", "arithmetic", "attention", "links", "overhead", "sequences")

Values = Mapping[str, Floats]  # the constants, a value for each row


def _window(cells: Columns, context: Floats) -> Floats:
    return kept_share(cells["window_share"], cells["window"], context)


def weights_of_a_gpu(cells: Columns) -> Floats:
    """Bytes of weights on one GPU."""
    always = cells["streamed_bytes"] + cells["embedding_bytes"]
    spread = (cells["attention_gpus"], cells["expert_gpus"], cells["pipeline"])
    return weights_per_gpu(always, cells["expert_bytes"], *spread)


def memory_sequences(cells: Columns, values: Values) -> Floats:
    """Sequences whose KV cache fits beside the weights, on the GPUs that share one sequence's attention."""
    memory = cells["memory"]
    reserved = (memory - weights_of_a_gpu(cells) - values["reserved"]) * values["memory"]
    left = np.where(cells["reserves_all"] > 0, reserved, cells["room"])
    held = np.where(cells["reserves_all"] > 0, 1.0, GROWN_OUTPUT)
    context = cells["input"] + held * cells["output"]
    kv = cells["kv_bytes"] * _window(cells, context) * context / (cells["kv_shards"] * cells["pipeline"])
    return np.maximum(np.maximum(left, memory * LEAST_MEMORY) / (kv + sequence_state(cells)), 1.0)


def sequence_state(cells: Columns) -> Floats:
    """Bytes of a sequence's fixed state on one GPU; its heads are shared out."""
    return cells["state_bytes"] / (cells["attention_gpus"] * cells["pipeline"])


def sequences(cells: Columns, values: Values) -> Floats:
    """Sequences decoded together: limited by memory, by the engine, and by what was asked."""
    return np.minimum(np.minimum(memory_sequences(cells, values), values["most_sequences"]), asked_sequences(cells))


def asked_sequences(cells: Columns) -> Floats:
    """Sequences of one data-parallel rank that were asked for, at least one."""
    return np.maximum(np.minimum(cells["concurrency"], cells["requests"]) / cells["data"], 1.0)


def _overlapped(one: Floats, other: Floats, overlap: Floats) -> Floats:
    """Between the sum (0) and the larger (infinity) of two times."""
    power = 1 + overlap
    return np.asarray((one**power + other**power) ** (1 / power))


def touched(cells: Columns, batch: Floats) -> Floats:
    """Share of the routed experts that a step reads: what its tokens choose, those of a chunk of prompt included.

    Tokens choose at random: of E experts, k a token, so many tokens miss one with (1 - k/E)^tokens. 1 without experts.
    """
    decoding = _decoding(cells, batch)
    fresh = cells["input"] * (1 - cells["cached"])
    with_prompt = np.minimum(decoding / cells["output"] * np.maximum(fresh / CHUNK_TOKENS, 1.0), 1.0)
    missed = 1 - cells["experts_per_token"] / cells["experts"]
    both = missed ** np.minimum(decoding + fresh, CHUNK_TOKENS)
    return np.asarray(1 - (1 - with_prompt) * missed**decoding - with_prompt * both)


def chosen(cells: Columns, batch: Floats) -> Floats:
    """The same in a step without prompts."""
    return np.asarray(1 - (1 - cells["experts_per_token"] / cells["experts"]) ** _decoding(cells, batch))


def _decoding(cells: Columns, batch: Floats) -> Floats:
    """Tokens of a step without prompts that meet one set of experts."""
    return np.maximum(batch * ranks_of_experts(cells) / cells["pipeline"], 1.0)


def reading(cells: Columns, values: Values, batch: Floats) -> tuple[Floats, Floats]:
    """Seconds to read the weights of a step: outside the experts, and of the experts that are touched."""
    rate = cells["bandwidth"] * values["bandwidth"]
    experts = cells["expert_bytes"] * touched(cells, batch) / cells["expert_gpus"] / rate
    waited = experts / values["expert_bandwidth"] * _waiting(cells, values)
    return cells["streamed_bytes"] / cells["attention_gpus"] / rate, waited


def ranks(cells: Columns) -> Floats:
    """Data-parallel ranks that serve anybody: no more than there are requests."""
    return np.minimum(cells["data"], np.maximum(cells["concurrency"], 1.0))


def ranks_of_experts(cells: Columns) -> Floats:
    """Data-parallel ranks that share one set of experts."""
    return np.where(cells["spread"] > 0, ranks(cells), 1.0)


def _waiting(cells: Columns, values: Values) -> Floats:
    return 1 + values["imbalance"] * cells["expert_parallel"] * (cells["experts"] > 1)


def _computing(cells: Columns, values: Values, tokens: Floats) -> tuple[Floats, Floats]:
    """Seconds of arithmetic of a step: outside the experts, and in them."""
    rate = cells["peak"] * values["arithmetic"] * cells["pipeline"]
    dense = cells["streamed_operations"] * tokens / (cells["attention_gpus"] * rate)
    routed = cells["expert_operations"] * tokens * ranks_of_experts(cells) / (cells["expert_gpus"] * rate)
    slower = values["experts"] * cells["expert_width"] ** -values["narrow_expert"] * _waiting(cells, values)
    return dense * cells["layer_width"] ** -values["narrow_layer"], routed * slower


def _attending(cells: Columns, values: Values, batch: Floats) -> Floats:
    """Seconds of attention of a step: KV cache read or scored, and the prompts' own."""
    context = cells["input"] + cells["output"] / 2
    kept = _window(cells, context) * context * batch
    rate = cells["bandwidth"] * values["bandwidth"] * values["kv_bandwidth"]
    read = cells["kv_bytes"] * kept / (cells["kv_shards"] * cells["pipeline"] * rate)
    peak = cells["peak_16bit"] * values["attention"] * cells["attention_gpus"] * cells["pipeline"]
    scored = kept * cells["decode_attention"] / peak
    prompts = batch * cells["input"] / cells["output"] * cells["input"] / 2 * _window(cells, cells["input"])
    prompts = prompts * (1 - cells["cached"] ** 2)  # the last tokens of a prompt see all before them
    return _overlapped(read, scored, values["overlap"]) + prompts * cells["prefill_attention"] / peak


def _keeping_state(cells: Columns, values: Values) -> Floats:
    """Seconds to read a sequence's fixed state and write it again."""
    return 2 * sequence_state(cells) / (cells["bandwidth"] * values["bandwidth"] * values["kv_bandwidth"])


def _linking(cells: Columns, values: Values, tokens: Floats) -> Floats:
    """Seconds of traffic between GPUs in a step: ring all-reduces, and tokens sent to their experts."""
    gpus, vector = cells["attention_gpus"], cells["hidden"] * tokens * cells["layers"]
    ring = ALL_REDUCES_PER_LAYER * ACTIVATION_BYTES * vector * 2 * (gpus - 1) / gpus / cells["pipeline"]
    sent = 2 * DISPATCH_BYTES * cells["experts_per_token"] * vector * cells["spread"]
    return np.asarray((ring + sent) / (cells["link"] * values["link"]))


def _overhead(cells: Columns, values: Values) -> Floats:
    """Seconds of a step that do not grow with the batch, weights not counted."""
    hops = np.log2(np.maximum(cells["expert_gpus"], 1.0)) * (1 + cells["slow_link"] * (SLOW_LINK_LATENCY - 1))
    latency = ALL_REDUCES_PER_LAYER * cells["layers"] * values["all_reduce"] * hops
    worked = cells["layers"] + values["routing"] * cells["expert_layers"] + values["latent"] * cells["latent_layers"]
    return np.asarray((values["step"] + worked * values["layer"] + latency) * values["aging"] ** cells["age"])


def _drained(cells: Columns, values: Values, batch: Floats, fixed: Floats) -> Floats:
    """Seconds a step is longer on average because the batch empties at the end of a saturated run."""
    waves = np.maximum(cells["requests"] / cells["data"] / batch, 1.0)
    return np.where(cells["saturated"] > 0, fixed * np.minimum(values["drain"] / waves, 1.0), 0.0)


def step_parts(cells: Columns, values: Values) -> dict[str, Floats]:
    """Seconds of each part of a step (`PARTS`), and `batch`: the sequences it advances."""
    batch = sequences(cells, values)
    tokens = batch * (1 + cells["input"] * (1 - cells["cached"]) / cells["output"])
    read, read_experts = reading(cells, values, batch)
    dense, routed = _computing(cells, values, tokens)
    overhead = _overhead(cells, values)
    both = _overlapped(read, dense, values["overlap"]) + _overlapped(read_experts, routed, values["overlap"])
    weight_share = (read + read_experts) / (read + read_experts + dense + routed)
    aged = values["aging"] ** cells["age"]
    stages = np.where(cells["pipeline"] > 1, 1 + values["pipeline"] * (1 - 1 / cells["pipeline"]), 1.0)
    return {
        "batch": batch,
        "weights": both * weight_share * stages,
        "arithmetic": both * (1 - weight_share) * stages,
        "attention": _attending(cells, values, batch) * stages,
        "links": _linking(cells, values, tokens) * stages,
        "overhead": overhead * stages + _drained(cells, values, batch, read + read_experts + overhead),
        "sequences": (
            batch * (aged * values["sequence"] + _keeping_state(cells, values)) + aged * tokens * values["token"]
        )
        * stages,
    }


def log_tokens_per_second(cells: Columns, values: Values) -> Floats:
    """Logarithm of output tokens per second over all GPUs."""
    parts = step_parts(cells, values)
    seconds = sum(parts[each] for each in PARTS)
    return np.asarray(np.log(parts["batch"] * ranks(cells) / seconds))
