"""Does the model fit: the smallest replica that holds it with room to serve, or why none does.

Arithmetic in `replica`, method in docs/method/capacity.md. GB is 1e9 bytes in what is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from breakeven.capacity.fit.precision import runs_at_16_bit
from breakeven.capacity.fit.replica import (
    GPUS_PER_NODE,
    KV_BYTES_PER_VALUE,
    MINIMUM_SEQUENCES,
    REPLICA_SIZES,
    Replica,
    architecture_known,
    engine_bytes,
    fits,
    held_bytes,
    kv_bytes_of_sequence,
    kv_bytes_per_token,
    kv_room_bytes,
    require_positive,
    sequences_at,
    shape_of,
    usable_bytes,
)
from breakeven.capacity.fit.setup import Layout
from breakeven.capacity.fit.sizes import kv_shards
from breakeven.capacity.fit.workspace import MOST_SHARE, USABLE_SHARE
from breakeven.facts.precisions import PRECISIONS, precision_named
from breakeven.facts.records import Architecture, Gpu, OpenModel
from breakeven.problems import Problem

GB = 1e9  # bytes
SMALLER_PRECISIONS = ("fp8", "int4")  # what is proposed when the weights are too large


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a model lies in the memory of one replica. Bytes; `sequences` at the asked mean context."""

    gpus_per_replica: int
    weights_bytes: float
    usable_bytes: float
    kv_bytes_per_token: float
    kv_room_bytes: float
    sequences: int
    across_nodes: bool
    because: str
    notices: tuple[str, ...] = ()


class DoesNotFit(Problem):
    """No replica of the asked size holds the model: bytes needed, bytes there, what to do.

    `stated`: the person gave the number of GPUs, so one sequence is asked of it, of an engine that spares memory;
    else the whole rule, of the largest replica tried.
    """

    def __init__(self, replica: Replica, context_tokens: float, *, stated: bool) -> None:
        weights = held_bytes(replica)
        one = kv_bytes_of_sequence(replica, context_tokens)
        share = MOST_SHARE if stated else USABLE_SHARE
        memory = replica.gpus * replica.gpu.memory_bytes * share
        kept = memory - weights - kv_room_bytes(replica) if stated else engine_bytes(replica)
        sequences = 1 if stated else MINIMUM_SEQUENCES
        needed = weights + kept + sequences * one
        super().__init__(
            f"{replica.model.key} in {replica.precision.name} does not fit on {replica.gpus} × "
            f"{replica.gpu.key}: it needs {needed / GB:,.1f} GB ({weights / GB:,.1f} GB of weights, "
            f"{kept / GB:,.1f} GB for the engine, KV cache for {sequences} × {context_tokens:,.0f} tokens) and has "
            f"{memory / GB:,.1f} GB ({share:.0%} of the memory)",
            fix=_what_to_do(replica, context_tokens),
        )


def fit(
    model: OpenModel,
    gpu: Gpu,
    precision: str,
    context_tokens: float,
    *,
    gpus_per_replica: int | None = None,
    layout: Layout | None = None,
    kv_bytes_per_value: float = KV_BYTES_PER_VALUE,
) -> Fit:
    """The smallest replica that holds the model with room to serve, or the stated size checked.

    `context_tokens` is the mean number of tokens a request holds (see `mean_context_tokens`). Sizes tried:
    1, 2, 4, 8 GPUs, then 16 over two nodes. A stated size may be tighter than the usual engine allows:
    it is refused only when one that spares memory leaves no room for one sequence. Raises `DoesNotFit`,
    `UnknownPrecision`, `BadSize`.
    """
    asked = REPLICA_SIZES[-1] if gpus_per_replica is None else gpus_per_replica
    require_positive(context_tokens=context_tokens, gpus_per_replica=asked, kv_bytes_per_value=kv_bytes_per_value)
    form = precision_named(precision)
    largest = Replica(
        model=model, gpu=gpu, precision=form, gpus=asked, kv_bytes_per_value=kv_bytes_per_value, layout=layout
    )
    if gpus_per_replica is not None:
        require_fit(largest, context_tokens)
        return _described(largest, context_tokens, "stated")
    tried = (largest.on(gpus) for gpus in REPLICA_SIZES)
    smallest = next((replica for replica in tried if fits(replica, context_tokens)), None)
    if smallest is None:
        raise DoesNotFit(largest, context_tokens, stated=False)
    return _described(smallest, context_tokens, "the fewest that hold it")


def require_fit(replica: Replica, context_tokens: float) -> None:
    """Raise `DoesNotFit` when weights and an engine that spares memory leave no room for one sequence."""
    if sequences_at(replica, context_tokens) < 1:
        raise DoesNotFit(replica, context_tokens, stated=True)


