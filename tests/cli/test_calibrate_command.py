"""`breakeven throughput calibrate`: results in, bands before and after, a file for the case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from breakeven.capacity.speed.own_measurements import read_own
from breakeven.cli.commands import app
from breakeven.problems import Problem

RUN = {
    "date": "20261118-093000",
    "backend": "vllm",
    "model_id": "meta-llama/Llama-3.1-8B-Instruct",
    "max_concurrency": 16,
    "duration": 20.0,
    "completed": 200,
    "total_input_tokens": 200_000,
    "total_output_tokens": 50_000,
    "output_throughput": 2500.0,
    "total_token_throughput": 12_500.0,
    "mean_ttft_ms": 100.0,
    "mean_tpot_ms": 6.0,
}


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["throughput", "calibrate", *arguments], catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def result(tmp_path: Path) -> str:
    path = tmp_path / "c16.json"
    path.write_text(json.dumps(RUN), encoding="utf-8")
    return str(path)


def test_before_and_after_are_shown_and_the_measurements_written(result: str, tmp_path: Path) -> None:
    target = tmp_path / "measured.yaml"
    said = run(result, "--gpu", "h100", "--precision", "fp8", "-o", str(target))
    assert "llama-3.1-8b in fp8 on 1 × H100-SXM-80GB, vLLM; own benchmark: c16.json (vllm) (2026-11-18)" in said
    assert "before" in said
    assert "with yours" in said
    assert "always waiting" in said
    assert "no latency promised" in said
    assert "self_hosting: {measured: measured.yaml}" in said
    assert read_own(target).runs[0].output_tokens_per_second == 2500


def test_as_json(result: str) -> None:
    found = json.loads(run(result, "--gpu", "h100", "--precision", "fp8", "--date", "2026-11", "--json"))
    first = found["loads"][0]
    assert first["name"] == "16 in flight"
    assert first["after"]["tokens_per_second"]["p50"] == pytest.approx(2500, rel=0.05)
    assert found["measured"][0]["run"]["date"] == "2026-11"
    assert "client's tokenizer" in found["notices"][0]


def test_a_model_by_its_config(result: str, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    keys = {"num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32, "num_key_value_heads": 8}
    config.write_text(json.dumps(keys | {"intermediate_size": 14336, "vocab_size": 128256, "model_type": "mine"}))
    said = run(result, "--gpu", "h100", "--precision", "fp8", "--config", str(config))
    assert said.startswith("mine in fp8 on 1 × H100-SXM-80GB")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--precision", "fp8"), "does not say on which GPU"),
        (("--gpu", "h100"), "in which precision"),
        (("--gpu", "h100", "--precision", "fp8", "--date", "soon"), "soon"),
        (("--gpu", "h100", "--precision", "fp8", "--format", "vlm"), 'Did you mean "vllm"'),
        (("--gpu", "h100", "--precision", "fp8", "--model", "llama-3.3-70b"), "not of llama-3.3-70b"),
    ],
)
def test_what_is_missing_or_wrong(arguments: tuple[str, ...], told: str, result: str) -> None:
    with pytest.raises(Problem, match=told):
        run(result, *arguments)
