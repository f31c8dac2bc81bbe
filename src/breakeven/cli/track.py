"""`breakeven track`: the plan against the bills, and whether to decide again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from breakeven.cli.answer import print_json
from breakeven.cli.options import AsOf, day_of

REOPEN = 3  # the exit code where it was asked for


def track(
    case: Annotated[Path, typer.Argument(help="The case file, or the study.json that was decided on.")],
    actuals: Annotated[
        list[Path],
        typer.Option(
            "--actuals", metavar="FILE", help="LiteLLM spend, FOCUS, CUR, OpenCost, vLLM or SGLang counters; repeat it."
        ),
    ],
    option: Annotated[
        str | None, typer.Option("--option", help="The option that was carried out, by its name.")
    ] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", metavar="FILE", help="The plan that was carried out names the option too.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FOLDER", help="Write track.json, .svg and .xlsx there.")
    ] = None,
    as_of: AsOf = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    fail_on_reopen: Annotated[
        bool, typer.Option("--fail-on-reopen", help="End with exit code 3 where the decision should be reopened.")
    ] = False,
) -> None:
    """Hold the plan against what came of it: why each month cost what it did, and when to decide again."""
    from rich.console import Console

    from breakeven.cli.studies import load_study
    from breakeven.outputs import made
    from breakeven.proof.track.read_actuals import read_actuals
    from breakeven.report.pages.track_page import track_page
    from breakeven.study.questions.tracked import tracked

    if out is not None:
        made(out)
    study = load_study(case, as_of=day_of(as_of), choices=False)
    if option is None and plan is not None:
        option = carried_out(plan, [column.name for column in study.basis.columns])
    plan_tracked = tracked(study, read_actuals(actuals, study.basis.header.currency), option=option)[0]
    data = asdict(plan_tracked) | {"reopen": plan_tracked.reopen}
    if out is not None:
        written(plan_tracked, data, out)
    if as_json:
        print_json(data)
    else:
        Console(highlight=False).print(track_page(plan_tracked))
    if fail_on_reopen and plan_tracked.reopen:
        raise typer.Exit(REOPEN)


def carried_out(plan: Path, options: list[str]) -> str | None:
    """The host that a plan moves to, where it is an option of the study; None: a fleet of one's own, or several."""
    from breakeven.plan.reading import read_plan

    moved = {str(each["primary"]) for each in read_plan(plan)["workloads"] if each["cut_over_month"] is not None}
    return moved.pop() if len(moved) == 1 and moved <= {*options} else None


def written(found: Any, data: dict[str, Any], folder: Path) -> None:
    """The JSON, the picture and the board's sheet."""
    from breakeven.outputs import write
    from breakeven.report.board.pictures import svg
    from breakeven.report.board.track_sheet import track_sheet
    from breakeven.report.charts.tracked import tracked_chart

    write(folder / "track.json", json.dumps(data, indent=2, allow_nan=False) + "\n")
    write(folder / "track.xlsx", track_sheet(found))
    write(folder / "track.svg", svg(tracked_chart(found)))
