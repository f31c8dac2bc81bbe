"""`breakeven designs`: the best design for a case, the next best, and why the others are not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from breakeven.cli.answer import print_json
from breakeven.cli.options import AsOf, day_of
from breakeven.cli.saturation import draw, drawable


def designs(
    case: Annotated[Path, typer.Argument(help="The case file; what it leaves open is looked for.")],
    top: Annotated[int, typer.Option("--top", min=1, help="Designs to show.")] = 8,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="Draw those that were replayed into this .svg or .png.")
    ] = None,
    as_of: AsOf = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find the best design: GPU, number format, size of a replica, KV cache, purchase, and of several the model."""

    from rich.console import Console

    from breakeven.report.charts.designs import designs as drawn
    from breakeven.report.pages.designs_page import designs_document, designs_page
    from breakeven.study.case.case import Case
    from breakeven.study.designs.search import search
    from breakeven.study.designs.settle import choice

    if picture is not None:
        drawable(picture)
    loaded = Case.load(case, as_of=day_of(as_of))
    with Console(stderr=True).status("bounding every design, replaying the best", spinner="dots"):
        searched = search(loaded, beside=top)
    if picture is not None:
        draw(picture, drawn(choice(searched), loaded.file.currency))
    if as_json:
        print_json(designs_document(searched))
    else:
        Console(highlight=False).print(designs_page(searched, loaded.file.currency, top))
        if picture is not None:
            typer.echo(f"Written: {picture}")
