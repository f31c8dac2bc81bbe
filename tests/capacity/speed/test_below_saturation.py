"""Open-loop stages that others measured, most below saturation: replayed at their rate, nothing of them given."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.promise.goodput import engine_limits, holdable
from breakeven.capacity.replay.replay import Replicas, replay
from breakeven.capacity.replay.step_costs import PICOSECONDS
from breakeven.capacity.replay.summary import latencies
from breakeven.capacity.replay.synthetic import lengths
from breakeven.capacity.replay.trace import Trace
from breakeven.capacity.speed.modelled_costs import modelled_costs
from breakeven.capacity.step_model.setup_rows import setup_of

REQUESTS = 300
SEEDS = (1, 2)
ENGINE_TOLD = "max_num_seqs 128, max_num_batched_tokens 2048"


@dataclass(frozen=True)
class Stage:
    setup: Setup
    rate: float
    random: bool
    limits: tuple[int | None, int | None]
    measured_ms: tuple[float, float]  # p50 of the time to the first token, and per further token


def stages(shared: Path) -> Iterator[Stage]:
    for row in csv.DictReader((shared / "data" / "open_loop" / "stages.csv").open(encoding="utf-8")):
        lengths_told = [float(re.findall(r"[\d.]+", row[f"mean_{side}_tokens"])[-1]) for side in ("input", "output")]
        setup = setup_of(
            {
                "model": row["model"], "gpu": row["gpu"], "n_gpus": row["gpus"], "weights_dtype": row["precision"],
                "isl": str(lengths_told[0]), "osl": str(lengths_told[1]), "engine": row["engine"],
                "engine_version": row["engine_version"].removesuffix("+t"),
            }
        )  # fmt: skip
        cached = float(row["shared_prefix_tokens"] or 0) / lengths_told[0]
        yield Stage(
            setup=replace(setup, cached_share=cached),
            rate=float(row["requests_per_second"]),
            random=row["arrivals"] == "poisson",
            limits=(128, 2048) if ENGINE_TOLD in row["settings"] else (None, None),
            measured_ms=(float(row["ttft_ms_p50"]), float(row["tpot_ms_p50"])),
        )


def requests(stage: Stage, seed: int) -> Trace:
    chance, setup = np.random.default_rng(seed), stage.setup
    gaps = chance.exponential(1.0, REQUESTS) if stage.random else np.ones(REQUESTS)
    prompt = np.full(REQUESTS, round(setup.fresh_input_tokens))
    output = np.full(REQUESTS, round(setup.mean_output_tokens))
    if stage.random:
        prompt = lengths(setup.mean_input_tokens, REQUESTS, chance)
        output = lengths(setup.mean_output_tokens, REQUESTS, chance)
    arrival = (np.cumsum(gaps) - gaps[0]) / stage.rate * PICOSECONDS
    return Trace(
        arrival=tuple(arrival.astype(int).tolist()), prompt=tuple(prompt.tolist()), output=tuple(output.tolist())
    )


def errors(stage: Stage) -> tuple[float, float]:
    """Of the medians of both times, as shares of the measured ones."""
    costs = modelled_costs(stage.setup)
    limits = engine_limits(stage.setup, costs.kv_blocks, *stage.limits)
    fleet = Replicas(replicas=1, limits=limits, costs=costs.likely)
    seen = [latencies(replay(holdable(requests(stage, seed), limits), fleet, processes=1)) for seed in SEEDS]
    medians = (np.median(np.concatenate([getattr(each, name) for each in seen])) for name in ("ttft", "tpot"))
    ttft, tpot = (1000 * median / measured - 1 for median, measured in zip(medians, stage.measured_ms, strict=True))
    return float(ttft), float(tpot)


@pytest.mark.parametrize(("old", "ttft", "tpot"), [(True, 0.15, 0.10), (False, 0.16, 0.06)])
def test_times_below_saturation(shared: Path, old: bool, ttft: float, tpot: float) -> None:
    """These stages chose four constants of `serving_host`; each left out says nearly the same (replay.md)."""
    asked = [each for each in stages(shared) if each.setup.bench.version.startswith("0.7") is old]
    found = np.abs([errors(each) for each in asked])
    assert len(asked) == (18 if old else 11)
    assert np.median(found[:, 0]) < ttft
    assert np.median(found[:, 1]) < tpot
