"""`breakeven size`: the smallest fleet that keeps a promise of latency, decided by replay."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from breakeven.cli.answer import print_json
from breakeven.cli.options import AsOf, Columns, PrecisionOption, day_of
from breakeven.problems import Problem

ROUTINGS = ("round_robin", "least_loaded", "prefix_aware")


def size(
    case: Annotated[Path | None, typer.Argument(help="The case file; or give --log, --model and --gpu.")] = None,
    log: Annotated[Path | None, typer.Option(help="A trace or usage log; its busiest hour is served.")] = None,
    model: Annotated[str | None, typer.Option(help="Open model, by key or Hugging Face id.")] = None,
    gpu: Annotated[str | None, typer.Option(help="GPU, by key or alias.")] = None,
    gpus: Annotated[
        int | None, typer.Option(help="GPUs of one replica. Absent: the fewest that hold it.", min=1)
    ] = None,
    precision: PrecisionOption = None,
    measured: Annotated[
        Path | None, typer.Option(help="With --log: your benchmarks, as `breakeven throughput calibrate` wrote them.")
    ] = None,
    ttft: Annotated[float | None, typer.Option(help="Promise: seconds to the first token.")] = None,
    tpot: Annotated[float | None, typer.Option(help="Promise: seconds for each further token.")] = None,
    percentile: Annotated[float, typer.Option(help="Of a hundred requests, how many stay within it.")] = 95,
    routing: Annotated[str, typer.Option(help="round_robin, least_loaded or prefix_aware.")] = "round_robin",
    spares: Annotated[int, typer.Option(help="Spare replicas.", min=0)] = 0,
    availability: Annotated[
        float | None, typer.Option(help="Instead of --spares: the share of time that enough are up, such as 0.999.")
    ] = None,
    mttr_hours: Annotated[float, typer.Option(help="Hours until a failed replica is replaced.")] = 4,
    min_replicas: Annotated[int, typer.Option(help="Following the load: never fewer than these.", min=1)] = 1,
    load_seconds: Annotated[
        float | None, typer.Option(help="Following the load: seconds to start a replica. Absent: from its weights.")
    ] = None,
    gpu_price: Annotated[
        float | None, typer.Option(help="With --log: rent of a GPU for an hour, in USD; a case has its own.", min=0)
    ] = None,
    leave_out_too_long: Annotated[
        bool, typer.Option("--leave-out-too-long", help="Leave out requests that no replica's KV cache holds.")
    ] = False,
    columns: Columns = None,
    as_of: AsOf = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """The smallest fleet that keeps a promise: replicas, spares, why so many, and how sure that is."""
    from breakeven.capacity.fleet.fleet_size import Redundancy
    from breakeven.study.questions.size import How
    from breakeven.study.questions.size_replica import ReplicaAsked

    if routing not in ROUTINGS:
        raise Problem(f'"{routing}" is not a routing', fix=f"Give one of {', '.join(ROUTINGS)}.")
    how = How(
        routing=routing,  # type: ignore[arg-type]
        redundancy=Redundancy(spares=spares, availability=availability, mttr_hours=mttr_hours),
        least_replicas=min_replicas,
        delay_seconds=load_seconds,
        leave_out_too_long=leave_out_too_long,
        price_per_gpu_hour=gpu_price,
    )
    replica = ReplicaAsked(model=model, gpu_name=gpu, precision=precision, gpus=gpus, measured=measured)
    _print(
        _found(case, log, replica, _promise(ttft, tpot, percentile), how, columns, day_of(as_of)),
        routing,
        as_json=as_json,
    )


def _promise(ttft: float | None, tpot: float | None, percentile: float) -> Any:
    from breakeven.capacity.promise.promise import Promise

    if ttft is None and tpot is None:
        return None
    return Promise(ttft_seconds=ttft, tpot_seconds=tpot, percentile=percentile)


def _found(
    case: Path | None,
    log: Path | None,
    replica: Any,
    promise: Any,
    how: Any,
    columns: list[str] | None,
    day: date | None,
) -> Any:
    from breakeven.cli.demand_inputs import columns_of
    from breakeven.study.designs.settle import loaded_case
    from breakeven.study.questions.size_case import size_case, size_log

    if (case is None) == (log is None):
        raise typer.BadParameter("give a case file, or --log FILE --model MODEL --gpu GPU")
    named = [part for part in (replica.model, replica.gpu_name) if part]
    if case is not None:
        if named or replica.measured or how.price_per_gpu_hour is not None:
            raise typer.BadParameter("--model, --gpu, --measured and --gpu-price go with --log; a case names its own")
        if columns:
            raise typer.BadParameter("--columns goes with --log; in a case the log has columns: of its own")
        return size_case(loaded_case(case, day), promise=promise, how=how)
    if log is None or (len(named) < 2 and replica.measured is None):
        raise typer.BadParameter("--log needs --model and --gpu, or --measured")
    return size_log(log, columns=columns_of(columns), replica=replica, promise=promise, how=how)


def _print(found: Any, routing: str, *, as_json: bool) -> None:
    from rich.console import Console

    from breakeven.report.pages.size_page import SizePage, size_document

    if as_json:
        print_json(size_document(found, routing))
    else:
        Console(highlight=False).print(SizePage(found, routing))
