"""`breakeven throughput predict` and `check`: rows in, rows out, and never a look at what was measured."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from breakeven.cli.commands import app
from breakeven.problems import Problem

HEADINGS = [
    "id",
    "source",
    "engine",
    "engine_version",
    "model",
    "model_key",
    "weights_dtype",
    "kv_dtype",
    "gpu",
    "n_gpus",
    "tp",
    "pp",
    "dp",
    "ep",
    "isl",
    "osl",
    "concurrency",
    "load",
    "output_tok_s_total",
]
GOOD = {
    "id": "A",
    "source": "trtllm-perf-overview",
    "engine": "TensorRT-LLM",
    "engine_version": "0.17.0",
    "model": "Llama 3.1 8B",
    "model_key": "llama-3.1-8b",
    "weights_dtype": "fp8",
    "kv_dtype": "fp8",
    "gpu": "H100-SXM-80GB",
    "n_gpus": "1",
    "tp": "1",
    "pp": "1",
    "dp": "1",
    "ep": "",
    "isl": "1000",
    "osl": "1000",
    "concurrency": "",
    "load": "infinite_rate",
    "output_tok_s_total": "14991.62",
}


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["throughput", *arguments], catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def table(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADINGS)
        writer.writeheader()
        writer.writerows(GOOD | row for row in rows)
    return path


def predicted(folder: Path, *rows: dict[str, str]) -> list[dict[str, str]]:
    output = folder / "out.csv"
    run("predict", str(table(folder, *rows)), "-o", str(output))
    with output.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_come_back_with_a_band(tmp_path: Path) -> None:
    (row,) = predicted(tmp_path, {})
    assert {name: row[name] for name in HEADINGS} == GOOD
    low, middle, high = (float(row[f"predicted_{each}"]) for each in ("p10", "p50", "p90"))
    assert low < middle < high
    assert 10_000 < middle < 20_000
    assert row["reason"] == ""


def test_what_was_measured_is_not_looked_at(tmp_path: Path) -> None:
    told, blank, wrong = predicted(tmp_path, {}, {"output_tok_s_total": ""}, {"output_tok_s_total": "7"})
    assert told["predicted_p50"] == blank["predicted_p50"] == wrong["predicted_p50"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"model_key": "", "model": "no-such-model"}, "not in the catalog of open models"),
        ({"gpu": "H1000"}, "not in the catalog of GPUs"),
        ({"weights_dtype": "fp3"}, 'the precision "fp3" is not known'),
        ({"isl": ""}, "isl is empty"),
        ({"osl": "-4"}, 'osl is "-4"'),
        ({"n_gpus": "8", "pp": "3"}, "cannot be cut"),
        ({"model_key": "qwen3-next-80b-a3b"}, "architecture of qwen3-next-80b-a3b is not in the facts"),
        ({"model_key": "llama-3.1-405b"}, "GB of weights"),
        ({"kv_dtype": "fp5"}, "KV cache precision"),
        ({"gpu": "Arc-Pro-B70"}, "no bf16 arithmetic peak"),
    ],
)
def test_a_row_that_cannot_be_predicted_says_why(tmp_path: Path, changed: dict[str, str], reason: str) -> None:
    bad, good = predicted(tmp_path, changed, {})
    assert bad["predicted_p50"] == ""
    assert reason in bad["reason"]
    assert good["predicted_p50"] != ""


def test_a_model_is_found_by_either_name(tmp_path: Path) -> None:
    by_key, by_id = predicted(tmp_path, {"model": ""}, {"model_key": "", "model": "meta-llama/Llama-3.1-8B-Instruct"})
    assert by_key["predicted_p50"] == by_id["predicted_p50"]


def test_check_tells_the_errors(tmp_path: Path) -> None:
    rows = table(tmp_path, {}, {"gpu": "H1000"}, {"output_tok_s_total": ""}, {"output_tok_s_total": "1000"})
    found = json.loads(run("check", str(rows), "--json"))
    assert found["n"] == 2
    assert found["within_25"] == 0.5
    assert set(found) == {
        "n",
        "median_absolute_percentage_error",
        "bias",
        "within_25",
        "within_50",
        "band_coverage",
        "by_engine",
        "by_gpu",
        "by_kind",
        "left_out",
    }
    assert list(found["by_kind"]) == ["dense"]
    assert sum(found["left_out"].values()) == 2
    assert "inside the band" in run("check", str(rows))


def test_one_deployment_by_options() -> None:
    asked = ("--gpu", "h100", "--gpus", "4", "--precision", "fp8", "--isl", "1000", "--osl", "500")
    assert "no latency promised" in run("predict", "--model", "llama-3.3-70b", *asked)
    found = json.loads(run("predict", "--model", "llama-3.3-70b", *asked, "--json"))
    assert found["p10"] < found["p50"] < found["p90"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--gpu", "h100"), "--model, --isl, --osl missing"),
        (("none.csv", "-o", "predicted.csv"), "there is no such file"),
    ],
)
def test_bad_questions(arguments: tuple[str, ...], told: str) -> None:
    with pytest.raises(Problem, match=told):
        run("predict", *arguments)


def test_a_table_without_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("model,gpu\nx,y\n", encoding="utf-8")
    with pytest.raises(Problem, match="n_gpus, weights_dtype, isl, osl"):
        run("check", str(path))


def test_nothing_to_compare(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no row can be compared"):
        run("check", str(table(tmp_path, {"output_tok_s_total": ""})))
