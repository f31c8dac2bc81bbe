"""`breakeven compare`: which inputs differ between two cases, and which of them changes the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from breakeven.cli.answer import print_json
from breakeven.cli.options import FAIL_ON_MET, AsOf, day_of


def compare(
    first: Annotated[Path, typer.Argument(help="A case file or a study.json.")],
    second: Annotated[Path, typer.Argument(help="Another one.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    fail_on: Annotated[
        str | None,
        typer.Option(help="Exit with 3 if the second verdict is of this class (or classes, comma-separated)."),
    ] = None,
    as_of: AsOf = None,
) -> None:
    """Compare two cases: every key that differs, then the inputs, and what of it turns the verdict.

    Example: breakeven compare case.yaml other.yaml
    """
    from breakeven.cli.studies import keys_between, load_study, named_as, refuse_unknown_classes, told_apart
    from breakeven.report.pages.compare_page import print_differences, print_keys
    from breakeven.study.judge.basis import to_json
    from breakeven.study.questions.differences import differences

    classes = refuse_unknown_classes(fail_on)
    if not as_json:
        print_keys(keys_between(first, second))
    names = told_apart(first, second)
    both = [load_study(path, as_of=day_of(as_of), choices=False) for path in (first, second)]
    answer = differences(*(named_as(study, name) for study, name in zip(both, names, strict=True)))
    if as_json:
        print_json(to_json(answer))
    else:
        print_differences(answer)
    if answer.second_verdict in classes:
        raise typer.Exit(FAIL_ON_MET)
