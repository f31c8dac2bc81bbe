"""What many replicas could do at most, all asked at once: with requests always waiting, or within a time per token.

A search asks this of every design before it replays any. Method: docs/method/designs.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, hypot, log

import numpy as np

from breakeven.capacity.fit.replica import Replica
from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.promise.promise import Promise
from breakeven.capacity.speed.prefix import ROUTED
from breakeven.capacity.speed.promised import SETTINGS_SPREAD
from breakeven.capacity.speed.published import Details, Estimate, Lengths, from_chosen_load, from_saturated, matching
from breakeven.capacity.speed.throughput import P90, saturated_setup
from breakeven.capacity.step_model.columns import columns
from breakeven.capacity.step_model.fit import values_of
from breakeven.capacity.step_model.levels import arithmetic, levels
from breakeven.capacity.step_model.predictor import Prediction, calibration, predictor
from breakeven.capacity.step_model.step import PARTS, log_tokens_per_second, step_parts
from breakeven.facts.records import Measurement

MARGIN = 1.3  # a replay's own saturated rate over the step model's: much where it holds as many as it is sent
IN_FLIGHT = 2.0 ** np.arange(0, 12.01, 0.25)  # sequences of a replica at which its time per token is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A replica, with nothing of its KV cache said, and the requests of a workload."""

    replica: Replica
    lengths: Lengths
    details: Details


def ceilings(
    asked: Sequence[Asked],
    rows: Mapping[tuple[str, str], Sequence[Measurement]],
    promise: Promise | None = None,
) -> np.ndarray:
    """Input + output tokens/s that the mean of each replica's band does not exceed under the promise (asked,).

    `promise` None: under any. `rows`: published measurements by model and GPU. Zero where the architecture is not in
    the facts. Raises `NoArithmetic`.
    """
    tokens_per_second = np.zeros(len(asked))
    setups = {
        i: setup
        for i, replica_asked in enumerate(asked)
        if (setup := saturated_setup(replica_asked.replica, replica_asked.lengths)) is not None
    }
    if not setups:
        return tokens_per_second
    alike: dict[tuple[object, ...], int] = {}  # those that differ in their KV cache only, by the first of them
    first = {i: alike.setdefault(_without_cache(asked[i]), i) for i in setups}
    bands = dict(zip(alike.values(), predictor().predict([setups[i] for i in alike.values()]), strict=True))
    highest = {i: _highest_of(asked[i], setups[i], band, rows) for i, band in bands.items()}
    plain = list(setups.values())
    best = _at_best(plain, [asked[i].details for i in setups])
    before, after = _speeds(plain), _speeds(best)
    for i, one, other in zip(setups, before, after, strict=True):
        tokens_per_second[i] = highest[first[i]].mean * other / one
    if promise is not None and promise.tpot_seconds is not None:
        paces = np.array([highest[first[i]].fast / one for i, one in zip(setups, before, strict=True)])
        limit = promise.tpot_seconds * 100 / promise.percentile  # those that miss it may take somewhat longer
        kept = np.array([highest[first[i]].kept for i in setups]) * after / before
        tokens_per_second[[*setups]] = np.minimum(
            tokens_per_second[[*setups]], np.maximum(_within(best, paces, limit), kept)
        )
    return tokens_per_second * MARGIN


def _within(setups: Sequence[Setup], paces: np.ndarray, tpot_seconds: float) -> np.ndarray:
    """Input + output tokens/s that deployments `paces` times as fast as the step model reach with some number of
    sequences in flight with which a further token takes no longer; the first number that takes longer included.
    """
    cells = columns(setups, arithmetic)
    values = values_of(calibration().fitted, [levels(setup) for setup in setups])
    per_output = 1 + cells["input"] / cells["output"]
    most, before = np.zeros(len(setups)), np.zeros(len(setups))
    for in_flight in IN_FLIGHT:
        parts = step_parts({**cells, "concurrency": in_flight * cells["data"]}, values)
        seconds = sum(parts[part] for part in PARTS) / paces
        reached = np.where(before <= tpot_seconds * MARGIN, parts["batch"] * cells["data"] / seconds, 0.0)
        most = np.maximum(most, reached)
        before = seconds
    return np.asarray(most * per_output)


def _without_cache(asked: Asked) -> tuple[object, ...]:
    replica = asked.replica
    return replica.model.key, replica.gpu.key, replica.precision.name, replica.shared, asked.lengths


@dataclass(frozen=True, slots=True, kw_only=True)
class _Highest:
    """The largest mean, and the largest fast end, of what a speed may rest on [input + output tokens/s].

    `kept`: the largest mean of those that are taken as they are, whatever is promised.
    """

    mean: float
    fast: float
    kept: float


def _highest_of(
    asked: Asked, setup: Setup, band: Prediction, rows: Mapping[tuple[str, str], Sequence[Measurement]]
) -> _Highest:
    known = matching(rows.get((asked.replica.model.key, asked.replica.gpu.key), ()), asked.replica)
    modelled = band.p50 * (1 + setup.mean_input_tokens / setup.mean_output_tokens)
    return _highest(modelled, log(band.p50 / band.p10), _published(known, asked))


def _published(rows: list[Measurement], asked: Asked) -> Iterable[Estimate]:
    found = from_saturated(rows, asked.replica, asked.lengths), from_chosen_load(rows, asked.replica, asked.lengths)
    return [each for each in found if each is not None]


def _highest(modelled: float, spread: float, published: Iterable[Estimate]) -> _Highest:
    rests = [(modelled, spread, True), *((each.tokens_per_second, each.spread, each.saturated) for each in published)]
    means = [(middle * exp((hypot(wide, SETTINGS_SPREAD) / P90) ** 2 / 2), full) for middle, wide, full in rests]
    return _Highest(
        mean=max(mean for mean, _ in means),
        fast=max(middle * exp(hypot(wide, SETTINGS_SPREAD)) for middle, wide, _ in rests),
        kept=max((mean for mean, full in means if not full), default=0.0),
    )


def _at_best(setups: Sequence[Setup], details: Sequence[Details]) -> list[Setup]:
    """The deployments with the asked format of the KV cache and all that a prefix cache can hold."""
    return [
        replace(
            setup,
            kv_bytes_per_value=detail.kv_bytes_per_value,
            cached_share=detail.repeated_share * (ROUTED if detail.hit_share is None else detail.hit_share),
        )
        for setup, detail in zip(setups, details, strict=True)
    ]


def _speeds(setups: Sequence[Setup]) -> np.ndarray:
    """Input + output tokens/s by the step model."""
    cells = columns(setups, arithmetic)
    logs = log_tokens_per_second(cells, values_of(calibration().fitted, [levels(each) for each in setups]))
    return np.asarray(np.exp(logs) * (1 + cells["input"] / cells["output"]))
