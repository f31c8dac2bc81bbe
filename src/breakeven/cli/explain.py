"""`breakeven explain`: the derivation of any number of a case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from breakeven.cli.answer import print_json


def explain(
    case: Annotated[Path, typer.Argument(help="A case file or a study.json.")],
    line: Annotated[str, typer.Argument(help="A line or an input, such as net_present_value or gpu_rent.")],
    option: Annotated[
        str | None, typer.Option(help="An option by name or number. Absent: the one the verdict is on.")
    ] = None,
    month: Annotated[int | None, typer.Option(help="The month, from 1. Absent: the first full month.")] = None,
    depth: Annotated[int | None, typer.Option(min=1, help="Levels to show. Absent: all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Explain a number: its formula, the formula with numbers, and every source."""

    from rich.console import Console

    from breakeven.cli.studies import load_study
    from breakeven.report.pages.parts.derivation import derivation
    from breakeven.study.judge.basis import to_json
    from breakeven.study.questions.explain import explain_line

    explanation = explain_line(load_study(case), line, option, month)
    if as_json:
        print_json(to_json(explanation))
    else:
        Console().print(derivation(explanation, depth))
