"""`breakeven replay` and `breakeven size` with the user's own benchmarks: one replica, as fast as measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from breakeven.capacity.fit.setup import Layout
from breakeven.capacity.replay.replay import Replicas, replay
from breakeven.capacity.replay.summary import output_tokens_per_second
from breakeven.capacity.replay.synthetic import synthetic
from breakeven.capacity.speed.own_measurements import OwnMeasurements, OwnRun, to_yaml
from breakeven.capacity.speed.pace import modelled
from breakeven.cli.commands import app
from breakeven.facts.catalog import open_model
from breakeven.problems import Problem
from breakeven.study.questions.size_replica import ReplicaAsked, mean_lengths, paced_replica, setup_for

MODEL = ["--model", "llama-3.1-8b", "--gpu", "l40s"]
RUN = OwnRun(
    file="c200.json",
    date="2026-11-18",
    tool="vllm",
    counted_by="server",
    concurrency=200.0,
    completed=2000,
    mean_input_tokens=1155.0,
    mean_output_tokens=211.0,
    output_tokens_per_second=700.0,
)
SLOW = OwnMeasurements(
    model="llama-3.1-8b", gpu="L40S-48GB", gpus=1, precision="fp8", engine="vLLM", runs=(RUN, replace(RUN, date="x"))
)


def told(*arguments: str) -> Any:
    found = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "100"})
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return json.loads(found.stdout) if "--json" in arguments else " ".join(found.stdout.split())


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = synthetic(1155, 211, 400, requests_per_second=2)
    rows = zip(made.arrival, made.prompt, made.output, strict=True)
    path = tmp_path_factory.mktemp("replay") / "trace.csv"
    lines = [f"{at / 1e12:.6f},{prompt},{output}" for at, prompt, output in rows]
    path.write_text("\n".join(["TIMESTAMP,ContextTokens,GeneratedTokens", *lines]), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("own") / "measured.yaml"
    path.write_text(to_yaml(SLOW), encoding="utf-8")
    return str(path)


def test_a_replay_is_as_fast_as_measured(trace: str, measured: str) -> None:
    modelled_one = told("replay", trace, *MODEL, "--json")
    own = told("replay", trace, "--measured", measured, "--json")
    assert modelled_one["replica"] | {"speed": ""} == own["replica"] | {"speed": ""}
    assert modelled_one["replica"]["speed"].startswith("modelled")
    assert own["replica"]["speed"].startswith("measured: 2 benchmarks of yours")
    assert own["tpot_seconds"]["p95"] > 1.3 * modelled_one["tpot_seconds"]["p95"]
    assert own["band"]["slow"]["tpot_seconds"]["p95"] > own["band"]["fast"]["tpot_seconds"]["p95"]
    assert "measured: 2 benchmarks of yours" in told("replay", trace, "--measured", measured)


def test_the_saturated_replay_comes_near_the_measurement(measured: str) -> None:
    asked = synthetic(1155, 211, 1500)
    _, paced = paced_replica(ReplicaAsked(measured=Path(measured)), asked)
    flood = replace(asked, arrival=(0,) * len(asked))
    done = replay(flood, Replicas(replicas=1, limits=paced.likely.limits, costs=paced.likely.costs))
    assert output_tokens_per_second(done) == pytest.approx(700, rel=0.25)


def test_size_takes_the_same_replica(trace: str, measured: str) -> None:
    promise = ["--ttft", "4", "--tpot", "0.3", "--json"]
    plain, own = (told("size", "--log", trace, *which, *promise) for which in (MODEL, ["--measured", measured]))
    assert own["replica"] == told("replay", trace, "--measured", measured, "--json")["replica"]
    assert own["fleet"]["replicas"] >= plain["fleet"]["replicas"]
    assert own["fleet"]["kept"]["seen"]["tpot_seconds"] > 0


def test_benchmarks_narrow_the_band(measured: str) -> None:
    asked = synthetic(1155, 211, 50)
    spread = []
    for which in (ReplicaAsked(model="llama-3.1-8b", gpu_name="l40s"), ReplicaAsked(measured=Path(measured))):
        _, paced = paced_replica(which, asked)
        spread.append(paced.slow.costs.weights / paced.fast.costs.weights)
    assert spread[1] < spread[0]
    assert mean_lengths(asked)[0] == pytest.approx(1155, rel=0.01)


def test_benchmarks_of_another_deployment_are_refused(trace: str, measured: str) -> None:
    with pytest.raises(Problem, match=r"the benchmarks are of llama-3\.1-8b in fp8 on 1 × L40S-48GB, not of"):
        told("replay", trace, "--measured", measured, "--gpu", "h100")
    with pytest.raises(Problem, match="the benchmarks are of"):
        told("size", "--log", trace, "--measured", measured, "--precision", "bf16", "--ttft", "9")
    with pytest.raises(Problem, match="the replica is not known"):
        told("replay", trace, "--model", "llama-3.1-8b")


def test_without_benchmarks_the_pace_is_the_step_models() -> None:
    asked = synthetic(1155, 211, 50)
    _, paced = paced_replica(ReplicaAsked(model="llama-3.1-8b", gpu_name="l40s"), asked)
    assert paced == modelled(setup_for(open_model("llama-3.1-8b"), "L40S-48GB", "fp8", Layout(gpus=1), asked))


def test_an_older_engine_answers_later_and_a_version_that_says_nothing_is_refused() -> None:
    asked = synthetic(220, 344, 100, requests_per_second=2)
    old, new = (
        paced_replica(ReplicaAsked(model="llama-3.1-8b", gpu_name="h100", engine_version=version), asked)[1].likely
        for version in ("0.7.3", "")
    )
    slower, quicker = (
        replay(asked, Replicas(replicas=1, limits=each.limits, costs=each.costs)).book.last[-1] for each in (old, new)
    )
    assert slower > quicker
    with pytest.raises(Problem, match="no version of vLLM"):
        paced_replica(ReplicaAsked(model="llama-3.1-8b", gpu_name="h100", engine_version="lately"), asked)
