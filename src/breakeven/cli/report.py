"""`breakeven report`: the board pack of a case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from breakeven.cli.options import AsOf, day_of


def report(
    case: Annotated[Path, typer.Argument(help="A case file or a study.json.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to; it is made if need be.")],
    only: Annotated[
        str | None, typer.Option(help="Parts, comma-separated: xlsx, pdf, html, md, json, charts. Absent: all.")
    ] = None,
    as_of: AsOf = None,
) -> None:
    """Write the board pack: a workbook with live formulas, a memo as PDF, page and Markdown, the study as JSON."""
    from breakeven.cli.studies import load_all
    from breakeven.outputs import made
    from breakeven.report.board.write import parts_named, write_report
    from breakeven.study.questions.board_extras import Beside, beside

    parts, day = parts_named(only), day_of(as_of)
    made(out)
    loaded, failed = load_all(case, as_of=day), False
    more = Beside() if loaded.resolved is None else beside(loaded.resolved, loaded.study)
    for written in write_report(loaded.study, out, parts, more):
        if written.failed:
            failed = True
            typer.echo(f"{written.part}: not written. {written.failed}", err=True)
        elif len(written.files) == 1:
            typer.echo(f"{written.files[0]}")
        else:
            typer.echo(f"{written.files[0].parent} ({len(written.files)} files)")
    if failed:
        raise typer.Exit(1)
