"""The replica that a fleet is made of, for whoever replays one: as the step model has it, or as benchmarks moved it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from breakeven.capacity.fit.memory import fit
from breakeven.capacity.fit.precision import usual_precision
from breakeven.capacity.fit.replica import (
    KV_BYTES_PER_VALUE,
    layout_of,
    mean_context_tokens,
    shape_of,
    weights_bytes,
)
from breakeven.capacity.fit.setup import Bench, Layout, Setup
from breakeven.capacity.replay.ledger import BLOCK
from breakeven.capacity.replay.trace import Trace
from breakeven.capacity.speed.own_measurements import OwnMeasurements, read_own, require_same
from breakeven.capacity.speed.pace import Paced, modelled
from breakeven.capacity.speed.throughput import ALWAYS_WAITING, ENGINE
from breakeven.capacity.step_model.engine_age import year_of
from breakeven.facts.catalog import gpu, open_model
from breakeven.facts.model_names import precision_in
from breakeven.facts.precisions import precision_named
from breakeven.facts.records import OpenModel
from breakeven.problems import Problem

MODELLED = "modelled: the step model fitted to published measurements"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaAsked:
    """A replica by name. What is None comes from the benchmarks, where there are any.

    `gpus` None: the fewest that hold the model. The engine's limits None: as vLLM takes them on that GPU.
    `measured`: what `breakeven throughput calibrate` wrote. `engine_version`: empty for a current one.
    """

    model: str | None = None
    gpu_name: str | None = None
    precision: str | None = None
    gpus: int | None = None
    measured: Path | None = None
    most_sequences: int | None = None
    token_budget: int | None = None
    engine_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaSummary:
    """The replica that is counted."""

    model: str
    gpu: str
    gpus: int
    precision: str
    speed: str  # where its speed is from
    weight_bytes: float
    kv_tokens: int
    most_sequences: int


def paced_replica(asked: ReplicaAsked, trace: Trace) -> tuple[ReplicaSummary, Paced]:
    """The replica at the trace's mean lengths. Raises `Problem` for what is not known or does not fit."""
    own = read_own(asked.measured) if asked.measured else None
    model, card = asked.model or (own and own.model), asked.gpu_name or (own and own.gpu)
    if not model or not card:
        raise Problem("the replica is not known", fix="Give --model and --gpu, or --measured with your benchmarks.")
    chosen, known = open_model(model), gpu(card)
    precision = asked.precision or (own and own.precision) or precision_in(model) or usual_precision(chosen, known)[0]
    wanted = asked.gpus or (own.gpus if own else None)
    context = mean_context_tokens(*mean_lengths(trace))
    held = fit(chosen, known, precision, context, gpus_per_replica=wanted)
    _require_version(asked.engine_version)
    shared = layout_of(held.gpus_per_replica)
    setup = setup_for(chosen, known.key, precision, shared, trace, version=asked.engine_version)
    if own is not None:
        require_same(own, setup, asked.measured)
    paced = modelled(setup, asked.most_sequences, asked.token_budget, own)
    return summary(chosen, setup, paced, MODELLED if own is None else measured_words(own)), paced


def _require_version(version: str) -> None:
    """Raise `Problem` for a version that says nothing of the engine's age."""
    if version and year_of(Bench(engine=ENGINE, version=version)) is None:
        raise Problem(
            f'"{version}" is no version of {ENGINE}',
            where="--engine-version",
            fix="Write it as 0.7.3, or leave it out for a current one.",
        )


def mean_lengths(trace: Trace) -> tuple[float, float]:
    """Mean input and output tokens of a trace."""
    return float(np.mean(trace.prompt)), float(np.mean(trace.output))


def setup_for(model: OpenModel, card: str, precision: str, layout: Layout, trace: Trace, *, version: str = "") -> Setup:
    """The deployment at the trace's mean lengths. Raises `Problem` when its architecture is not known."""
    shape = shape_of(model)
    if shape is None:
        raise Problem(
            f"the architecture of {model.key} is not in the facts, so its steps cannot be replayed",
            fix="`breakeven facts models` lists those that are.",
        )
    mean_input, mean_output = mean_lengths(trace)
    return Setup(
        architecture=shape,
        gpu=gpu(card),
        precision=precision_named(precision),
        kv_bytes_per_value=KV_BYTES_PER_VALUE,
        layout=layout,
        bench=Bench(engine=ENGINE, version=version, load=ALWAYS_WAITING),
        mean_input_tokens=mean_input,
        mean_output_tokens=mean_output,
    )


def summary(model: OpenModel, setup: Setup, paced: Paced, speed: str) -> ReplicaSummary:
    """The replica in words and figures."""
    limits = paced.likely.limits
    return ReplicaSummary(
        model=setup.architecture.model,
        gpu=setup.gpu.key,
        gpus=setup.layout.gpus,
        precision=setup.precision.name,
        speed=speed,
        weight_bytes=weights_bytes(model, setup.precision),
        kv_tokens=limits.kv_blocks * BLOCK,
        most_sequences=limits.most_sequences,
    )


def measured_words(own: OwnMeasurements) -> str:
    """Where the speed is from, with benchmarks."""
    runs = f"{len(own.runs)} benchmark{'s' if len(own.runs) > 1 else ''} of yours ({own.source.date})"
    return f"measured: {runs}, carried to these lengths and to full load by the step model"
