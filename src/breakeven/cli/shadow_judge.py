"""`breakeven shadow judge`: GO, NOT YET, ROLLBACK, NO-GO or INCONCLUSIVE, and what it means in money."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from breakeven.cli.answer import print_json

CODES = {"GO": 0, "NOT YET": 10, "ROLLBACK": 11, "NO-GO": 12, "INCONCLUSIVE": 13}


def judge(
    logs: Annotated[
        list[Path] | None, typer.Argument(metavar="LOG…", help="Shadow logs, or folders of them. None: only register.")
    ] = None,
    plan: Annotated[Path, typer.Option("--plan", metavar="FILE", help="The plan of `breakeven plan -o`.")] = Path(
        "plan.yaml"
    ),
    preregistration: Annotated[
        Path | None,
        typer.Option(
            "--preregistration", metavar="FILE", help="What it is judged by; written where there is none, then sealed."
        ),
    ] = None,
    case: Annotated[
        Path | None, typer.Option("--case", metavar="FILE", help="The case of the plan: also answer in money.")
    ] = None,
    tokens_per_second: Annotated[
        float | None, typer.Option(min=0.0, help="Of one replica within the promise, as measured: for the study.")
    ] = None,
    judged: Annotated[
        Path | None, typer.Option("--judged", metavar="FILE", help="Scores of a judge: `breakeven shadow score`.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write the JSON to a file too.")
    ] = None,
    serve: Annotated[
        int | None, typer.Option("--serve", min=1, max=65535, metavar="PORT", help="Answer on 127.0.0.1, judging anew.")
    ] = None,
    memory_limit: Annotated[str | None, typer.Option(help="Memory to read with, such as 800MB.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge a shadow run. Exit codes: 0 GO, 10 NOT YET, 11 ROLLBACK, 12 NO-GO, 13 INCONCLUSIVE."""
    from breakeven.cli.shadow_serve import serving
    from breakeven.outputs import tried, write
    from breakeven.proof.judge.registration import sealed
    from breakeven.proof.judge.shadow import document, judge_files
    from breakeven.report.pages.shadow_page import shadow_page

    terms, registration = registered(plan, preregistration)
    if not logs:
        return
    tried(out, sources=[*logs, plan, terms, *filter(None, (judged, case))])
    study = None if case is None else study_of(case, registration.plan)
    fingerprint = sealed(terms, now=datetime.now(UTC))

    def judging() -> tuple[dict[str, Any], Any]:
        judged_run = judge_files(
            logs, registration, judged_by=judged, fingerprint=fingerprint, memory_limit=memory_limit
        )
        in_money = None if study is None else money_of(study, judged_run, tokens_per_second)
        data = document(judged_run) | ({} if in_money is None else {"money": asdict(in_money)})
        if out is not None:
            write(out, json.dumps(data, indent=2, allow_nan=False) + "\n")
        return data, shadow_page(judged_run, in_money)

    if serve is not None:
        serving(serve, lambda: judging()[0])
    else:
        answer(*judging(), as_json=as_json)


def answer(data: dict[str, Any], page: Any, *, as_json: bool) -> None:
    """Print the judgement and end with its code."""
    from rich.console import Console

    if as_json:
        print_json(data)
    else:
        Console(highlight=False).print(page)
    raise typer.Exit(CODES[data["verdict"]])


def registered(plan: Path, given: Path | None) -> tuple[Path, Any]:
    """The registration and its file: the one named, else one beside the plan; written from the plan where there is
    none. Raises `Problem` where it is of another plan.
    """
    from breakeven.plan.reading import read_plan
    from breakeven.proof.judge.registration import of_this_plan, read_registration, registration_of, write_registration

    path, planned = given or plan.with_name(f"{plan.stem}.shadow.yaml"), read_plan(plan)
    if not path.exists():
        write_registration(path, registration_of(planned))
        typer.echo(f"Written: {path}. It is sealed at the first look: edit it before.", err=True)
    registration = read_registration(path)
    of_this_plan(registration, planned, where=str(path))
    return path, registration


def study_of(case: Path, plan: str) -> Any:
    """The study of the plan's case. Raises `Problem` where the plan is of another one."""
    from breakeven.cli.studies import load_study
    from breakeven.problems import Problem

    study = load_study(case, choices=False)
    if study.basis.header.name != plan:
        told = f'the plan is of "{plan}", and this is "{study.basis.header.name}"'
        raise Problem(told, where=str(case), fix="Give the case that the plan was made of.")
    return study


def money_of(study: Any, found: Any, tokens_per_second: float | None) -> Any:
    """The judgement in the money of its case."""
    from breakeven.study.questions.shadow_money import shadow_money

    return shadow_money(study, found, date=f"{datetime.now(UTC):%Y-%m-%d}", tokens_per_second=tokens_per_second)[0]
