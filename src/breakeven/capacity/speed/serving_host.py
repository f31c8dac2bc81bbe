"""What serving over HTTP costs beside the engine's steps: on the way to and from it, and in it where it is old.

Fitted to 29 open-loop stages of two public repositories (FreedomIntelligence/AccelMark, `results/`; inference-sim/
training, `default_args/`), time to the first token and per output token at p50, each configuration predicted from the
others (docs/method/replay.md, "Below saturation"). Offline runs, which most published rows are, show none of this.
"""

from __future__ import annotations

from dataclasses import replace

from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.replay.step_costs import StepCosts
from breakeven.capacity.step_model.engine_age import engine_age

REQUEST_SECONDS = 3.9e-3  # connection, tokenizer, scheduler and the first chunk back, a request
# Before vLLM 0.8 (March 2025) server and engine were one process, and steps with prefill had no graphs: taken to have
# shrunk evenly from that of February 2025 to nothing in the newest engines. Found with prompts first (`engine_age`).
STREAM_SECONDS_PER_YEAR = 1.8e-4  # for each sequence whose token is sent, in steps without prefill
PREFILL_LAYER_SECONDS_PER_YEAR = 1.05e-3  # launches of a layer in a step with prefill
LAYER_SECONDS_PER_YEAR = 3.0e-5  # launches of a layer in any step


def served(costs: StepCosts, setup: Setup, factor: float = 1.0) -> StepCosts:
    """The engine's costs with those of serving, by the engine's age; `factor`: so many times what is likely."""
    years, layers = engine_age(setup.bench) * factor, setup.architecture.layers
    return replace(
        costs,
        overhead=costs.overhead + LAYER_SECONDS_PER_YEAR * years * layers,
        per_prefill_step=costs.per_prefill_step + PREFILL_LAYER_SECONDS_PER_YEAR * years * layers,
        per_stream=costs.per_stream + STREAM_SECONDS_PER_YEAR * years,
        per_request=REQUEST_SECONDS * factor,
    )