def _described(replica: Replica, context_tokens: float, chosen: str) -> Fit:
    sequences = int(sequences_at(replica, context_tokens))
    weights = held_bytes(replica)
    usable = usable_bytes(replica.gpu, replica.gpus)
    return Fit(
        gpus_per_replica=replica.gpus,
        weights_bytes=weights,
        usable_bytes=usable,
        kv_bytes_per_token=kv_bytes_per_token(replica.model, replica.kv_bytes_per_value),
        kv_room_bytes=kv_room_bytes(replica),
        sequences=sequences,
        across_nodes=replica.gpus > GPUS_PER_NODE,
        because=f"{replica.gpus} × {replica.gpu.key}, {chosen}: {weights / GB:,.1f} GB of "
        f"{replica.precision.name} weights in {usable / GB:,.1f} GB usable leave room for {sequences:,} "
        f"sequences of {context_tokens:,.0f} tokens.",
        notices=_tightness(replica, context_tokens) + doubts(replica),
    )


def _tightness(replica: Replica, context_tokens: float) -> tuple[str, ...]:
    told = []
    if not fits(replica, context_tokens):
        told.append(
            f"{replica.gpus} × {replica.gpu.key} holds {replica.model.key} only with an engine told to spare memory, "
            f"or fewer than {MINIMUM_SEQUENCES} sequences: expect small batches or running out of memory; "
            "try it before buying."
        )
    if replica.gpus > GPUS_PER_NODE:
        told.append(
            f"A replica of {replica.gpus} GPUs spans more than one node of {GPUS_PER_NODE}: it needs a fast "
            "network between nodes, and the failure of either node stops it."
        )
    return tuple(told)


def doubts(replica: Replica) -> tuple[str, ...]:
    """What is not known for sure about the GPU or the model, one sentence each."""
    model, gpu, form = replica.model, replica.gpu, replica.precision
    recalled = tuple(
        f"The figures of {each.key} are recalled, not checked against their source."
        for each in (gpu, model)
        if each.recalled
    )
    told = [f"{gpu.key} has no {form.compute} arithmetic: {form.name} only saves memory."]
    return recalled + _kv_doubts(replica) + tuple(told if runs_at_16_bit(gpu, form) else ())


def _kv_doubts(replica: Replica) -> tuple[str, ...]:
    model = replica.model
    if not architecture_known(model):
        bound = kv_bytes_per_token(model, replica.kv_bytes_per_value) / 1000
        told = f"The architecture of {model.key} is not in the facts: its KV cache is taken as {bound:,.0f} kB "
        return (told + "a token, an upper bound from a dense model of that class.",)
    if (shape := shape_of(model)) is not None:
        return _copies(replica, shape)
    if model.sliding_window_layers:
        told = f"{model.key} has {model.sliding_window_layers} sliding-window layers; their KV cache is counted "
        return (told + "in full, so more sequences fit than shown.",)
    return ()


def _copies(replica: Replica, shape: Architecture) -> tuple[str, ...]:
    """What tensor parallelism costs where the KV cache cannot be cut."""
    shared = replica.shared.attention_gpus
    shards = kv_shards(shape, shared)
    if shards == shared:
        return ()
    kind = "latent KV cache" if shape.attention.latent else f"KV cache of {shape.attention.kv_heads} heads"
    held = f"copied to each of {shared} GPUs" if shards == 1 else f"held {shared // shards} times on {shared} GPUs"
    return (f"The {kind} of {shape.model} is {held}; with data-parallel attention more sequences fit than shown.",)


def _what_to_do(replica: Replica, context_tokens: float) -> str:
    """Smaller precision, more GPUs, or another GPU: whichever would help, with names."""
    larger = (replica.on(size) for size in REPLICA_SIZES if size > replica.gpus)
    smaller = (
        replace(replica, precision=PRECISIONS[name])
        for name in SMALLER_PRECISIONS
        if PRECISIONS[name].bytes_per_parameter < replica.precision.bytes_per_parameter
    )
    more = next((candidate for candidate in larger if fits(candidate, context_tokens)), None)
    narrower = next((candidate for candidate in smaller if fits(candidate, context_tokens)), None)
    helps = [f"give the replica {more.gpus} GPUs"] if more else []
    helps += [f"use {narrower.precision.name} weights"] if narrower else []
    helps.append("choose a GPU with more memory" if helps else "choose a GPU with more memory or a smaller model")
    sentence = ", or ".join(helps)
    return f"{sentence[0].upper()}{sentence[1:]}."
