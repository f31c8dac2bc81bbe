"""`breakeven flips` and `breakeven value-of-information`: what turns the answer, and what to find out first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CASE = Annotated[Path, typer.Argument(help="A case file or a study.json.")]
JSON = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def flips(
    case: CASE,
    option: Annotated[
        str | None, typer.Option(help="An option by name or number. Absent: the one the verdict is on.")
    ] = None,
    as_json: JSON = False,
) -> None:
    """Show for every input the smallest change that turns the answer."""
    import json

    from rich.console import Console

    from breakeven.cli.studies import load_study
    from breakeven.problems import Problem
    from breakeven.report.knowing import flips_table
    from breakeven.study.basis import to_json
    from breakeven.study.explaining import column

    study = load_study(case)
    chosen = study.verdict.best_option if option is None else column(study, option)
    if not chosen:
        raise Problem(
            "buying has nothing to turn", where="--option", fix="Name an option that serves something itself."
        )
    it = study.options[chosen - 1]
    if as_json:
        typer.echo(json.dumps({"option": it.name, "flips": to_json(it.flips)}, indent=2, ensure_ascii=False))
    else:
        Console().print(flips_table(study, it))


def value_of_information(case: CASE, as_json: JSON = False) -> None:
    """Show what it is worth to find out more before deciding, input by input and by what one can do."""
    import json

    from rich.console import Console

    from breakeven.cli.studies import load_study
    from breakeven.report.knowing import knowing_tables
    from breakeven.study.basis import to_json
    from breakeven.study.knowing import knowing

    found = knowing(load_study(case))
    if as_json:
        typer.echo(json.dumps(to_json(found), indent=2, ensure_ascii=False))
    else:
        Console().print(*knowing_tables(found), sep="\n\n")
