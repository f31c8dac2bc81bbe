"""`breakeven compare`: which inputs differ between two cases, and which of them changes the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FAIL_ON_MET = 3


def compare(
    first: Annotated[Path, typer.Argument(help="A case file or a study.json.")],
    second: Annotated[Path, typer.Argument(help="Another one.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    fail_on: Annotated[
        str | None,
        typer.Option(help="Exit with 3 if the second verdict is of this class (or classes, comma-separated)."),
    ] = None,
) -> None:
    """Compare two cases: every key that differs, then the inputs, and what of it turns the verdict.

    Example: breakeven compare case.yaml other.yaml
    """
    from breakeven.cli.studies import keys_between, load_study, refuse_unknown_classes
    from breakeven.report.pages.compare_page import print_differences, print_keys
    from breakeven.study.questions.differences import differences

    classes = refuse_unknown_classes(fail_on)
    if not as_json:
        print_keys(keys_between(first, second))
    answer = differences(*(load_study(each, choices=False) for each in (first, second)))
    print_differences(answer, as_json=as_json)
    if answer.second_verdict in classes:
        raise typer.Exit(FAIL_ON_MET)
