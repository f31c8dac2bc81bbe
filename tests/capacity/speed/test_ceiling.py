"""What a replica could do at most: never less than the step model gives it."""

from __future__ import annotations

from dataclasses import replace
from math import exp
from random import Random

import numpy as np
import pytest

from breakeven.capacity.fit.replica import Replica, fits, mean_context_tokens
from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.promise.promise import USUAL
from breakeven.capacity.speed import ceiling
from breakeven.capacity.speed.ceiling import Asked, ceilings
from breakeven.capacity.speed.published import NO_DETAILS, Lengths
from breakeven.capacity.speed.throughput import saturated_setup
from breakeven.capacity.step_model.columns import columns
from breakeven.capacity.step_model.fit import values_of
from breakeven.capacity.step_model.levels import arithmetic, levels
from breakeven.capacity.step_model.predictor import calibration
from breakeven.capacity.step_model.step import PARTS, step_parts
from breakeven.facts import catalog
from breakeven.facts.precisions import precision_named

DENSE = np.arange(1.0, 2049.0, 7.0)  # sequences in flight, between those that the bound looks at too
MODELS = ("llama-3.3-70b", "gpt-oss-120b", "qwen3-8b", "qwen3-30b-a3b", "deepseek-r1")
GPUS = ("h100", "h200", "b200", "mi300x", "l40s", "a100")


def some() -> list[Asked]:
    """Replicas that hold their model."""
    chance = Random(7)
    found: list[Asked] = []
    while len(found) < 60:
        lengths = Lengths(mean_input_tokens=exp(chance.uniform(3, 10)), mean_output_tokens=exp(chance.uniform(1, 8)))
        replica = Replica(
            model=catalog.open_model(chance.choice(MODELS)),
            gpu=catalog.gpu(chance.choice(GPUS)),
            precision=precision_named(chance.choice(["fp8", "bf16"])),
            gpus=chance.choice([1, 2, 4, 8, 16]),
        )
        if fits(replica, mean_context_tokens(lengths.mean_input_tokens, lengths.mean_output_tokens)):
            found.append(Asked(replica=replica, lengths=lengths, details=NO_DETAILS))
    return found


def setup_of(asked: Asked) -> Setup:
    found = saturated_setup(asked.replica, asked.lengths)
    assert found is not None
    return found


def test_the_bound_is_never_below_what_the_step_model_gives_within_the_promise() -> None:
    every = some()
    setups = [setup_of(each) for each in every]
    cells, values = columns(setups, arithmetic), values_of(calibration().fitted, [levels(each) for each in setups])
    each_in_flight = [step_parts({**cells, "concurrency": count * cells["data"]}, values) for count in DENSE]
    seconds = np.array([sum(parts[name] for name in PARTS) for parts in each_in_flight])
    reached = np.array([parts["batch"] for parts in each_in_flight]) * cells["data"] / seconds
    reached = reached * (1 + cells["input"] / cells["output"])
    anyhow = ceilings(every, {})
    assert np.all(reached.max(axis=0) <= anyhow)
    for tpot_seconds in (0.005, 0.02, 0.05, 0.2, 1.0):
        within = ceilings(every, {}, replace(USUAL, tpot_seconds=tpot_seconds))
        assert np.all(np.where(seconds <= tpot_seconds, reached, 0.0).max(axis=0) <= within)
        assert np.all(within <= anyhow)


def test_it_is_the_best_number_of_sequences_and_not_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more in flight would be slower, the bound is not that of the most."""
    asked, *_ = some()
    setup = setup_of(asked)

    def thrashing(cells: dict[str, np.ndarray], values: object) -> dict[str, np.ndarray]:
        in_flight = cells["concurrency"] / cells["data"]
        batch = np.where(in_flight > 16, 1.0, in_flight)
        return dict.fromkeys(PARTS, np.full_like(batch, 0.001)) | {"batch": batch}

    monkeypatch.setattr(ceiling, "step_parts", thrashing)
    found = ceiling._within([setup], np.ones(1), 1.0)[0]
    per_output = 1 + asked.lengths.mean_input_tokens / asked.lengths.mean_output_tokens
    assert found == pytest.approx(16 / (0.001 * len(PARTS)) * columns([setup], arithmetic)["data"][0] * per_output)
