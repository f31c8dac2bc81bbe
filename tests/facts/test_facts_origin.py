"""GPU, model and rental figures are those of the reference folder they were carried over from."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from breakeven.facts import catalog


def origin(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def scaled(text: str, scale: float) -> float | None:
    return pytest.approx(float(text) * scale, rel=1e-12) if text else None


def test_gpu_figures(shared: Path) -> None:
    for theirs in origin(shared, "throughput/gpus.csv"):
        gpu = catalog.gpus()[theirs["key"]]
        assert gpu.memory_bytes == scaled(theirs["mem_gb"], 2**30)
        assert gpu.memory_bytes_per_second == scaled(theirs["mem_bw_tbs"], 1e12)
        for precision in ("bf16", "fp8", "fp4"):
            assert gpu.flops_per_second.get(precision) == scaled(theirs[f"dense_{precision}_tflops"], 1e12)
        assert gpu.flops_per_second.get("int8") == scaled(theirs["dense_int8_tops"], 1e12)
        assert gpu.interconnect_bytes_per_second == scaled(theirs["scaleup_bw_gbs_unidirectional"], 1e9)
        assert gpu.power_watts == scaled(theirs["tdp_w"], 1)
        assert gpu.recalled == ("recalled" in theirs["source"])


def test_model_figures(shared: Path) -> None:
    for theirs in origin(shared, "throughput/models.csv"):
        model = catalog.open_models()[theirs["key"]]
        assert model.hugging_face_id == theirs["hf_id"]
        assert model.total_parameters == scaled(theirs["official_total_b"], 1e9)
        active = theirs["official_active_b"] or theirs["official_total_b"]
        assert model.active_parameters == scaled(active, 1e9)
        assert model.kv_bytes_per_token_16bit == scaled(theirs["kv_elems_per_token"] or "0", 2)
        assert (model.layers, model.hidden_size) == (int(theirs["layers"]), int(theirs["hidden"]))
        assert model.sliding_window_layers == int(theirs["swa_layers"])
        assert model.recalled == ("recalled" in theirs["source"])


def test_rental_prices(shared: Path) -> None:
    ours = {(each.provider, each.product, each.usd_per_gpu_hour) for each in catalog.gpu_offers()}
    for theirs in origin(shared, "prices/gpu_prices.csv"):
        price = float(theirs["usd_per_gpu_hour"])
        assert (theirs["provider"], theirs["product"] or "-", price) in ours
