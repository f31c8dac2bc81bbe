"""`breakeven replay`: a trace served by a fleet, request by request; and how well that predicts a real run."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from breakeven.cli.answer import print_json
from breakeven.cli.options import Columns, PrecisionOption
from breakeven.problems import Problem

DEFAULT = "trace"
ROUTINGS = ("round_robin", "least_loaded", "prefix_aware")
BELOW_SATURATION = (
    "Speeds come from saturated measurements; below saturation few published ones confirm them. The band is the "
    "step model's, put on every step. A benchmark of your own decides."
)


class TraceFirst(TyperGroup):
    """`breakeven replay FILE …` means `breakeven replay trace FILE …`; `check` is the other command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in ("--help", "-h") and not any(each in self.commands for each in args):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


replay = typer.Typer(cls=TraceFirst, no_args_is_help=True)


@replay.callback()
def about() -> None:
    """Replay a trace (breakeven replay TRACE …), or check the replay against a recorded run."""


@replay.command(DEFAULT)
def trace(
    path: Annotated[Path, typer.Argument(metavar="TRACE", help="A log of single requests: CSV, Parquet or JSON.")],
    model: Annotated[str | None, typer.Option(help="Open model, by key or Hugging Face id.")] = None,
    gpu: Annotated[str | None, typer.Option(help="GPU, by key or alias.")] = None,
    replicas: Annotated[int, typer.Option(help="Copies of the model.", min=1)] = 1,
    gpus: Annotated[
        int | None, typer.Option(help="GPUs of one replica. Absent: the fewest that hold it.", min=1)
    ] = None,
    precision: PrecisionOption = None,
    measured: Annotated[
        Path | None, typer.Option(help="Your benchmarks, as `breakeven throughput calibrate` wrote them.")
    ] = None,
    ttft: Annotated[float | None, typer.Option(help="Promise: seconds to the first token.")] = None,
    tpot: Annotated[float | None, typer.Option(help="Promise: seconds per further token.")] = None,
    routing: Annotated[str, typer.Option(help="round_robin, least_loaded or prefix_aware.")] = "round_robin",
    max_sequences: Annotated[
        int | None, typer.Option(help="Sequences a replica runs at once. Absent: as vLLM takes.", min=1)
    ] = None,
    token_budget: Annotated[
        int | None, typer.Option(help="Tokens of one step. Absent: as vLLM takes on that GPU.", min=1)
    ] = None,
    engine_version: Annotated[
        str, typer.Option(help="Of vLLM, as 0.7.3: older ones are slower. Absent: a current one.")
    ] = "",
    spill_above: Annotated[
        int | None, typer.Option(help="Send to the hosted API when every replica has this many waiting.", min=0)
    ] = None,
    columns: Columns = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Latency, utilization and spill of a trace on a fleet, with the band of the modelled speed."""
    from breakeven.capacity.replay.replay import Replicas
    from breakeven.capacity.replay.trace import read_trace
    from breakeven.cli.demand_inputs import columns_of
    from breakeven.study.questions.size_replica import ReplicaAsked, paced_replica

    if routing not in ROUTINGS:
        raise Problem(f'"{routing}" is not a routing', fix=f"Give one of {', '.join(ROUTINGS)}.")
    asked = read_trace(path, columns_of(columns))
    replica, paced = paced_replica(
        ReplicaAsked(
            model=model,
            gpu_name=gpu,
            precision=precision,
            gpus=gpus,
            measured=measured,
            most_sequences=max_sequences,
            token_budget=token_budget,
            engine_version=engine_version,
        ),
        asked,
    )
    answers = {
        pace: _answer(
            asked,
            Replicas(
                replicas=replicas,
                limits=band.limits,
                costs=band.costs,
                routing=routing,  # type: ignore[arg-type]
                spill_above_waiting=spill_above,
            ),
            (ttft, tpot),
        )
        for pace, band in (("likely", paced.likely), ("slow", paced.slow), ("fast", paced.fast))
    }
    told = {
        "requests": len(asked),
        "set_aside": asked.set_aside,
        "kv_tokens_per_replica": replica.kv_tokens,
        "replica": asdict(replica),
        **answers.pop("likely"),
        "band": answers,
        "notice": BELOW_SATURATION,
    }
    print_json(told) if as_json else _print(told, (ttft, tpot))


def _answer(asked: Any, fleet: Any, promise: tuple[float | None, float | None]) -> dict[str, Any]:
    from breakeven.capacity.replay import summary
    from breakeven.capacity.replay.replay import replay as replayed

    done = replayed(asked, fleet)
    seen = summary.latencies(done)
    kept = {} if promise == (None, None) else {"promise_kept_share": summary.kept_share(done, *promise)}
    return {
        "ttft_seconds": summary.percentiles(seen.ttft),
        "tpot_seconds": summary.percentiles(seen.tpot),
        "end_to_end_seconds": summary.percentiles(seen.end_to_end),
        **kept,
        "output_tokens_per_second": summary.output_tokens_per_second(done),
        "spilled_requests": len(done.spilled),
        "preemptions": sum(done.book.preempted),
        "replicas": [asdict(use) for use in summary.uses(done, fleet.limits)],
    }


def _print(told: dict[str, Any], promise: tuple[float | None, float | None]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("seconds", "mean", "p50", "p90", "p95", "p99", "p95, band"):
        table.add_column(heading, justify="left" if heading == "seconds" else "right")
    for name, label in (("ttft", "first token"), ("tpot", "each further"), ("end_to_end", "whole answer")):
        key = f"{name}_seconds"
        if told[key]:
            band = " to ".join(f"{told['band'][pace][key]['p95']:.3g}" for pace in ("fast", "slow"))
            table.add_row(label, *(f"{seconds:.3g}" for seconds in told[key].values()), band)
    console = Console(highlight=False)
    console.print(table)
    if promise != (None, None):
        low, high = (told["band"][pace]["promise_kept_share"] for pace in ("slow", "fast"))
        console.print(f"promise kept: {told['promise_kept_share']:.1%} of requests (band {low:.1%} to {high:.1%})")
    for number, replica in enumerate(told["replicas"], start=1):
        console.print(
            f"replica {number}: busy {replica['busy_share']:.0%}, {replica['mean_sequences']:.1f} sequences while "
            f"busy, KV cache {replica['most_kv_share']:.0%} at most"
        )
    rest = f"{told['requests']:,} requests, {told['spilled_requests']:,} spilled, {told['preemptions']:,} preemptions"
    use = told["replica"]
    console.print(
        f"{rest}\na replica: {use['model']} {use['precision']} on {use['gpus']} x {use['gpu']}; {use['speed']}"
    )
    console.print(told["notice"])


@replay.command()
def check(
    run: Annotated[Path, typer.Argument(metavar="RUN_DIR", help="Folder with requests.jsonl, meta.json, …")],
    fit_first: Annotated[int, typer.Option(help="Requests, by arrival, to fit on; the rest is predicted.")] = 150,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fit on the first requests of a recorded run, predict the rest, and say how far off that is."""
    from breakeven.capacity.recorded_run.serving_check import check_run, parameters, statistics

    result = check_run(run, fit_first)
    told = {
        **result.errors(),
        "fitted_requests": fit_first,
        "predicted_requests": len(result.measured.ttft),
        "predicted": {"ttft": statistics(result.predicted.ttft), "tpot": statistics(result.predicted.tpot)},
        "measured": {"ttft": statistics(result.measured.ttft), "tpot": statistics(result.measured.tpot)},
        "parameters": parameters(result.fit),
        "hardware": {name: result.fit.engine.rests_on[name] for name in ("gpu", "model")},
        "notices": list(result.notices),
    }
    print_json(told) if as_json else _print_check(told)


def _print_check(told: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("", "mean", "p50", "p90", "p99"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, label in (("ttft", "first token"), ("tpot", "each further")):
        for row in ("measured", "predicted"):
            table.add_row(f"{label}, {row} [s]", *(f"{seconds:.4g}" for seconds in told[row][name].values()))
        table.add_row(f"{label}, error", *(f"{error:+.2f} %" for error in told[f"{name}_error_pct"].values()))
    console = Console(highlight=False)
    console.print(table)
    console.print(f"{told['predicted_requests']:,} requests predicted, {told['fitted_requests']:,} fitted on")
    for name, parameter in told["parameters"].items():
        console.print(f"{name} {parameter['value']:.4g} {parameter.get('unit', '')} ({parameter['from']})", style="dim")
    console.print(f"GPU: {told['hardware']['gpu']}; model: {told['hardware']['model']}", style="dim")
    for parameter in told["notices"]:
        console.print(parameter)
