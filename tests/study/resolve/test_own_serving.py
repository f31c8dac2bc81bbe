"""What a case brings itself: benchmarks of its own, and a model by its config.json."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from breakeven import Case, Problem
from breakeven.capacity.promise.promise import Promise
from breakeven.capacity.speed.own_measurements import OwnMeasurements, OwnRun, to_yaml
from breakeven.study.questions.size import How
from breakeven.study.questions.size_case import size_case
from breakeven.study.resolve.resolve import Resolved, resolve

RUN = OwnRun(
    file="c16.json",
    date="2026-11-18",
    tool="vllm",
    counted_by="server",
    concurrency=16.0,
    completed=200,
    mean_input_tokens=1000.0,
    mean_output_tokens=250.0,
    output_tokens_per_second=2500.0,
    tpot_seconds=0.006,
)
OWN = OwnMeasurements(model="llama-3.1-8b", gpu="H100-SXM-80GB", gpus=1, precision="fp8", engine="SGLang", runs=(RUN,))
CONFIG = {
    "model_type": "llama",
    "num_hidden_layers": 32,
    "hidden_size": 4096,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128256,
}


def resolved(folder: Path, **serving: Any) -> Resolved:
    return resolve(case_of(folder, **serving))


def case_of(folder: Path, *, own: OwnMeasurements | None = OWN, model: str = "llama-3.1-8b", **serving: Any) -> Case:
    if own is not None:
        (folder / "measured.yaml").write_text(to_yaml(own), encoding="utf-8")
        serving = {"measured": "measured.yaml"} | serving
    data = {
        "as_of": "2026-11-21",
        "api_spend_per_month": 40000,
        "hosted_model": "anthropic/claude-haiku-4-5",
        "open_model": model,
        "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69, "source": "offer", "date": "2026-11-09"},
        "team": 1,
        "self_hosting": serving,
    }
    return Case.from_dict(data, folder=folder)


def test_benchmarks_make_the_speed_measured_with_files_and_date(tmp_path: Path) -> None:
    found = resolved(tmp_path)
    one = found.inputs["replica_tokens_per_second"]
    assert one.kind == "measured"
    assert str(one.source) == "own benchmark: c16.json (vllm) (2026-11-18)"
    assert found.serving.precision == "fp8"  # as it was measured; the case names none
    because = found.serving.bands[0].because
    assert "1 benchmark of yours on 1 × H100-SXM-80GB with SGLang" in because


def test_faster_benchmarks_give_a_faster_replica(tmp_path: Path) -> None:
    def speed(tokens_per_second: float) -> float:
        run = replace(RUN, output_tokens_per_second=tokens_per_second)
        own = replace(OWN, runs=(run,))
        return resolved(tmp_path, own=own).serving.bands[0].p50

    assert speed(1800.0) < speed(2500.0) < speed(3000.0)


@pytest.mark.parametrize(
    "serving", [{"precision": "bf16"}, {"gpus_per_replica": 2, "precision": "fp8"}, {"gpu": "h200"}]
)
def test_benchmarks_of_another_deployment_are_not_used_and_that_is_said(
    serving: dict[str, Any], tmp_path: Path
) -> None:
    if "gpu" in serving:
        other = replace(OWN, gpu="H200-SXM-141GB")
        found = resolved(tmp_path, own=other)
    else:
        found = resolved(tmp_path, **serving)
    assert found.inputs["replica_tokens_per_second"].kind in ("published", "modelled")
    assert any("they are not used" in str(each) for each in found.notices)


def test_benchmarks_of_another_model_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"measured\.yaml is of llama-3\.1-8b, and the case serves llama-3\.3-70b"):
        resolved(tmp_path, model="llama-3.3-70b")


def test_a_speed_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="the speed is given twice"):
        resolved(tmp_path, tokens_per_second=3000)


def test_benchmarks_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r'self_hosting\.measured: there is no file "none\.yaml"') as raised:
        resolved(tmp_path, own=None, measured="none.yaml")
    assert "relative to the folder of the case" in raised.value.fix


def test_a_model_by_its_config(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    found = resolved(tmp_path, own=None, model="our-8b", model_config="config.json", precision="fp8")
    assert found.serving.model.key == "our-8b"
    assert found.serving.model.total_parameters == pytest.approx(8.03e9, rel=0.001)
    assert found.inputs["replica_tokens_per_second"].kind == "modelled"
    listed = resolved(tmp_path, own=None, precision="fp8")
    assert found.serving.fit.kv_bytes_per_token == listed.serving.fit.kv_bytes_per_token


def test_a_model_by_its_config_with_benchmarks(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    own = replace(OWN, model="our-8b")
    found = resolved(tmp_path, own=own, model="our-8b", model_config="config.json")
    assert found.inputs["replica_tokens_per_second"].kind == "measured"


def test_an_unknown_model_is_told_of_its_config(tmp_path: Path) -> None:
    with pytest.raises(Problem, match='"our-8b" is not in the catalog') as raised:
        resolved(tmp_path, own=None, model="our-8b")
    assert "self_hosting.model_config" in raised.value.fix


def test_a_config_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r'model_config: there is no file "none\.json"'):
        resolved(tmp_path, own=None, model="our-8b", model_config="none.json")


def test_a_config_without_what_is_needed(tmp_path: Path) -> None:
    short = {key: value for key, value in CONFIG.items() if key != "num_hidden_layers"}
    (tmp_path / "config.json").write_text(json.dumps(short), encoding="utf-8")
    with pytest.raises(Problem, match='"num_hidden_layers" is missing, the number of layers') as raised:
        resolved(tmp_path, own=None, model="our-8b", model_config="config.json")
    assert "config.json" in raised.value.fix


def test_a_fleet_is_sized_for_a_model_by_its_config(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    case = case_of(tmp_path, own=None, model="our-8b", model_config="config.json", precision="fp8")
    found = size_case(case, promise=Promise(ttft_seconds=2.0, tpot_seconds=0.1), how=How())
    assert found.replica.model == "our-8b"
    assert 8e9 < found.replica.weight_bytes < 10e9  # fp8, with a head of 16 bits
    assert found.fleet.replicas >= 1
