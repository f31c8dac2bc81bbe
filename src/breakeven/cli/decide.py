"""`breakeven decide`: the verdict on a case, with every number behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from breakeven.cli.options import FAIL_ON_MET, AsOf, day_of


def decide(
    case: Annotated[Path | None, typer.Argument(help="The case file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole study as JSON.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Print everything: cash flow, books, rivals, inputs.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder to write study.json to: inputs, facts, versions, answer.")
    ] = None,
    locked: Annotated[
        Path | None, typer.Option(help="A study.json: decide again from exactly what it rests on, without its case.")
    ] = None,
    allow_changed: Annotated[
        bool, typer.Option("--allow-changed", help="With --locked: go on where the file or its answer has changed.")
    ] = False,
    as_of: AsOf = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Say a key otherwise, such as gpu=h200; repeatable."),
    ] = None,
    plot: Annotated[
        bool,
        typer.Option(
            "--plot", help="Show break-even, load, designs and the fan: in the terminal, else in a named file."
        ),
    ] = False,
    fail_on: Annotated[
        str | None, typer.Option(help="Exit with 3 if the verdict is of this class (or classes, comma-separated).")
    ] = None,
) -> None:
    """Decide a case: buy, or serve it yourself.

    Example: breakeven decide case.yaml --set gpu=h200 --set team=2
    """
    from breakeven.cli.plot import plot as show
    from breakeven.cli.studies import load_study, print_study, refuse_unknown_classes, write_study
    from breakeven.outputs import made, tried

    classes = refuse_unknown_classes(fail_on)
    if out is not None:
        made(out)
        tried(out / "study.json")
    day = day_of(as_of)
    study = load_study(case, locked, day, out, allow_changed=allow_changed, changes=changes or ())
    if out is not None:
        write_study(study, out)
    print_study(study, as_json=as_json, full=full, typed=case)
    if plot:
        show(study, out, inline=not as_json)
    if study.verdict.verdict in classes:
        raise typer.Exit(FAIL_ON_MET)
