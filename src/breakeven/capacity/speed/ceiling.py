"""What many replicas could do with requests always waiting, all asked at once: no promise leaves them more.

A search asks this of every design before it replays any. Method: docs/method/designs.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, hypot, log

import numpy as np

from breakeven.capacity.fit.replica import Replica
from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.speed.prefix import ROUTED
from breakeven.capacity.speed.promised import SETTINGS_SPREAD
from breakeven.capacity.speed.published import Details, Estimate, Lengths, from_chosen_load, from_saturated, matching
from breakeven.capacity.speed.throughput import P90, saturated_setup
from breakeven.capacity.step_model.columns import columns
from breakeven.capacity.step_model.fit import values_of
from breakeven.capacity.step_model.levels import arithmetic, levels
from breakeven.capacity.step_model.predictor import Prediction, calibration, predictor
from breakeven.capacity.step_model.step import log_tokens_per_second
from breakeven.facts.records import Measurement

MARGIN = 1.15  # a replay's own saturated rate over the step model's, chance of its requests included


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A replica, with nothing of its KV cache said, and the requests of a workload."""

    replica: Replica
    lengths: Lengths
    details: Details


def ceilings(asked: Sequence[Asked], rows: Mapping[tuple[str, str], Sequence[Measurement]]) -> np.ndarray:
    """Input + output tokens/s that the mean of each replica's band does not exceed under any promise (asked,).

    `rows`: published measurements by model and GPU. Zero where the architecture is not in the facts. Raises
    `NoArithmetic`.
    """
    found = np.zeros(len(asked))
    setups = {
        i: setup for i, each in enumerate(asked) if (setup := saturated_setup(each.replica, each.lengths)) is not None
    }
    if not setups:
        return found
    alike: dict[tuple[object, ...], int] = {}  # those that differ in their KV cache only, by the first of them
    first = {i: alike.setdefault(_without_cache(asked[i]), i) for i in setups}
    bands = dict(zip(alike.values(), predictor().predict([setups[i] for i in alike.values()]), strict=True))
    highest = {i: _highest_of(asked[i], setups[i], band, rows) for i, band in bands.items()}
    gains = _gains(list(setups.values()), [asked[i].details for i in setups])
    for i, gain in zip(setups, gains, strict=True):
        found[i] = highest[first[i]] * gain
    return found * MARGIN


def _without_cache(asked: Asked) -> tuple[object, ...]:
    replica = asked.replica
    return replica.model.key, replica.gpu.key, replica.precision.name, replica.gpus, asked.lengths


def _highest_of(
    asked: Asked, setup: Setup, band: Prediction, rows: Mapping[tuple[str, str], Sequence[Measurement]]
) -> float:
    known = matching(rows.get((asked.replica.model.key, asked.replica.gpu.key), ()), asked.replica)
    modelled = band.p50 * (1 + setup.mean_input_tokens / setup.mean_output_tokens)
    return _highest(modelled, log(band.p90 / band.p50), _published(known, asked))


def _published(rows: list[Measurement], asked: Asked) -> Iterable[Estimate]:
    found = from_saturated(rows, asked.replica, asked.lengths), from_chosen_load(rows, asked.replica, asked.lengths)
    return [each for each in found if each is not None]


def _highest(modelled: float, spread: float, published: Iterable[Estimate]) -> float:
    """The largest mean of what the speed may rest on."""
    return max(
        middle * exp((hypot(wide, SETTINGS_SPREAD) / P90) ** 2 / 2)
        for middle, wide in ((modelled, spread), *((each.tokens_per_second, each.spread) for each in published))
    )


def _gains(setups: Sequence[Setup], details: Sequence[Details]) -> np.ndarray:
    """Speed with the asked format of the KV cache and all that a prefix cache can hold, over that without."""
    best = [
        replace(
            setup,
            kv_bytes_per_value=detail.kv_bytes_per_value,
            cached_share=detail.repeated_share * (ROUTED if detail.hit_share is None else detail.hit_share),
        )
        for setup, detail in zip(setups, details, strict=True)
    ]
    every = [*setups, *best]
    speeds = log_tokens_per_second(
        columns(every, arithmetic), values_of(calibration().fitted, [levels(view) for view in every])
    )
    return np.asarray(np.exp(speeds[len(setups) :] - speeds[: len(setups)]))
