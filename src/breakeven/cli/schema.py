"""`breakeven schema`: the JSON Schema of a case file, for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from breakeven.problems import Problem


def schema(
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write instead of printing.")] = None,
) -> None:
    """Print the JSON Schema of a case file: every key, its unit, its bounds, its default."""
    from breakeven.study.editor import case_schema_text

    if out is None:
        typer.echo(case_schema_text(), nl=False)
    else:
        try:
            out.write_text(case_schema_text(), encoding="utf-8")
        except OSError as error:
            raise Problem(f"cannot be written: {error.strerror}", where=str(out), fix="Choose another file.") from None
