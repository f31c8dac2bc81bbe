"""`breakeven throughput predict` at loads of one's own: table, JSON, picture, with and without benchmarks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from breakeven.capacity.speed.own_measurements import OwnMeasurements, OwnRun, read_own, to_yaml
from breakeven.cli.commands import app
from breakeven.problems import Problem

SHAPE = ["--model", "llama-3.1-8b", "--gpu", "h100", "--precision", "fp8", "--isl", "1000", "--osl", "250"]
RUN = OwnRun(
    file="c32.json", date="2026-11-18", tool="vllm", counted_by="server", concurrency=32.0, completed=2000,
    mean_input_tokens=1000.0, mean_output_tokens=250.0, output_tokens_per_second=2400.0, ttft_seconds=0.06,
)  # fmt: skip
OWN = OwnMeasurements(
    model="llama-3.1-8b",
    gpu="H100-SXM-80GB",
    gpus=1,
    precision="fp8",
    engine="vLLM",
    runs=(RUN, replace(RUN, file="b")),
)


def told(*arguments: str) -> Any:
    found = CliRunner().invoke(app, ["throughput", "predict", *arguments], env={"COLUMNS": "80"})
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return json.loads(found.stdout) if "--json" in arguments else found.stdout


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "measured.yaml"
    path.write_text(to_yaml(OWN), encoding="utf-8")
    return path


def test_every_load_is_a_row_of_figures_with_bands() -> None:
    page = told(*SHAPE, "--concurrency", "1,1000", "--rate", "4,9000")
    assert "…" not in page
    assert max(map(len, page.splitlines()[1:8])) <= 80
    assert [load in page for load in ("1 at once", "1000 at once", "4/s", "9000/s")] == [True] * 4
    assert "ever more" in page
    found = told(*SHAPE, "--concurrency", "8", "--rate", "9000", "--json")
    closed, over = found["loads"]
    assert closed["asked"] == "8 at once"
    assert closed["tpot_seconds"]["p10"] < closed["tpot_seconds"]["p50"] < closed["tpot_seconds"]["p90"]
    assert over["ttft_seconds"]["p50"] is None
    assert over["output_tokens_per_second"]["p50"] > 0


def test_benchmarks_say_what_is_not_typed_and_stand_beside_the_curve(measured: Path) -> None:
    found = told("--measured", str(measured), "--concurrency", "32", "--json")
    assert found["deployment"].endswith("1,000 tokens in, 250 out")
    assert found["loads"][0]["output_tokens_per_second"]["p50"] == pytest.approx(2400, rel=0.05)
    assert found["measured"][0]["ttft_seconds"] == 0.06
    assert "measured in flight" in told("--measured", str(measured), "--concurrency", "32")


def test_the_time_to_the_first_token_is_kept_with_a_measurement(measured: Path) -> None:
    assert read_own(measured).runs[0].ttft_seconds == 0.06


def test_the_curve_is_drawn_with_the_measured_points_on_it(measured: Path, tmp_path: Path) -> None:
    path = tmp_path / "curve.svg"
    told("--measured", str(measured), "--concurrency", "1,32", "--rate", "3", "--picture", str(path))
    drawn = path.read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert all(words in drawn for words in ("output tokens/s", "ms per further token", "ms to the first token"))
    assert 'aria-roledescription="point"' in drawn


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--concurrency", "8,x"], "no list of numbers above zero"),
        (["--rate", "0"], "no list of numbers above zero"),
        (["--rate", "nan"], "no list of numbers above zero"),
        (["--concurrency", "8", "--picture", "curve.pdf"], "is no picture"),
        (["--concurrency", "8", "--gpus", "1", "--model", "llama-3.1-405b"], "GB of weights"),
    ],
)
def test_questions_that_cannot_be_answered(more: list[str], words: str) -> None:
    with pytest.raises(Problem, match=words):
        told(*SHAPE, *more)


def test_benchmarks_of_another_deployment_are_refused(measured: Path) -> None:
    with pytest.raises(Problem, match=r"the benchmarks are of llama-3\.1-8b in fp8"):
        told("--measured", str(measured), "--gpu", "a100")
