"""`breakeven flips` and `breakeven value-of-information`: what turns the answer, and what to find out first."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from breakeven.cli.answer import print_json
from breakeven.cli.options import AsOf, day_of

CASE = Annotated[Path, typer.Argument(help="A case file or a study.json.")]
JSON = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def flips(
    case: CASE,
    option: Annotated[
        str | None, typer.Option(help="An option by name or number. Absent: the one the verdict is on.")
    ] = None,
    as_of: AsOf = None,
    as_json: JSON = False,
) -> None:
    """Show for every input the smallest change that turns the answer, what each moves, and what two turn together."""

    from breakeven.cli.studies import load_study
    from breakeven.problems import Problem
    from breakeven.report.pages.flips_page import flips_tables
    from breakeven.study.judge.basis import to_json
    from breakeven.study.questions.explain import column
    from breakeven.study.questions.flips import turning

    study = load_study(case, as_of=day_of(as_of))
    chosen = study.verdict.best_option if option is None else column(study, option)
    if not chosen:
        raise Problem(
            "buying has nothing to turn", where="--option", fix="Name an option that serves something itself."
        )
    options = study.options[chosen - 1]
    turns = turning(study, chosen)
    if as_json:
        document = {**to_json(turns), "flips": to_json(options.flips)}
        print_json(document)
    else:
        print_each(flips_tables(study, options, turns))


def value_of_information(case: CASE, as_of: AsOf = None, as_json: JSON = False) -> None:
    """Show what it is worth to find out more before deciding, input by input and by what one can do."""

    from breakeven.cli.studies import load_all
    from breakeven.report.pages.flips_page import knowing_tables
    from breakeven.study.judge.basis import to_json
    from breakeven.study.questions.value_of_information import knowing

    loaded = load_all(case, as_of=day_of(as_of))
    worth_knowing = knowing(loaded.study, chance=loaded.chance)
    if as_json:
        print_json(to_json(worth_knowing))
    else:
        print_each(knowing_tables(worth_knowing))


def print_each(tables: Iterable[object]) -> None:
    """Tables with an empty line between them."""
    from rich.console import Console

    console = Console()
    for i, each in enumerate(tables):
        console.print(*([""] if i else []), each, sep="\n")
