"""Measurements of one deployment: gathered, written, read again, and refused where they cannot be one."""

from __future__ import annotations

from pathlib import Path

import benchmark_files as files
import pytest
from benchmark_files import GIVEN, measured, written

from breakeven.capacity.benchmarks.reading import read_measurements
from breakeven.capacity.check.own_answer import own_answer, shape_named
from breakeven.capacity.speed.own_measurements import FORMAT, own_measurements, read_own, to_yaml
from breakeven.problems import Problem


def text_of(folder: Path) -> str:
    return to_yaml(own_measurements(measured(folder, files.vllm())))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    own = own_measurements(measured(tmp_path, [files.vllm(), files.vllm(max_concurrency=32)]))
    path = written(tmp_path, to_yaml(own), "measured.yaml")
    assert to_yaml(read_own(path)) == to_yaml(own)
    assert str(own.source) == "own benchmark: result.json (vllm) (2026-11-18)"


def test_runs_of_two_deployments_are_refused(tmp_path: Path) -> None:
    one, two = written(tmp_path, files.vllm(gpus=1), "a.json"), written(tmp_path, files.vllm(gpus=2), "b.json")
    given = type(GIVEN)(model="llama-3.1-8b", gpu="h100", precision="fp8")
    with pytest.raises(Problem, match=r"gpus is 1 \(a.json\) and 2 \(b.json\)") as raised:
        own_measurements(read_measurements([one, two], given))
    assert "--gpus" in raised.value.fix


def test_less_than_one_request_in_flight_says_how_fast_one_is(tmp_path: Path) -> None:
    slow = files.vllm(request_rate=0.25, max_concurrency=None, duration=800.0, output_throughput=62.5)
    own = own_measurements(measured(tmp_path, slow))
    (point,) = own.points(shape_named("llama-3.1-8b"))
    assert point.setup.bench.concurrency == 1
    assert point.output_tokens_per_second == pytest.approx(250 / 1.594)


def test_the_answer_has_the_loads_measured_and_more(tmp_path: Path) -> None:
    own = own_measurements(measured(tmp_path, files.vllm()))
    answer = own_answer(own)
    assert [each.name for each in answer.loads] == ["16 in flight", "32 in flight", "always waiting"]
    for each in answer.loads:
        assert each.after.tokens_per_second.p10 < each.after.tokens_per_second.p50 < each.after.tokens_per_second.p90
    assert answer.loads[0].after.tokens_per_second.p50 == pytest.approx(2500, rel=0.05)


def test_a_model_that_cannot_be_there(tmp_path: Path) -> None:
    given = type(GIVEN)(model="llama-3.3-70b", gpu="l40s", gpus=1, precision="bf16")
    found = measured(tmp_path, files.vllm(model_id="mine"), given)
    with pytest.raises(Problem, match="GB of weights"):
        own_answer(own_measurements(found))


def test_a_model_without_architecture() -> None:
    with pytest.raises(Problem, match="architecture of qwen3-next-80b-a3b is not in the facts") as raised:
        shape_named("qwen3-next-80b-a3b")
    assert "--config" in raised.value.fix


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (f"format: {FORMAT}", "format: other", "not a file of measurements"),
        ("measurements:", "measured:", "the measurements are damaged"),
        ("  completed: 200", "  completed: 0", "completed is 0"),
        ("  output_tokens_per_second: 2500.0", "  output_tokens_per_second: fast", "the measurements are damaged"),
        ("  tool: vllm", "  tool: vllm\n  colour: red", "the measurements are damaged"),
        ("gpu: H100-SXM-80GB", "gpu: H1000", "not in the catalog of GPUs"),
        ("precision: fp8", "precision: fp3", 'the precision "fp3" is not known'),
        ("model: ", "model: [", "not YAML"),
    ],
)
def test_damaged(old: str, new: str, told: str, tmp_path: Path) -> None:
    text = text_of(tmp_path)
    assert old in text
    with pytest.raises(Problem, match=told) as raised:
        read_own(written(tmp_path, text.replace(old, new, 1), "measured.yaml"))
    assert raised.value.fix


def test_no_file_and_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="there is no such file"):
        read_own(tmp_path / "none.yaml")
    text = text_of(tmp_path)
    head = text[: text.index("measurements:")]
    with pytest.raises(Problem, match="holds no measurement"):
        read_own(written(tmp_path, head + "measurements: []\n", "measured.yaml"))
