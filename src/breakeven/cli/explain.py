"""`breakeven explain`: the derivation of any number of a case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from breakeven.cli.answer import print_json
from breakeven.cli.options import AsOf, day_of


def explain(
    case: Annotated[Path, typer.Argument(help="A case file or a study.json.")],
    line: Annotated[
        str | None,
        typer.Argument(help='A label of the page ("Total a month"), a line or an input. Absent: lists what there is.'),
    ] = None,
    option: Annotated[
        str | None, typer.Option(help="An option by name or number. Absent: the one the verdict is on.")
    ] = None,
    month: Annotated[int | None, typer.Option(help="The month, from 1. Absent: the first full month.")] = None,
    depth: Annotated[int | None, typer.Option(min=1, help="Levels to show. Absent: all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_of: AsOf = None,
) -> None:
    """Explain a number: its formula, the formula with numbers, and every source. Without a name: what can be asked.

    Example: breakeven explain case.yaml "Total a month"
    """

    from rich.console import Console

    from breakeven.cli.studies import load_study
    from breakeven.report.pages.parts.derivation import derivation, index
    from breakeven.report.pages.parts.labels import explainable, what_is_asked
    from breakeven.report.pages.parts.short import NOT_SAID
    from breakeven.study.judge.basis import to_json

    choices = line is not None and " ".join(line.lower().split()) == NOT_SAID.lower()  # the rest does not show them
    study, console = load_study(case, as_of=day_of(as_of), choices=choices), Console()
    if line is None:
        to_explain = dict.fromkeys(explainable(study))
        print_json([{"label": name, "lines": lines} for name, lines in to_explain]) if as_json else console.print(
            index(to_explain)
        )
        return
    asked = what_is_asked(study, line, option, month)
    if as_json:
        told = [asked.how] if asked.how and not asked.lines else to_json(asked.lines)
        print_json(told[0] if len(told) == 1 else told)
        return
    if asked.how:
        console.print(asked.how, highlight=False)
    for explanation in asked.lines:
        console.print(derivation(explanation, depth))
