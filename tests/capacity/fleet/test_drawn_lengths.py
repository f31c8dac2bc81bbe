"""Lengths drawn from a log's own: spread and joined as there; a heavy tail needs more replicas than its mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from breakeven.capacity.fleet.fleet_size import smallest_fleet
from breakeven.capacity.fleet.peak import Part, hour_of_minutes, made_up_hour
from breakeven.capacity.promise.goodput import OneReplica
from breakeven.capacity.promise.promise import Promise
from breakeven.capacity.replay.ledger import Limits
from breakeven.capacity.replay.step_costs import StepCosts
from breakeven.capacity.replay.synthetic import drawn, scaled, scaled_by_group
from breakeven.demand.log.histogram import BINS, Lengths, Sizes
from breakeven.demand.shape.minute_statistics import Minutes, dense
from breakeven.demand.usage.read_log import read_log

COSTS = StepCosts(overhead=0.003, weights=0.01, per_token=5e-5, per_sequence=2e-5, per_context_token=1e-7)
ONE = OneReplica(limits=Limits(kv_blocks=20_000, most_sequences=256, token_budget=8192), costs=COSTS)
PROMISE = Promise(ttft_seconds=1.0, tpot_seconds=0.05)


def sizes_of(prompts: np.ndarray, outputs: np.ndarray) -> Sizes:
    joint = np.zeros((len(BINS), len(BINS)), dtype=np.int64)
    np.add.at(joint, tuple(np.searchsorted(BINS, each, side="right") - 1 for each in (prompts, outputs)), 1)
    both = (Lengths(length=length, requests=requests) for length, requests in map(counted, (prompts, outputs)))
    return Sizes(workload="", input=next(both), output=next(both), joint=joint, cross=int((prompts * outputs).sum()))


def counted(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    length, requests = np.unique(values, return_counts=True)
    return length, requests


def tail(count: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """One request in fifty is fifty times as long as the others; outputs go with inputs."""
    chance = np.random.default_rng(4)
    long = chance.uniform(size=count) < 0.02
    prompts = np.where(long, chance.integers(40_000, 60_000, count), chance.integers(500, 1500, count))
    return prompts, np.where(long, 1000, chance.integers(50, 320, count))


def test_they_are_the_logs_own_lengths_as_often_and_as_joined_as_there() -> None:
    prompts, outputs = tail()
    ins, outs = drawn(sizes_of(prompts, outputs), 40_000, np.random.default_rng(1))
    assert set(ins.tolist()) <= set(prompts.tolist())
    assert set(outs.tolist()) <= set(outputs.tolist())
    for ours, theirs in ((ins, prompts), (outs, outputs)):
        assert ours.mean() == pytest.approx(theirs.mean(), rel=0.03)
        assert np.percentile(ours, [10, 50, 90, 99]) == pytest.approx(np.percentile(theirs, [10, 50, 90, 99]), rel=0.05)
    assert np.corrcoef(ins, outs)[0, 1] == pytest.approx(np.corrcoef(prompts, outputs)[0, 1], abs=0.03)


def test_empty_lengths_become_one_token() -> None:
    ins, outs = drawn(sizes_of(np.array([0, 0]), np.array([5, 5])), 10, np.random.default_rng(1))
    assert set(ins.tolist()) == {1}
    assert set(outs.tolist()) == {5}


def test_scaling_keeps_the_mean_and_the_totals_of_groups() -> None:
    tokens = np.array([10, 20, 30, 1000])
    assert scaled(tokens, 530.0).mean() == pytest.approx(530, rel=0.01)
    grouped = scaled_by_group(tokens, np.array([0, 0, 2, 2]), np.array([300.0, 0.0, 103.0]))
    assert grouped.tolist() == [100, 200, 3, 100]


def test_a_minute_keeps_its_tokens_and_the_hour_the_logs_lengths() -> None:
    prompts, outputs = tail()
    counts, chance = np.full(60, 60.0), np.random.default_rng(7)
    tokens = {"input_tokens": counts * chance.uniform(1500, 2500, 60), "output_tokens": counts * 200}
    hour = hour_of_minutes(
        Minutes(first=0, columns={"requests": counts, **tokens}, bucket_minutes=1), sizes_of(prompts, outputs)
    )
    assert sum(hour.prompt) == pytest.approx(tokens["input_tokens"].sum(), rel=0.01)
    assert max(hour.prompt) > 25_000


@pytest.mark.parametrize("rate", [2.0, 6.0, 12.0])
def test_a_heavy_tail_needs_at_least_as_many_replicas_as_its_mean(rate: float) -> None:
    prompts, outputs = tail()
    means = float(prompts.mean()), float(outputs.mean())
    heavy, even = (
        smallest_fleet(
            made_up_hour(
                [Part(requests_per_second=rate, mean_input_tokens=means[0], mean_output_tokens=means[1], sizes=sizes)]
            ),
            ONE,
            PROMISE,
        ).replicas
        for sizes in (sizes_of(prompts, outputs), sizes_of(*(np.full(9, round(each)) for each in means)))
    )
    assert heavy >= even
    assert rate < 6 or heavy > even


def test_a_log_of_requests_by_other_columns_gives_its_lengths(tmp_path: Path) -> None:
    prompts, outputs = tail(600)
    rows = [
        f"2026-11-20T09:{at // 10 % 60:02}:{at % 10 * 6:02}Z,chat,{ins},{outs}"
        for at, (ins, outs) in enumerate(zip(prompts.tolist(), outputs.tolist(), strict=True))
    ]
    log = tmp_path / "log.csv"
    log.write_text("\n".join(["startTime,team_id,prompt_tokens,completion_tokens", *rows]), encoding="utf-8")
    reading = read_log(log)
    hour = hour_of_minutes(dense(reading.table), reading.sizes[0])
    assert len(hour) == 600
    assert sum(hour.prompt) == pytest.approx(int(prompts.sum()), rel=0.01)
    assert np.mean(np.array(hour.prompt) > 10_000) == pytest.approx(0.02, abs=0.015)
