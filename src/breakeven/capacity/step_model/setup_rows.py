"""From rows in the layout of the published table to deployments; a row that cannot be says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite

from breakeven.capacity.fit.setup import SATURATED, Bench, Layout, Setup
from breakeven.capacity.step_model.levels import series_of
from breakeven.facts import catalog
from breakeven.facts.precisions import precision_named
from breakeven.facts.records import Architecture
from breakeven.facts.tables import Row
from breakeven.problems import Problem

# The columns that are read, and what each is called in our table of facts.
COLUMNS = {
    "model_key": "model",
    "gpu": "gpu",
    "n_gpus": "gpus",
    "engine": "engine",
    "engine_version": "engine_version",
    "weights_dtype": "precision",
    "kv_dtype": "kv_precision",
    "isl": "mean_input_tokens",
    "osl": "mean_output_tokens",
    "concurrency": "concurrency",
    "load": "load",
    "source": "source",
    "date": "date",
    "tp": "tensor_parallel",
    "pp": "pipeline_parallel",
    "dp": "data_parallel",
    "ep": "expert_parallel",
}
REQUIRED = ("gpu", "n_gpus", "weights_dtype", "isl", "osl")
MEASURED = "output_tok_s_total"
KV_BYTES = {"": 0.0, "fp8": 1.0, "int8": 1.0, "fp4": 0.5, "nvfp4": 0.5, "fp16": 2.0, "bf16": 2.0, "auto": 0.0}
Fields = Mapping[str, str]


def fields_of(row: Row) -> dict[str, str]:
    """A row of our facts under the names of the published table."""
    return {theirs: row.cells[ours] for theirs, ours in COLUMNS.items()}


def _number(fields: Fields, name: str, default: float) -> float:
    text = (fields.get(name) or "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or value <= 0:
        raise Problem(f'{name} is "{text}"', fix="Write a number greater than zero.")
    return value


def _count(fields: Fields, name: str) -> int:
    value = _number(fields, name, 1.0)
    if value != int(value):
        raise Problem(f'{name} is "{fields[name]}"', fix="Write a whole number.")
    return int(value)


def architecture_of(fields: Fields) -> Architecture:
    """The shape of the row's model, by `model_key`, else by `model`. Raises `Problem` when it is not known."""
    named = [name for column in ("model_key", "model") if (name := (fields.get(column) or "").strip())]
    if not named:
        raise Problem("no model is named", fix='Fill in "model_key" or "model".')
    model = _first_known(named)
    if (found := catalog.architecture(model)) is None:
        told = f"the architecture of {model} is not in the facts"
        raise Problem(told, fix="Give its config.json with --config.")
    return found


def _first_known(named: list[str]) -> str:
    for name in named:
        try:
            return catalog.open_model(name).key
        except Problem as problem:
            unknown = problem
    raise unknown


def layout_of(fields: Fields) -> Layout:
    """How the row's GPUs share the work; without `tp`, all of them share every layer."""
    pipeline, data = _count(fields, "pp"), _count(fields, "dp")
    gpus = _count(fields, "n_gpus")
    whole = max(1, gpus // (pipeline * data))
    tensor = _count(fields, "tp") if (fields.get("tp") or "").strip() else whole
    if gpus % (pipeline * data):
        raise Problem(f"{gpus} GPUs cannot be cut into {pipeline} × {data} equal parts", fix="Check pp and dp.")
    return Layout(gpus=gpus, tensor=tensor, pipeline=pipeline, data=data, expert=_count(fields, "ep"))


def setup_of(fields: Fields, architecture: Architecture | None = None) -> Setup:
    """The deployment of a row. Raises `Problem`: the first thing that is missing or not known.

    What was measured is not looked at. `architecture` replaces the row's model.
    """
    for name in REQUIRED:
        if not (fields.get(name) or "").strip():
            raise Problem(f"{name} is empty", fix="Fill it in.")
    kv = (fields.get("kv_dtype") or "").strip().lower()
    if kv not in KV_BYTES:
        raise Problem(f'the KV cache precision "{kv}" is not known', fix=f"Known: {', '.join(KV_BYTES)}.")
    return Setup(
        architecture=architecture or architecture_of(fields),
        gpu=catalog.gpu(fields["gpu"]),
        precision=precision_named(fields["weights_dtype"]),
        kv_bytes_per_value=KV_BYTES[kv],
        layout=layout_of(fields),
        bench=_bench(fields),
        mean_input_tokens=_number(fields, "isl", 0.0),
        mean_output_tokens=_number(fields, "osl", 0.0),
    )


def _bench(fields: Fields) -> Bench:
    load = (fields.get("load") or "").strip()
    concurrency = _number(fields, "concurrency", 0.0)
    return Bench(
        engine=(fields.get("engine") or "").strip() or "vLLM",
        version=(fields.get("engine_version") or "").strip(),
        series=series_of((fields.get("source") or "").strip()),
        load=load or ("closed_loop" if concurrency else SATURATED),
        concurrency=concurrency or (1.0 if load == "single_stream" else 0.0),
        date=(fields.get("date") or "").strip(),
    )


def measured_of(fields: Fields) -> float | None:
    """Output tokens per second over all GPUs that were measured; None where the row gives none."""
    try:
        return _number(fields, MEASURED, 0.0) or None
    except Problem:
        return None


def published_setups(rows: Iterable[Row]) -> list[Setup]:
    """The deployments of our table of facts, in its order."""
    return [setup_of(fields_of(row)) for row in rows]
