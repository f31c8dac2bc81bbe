"""`breakeven plan`: which workload moves where, in which month, in which phases, and with which way back."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer

from breakeven.cli.answer import print_json
from breakeven.cli.options import AsOf, day_of

# What comes after the search takes this part of the time that pricing took on the same machine (1,000 workloads: 10 s
# of pricing, 2 s for the page, 5 s for the file); it is kept from the search, so that the limit bounds the whole.
SHOWING, WRITING = 0.25, 0.8


def plan(
    case: Annotated[Path, typer.Argument(help="The case file.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE.yaml", help="Write the plan for a gateway to carry out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    gap: Annotated[
        float,
        typer.Option(min=0.0, max=0.5, help="Stop the search when the plan is this close to the best there can be."),
    ] = 0.001,
    time_limit: Annotated[float, typer.Option(min=1.0, help="Seconds for the whole command.")] = 300.0,
    max_parallel: Annotated[
        int | None, typer.Option(min=1, help="Workloads cut over in one month, instead of the case's.")
    ] = None,
    monthly_shares: Annotated[
        bool, typer.Option("--monthly-shares", help="Also find what splitting workloads anew each month would save.")
    ] = False,
    as_of: AsOf = None,
) -> None:
    """Plan the migration: which workload goes where and when, why, and the way back. Ctrl-C keeps the best found."""
    from rich.console import Console

    from breakeven.outputs import tried
    from breakeven.plan.document import document
    from breakeven.plan.plan import make_plan
    from breakeven.plan.program import Limits
    from breakeven.report.pages.plan_page import plan_page

    left = clock(time_limit)
    tried(out, sources=[case])
    with Console(stderr=True).status("judging the case, pricing every workload on every fleet", spinner="dots"):
        priced = priced_case(case, day_of(as_of), max_parallel, left)
    kept = (time_limit - left()) * (WRITING if out is not None else SHOWING)
    with searching() as (tell, stop):
        limits = Limits(gap=gap, seconds=time_limit, progress=tell, stop=stop, left=lambda: left() - kept)
        made = make_plan(priced.portfolio, limits=limits, quality=priced.quality, monthly_shares=monthly_shares)
    data = document(made, as_of=priced.study.basis.header.as_of)
    if out is not None:
        write_plan(data, out)
    if as_json:
        print_json(data)
    else:
        (console := Console(highlight=False)).print(plan_page(made, console.width, priced.study))


def priced_case(case: Path, as_of: date | None, max_parallel: int | None, left: Callable[[], float]) -> Any:
    """The verdict on a case, and its workloads priced on every fleet and at every host of the verdict."""
    from breakeven.study.case.case import Case
    from breakeven.study.designs.settle import settled
    from breakeven.study.questions.plan_beside import planned_case

    return planned_case(settled(Case.load(case, as_of=as_of)), max_parallel=max_parallel, left=left)


def clock(seconds: float) -> Callable[[], float]:
    """Seconds that are left of a time limit that starts now."""
    end = monotonic() + seconds
    return lambda: end - monotonic()


def write_plan(data: dict[str, Any], path: Path) -> None:
    """Write plan.yaml."""
    from io import StringIO

    from ruamel.yaml import YAML

    from breakeven.outputs import write

    form = YAML()
    form.width = 110
    form.default_flow_style = None
    text = StringIO()
    form.dump(data, text)
    write(path, f"# Written by `breakeven plan`; what each key means: docs/reference/plan-file.md\n{text.getvalue()}")


@contextmanager
def searching() -> Iterator[tuple[Callable[[float, float, float], None], Callable[[], bool]]]:
    """Best cost and bound while it searches, on a terminal. The first Ctrl-C ends the search, not the command."""
    from rich.console import Console

    console, stopped = Console(stderr=True), [False]
    before = signal.getsignal(signal.SIGINT)

    def interrupt(*_: object) -> None:
        stopped[0] = True
        signal.signal(signal.SIGINT, before)  # the second one ends the command

    signal.signal(signal.SIGINT, interrupt)
    try:
        with console.status("searching", spinner="dots") as status:

            def tell(seconds: float, best: float, bound: float) -> None:
                shown = [
                    f"{name} {value:,.0f}" for name, value in (("best", best), ("bound", bound)) if abs(value) < 1e18
                ]
                status.update(f"searching {seconds:.0f} s  {'  '.join(shown)}  (Ctrl-C keeps the best)")

            yield tell, lambda: stopped[0]
    finally:
        signal.signal(signal.SIGINT, before)
