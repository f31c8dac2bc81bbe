"""A recorded run: fitted on its first requests, the rest predicted from lengths and arrivals; and what is refused."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from breakeven.capacity.recorded_run.serving_check import check_run, parameters, predict_run
from breakeven.capacity.replay.ledger import Limits
from breakeven.capacity.replay.replay import Replicas, replay
from breakeven.capacity.replay.step_costs import PICOSECONDS, StepCosts
from breakeven.capacity.replay.trace import trace_of
from breakeven.cli.commands import app
from breakeven.problems import Problem, Problems

RUNS = ("rtxpro6000_llama31_8b", "rtx4090_llama31_8b")
TTFT_WITHIN, TPOT_WITHIN = 3.0, 5.0  # percent
COSTS = StepCosts(overhead=0.004, weights=0.011, per_token=6e-5, per_sequence=3e-5, per_context_token=9e-8)
META: dict[str, Any] = {
    "model": "meta-llama/Llama-3.1-8B",
    "engine_kwargs": {"max_num_seqs": 64, "max_num_batched_tokens": 2048, "tensor_parallel_size": 1},
}


def made_run(folder: Path, *, gap_seconds: float, kv_blocks: int = 20_000, noise: float = 0.0) -> Path:
    """A run whose engine is our replay with known costs, each time off by some noise."""
    chance = random.Random(3)
    at, rows = 1_700_000_000.0, []
    for _ in range(120):
        rows.append((at, chance.randint(100, 1500), chance.randint(50, 400), ()))
        at += chance.expovariate(1 / gap_seconds)
    limits = Limits(kv_blocks=kv_blocks, most_sequences=64, token_budget=2048)
    done = replay(trace_of(rows), Replicas(replicas=1, limits=limits, costs=COSTS), note_queued=True).book
    folder.mkdir()
    lines = []
    for number, (arrival, prompt, output, _) in enumerate(rows):
        times = [each[number] / PICOSECONDS for each in (done.queued, done.scheduled, done.first, done.last)]
        first = times[1] + (times[2] - times[1]) * (1 + chance.gauss(0, noise))
        last = first + (times[3] - times[2]) * (1 + chance.gauss(0, noise / 5))
        answered = dict(
            zip(
                ("queued_ts", "scheduled_ts", "first_token_ts", "last_token_ts"),
                (500.0 + each for each in (*times[:2], first, last)),
                strict=True,
            )
        )
        lines.append({"input_toks": prompt, "output_toks": output, "arrival_time": arrival, **answered})
    (folder / "requests.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    (folder / "meta.json").write_text(json.dumps(META))
    (folder / "model_config.json").write_text("{}")
    return folder


@pytest.mark.parametrize("name", RUNS)
def test_real_runs_are_predicted(shared: Path, name: str) -> None:
    checked = check_run(shared / "data" / "serving_runs" / name, 150)
    errors = checked.errors()
    assert {each: value for each, value in errors["ttft_error_pct"].items() if abs(value) > TTFT_WITHIN} == {}
    assert {each: value for each, value in errors["tpot_error_pct"].items() if abs(value) > TPOT_WITHIN} == {}
    assert "Overload" in checked.notices[0]


def test_the_prediction_looks_at_lengths_and_arrivals_only(shared: Path, tmp_path: Path) -> None:
    original = shared / "data" / "serving_runs" / RUNS[0]
    blanked = tmp_path / RUNS[0]
    shutil.copytree(original, blanked, copy_function=shutil.copyfile)
    rows = sorted(
        (json.loads(each) for each in (original / "requests.jsonl").read_text().splitlines()),
        key=lambda each: each["arrival_time"],
    )
    kept = ("input_toks", "output_toks", "arrival_time")
    rows = rows[:150] + [{name: each[name] for name in kept} for each in rows[150:]]
    (blanked / "requests.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert predict_run(blanked, 150)[1] == predict_run(original, 150)[1]


@pytest.mark.parametrize(("gap_seconds", "load"), [(2.0, "Below saturation"), (0.05, "Overload")])
def test_a_run_of_known_costs_is_predicted_at_any_load(tmp_path: Path, gap_seconds: float, load: str) -> None:
    checked = check_run(made_run(tmp_path / "h100_run", gap_seconds=gap_seconds, noise=0.03), 60)
    errors = checked.errors()
    assert all(abs(errors["tpot_error_pct"][each]) < 2 for each in ("mean", "p50", "p90"))
    assert all(abs(errors["ttft_error_pct"][each]) < 6 for each in ("mean", "p50", "p90"))
    assert checked.notices[0].startswith(load)


def test_a_kv_cache_that_is_full_is_found_from_the_fit(tmp_path: Path) -> None:
    checked = check_run(made_run(tmp_path / "unnamed", gap_seconds=0.05, kv_blocks=800), 60)
    told = parameters(checked.fit)["kv_tokens"]
    assert told["from"] == "fitted"
    assert isinstance(told["value"], int)
    assert abs(told["value"] / (800 * 16) - 1) < 0.05


def test_what_is_not_seen_is_said(tmp_path: Path) -> None:
    checked = check_run(made_run(tmp_path / "rtx4090_run", gap_seconds=2.0), 60)
    assert "never filled" in str(parameters(checked.fit)["kv_tokens"]["from"])
    assert "from the folder's name" in checked.fit.engine.rests_on["gpu"]


def spoil(folder: Path, edit: Any) -> Path:
    path = folder / "requests.jsonl"
    rows = [json.loads(each) for each in path.read_text().splitlines()]
    edit(rows)
    path.write_text("\n".join(map(json.dumps, rows)))
    return folder


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda rows: rows[3].pop("first_token_ts"), "first_token_ts is None"),
        (lambda rows: rows[100].pop("input_toks"), "input_toks is None"),
        (lambda rows: rows[2].update(output_toks=0), "0 out"),
        (lambda rows: rows[2].update(last_token_ts=1.0), "out of order"),
        (lambda rows: rows.__delitem__(slice(50, None)), "has 50 requests, and 60 are to be fitted"),
    ],
)
def test_bad_requests_are_told_at_their_place(tmp_path: Path, edit: Any, message: str) -> None:
    folder = spoil(made_run(tmp_path / "run", gap_seconds=1.0), edit)
    with pytest.raises((Problem, Problems), match=message):
        check_run(folder, 60)


def test_a_request_longer_than_the_kv_cache_is_told(tmp_path: Path) -> None:
    folder = made_run(tmp_path / "run", gap_seconds=1.0)
    (folder / "meta.json").write_text(json.dumps(META | {"kv_cache": {"num_gpu_blocks": 100, "block_size": 16}}))
    with pytest.raises(Problem, match="the KV cache of a replica 1,584"):
        check_run(folder, 60)


@pytest.mark.parametrize("missing", ["requests.jsonl", "meta.json", "model_config.json"])
def test_a_missing_file_is_told(tmp_path: Path, missing: str) -> None:
    folder = made_run(tmp_path / "run", gap_seconds=1.0)
    (folder / missing).unlink()
    with pytest.raises(Problem, match=f"no {missing}"):
        check_run(folder, 60)


def test_the_command_prints_the_errors(tmp_path: Path) -> None:
    folder = made_run(tmp_path / "h100_run", gap_seconds=2.0)
    done = CliRunner().invoke(app, ["replay", "check", str(folder), "--fit-first", "60", "--json"])
    told = json.loads(done.stdout)
    assert list(told["ttft_error_pct"]) == list(told["tpot_error_pct"]) == ["mean", "p50", "p90", "p99"]
    shown = CliRunner().invoke(app, ["replay", "check", str(folder), "--fit-first", "60"])
    assert "60 requests predicted, 60 fitted on" in shown.stdout
