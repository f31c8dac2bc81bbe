"""`breakeven throughput fit`: does a model fit, in which layout, with how many sequences; and if not, why."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from breakeven.cli.answer import print_json
from breakeven.cli.options import PrecisionOption
from breakeven.problems import Problem

GB = 1e9
RULE = (
    "Rule: weights, what the engine keeps (2 GB and the activations of a step), then the KV cache, within 90 % of a "
    "GPU's memory; where memory is short, an engine that spares it. Try it before buying."
)


def fit(
    gpu: Annotated[str, typer.Option(help="GPU, by key or alias.")],
    model: Annotated[str | None, typer.Option(help="Open model, by key or Hugging Face id.")] = None,
    config: Annotated[Path | None, typer.Option(help="The config.json of a model that we do not list.")] = None,
    precision: PrecisionOption = None,
    isl: Annotated[float, typer.Option(help="Mean input tokens of a request.")] = 1000,
    osl: Annotated[float, typer.Option(help="Mean output tokens of a request.")] = 1000,
    kv_bytes: Annotated[float, typer.Option(help="Bytes per value of the KV cache: 2, or 1 for fp8.")] = 2,
    gpus: Annotated[int | None, typer.Option(help="GPUs; absent: the usual layouts.", min=1)] = None,
    tensor: Annotated[int | None, typer.Option(help="GPUs that share every layer.", min=1)] = None,
    pipeline: Annotated[int, typer.Option(help="Stages that layers are cut into.", min=1)] = 1,
    data: Annotated[int, typer.Option(help="Copies of the attention.", min=1)] = 1,
    expert: Annotated[int, typer.Option(help="GPUs that experts are spread over.", min=1)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Weights, KV cache per token, and the layouts of GPUs that hold the model, each with its reason if not."""
    from breakeven.capacity.fit.asked_precision import precision_asked
    from breakeven.capacity.fit.layouts import Asked, layout_named, sizes_of
    from breakeven.capacity.fit.replica import mean_context_tokens
    from breakeven.facts import catalog
    from breakeven.facts.precisions import precision_named

    asked = Asked(
        shape=_shape(model, config),
        gpu=catalog.gpu(gpu),
        precision=precision_named(precision_asked(precision, gpu=gpu, model=model, config=config)),
        context_tokens=mean_context_tokens(isl, osl),
        kv_bytes_per_value=kv_bytes,
    )
    if gpus is None and (tensor, pipeline, data, expert) != (None, 1, 1, 1):
        raise Problem("a layout is given, and not of how many GPUs", fix="Say it with --gpus.")
    sizes = sizes_of(asked, (layout_named(gpus, tensor, pipeline, data, expert),) if gpus else ())
    if as_json:
        print_json(asdict(sizes))
        return
    _print(asked, sizes)


def _shape(model: str | None, config: Path | None) -> Any:
    from breakeven.capacity.check.own_answer import shape_named
    from breakeven.capacity.fit.model_config import read_config

    if config is not None:
        return read_config(config, model or "")
    if model is None:
        raise Problem("no model is named", fix="Give --model, or --config config.json.")
    return shape_named(model)


def _print(asked: Any, sizes: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    told = (
        f"{sizes.weights_bytes / GB:,.1f} GB of {asked.precision.name} weights, {sizes.kv_bytes_per_token:,.0f} bytes"
    )
    state = f", {sizes.state_bytes_of_sequence / 1e6:,.0f} MB of fixed state a sequence" * (
        sizes.state_bytes_of_sequence > 0
    )
    console.print(f"{asked.shape.model}: {told} of KV cache a token{state}", soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for heading in ("GPUs", "layout", "weights a GPU", f"sequences of {asked.context_tokens:,.0f} tokens"):
        table.add_column(heading, justify="left" if heading == "layout" else "right")
    for layout in sizes.layouts:
        weights = f"{layout.weights_bytes_per_gpu / GB:,.1f} GB"
        table.add_row(
            str(layout.layout.gpus), _name(layout.layout), weights, f"{layout.sequences:,}" if layout.sequences else "0"
        )
    console.print(table)
    for layout in sizes.layouts:
        if layout.reason:
            console.print(
                f"{layout.layout.gpus} × {asked.gpu.key}, {_name(layout.layout)}: {layout.reason}.", soft_wrap=True
            )
    console.print(RULE, soft_wrap=True)


def _name(layout: Any) -> str:
    parts = {"tensor": layout.attention_gpus, "pipeline": layout.pipeline, "data": layout.data, "expert": layout.expert}
    return " × ".join(f"{name} {count}" for name, count in parts.items() if count > 1) or "one GPU"
