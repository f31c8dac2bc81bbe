"""Deployments for tests of the step model, of models and GPUs in the facts."""

from __future__ import annotations

from breakeven.capacity.fit.setup import Bench, Layout, Setup
from breakeven.facts import catalog
from breakeven.facts.precisions import precision_named


def make_setup(
    *,
    model: str = "llama-3.1-8b",
    gpu: str = "h100",
    precision: str = "fp8",
    gpus: int = 1,
    lengths: tuple[float, float] = (1000.0, 1000.0),
    concurrency: float = 0.0,
    engine: str = "TensorRT-LLM",
    kv_bytes_per_value: float = 0.0,
    layout: Layout | None = None,
) -> Setup:
    """Llama-3.1-8B in fp8 on an H100, requests always waiting, unless told otherwise."""
    shape = catalog.architecture(catalog.open_model(model).key)
    assert shape is not None
    return Setup(
        architecture=shape,
        gpu=catalog.gpu(gpu),
        precision=precision_named(precision),
        kv_bytes_per_value=kv_bytes_per_value,
        layout=layout or Layout(gpus=gpus, tensor=gpus),
        bench=Bench(engine=engine, load="closed_loop" if concurrency else "infinite_rate", concurrency=concurrency),
        mean_input_tokens=lengths[0],
        mean_output_tokens=lengths[1],
    )
