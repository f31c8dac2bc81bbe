"""`breakeven throughput fit`: sizes and layouts of listed models and of a config.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from breakeven.cli.commands import app
from breakeven.problems import Problem

CONFIG = {
    "num_hidden_layers": 32,
    "hidden_size": 4096,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128256,
}


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["throughput", "fit", *arguments], catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_layouts_and_reasons_are_shown() -> None:
    said = run("--model", "deepseek-r1", "--gpu", "h200")
    assert "672.9 GB of fp8 weights, 70,272 bytes of KV cache a token" in said
    assert "data 8 × expert 8" in said
    assert "4 × H200-SXM-141GB, tensor 4: a GPU needs 168.2 GB for weights" in said
    assert "within 90 % of a GPU's memory" in " ".join(said.split())


def test_a_model_by_its_config_is_the_listed_one(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CONFIG), encoding="utf-8")
    asked = ("--gpu", "h100", "--json")
    own = json.loads(run("--config", str(path), *asked))
    listed = json.loads(run("--model", "llama-3.1-8b", *asked))
    assert own["kv_bytes_per_token"] == listed["kv_bytes_per_token"] == 131072
    assert own["weights_bytes"] == pytest.approx(listed["weights_bytes"], rel=0.001)
    assert run("--config", str(path), "--model", "ours", "--gpu", "h100").startswith("ours: ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "no model is named"),
        (("--model", "our-8b"), "not in the catalog of open models"),
        (("--model", "qwen3-next-80b-a3b"), "architecture of qwen3-next-80b-a3b is not in the facts"),
        (("--config", "none.json"), "there is no such file"),
        (("--model", "llama-3.1-8b", "--pipeline", "2"), "not of how many GPUs"),
        (("--model", "llama-3.1-8b", "--gpus", "4", "--tensor", "3"), "not 4"),
    ],
)
def test_what_is_missing_or_wrong(arguments: tuple[str, ...], told: str) -> None:
    with pytest.raises(Problem, match=told):
        run("--gpu", "h100", *arguments)
