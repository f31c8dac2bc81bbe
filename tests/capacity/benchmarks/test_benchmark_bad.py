"""Benchmarks that cannot be believed: each refused with what is wrong and what to do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import benchmark_files as files
import pytest
from benchmark_files import GIVEN, measured, written

from breakeven.capacity.benchmarks.given import Given
from breakeven.capacity.benchmarks.reading import read_measurements
from breakeven.problems import Problem

STAGE = files.inference_perf()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "the file is empty"),
        (json.dumps(files.vllm(), indent=1)[:400], "cut off or damaged"),
        (json.dumps(files.vllm()) + "\n" + json.dumps(files.vllm())[:300], "cut off or damaged"),
        ("hello, world", "this is no benchmark result"),
        ("[]", "this is no benchmark result"),
        ("[1, 2]", "this is no benchmark result"),
        ({"duration": 3}, "no benchmark result is told by the keys of this file"),
        ([{"error_code": None, "request_output_throughput_token_per_s": 3.0}], "list of single requests"),
        (files.vllm(completed=0, failed=200), "no request completed, 200 failed"),
        (files.guidellm(benchmarks=[]), "it holds no run"),
        (files.guidellm(metadata={"version": 1, "guidellm_version": "0.5"}), "version 1 of the report is not known"),
        (files.vllm(total_output_tokens=0), "it counts no output tokens for 200 requests"),
        (files.vllm(duration=0), "does not say how long it ran"),
        (files.vllm(duration="soon"), "\"duration\" is 'soon'"),
        (files.vllm(completed=-3), '"completed" is -3'),
        (files.vllm(output_throughput=3.1), "it states 3.1 output tokens/s"),
        (files.vllm(mean_ttft_ms=100_000.0), "the mean time to first token is 100.0 s"),
        (files.vllm(mean_tpot_ms=0.006), "first token and the others take"),
        (files.vllm(max_concurrency=2), "at most 2 were asked for"),
        (files.aiperf(inter_token_latency={"unit": "min", "avg": 1.0}), 'is in "min", which is no unit of time'),
        (files.vllm(output_lens=[1], ttfts=[0.1, 0.2], itls=[[]]), "lists of requests have 1, 2 and 1 items"),
    ],
)
def test_refused(content: Any, told: str, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=told.replace("(", r"\(")) as raised:
        measured(tmp_path, content)
    assert raised.value.fix
    assert "result.json" in str(raised.value.where)


def test_a_forced_format_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="the file has no output_token_throughput, benchmark_duration") as raised:
        measured(tmp_path, files.sglang(), form="aiperf")
    assert 'Did you mean "output_throughput"?' in raised.value.fix


def test_an_unknown_format_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(Problem, match='Did you mean "guidellm"') as raised:
        measured(tmp_path, files.vllm(), form="guidelm")
    assert "inference-perf" in raised.value.fix


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(Problem, match="there is no such file"):
        read_measurements([Path("no-such.json")], GIVEN)


def test_nothing_named() -> None:
    with pytest.raises(Problem, match="no benchmark is named"):
        read_measurements([], GIVEN)


@pytest.mark.parametrize("name", ["meta-llama/Llama-3.3-70B-Instruct", "somebody/Llama-70B-quantized"])
def test_a_benchmark_of_another_model(name: str, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=f'the benchmark is of "{name}", not of llama-3.1-8b'):
        measured(tmp_path, files.vllm(model_id=name))


def test_a_name_of_ones_own_is_said(tmp_path: Path) -> None:
    (one,) = measured(tmp_path, files.vllm(model_id="chat-model"))
    assert 'calls the model "chat-model"; it is taken as llama-3.1-8b' in one.notices[0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (replace(GIVEN, model="llama-3.1-8bb"), "not in the catalog of open models"),
        (replace(GIVEN, gpu="h1000"), "not in the catalog of GPUs"),
        (replace(GIVEN, gpu=None), "does not say on which GPU"),
        (replace(GIVEN, precision=None), "in which precision the weights were"),
        (replace(GIVEN, precision="fp3"), 'the precision "fp3" is not known'),
    ],
)
def test_what_the_person_says_must_be_known(given: Given, told: str, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=told):
        measured(tmp_path, files.vllm(), given)


def test_no_model_by_anyone(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="the benchmark names no model"):
        measured(tmp_path, STAGE, replace(GIVEN, model=None))
    with pytest.raises(Problem, match='is of "mine", which is not in the catalog'):
        measured(tmp_path, files.vllm(model_id="mine"), replace(GIVEN, model=None))


def test_many_failures_are_said(tmp_path: Path) -> None:
    (one,) = measured(tmp_path, files.vllm(failed=20))
    assert any("200 of 220 requests completed" in each for each in one.notices)


def test_requests_without_their_times(tmp_path: Path) -> None:
    row = {"metadata": {"request_start_ns": 1}, "metrics": {"output_sequence_length": {"value": 3}}}
    with pytest.raises(Problem, match="a request has no end, input"):
        measured(tmp_path, [row])


def test_requests_that_all_failed(tmp_path: Path) -> None:
    row = {"metadata": {"request_start_ns": 1, "was_cancelled": True}, "metrics": {}}
    with pytest.raises(Problem, match="no request completed, 1 failed"):
        measured(tmp_path, [row])


def test_requests_of_inference_perf(tmp_path: Path) -> None:
    row = {
        "start_time": 5.0,
        "end_time": 7.0,
        "info": {
            "request_metrics": {"text": {"input_tokens": 90}},
            "response_metrics": {
                "output_tokens": 30,
                "server_usage": {"prompt_tokens": 100, "completion_tokens": 21},
                "output_token_times": [6.0, 7.0],
            },
        },
        "error": None,
    }
    failed = {**row, "error": {"type": "timeout"}}
    path = written(tmp_path, json.dumps([row, failed]))
    (one,) = read_measurements([path], GIVEN)
    assert (one.completed, one.failed, one.input_tokens, one.output_tokens) == (1, 1, 100, 21)
    assert (one.ttft.mean, one.tpot.mean) == (1.0, pytest.approx(1 / 20))
    assert "wrong tokenizer" in one.notices[0]
