"""`breakeven schema`: the JSON Schema of a case file, for editors, or of a study.json, for programs that read one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from breakeven.cli.answer import print_text
from breakeven.outputs import write


def schema(
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write instead of printing.")] = None,
    study: Annotated[bool, typer.Option("--study", help="The schema of study.json instead.")] = False,
) -> None:
    """Print the JSON Schema of a case file: every key, its unit, its bounds, its default."""
    from breakeven.study.case.editor import case_schema_text
    from breakeven.study.judge.study_schema import study_schema_text

    text = study_schema_text() if study else case_schema_text()
    if out is None:
        print_text(text.removesuffix("\n"))
    else:
        write(out, text)
