"""`breakeven throughput predict` at loads of one's own: a table, JSON, and the curve as a picture."""

from __future__ import annotations

from dataclasses import asdict
from math import inf, isfinite
from pathlib import Path
from typing import Any

import typer

from breakeven.cli.answer import print_json
from breakeven.outputs import tried, write
from breakeven.problems import Problem

USUAL = tuple(2.0**power for power in range(10))  # requests in flight, where nobody names a load
PICTURES = (".svg", ".png")
ABOUT = (
    "Output tokens/s of all GPUs; ms per further token; ms to the first one: the median, and late: of 99 in 100. "
    "Below: four of five such deployments."
)
UNFITTED = (
    "Times to the first token are replayed and fitted to nothing: the client's network and tokenizer are not in them."
)


def numbers(text: str | None, option: str) -> tuple[float, ...]:
    """A list of loads as it is typed: 1,8,64. Raises `Problem`."""
    if text is None:
        return ()
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = (float("nan"),)
    if not all(isfinite(number) and number > 0 for number in values):
        raise Problem(f'{option} "{text}" is no list of numbers above zero', fix=f"Write it as {option} 1,8,64.")
    return values


def asked_of(own: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """What was typed, and what the benchmarks say where nothing was."""
    runs = own.runs
    means = [
        sum(getattr(run, name) for run in runs) / len(runs) for name in ("mean_input_tokens", "mean_output_tokens")
    ]
    document = {
        "model": own.model, "gpu": own.gpu, "n_gpus": own.gpus, "weights_dtype": own.precision, "engine": own.engine,
        "isl": means[0], "osl": means[1],
    }  # fmt: skip
    return {name: document[name] if asked.get(name) is None else asked[name] for name in document}


def show_loads(
    setup: Any,
    own: Any,
    *,
    concurrencies: tuple[float, ...],
    rates: tuple[float, ...],
    picture: Path | None,
    as_json: bool,
) -> None:
    """Answer for every load. `own`: benchmarks of the same deployment, or None."""
    from breakeven.capacity.check.check_rows import require_room
    from breakeven.capacity.speed.saturation import Deployment

    if picture is not None:
        drawable(picture)
    require_room(setup)
    deployment = Deployment(setup=setup, own=own)
    in_flight = concurrencies or (() if rates else USUAL)
    answers = [*deployment.at_concurrency(in_flight), *deployment.at_rate(rates)]
    most = deployment.always_waiting().tokens_per_second
    asked = [*(f"{amount:g} at once" for amount in in_flight), *(f"{rate:g}/s" for rate in rates)]
    if as_json:
        print_json(_document(setup, own, answers, most, asked))
    else:
        _print(setup, own, answers, most, asked)
    if picture is not None:
        _draw(picture, deployment, answers)
        if not as_json:
            typer.echo(f"Written: {picture}")


def drawable(picture: Path) -> None:
    """Raise `Problem` for a path that a picture cannot be written to."""
    if picture.suffix.lower() not in PICTURES:
        raise Problem(f"{picture.name} is no picture", where="--picture", fix=f"Name it {' or '.join(PICTURES)}.")
    tried(picture)


def _draw(path: Path, deployment: Any, found: list[Any]) -> None:
    from breakeven.report.charts.saturation import saturation

    curve = [each for each in found if each.in_flight.p10 == each.in_flight.p90 < inf] or deployment.at_concurrency(
        USUAL
    )
    rates = [each for each in found if each not in curve]
    drawn = saturation(str_of(deployment.setup), curve, rates, deployment.own.runs if deployment.own else ())
    draw(path, drawn)


def draw(path: Path, chart: Any) -> None:
    """Write a chart as the picture that its path names."""
    from breakeven.report.board.pictures import png, svg

    write(path, svg(chart) if path.suffix.lower() == ".svg" else png(chart))


def str_of(setup: Any) -> str:
    """The deployment in words."""
    where = f"{setup.layout.gpus} × {setup.gpu.key}, {setup.bench.engine}"
    lengths = f"{setup.mean_input_tokens:,.0f} tokens in, {setup.mean_output_tokens:,.0f} out"
    return f"{setup.architecture.model} in {setup.precision.name} on {where}; {lengths}"


def _document(setup: Any, own: Any, answers: list[Any], most: Any, asked: list[str]) -> dict[str, Any]:
    loads = [
        {"asked": label} | {name: _band(band) for name, band in asdict(answer).items()}
        for label, answer in zip(asked, answers, strict=True)
    ]
    return {
        "deployment": str_of(setup),
        "unit": "output tokens/s, all GPUs",
        "loads": loads,
        "always_waiting_output_tokens_per_second": asdict(most),
        "measured": [asdict(run) for run in own.runs] if own else [],
        "notices": [UNFITTED],
    }


def _band(band: dict[str, float]) -> dict[str, float | None]:
    """Without end is null."""
    return {end: value if isfinite(value) else None for end, value in band.items()}


def _print(setup: Any, own: Any, answers: list[Any], most: Any, asked: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    console.print(str_of(setup), soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for heading in ("asked", "in flight", "tokens/s", "ms/token", "first token", "late"):
        table.add_column(heading, justify="right", no_wrap=True)
    for label, answer in zip(asked, answers, strict=True):
        table.add_row(label, *_cells(answer))
    console.print(table)
    if own:
        console.print(f"Moved by {len(own.runs)} measured: {own.source}", soft_wrap=True)
        table = Table(box=None, pad_edge=False)
        for heading in ("measured in flight", "tokens/s", "ms/token", "first token ms"):
            table.add_column(heading, justify="right")
        for run in own.runs:
            table.add_row(f"{run.concurrency:,.1f}", f"{run.output_tokens_per_second:,.0f}", *map(_ms, _times(run)))
        console.print(table)
    band = f"{most.p50:,.0f} ({most.p10:,.0f} to {most.p90:,.0f})"
    for line in (f"Always waiting: {band} tokens/s.", ABOUT, UNFITTED):
        console.print(line, soft_wrap=True)


def _times(run: Any) -> tuple[float | None, float | None]:
    return run.tpot_seconds, run.ttft_seconds


def _cells(answer: Any) -> tuple[str, ...]:
    """Likely figures, each with its band below it."""
    late, speed = answer.late_ttft_seconds.p50, answer.output_tokens_per_second
    return (
        "ever more"
        if answer.in_flight.p50 == inf
        else f"{answer.in_flight.p50:,.{0 if answer.in_flight.p50 >= 100 else 1}f}",
        _with_band([f"{x:,.0f}" for x in (speed.p10, speed.p50, speed.p90)]),
        _with_band([_ms(x) for x in (answer.tpot_seconds.p10, answer.tpot_seconds.p50, answer.tpot_seconds.p90)]),
        _with_band([_ms(x) for x in (answer.ttft_seconds.p10, answer.ttft_seconds.p50, answer.ttft_seconds.p90)]),
        _ms(late),
    )


def _with_band(figures: list[str]) -> str:
    low, likely, high = figures
    return likely if low == likely == high else f"{likely}\n{low}–{high}"


def _ms(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds == inf:
        return "no end"
    return f"{1e3 * seconds:,.0f}" if seconds >= 1 else f"{1e3 * seconds:.3g}"
