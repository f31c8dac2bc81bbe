"""Step costs and KV cache of a replica nobody has measured yet: the parts of the step model fitted to published rows.

The step model answers for saturated load with mean lengths; here its parts become costs per token, sequence and
context token, which a replay then adds up for every step as it comes. The band is the model's own, for saturated
throughput, put on the pace of every step, and wider for older engines. What serving adds: `serving_host`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from breakeven.capacity.fit.setup import SATURATED, Setup
from breakeven.capacity.replay.ledger import BLOCK
from breakeven.capacity.replay.step_costs import StepCosts
from breakeven.capacity.speed.own_measurements import OwnMeasurements
from breakeven.capacity.speed.own_points import foresee
from breakeven.capacity.speed.serving_host import served
from breakeven.capacity.step_model.columns import Columns, Floats, columns
from breakeven.capacity.step_model.engine_age import engine_age
from breakeven.capacity.step_model.fit import values_of
from breakeven.capacity.step_model.levels import arithmetic, levels
from breakeven.capacity.step_model.predictor import Prediction, calibration, predictor
from breakeven.capacity.step_model.step import (
    GROWN_OUTPUT,
    Values,
    log_tokens_per_second,
    memory_sequences,
    reading,
    step_parts,
    touched,
)

# Logarithm by which the band is widened for each year of the engine's age: how server and engine work together.
HOST_SPREAD_PER_YEAR = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Modelled:
    """A replica as modelled: the likely pace, and the ends of a band that holds four of five.

    Costs and KV blocks are of one of its `lanes`, which serve beside each other, each as an engine of its own.
    """

    slow: StepCosts
    likely: StepCosts
    fast: StepCosts
    kv_blocks: int
    tokens_per_second: float  # of all lanes, input + output, saturated, at the likely pace
    lanes: int = 1


def modelled_costs(setup: Setup, own: OwnMeasurements | None = None) -> Modelled:
    """Costs of one replica of the deployment, its pace from the user's benchmarks where there are any of it.

    With a prefix cache they are for requests cut to what is prefilled (`Setup.fresh_input_tokens`): each token of
    context then stands for more of them, read in every step and held in memory.
    Raises `NoArithmetic`.
    """
    saturated = replace(setup, bench=replace(setup.bench, load=SATURATED, concurrency=0.0))
    band = predictor().predict([saturated])[0] if own is None else _measured(own, saturated)
    cells = columns([saturated], arithmetic)
    values = values_of(calibration().fitted, [levels(saturated)])
    before = float(np.exp(log_tokens_per_second(cells, values))[0])
    costs = _costs(saturated)
    context = setup.mean_input_tokens + GROWN_OUTPUT * setup.mean_output_tokens
    wider = np.exp(HOST_SPREAD_PER_YEAR * engine_age(setup.bench)) if own is None else 1.0
    return Modelled(
        slow=served(costs.times(before / band.p10 * wider), setup, wider),
        likely=served(costs.times(before / band.p50), setup),
        fast=served(costs.times(before / band.p90 / wider), setup, 1 / wider),
        kv_blocks=int(
            memory_sequences(cells, values)[0]
            / setup.layout.pipeline
            * context
            / _stretch(setup, GROWN_OUTPUT)
            // BLOCK
        ),
        tokens_per_second=band.p50 * (1 + setup.mean_input_tokens / setup.mean_output_tokens),
        lanes=setup.layout.lanes,
    )


def _measured(own: OwnMeasurements, saturated: Setup) -> Prediction:
    """Saturated output tokens per second, moved by the benchmarks."""
    shape, lengths = saturated.architecture, (saturated.mean_input_tokens, saturated.mean_output_tokens)
    return foresee(own.points(shape), [own.setup(shape, *lengths, load=SATURATED)])[0].tokens_per_second


def _stretch(setup: Setup, output_share: float) -> float:
    """Tokens of context over those of a request cut to its fresh prompt."""
    grown = output_share * setup.mean_output_tokens
    return (setup.mean_input_tokens + grown) / (setup.fresh_input_tokens + grown)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Experts:
    """Ratios: all weights over those a full step reads; the experts' part of all; experts a token chooses of all."""

    all_read: float = 1.0
    share: float = 0.0
    use: float = 0.0


def _experts(setup: Setup, cells: Columns, values: Values, batch: Floats) -> _Experts:
    """How reading grows with the batch, where a step reads the experts that its tokens choose."""
    if not setup.architecture.experts:
        return _Experts()
    others, chosen = (float(each[0]) for each in reading(cells, values, batch))
    every = chosen / float(touched(cells, batch)[0])
    one = setup.architecture.experts.per_token / setup.architecture.experts.count
    use = 1 - (1 - one) ** (setup.layout.data if setup.layout.spreads_experts else 1)  # each rank brings as many
    return _Experts(all_read=(others + every) / (others + chosen), share=every / (others + every), use=use)


def _costs(setup: Setup) -> StepCosts:
    """The parts of a step of one lane at full batch, each over what it grows with.

    Stages of a pipeline work on a batch each; one batch passes all stages, so its arithmetic is on the GPUs of one.
    """
    cells = columns([setup], arithmetic)
    cells["saturated"] = np.zeros(1)  # the end of a run, when the batch empties, is replayed, not averaged
    values = values_of(calibration().fitted, [levels(setup)])
    parts = {name: float(step_part[0]) for name, step_part in step_parts(cells, values).items()}
    power = 1 + float(values["overlap"][0])
    both, share = parts["weights"] + parts["arithmetic"], parts["weights"] / parts["arithmetic"]
    computing = both / (share**power + 1) ** (1 / power)
    batch = parts["batch"] / setup.layout.pipeline
    tokens = batch * (1 + setup.fresh_input_tokens / setup.mean_output_tokens)
    context = batch * (setup.mean_input_tokens + setup.mean_output_tokens / 2) / _stretch(setup, 0.5)
    experts = _experts(setup, cells, values, np.array([parts["batch"]]))
    return StepCosts(
        overhead=parts["overhead"],
        weights=share * computing * experts.all_read,
        expert_share=experts.share,
        expert_use=experts.use,
        per_token=(computing + parts["links"]) / tokens,
        per_sequence=parts["sequences"] / batch,
        per_context_token=parts["attention"] / context,
    )
