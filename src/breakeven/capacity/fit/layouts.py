"""Which layouts of GPUs hold a model, how many sequences each leaves room for, and why one does not.

The rule of `memory`, on the fullest GPU: weights, the engine, then the KV cache, within the usable share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from breakeven.capacity.fit.replica import (
    GPUS_PER_NODE,
    REPLICA_SIZES,
    SLOW_LINK,
    layout_of,
    require_positive,
)
from breakeven.capacity.fit.setup import Layout, Setup
from breakeven.capacity.fit.sizes import (
    kv_bytes_of_sequence,
    kv_values_per_token,
    weights_bytes,
    weights_on_a_gpu,
)
from breakeven.capacity.fit.workspace import MOST_SHARE, USABLE_SHARE, least_workspace_bytes, room_bytes
from breakeven.facts.precisions import Precision
from breakeven.facts.records import Architecture, Gpu
from breakeven.problems import Problem

GB = 1e9  # bytes
LEAST_SPREAD = 4  # GPUs from which spread experts are looked at; on two they gain next to nothing; our judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A model, in a precision, on a GPU, with sequences of so many tokens; bytes per value of its KV cache."""

    shape: Architecture
    gpu: Gpu
    precision: Precision
    context_tokens: float
    kv_bytes_per_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutFit:
    """One layout. Bytes on a GPU; `sequences` over all GPUs; `reason`: why none fits, empty where some do."""

    layout: Layout
    weights_bytes_per_gpu: float
    kv_bytes_of_sequence: float
    sequences: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Bytes of one copy of the weights, of the KV cache of a token, of what a sequence keeps however long it is, and of
    what may be filled on a GPU.
    """

    weights_bytes: float
    kv_bytes_per_token: float
    state_bytes_of_sequence: float
    usable_bytes_per_gpu: float
    layouts: tuple[LayoutFit, ...]


def sizes_of(asked: Asked, layouts: tuple[Layout, ...] = ()) -> Sizes:
    """The model's sizes and these layouts, or the usual ones. Raises `Problem` for lengths not above zero."""
    require_positive(context_tokens=asked.context_tokens, kv_bytes_per_value=asked.kv_bytes_per_value)
    return Sizes(
        weights_bytes=weights_bytes(asked.shape, asked.precision),
        kv_bytes_per_token=kv_values_per_token(asked.shape) * asked.kv_bytes_per_value,
        state_bytes_of_sequence=asked.shape.attention.state_bytes,
        usable_bytes_per_gpu=asked.gpu.memory_bytes * USABLE_SHARE,
        layouts=tuple(layout_fit(asked, each) for each in layouts or usual_layouts(asked.shape)),
    )


def usual_layouts(shape: Architecture) -> Iterator[Layout]:
    """Tensor parallel on 1 to 8 GPUs, two nodes of it in a pipeline; mixtures also with experts spread."""
    for gpus in REPLICA_SIZES:
        yield layout_of(gpus)
        if shape.experts is not None and gpus > 1:
            yield Layout(gpus=gpus, tensor=1, data=gpus, expert=gpus)


def other_layouts(shape: Architecture, gpu: Gpu, gpus: int) -> Iterator[Layout]:
    """Ways to share the work within a server that may do better than tensor parallel: a pipeline of two stages, where
    GPUs are joined by slow links of a stage a GPU; on four GPUs or more, of a mixture, whole experts on each with its
    own sequences.
    """
    if not 1 < gpus <= GPUS_PER_NODE:
        return
    slow = (gpu.interconnect_bytes_per_second or 0.0) < SLOW_LINK
    stages = gpus if slow else 2
    if gpus % stages == 0:
        yield Layout(gpus=gpus, tensor=gpus // stages, pipeline=stages)
    if shape.experts is not None and gpus >= LEAST_SPREAD:
        yield Layout(gpus=gpus, tensor=1, data=gpus, expert=gpus)


def layout_fit(asked: Asked, layout: Layout) -> LayoutFit:
    """One layout: what lies on a GPU, and how many sequences fit, or why none."""
    shape = asked.shape
    weights = weights_on_a_gpu(shape, asked.precision, layout)
    room = room_bytes(asked.gpu, shape.hidden_size, weights)
    one = kv_bytes_of_sequence(shape, asked.context_tokens, asked.kv_bytes_per_value, layout)
    shared = layout.attention_gpus * layout.pipeline
    sequences = int(max(room, 0.0) * shared / one) * layout.data
    reason = cannot_be(shape, layout) or ("" if sequences else _no_room(asked, weights, one / shared))
    return LayoutFit(
        layout=layout,
        weights_bytes_per_gpu=weights,
        kv_bytes_of_sequence=one,
        sequences=0 if reason else sequences,
        reason=reason,
    )


def cannot_be(shape: Architecture, layout: Layout) -> str:
    """Why engines refuse such a layout, whatever the memory."""
    heads, shared = shape.attention.heads, layout.attention_gpus
    if heads % shared:
        return f"{heads} heads cannot be shared out equally to {shared} GPUs"
    if layout.pipeline > shape.layers:
        return f"{shape.layers} layers are fewer than {layout.pipeline} stages"
    if layout.expert > 1 and shape.experts is None:
        return "it has no experts to spread"
    if layout.expert > 1 and shape.experts is not None and shape.experts.count % layout.expert:
        return f"{shape.experts.count} experts cannot be shared out equally to {layout.expert} GPUs"
    if shared > GPUS_PER_NODE:
        return f"tensor parallelism over {shared} GPUs leaves the node of {GPUS_PER_NODE}: use a pipeline of nodes"
    return ""


def require_layout(setup: Setup) -> None:
    """Raise `Problem` where engines refuse the layout of a deployment."""
    if why := cannot_be(setup.architecture, setup.layout):
        raise Problem(f"{setup.layout}: {why}", fix="Share the work otherwise, or on another number of GPUs.")


def _no_room(asked: Asked, weights: float, kv: float) -> str:
    engine = least_workspace_bytes(asked.shape.hidden_size)
    return (
        f"a GPU needs {weights / GB:,.1f} GB for weights, {engine / GB:,.1f} GB for an engine that spares memory and "
        f"{kv / GB:,.2f} GB for one sequence, and "
        f"{MOST_SHARE:.0%} of {asked.gpu.key} are {asked.gpu.memory_bytes * MOST_SHARE / GB:,.1f} GB"
    )


def layout_named(gpus: int, tensor: int | None, pipeline: int, data: int, expert: int) -> Layout:
    """A stated layout. Raises `Problem` where its parts do not make up the GPUs."""
    if gpus % (pipeline * data):
        told = f"{gpus} GPUs cannot be cut into {pipeline} stages × {data} copies"
        raise Problem(told, fix="Tensor × pipeline × data must be the number of GPUs.")
    found = gpus // (pipeline * data)
    if tensor is not None and tensor != found:
        told = f"tensor {tensor} × pipeline {pipeline} × data {data} are {tensor * pipeline * data} GPUs, not {gpus}"
        raise Problem(told, fix=f"Leave --tensor out: {found} follows from the others.")
    return Layout(gpus=gpus, tensor=found, pipeline=pipeline, data=data, expert=expert)
