"""`breakeven gpu-mix`: the cheapest mix of GPU types for one model and the sizes of its requests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from breakeven.cli.answer import print_json
from breakeven.cli.options import AsOf, day_of


def gpu_mix(
    case: Annotated[Path, typer.Argument(help="The case file; with a log the sizes of its requests are used.")],
    gpu: Annotated[
        list[str] | None,
        typer.Option("--gpu", help="A GPU to choose from; once for each. Absent: all that are rented out."),
    ] = None,
    as_of: AsOf = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find the cheapest mix of GPU types for the case's model under its latency promise."""

    from rich.console import Console

    from breakeven.report.pages.gpu_mix_page import gpu_mix_page
    from breakeven.study.designs.settle import loaded_case
    from breakeven.study.judge.basis import to_json
    from breakeven.study.questions.gpu_mix_of_case import mix_of

    loaded = loaded_case(case, day_of(as_of))
    with Console(stderr=True).status("working out what each GPU serves", spinner="dots"):
        mix = mix_of(loaded, gpu or ())
    if as_json:
        print_json(to_json(mix))
    else:
        Console(highlight=False).print(gpu_mix_page(mix))
