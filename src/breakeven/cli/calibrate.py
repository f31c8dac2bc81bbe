"""`breakeven throughput calibrate`: the user's own benchmarks move the band of their deployment."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from breakeven.cli.answer import print_json
from breakeven.cli.options import PrecisionOption
from breakeven.outputs import tried, write
from breakeven.problems import Problem

NO_PROMISE = "Always waiting is saturated throughput: no latency promised. A case takes less, and says how much."


def calibrate(
    benchmarks: Annotated[list[Path], typer.Argument(help="One to three results of a load generator, or more.")],
    model: Annotated[str | None, typer.Option(help="Open model, by key or Hugging Face id; else the file's.")] = None,
    gpu: Annotated[str | None, typer.Option(help="GPU, by key or alias; else the file's.")] = None,
    gpus: Annotated[int | None, typer.Option(help="GPUs that served one copy of the model.", min=1)] = None,
    precision: PrecisionOption = None,
    engine: Annotated[str | None, typer.Option(help="vLLM, SGLang, TensorRT-LLM …; else the file's.")] = None,
    date: Annotated[str | None, typer.Option(help="When it was measured; else the file's.")] = None,
    config: Annotated[Path | None, typer.Option(help="The config.json of a model that we do not list.")] = None,
    form: Annotated[str | None, typer.Option("--format", help="vllm, sglang, guidellm, aiperf …; else told.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where they go, for a case.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read results of vllm bench serve, SGLang, guidellm, aiperf, genai-perf, inference-perf or llmperf.

    Prints the band of tokens per second before and after them; -o writes what a case names as self_hosting.measured.
    """
    from breakeven.capacity.benchmarks.given import Given
    from breakeven.capacity.benchmarks.reading import read_measurements
    from breakeven.capacity.check.own_answer import own_answer
    from breakeven.capacity.fit.model_config import read_config
    from breakeven.capacity.speed.own_measurements import own_measurements, to_yaml

    tried(output, sources=benchmarks)
    shape = read_config(config) if config else None
    given = Given(
        model=model or (shape.model if shape else None),
        gpu=gpu,
        gpus=gpus,
        precision=precision,
        engine=engine,
        date=_day(date),
        configured=shape is not None,
    )
    measured = read_measurements(benchmarks, given, form)
    own = own_measurements(measured)
    answer = own_answer(own, shape)
    if output is not None:
        write(output, to_yaml(own))
    notices = _notices(measured)
    if as_json:
        print_json(asdict(answer) | {"notices": notices})
        return
    _print(answer, own)
    for notice in notices:
        typer.echo(notice)
    typer.echo(NO_PROMISE)
    if output is not None:
        typer.echo(f"Written: {output}. Name it in a case: self_hosting: {{measured: {output.name}}}")


def _notices(found: list[Any]) -> list[str]:
    """Every notice once, with the files it is of."""
    of: dict[str, list[str]] = {}
    for each in found:
        for notice in each.notices:
            of.setdefault(notice, []).append(each.file)
    return [f"{', '.join(dict.fromkeys(files))}: {notice}" for notice, files in of.items()]


def _day(text: str | None) -> str | None:
    from breakeven.facts.age import first_day

    if text is not None and first_day(text) is None:
        raise Problem(f'--date "{text}" is no day', fix="Write it as 2026-11-21.")
    return text


def _print(answer: Any, own: Any) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    of_gpus = f"{own.gpus} × {own.gpu}"
    console.print(f"{own.model} in {own.precision} on {of_gpus}, {own.engine}; {own.source}", soft_wrap=True)
    headings = ("measured", "in", "out", "in flight", "tokens/s", "predicted", "ms/token", "predicted")
    console.print(_table(headings, [_measured(measurement) for measurement in answer.measured]))
    console.print("Output tokens/s of all GPUs. Predicted: from published measurements alone.")
    console.print("Output tokens per second over all GPUs, likely and four of five:")
    console.print(_table(("", "before", "with yours"), [_speed(load) for load in answer.loads]))
    console.print("Milliseconds per output token of one request:")
    console.print(_table(("", "before", "with yours"), [_pace(load) for load in answer.loads]))


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for at, heading in enumerate(headings):
        table.add_column(heading, justify="right" if at else "left", no_wrap=at > 0, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _measured(measurement: Any) -> tuple[str, ...]:
    run = measurement.run
    figures = (run.mean_input_tokens, run.mean_output_tokens)
    return (
        run.file,
        *(f"{figure:,.0f}" for figure in figures),
        f"{run.concurrency:,.1f}",
        f"{run.output_tokens_per_second:,.0f}",
        f"{measurement.foreseen_tokens_per_second:,.0f}",
        f"{1000 * run.tpot_seconds:,.2f}" if run.tpot_seconds else "",
        f"{1000 * measurement.foreseen_tpot_seconds:,.2f}",
    )


def _speed(each: Any) -> tuple[str, ...]:
    bands = (each.before.tokens_per_second, each.after.tokens_per_second)
    return (each.name, *(f"{band.p50:,.0f} ({band.p10:,.0f} to {band.p90:,.0f})" for band in bands))


def _pace(each: Any) -> tuple[str, ...]:
    bands = (each.before.tpot_seconds, each.after.tpot_seconds)
    return (each.name, *(f"{1e3 * x.p50:,.2f} ({1e3 * x.p10:,.2f} to {1e3 * x.p90:,.2f})" for x in bands))
