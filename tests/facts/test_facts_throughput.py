"""Published throughput: complete, keyed to known models and GPUs, and the same figures as its origin."""

from __future__ import annotations

import csv
from pathlib import Path

from breakeven.facts import catalog
from breakeven.facts.tables import rows

# Our column: the origin's column. The origin's notes and names are not carried.
NUMBERS = {
    "gpus": "n_gpus",
    "mean_input_tokens": "isl",
    "mean_output_tokens": "osl",
    "output_tokens_per_second": "output_tok_s_total",
    "tensor_parallel": "tp",
    "pipeline_parallel": "pp",
    "data_parallel": "dp",
    "expert_parallel": "ep",
    "concurrency": "concurrency",
    "time_to_first_token": "ttft_ms",
    "time_per_output_token": "tpot_ms",
}
TEXTS = {
    "model": "model_key",
    "gpu": "gpu",
    "engine": "engine",
    "engine_version": "engine_version",
    "precision": "weights_dtype",
    "kv_precision": "kv_dtype",
    "load": "load",
    "date": "date",
    "length_known": "len_known",
    "trust": "trust",
    "flag": "flag",
    "speculative_decoding": "spec_decode",
}


def test_measurements_are_keyed_and_plausible() -> None:
    found = catalog.published_throughput()
    assert len(found) == len({each.id for each in found}) == 1412
    for each in found:
        assert each.model in catalog.open_models()
        assert each.gpu in catalog.gpus()
        assert 1 <= each.gpus <= 72
        assert 1 <= each.mean_output_tokens <= 40_000
        assert 1 <= each.mean_input_tokens <= 40_000
        assert 1 < each.output_tokens_per_second < 1e6
        assert each.source.address


def test_measurements_can_be_narrowed() -> None:
    found = catalog.published_throughput(model="meta-llama/Llama-3.1-8B-Instruct", gpu="h100")
    assert {(each.model, each.gpu) for each in found} == {("llama-3.1-8b", "H100-SXM-80GB")}
    assert 0 < len(found) < len(catalog.published_throughput(gpu="h100"))


def test_figures_are_those_of_the_origin(shared: Path) -> None:
    with (shared / "data" / "throughput" / "published.csv").open(encoding="utf-8", newline="") as file:
        origin = {each["id"]: each for each in csv.DictReader(file)}
    ours = list(rows(*catalog._table("published_throughput.csv")))
    assert [each.text("id") for each in ours] == list(origin)
    sources = catalog._sources()
    for row in ours:
        theirs = origin[row.text("id")]
        for mine, other in TEXTS.items():
            assert row.cells[mine] == theirs[other]
        for mine, other in NUMBERS.items():
            assert (row.cells[mine] and float(row.cells[mine])) == (theirs[other] and float(theirs[other]))
        assert sources[row.text("source")].address == theirs["source_ref"]
