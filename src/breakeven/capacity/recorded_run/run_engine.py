"""What a serving run says of its engine: limits, hardware, model, and how much KV cache it had."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from breakeven.capacity.fit.precision import peak_flops_per_second
from breakeven.capacity.fit.replica import kv_bytes_per_token, weights_bytes
from breakeven.capacity.fit.sizes import expert_bytes, streamed_bytes
from breakeven.capacity.recorded_run.serving_run import ServingRun
from breakeven.capacity.replay.ledger import BLOCK, Limits
from breakeven.capacity.replay.step_costs import StepCosts
from breakeven.capacity.step_model.roofline import active_parameters
from breakeven.facts.catalog import architecture, gpu, gpus, open_model
from breakeven.facts.model_names import precision_in
from breakeven.facts.precisions import PRECISIONS, Precision, precision_called
from breakeven.facts.records import Gpu, OpenModel
from breakeven.problems import Problem

DEFAULT_SEQUENCES = 256  # vLLM's max_num_seqs where a run does not say
DEFAULT_BUDGET = 8192  # vLLM's max_num_batched_tokens behind its server, where a run does not say
DEFAULT_UTILIZATION = 0.9  # share of the memory vLLM takes
WORKSPACE_BYTES = 2e9  # per GPU beside weights and KV cache: activations, graphs, context; seen in runs that say
FIRST_GUESS = StepCosts(
    overhead=0.003, weights=0.012, per_token=5e-5, per_sequence=2e-5, per_context_token=1e-7
)  # an 8B model on one mid-range GPU: where to start when GPU or model is not in the facts
BANDWIDTH_SHARE, ARITHMETIC_SHARE = 0.8, 0.65  # of the datasheet, reached in a step: where to start
# How far the KV cache may be off, as a logarithm: stated, from memory arithmetic, not known.
STATED_KV_SPREAD, COMPUTED_KV_SPREAD, UNKNOWN_KV_SPREAD = 0.01, 0.4, 1.0
GUESSED_SPREAD, KNOWN_SPREAD = 1.5, 0.4  # standard deviation of the logarithm of the constants around the start


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Where a fit starts, and what each figure rests on."""

    limits: Limits
    guess: StepCosts
    spread: float  # of the constants around the guess, as a logarithm
    kv_spread: float  # of the KV blocks around `limits.kv_blocks`, as a logarithm; 0: not to be fitted
    replicas: int  # data-parallel copies behind one queue
    rests_on: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What a replica is made of."""

    gpu: Gpu | None
    model: OpenModel | None
    precision: Precision
    count: int


def engine_of(run: ServingRun) -> Engine:
    """The engine of a run, from its own words first, then from the facts."""
    arguments = _part(run.meta, "engine_kwargs")
    resolved = _part(_part(run.meta, "resolved_config"), "scheduler_config")
    told: dict[str, str] = {}
    sequences = _limit(arguments, resolved, "max_num_seqs", DEFAULT_SEQUENCES, told)
    budget = _limit(arguments, resolved, "max_num_batched_tokens", DEFAULT_BUDGET, told)
    ahead = resolved.get("async_scheduling")
    told["lookahead"] = "stated" if isinstance(ahead, bool) else "the default of this engine since 2026"
    parts = _Parts(
        gpu=_gpu(run, told),
        model=_model(run, told),
        precision=_precision(arguments),
        count=_whole(arguments, "tensor_parallel_size") * _whole(arguments, "pipeline_parallel_size"),
    )
    blocks, kv_spread = _kv_blocks(run, parts, told)
    guess, spread = _guess(parts)
    caching = _part(run.meta, "kv_cache").get("enable_prefix_caching", True)
    return Engine(
        limits=Limits(
            kv_blocks=blocks,
            most_sequences=sequences,
            token_budget=max(budget, sequences),
            lookahead=ahead if isinstance(ahead, bool) else True,
            reuse_after_preemption=caching is not False,
        ),
        guess=guess,
        spread=spread,
        kv_spread=kv_spread,
        replicas=_whole(arguments, "data_parallel_size"),
        rests_on=told,
    )


def _part(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _whole(document: Mapping[str, Any], key: str) -> int:
    value = document.get(key)
    return value if isinstance(value, int) and value > 0 else 1


def _limit(
    arguments: Mapping[str, Any], resolved: Mapping[str, Any], key: str, default: int, told: dict[str, str]
) -> int:
    for source in (resolved, arguments):
        value = source.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            told[key] = "stated"
            return value
    told[key] = f"assumed: {default:,}, since the run does not say"
    return default


def _gpu(run: ServingRun, told: dict[str, str]) -> Gpu | None:
    """The GPU the run names, or the one its folder's or cluster's name contains."""
    stated = str(_part(run.meta, "hardware").get("device_name", ""))
    instances = [instance for node in run.cluster.get("nodes", ()) for instance in node.get("instances", ())]
    named = " ".join(str(instance.get("hardware", "")) for instance in instances if isinstance(instance, dict))
    for text, source in ((stated, "stated"), (run.name, "from the folder's name"), (named, "from model_config.json")):
        if (key := _gpu_in(text)) is not None:
            told["gpu"] = f"{key}, {source}"
            return gpu(key)
    told["gpu"] = "not known: neither the run nor its folder names a GPU of the facts"
    return None


def _gpu_in(text: str) -> str | None:
    """The GPU with the longest name that occurs in a text, punctuation aside."""
    squeezed = re.sub(r"[^a-z0-9]", "", text.lower())
    names = {re.sub(r"[^a-z0-9]", "", each): key for key in gpus() for each in _names(key)}
    found = [each for each in names if len(each) > 1 and each in squeezed]
    return names[max(found, key=len)] if found else None


def _names(key: str) -> tuple[str, ...]:
    """A key and its beginnings down to the model number: RTX-4090-24GB, RTX-4090."""
    parts = key.lower().split("-")
    return tuple("-".join(parts[:count]) for count in range(len(parts), 0, -1) if re.search(r"\d", parts[count - 1]))


def _model(run: ServingRun, told: dict[str, str]) -> OpenModel | None:
    arguments = _part(run.meta, "engine_kwargs")
    name = str(run.meta.get("model") or arguments.get("model") or "")
    for spelled in (name, f"{name}-Instruct", name.removesuffix("-Instruct")):
        try:
            model = open_model(spelled)
        except Problem:
            continue
        told["model"] = f"{model.key}, stated"
        return model
    told["model"] = f'not known: "{name}" is not in the facts'
    return None


def _precision(arguments: Mapping[str, Any]) -> Precision:
    said = str(arguments.get("quantization") or arguments.get("dtype") or "")
    return precision_called(said) or PRECISIONS[precision_in(said) or "bf16"]


def _kv_blocks(run: ServingRun, parts: _Parts, told: dict[str, str]) -> tuple[int, float]:
    """KV blocks and how far they may be off (as a logarithm)."""
    cache = _part(run.meta, "kv_cache")
    size = cache.get("block_size") or BLOCK
    if isinstance(blocks := cache.get("num_gpu_blocks"), int) and blocks > 1 and isinstance(size, int):
        told["kv_blocks"] = "stated"
        return (blocks - 1) * size // BLOCK, STATED_KV_SPREAD  # one block is the engine's own
    largest = max(request.prompt + request.output for request in run.asked) // BLOCK + 1
    if parts.gpu is None or parts.model is None:
        told["kv_blocks"] = "from the fit alone"
        return 16 * largest, UNKNOWN_KV_SPREAD
    share = cache.get("gpu_memory_utilization") or DEFAULT_UTILIZATION
    memory = parts.count * (parts.gpu.memory_bytes * float(share) - WORKSPACE_BYTES)
    room = memory - weights_bytes(parts.model, parts.precision)
    told["kv_blocks"] = "from memory arithmetic"
    return max(int(room / kv_bytes_per_token(parts.model) / BLOCK), largest), COMPUTED_KV_SPREAD


def _guess(parts: _Parts) -> tuple[StepCosts, float]:
    """Constants from bandwidth and arithmetic, where GPU and model are known."""
    if parts.gpu is None or parts.model is None:
        return FIRST_GUESS, GUESSED_SPREAD
    bandwidth = parts.count * parts.gpu.memory_bytes_per_second * BANDWIDTH_SHARE
    arithmetic = parts.count * peak_flops_per_second(parts.gpu, parts.precision) * ARITHMETIC_SHARE
    guess = replace(
        FIRST_GUESS,
        weights=weights_bytes(parts.model, parts.precision) / bandwidth,
        per_token=2 * active_parameters(parts.model) / arithmetic,
        per_context_token=kv_bytes_per_token(parts.model) / bandwidth,
    )
    return _with_experts(guess, parts.model, parts.precision), KNOWN_SPREAD


def _with_experts(guess: StepCosts, model: OpenModel, precision: Precision) -> StepCosts:
    """The guess of a mixture of experts: a step reads those that its sequences choose."""
    shape = architecture(model.key)
    if shape is None or shape.experts is None:
        return guess
    routed = expert_bytes(shape, precision)
    share = routed / (routed + streamed_bytes(shape, precision))
    return replace(guess, expert_share=share, expert_use=shape.experts.per_token / shape.experts.count)
