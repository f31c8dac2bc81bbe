"""`breakeven readiness`: can we run it, shown by evidence; `--ask` goes through the questions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from breakeven.cli.answer import print_json
from breakeven.cli.options import AsOf, day_of


def readiness(
    case: Annotated[Path, typer.Argument(help="The case file.")],
    ask: Annotated[
        bool, typer.Option("--ask", help="Go through the questions and write the answers into the case file.")
    ] = False,
    delivery: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Deployments and incidents, instead of those of the case.")
    ] = None,
    as_of: AsOf = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show whether the team can run it: red, yellow, green by evidence, what that forbids, the cheapest way on."""

    from rich.console import Console

    from breakeven.cli.readiness_ask import ask_all
    from breakeven.report.pages.readiness_page import readiness_page
    from breakeven.study.case.case import Case
    from breakeven.study.judge.basis import to_json
    from breakeven.study.questions.readiness_of_case import readiness_of

    day = day_of(as_of)
    loaded = Case.load(case, as_of=day)
    if ask:
        ask_all(loaded)
        loaded = Case.load(case, as_of=day)
    examined = readiness_of(loaded, delivery)
    if as_json:
        print_json(to_json(examined))
    else:
        Console(highlight=False).print(
            readiness_page(examined, name=loaded.file.name, file=str(case), currency=loaded.file.currency)
        )
