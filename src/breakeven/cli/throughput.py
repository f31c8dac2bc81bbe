"""`breakeven throughput`: what GPUs serve at most, from published measurements; and how good that is."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated, Any

import typer

from breakeven.cli.answer import print_json
from breakeven.cli.calibrate import calibrate
from breakeven.cli.disaggregated import disaggregated
from breakeven.cli.memory import fit
from breakeven.cli.options import PrecisionOption
from breakeven.cli.saturation import asked_of, numbers, show_loads
from breakeven.files import LARGEST_MADE, text_of
from breakeven.outputs import tried, write
from breakeven.problems import Problem

throughput = typer.Typer(no_args_is_help=True)
ADDED = ("predicted_p10", "predicted_p50", "predicted_p90", "reason")
NEEDED = ("model", "gpu", "isl", "osl")
REQUIRED_COLUMNS = ("gpu", "n_gpus", "weights_dtype", "isl", "osl")
NOT_A_PROMISE = (
    "Saturated: requests always waiting, no latency promised. Do not size a fleet with it; "
    "what keeps a promise is less (`breakeven decide` takes that into account)."
)


@throughput.callback()
def about() -> None:
    """What GPUs serve at most (saturated tokens per second), from published measurements."""


@throughput.command()
def predict(
    rows: Annotated[
        Path | None, typer.Argument(help="A CSV of deployments, a row each; or give the options below.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where the rows go, with predictions.")] = None,
    model: Annotated[str | None, typer.Option(help="Open model, by key or Hugging Face id.")] = None,
    gpu: Annotated[str | None, typer.Option(help="GPU, by key or alias.")] = None,
    gpus: Annotated[int | None, typer.Option(help="GPUs that serve one copy of the model; else 1.", min=1)] = None,
    precision: PrecisionOption = None,
    isl: Annotated[float | None, typer.Option(help="Mean input tokens of a request.")] = None,
    osl: Annotated[float | None, typer.Option(help="Mean output tokens of a request.")] = None,
    concurrency: Annotated[
        str | None, typer.Option(metavar="N,N", help="Requests in flight, one or several. Absent: always waiting.")
    ] = None,
    rate: Annotated[str | None, typer.Option(metavar="N,N", help="Requests a second, one or several.")] = None,
    engine: Annotated[str | None, typer.Option(help="vLLM, SGLang, TensorRT-LLM …")] = None,
    pipeline: Annotated[int, typer.Option(help="Stages that each hold some of the layers.", min=1)] = 1,
    data: Annotated[int, typer.Option(help="Copies of the attention, with spread experts.", min=1)] = 1,
    experts: Annotated[bool, typer.Option("--spread-experts", help="Each GPU holds whole experts.")] = False,
    measured: Annotated[
        Path | None, typer.Option(help="Benchmarks of yours, as `throughput calibrate` wrote them.")
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="The curve as a picture: .svg or .png.")] = None,
    config: Annotated[Path | None, typer.Option(help="The config.json of a model that we do not list.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Output tokens per second over all GPUs: the likely figure and a band that holds four of five.

    At loads of your own (--concurrency, --rate, --measured, --picture) also the time per token and to the first one.
    """
    from breakeven.capacity.check.check_rows import answers
    from breakeven.capacity.fit.layouts import require_layout
    from breakeven.capacity.speed.own_measurements import read_own, require_same
    from breakeven.capacity.step_model.setup_rows import setup_of

    shape = _architecture(config)
    if rows is not None:
        if output is None:
            raise Problem("-o is missing", fix="Say where the rows go: -o predicted.csv.")
        tried(output)
        names, read_rows = _read(rows)
        _write(output, names, read_rows, answers(read_rows, shape))
        return
    own = read_own(measured) if measured else None
    asked: dict[str, Any] = {"model": model, "gpu": gpu, "isl": isl, "osl": osl}
    fields = _fields(asked | {"n_gpus": gpus, "weights_dtype": precision, "engine": engine}, own, config)
    fields |= {"pp": str(pipeline), "dp": str(data), "ep": str(int(fields["n_gpus"]) // pipeline if experts else 1)}
    if pipeline > 1 or data > 1 or experts:
        require_layout(setup_of(fields, shape))
    at = {"concurrencies": numbers(concurrency, "--concurrency"), "rates": numbers(rate, "--rate")}
    if not (own or picture or any(at.values())):
        _show(answers([fields], shape)[0], as_json)
        return
    setup = setup_of(fields, shape)
    if own:
        require_same(own, setup, measured)
    show_loads(setup, own, **at, picture=picture, as_json=as_json)


def _fields(asked: dict[str, Any], own: Any, config: Path | None) -> dict[str, str]:
    """A row of what was typed, and of what the benchmarks say where nothing was. Raises `Problem`."""
    from breakeven.capacity.fit.asked_precision import precision_asked

    known = asked_of(own, asked) if own else asked
    missing = [f"--{name}" for name in NEEDED if known[name] is None and not (name == "model" and config)]
    if missing:
        raise Problem(f"{', '.join(missing)} missing", fix="Give a CSV of rows, or --model --gpu --isl --osl.")
    weights = precision_asked(known["weights_dtype"], gpu=str(known["gpu"]), model=known["model"], config=config)
    written = {name: "" if value is None else str(value) for name, value in known.items()}
    return written | {"n_gpus": str(known["n_gpus"] or 1), "weights_dtype": weights}


def _architecture(config: Path | None) -> Any:
    from breakeven.capacity.fit.model_config import read_config

    return read_config(config) if config else None


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Headings and rows. Raises `Problem` when the file is not such a table."""
    reader = csv.DictReader(io.StringIO(text_of(path, largest=LARGEST_MADE), newline=""), restval="")
    try:
        records = [{key: value for key, value in row.items() if key is not None} for row in reader]
    except csv.Error as error:
        raise Problem(f"the rows cannot be read: {error}", where=str(path), fix="Save it again as CSV.") from None
    names = list(reader.fieldnames or [])
    missing = [column for column in REQUIRED_COLUMNS if column not in names]
    if missing or not {"model", "model_key"} & set(names):
        lacking = ", ".join(missing or ["model_key or model"])
        fix = "Head the columns as in docs/method/throughput.md."
        raise Problem(f"these columns are missing: {lacking}", where=str(path), fix=fix)
    return names, records


def _write(output: Path, names: list[str], rows: list[dict[str, str]], found: list[Any]) -> None:
    headings = [*names, *(each for each in ADDED if each not in names)]
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row | _cells(each) for row, each in zip(rows, found, strict=True))
    write(output, text.getvalue())
    empty = sum(each.prediction is None for each in found)
    typer.echo(f"{len(found)} rows, {len(found) - empty} predicted, {empty} not (see the column reason): {output}")


def _cells(answer: Any) -> dict[str, str]:
    band = answer.prediction
    figures = (band.p10, band.p50, band.p90) if band else ()
    texts = [f"{each:.6g}" for each in figures] or ["", "", ""]
    return dict(zip(ADDED, (*texts, answer.reason), strict=True))


def _show(answer: Any, as_json: bool) -> None:
    band = answer.prediction
    if band is None:
        raise Problem(answer.reason)
    if as_json:
        figures = {"p10": band.p10, "p50": band.p50, "p90": band.p90}
        print_json(figures | {"unit": "output tokens/s, all GPUs", "notice": NOT_A_PROMISE})
        return
    typer.echo(f"{band.p50:,.0f} output tokens/s over all GPUs (80 % band: {band.p10:,.0f} to {band.p90:,.0f})")
    typer.echo(NOT_A_PROMISE)


@throughput.command()
def check(
    rows: Annotated[Path, typer.Argument(help="A CSV of deployments with what was measured (output_tok_s_total).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """How far predictions are from measurements: errors, and how often the band holds."""
    from dataclasses import asdict

    from breakeven.capacity.check.check_rows import check as checked

    result = asdict(checked(_read(rows)[1]))
    flat = result.pop("all") | result
    if as_json:
        print_json(flat)
        return
    _print(flat)


def _print(flat: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("", "rows", "median error", "within 25 %", "within 50 %", "inside the band"):
        table.add_column(heading, justify="right" if heading else "left")
    table.add_row(*_cells_of("all", flat))
    for part in ("by_kind", "by_engine", "by_gpu"):
        table.add_section()
        for name, figure in flat[part].items():
            table.add_row(*_cells_of(name, figure))
    Console(highlight=False).print(table)
    for reason, count in flat["left_out"].items():
        typer.echo(f"{count} rows left out: {reason}")


def _cells_of(name: str, each: dict[str, Any]) -> tuple[str, ...]:
    shares = (f"{each[share]:.0%}" for share in ("within_25", "within_50", "band_coverage"))
    return (name, f"{each['n']:,}", f"{each['median_absolute_percentage_error']:.1f} %", *shares)


throughput.command()(calibrate)
throughput.command()(fit)
throughput.command()(disaggregated)
