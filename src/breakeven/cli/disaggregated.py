"""`breakeven throughput disaggregated`: prefill on some GPUs and decode on others, beside the same GPUs doing both."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from breakeven.cli.answer import print_json
from breakeven.cli.options import PrecisionOption
from breakeven.problems import Problem

POOL = re.compile(r"(\d{1,5})x(\d{1,4})")
UNKNOWN = (
    "Nobody has published measurements of this layout for us to fit: the bands are wide, first tokens wait for nobody, "
    "and 50 GB/s a GPU between the two sides are assumed."
)


def disaggregated(
    prefill: Annotated[str, typer.Option(metavar="RxG", help="Replicas that prefill x GPUs of each, such as 2x1.")],
    decode: Annotated[str, typer.Option(metavar="RxG", help="Replicas that decode x GPUs of each, such as 4x2.")],
    gpu: Annotated[str, typer.Option(help="GPU, by key or alias.")],
    isl: Annotated[float, typer.Option(help="Mean input tokens of a request.")],
    osl: Annotated[float, typer.Option(help="Mean output tokens of a request.")],
    model: Annotated[str | None, typer.Option(help="Open model, by key or Hugging Face id.")] = None,
    config: Annotated[Path | None, typer.Option(help="The config.json of a model that we do not list.")] = None,
    precision: PrecisionOption = None,
    engine: Annotated[str, typer.Option(help="vLLM, SGLang, TensorRT-LLM …")] = "vLLM",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Prefill and decode on GPUs of their own: requests a second, which side limits them, and times."""
    from breakeven.capacity.check.check_rows import require_room
    from breakeven.capacity.fit.asked_precision import precision_asked
    from breakeven.capacity.fit.model_config import read_config
    from breakeven.capacity.speed.disaggregated import Pool, apart, sized
    from breakeven.capacity.step_model.setup_rows import setup_of

    if model is None and config is None:
        raise Problem("no model is named", fix="Give --model, or --config config.json.")
    sides = {name: Pool(**_pool(text, name)) for name, text in (("--prefill", prefill), ("--decode", decode))}
    fields = {
        "model": model or "", "gpu": gpu, "n_gpus": "1", "isl": str(isl), "osl": str(osl), "engine": engine,
        "weights_dtype": precision_asked(precision, gpu=gpu, model=model, config=config),
    }  # fmt: skip
    setup = setup_of(fields, read_config(config) if config else None)
    for side in sides.values():
        require_room(sized(setup, side))
    speeds = apart(setup, sides["--prefill"], sides["--decode"])
    if as_json:
        print_json(asdict(speeds) | {"notice": UNKNOWN})
        return
    _print(speeds, sides)


def _pool(text: str, option: str) -> dict[str, int]:
    said = POOL.fullmatch(text.strip().lower())
    if said is None:
        raise Problem(f'{option} "{text}" is not replicas x GPUs', fix=f"Write it as {option} 2x1: two of one GPU.")
    return {"replicas": int(said[1]), "gpus": int(said[2])}


def _print(speeds: Any, sides: Any) -> None:
    count = sum(side.all_gpus for side in sides.values())
    for name, band, digits in (
        ("prefill alone, requests/s", speeds.prefill, 1),
        ("decode alone, requests/s", speeds.decode, 1),
        (f"both, requests/s ({speeds.limited_by} limits)", speeds.requests_per_second, 1),
        ("output tokens/s, all GPUs", speeds.output_tokens_per_second, 1),
        (f"the same {count} GPUs doing both, requests/s", speeds.together, 1),
        ("ms per further token", speeds.tpot_seconds, 1000),
        ("ms to the first token, waiting for nobody", speeds.ttft_seconds, 1000),
    ):
        low, likely, high = (f"{value * digits:,.4g}" for value in (band.p10, band.p50, band.p90))
        typer.echo(f"{name:<46}{likely:>10}  ({low} to {high})")
    typer.echo(UNKNOWN)
