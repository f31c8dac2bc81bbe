"""`breakeven serve`: the dashboard in a browser."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from breakeven.cli.options import AsOf, day_of

PORT = 8765


def serve(
    case: Annotated[Path | None, typer.Argument(help="A case file, or a folder of cases. Absent: start empty.")] = None,
    host: Annotated[
        str, typer.Option(help="The address to listen on. Any but this machine's own asks for a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes one that is free.")] = PORT,
    token: Annotated[
        str | None, typer.Option(help="What a visitor must bring. Absent: one is made where the host needs it.")
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
    as_of: AsOf = None,
) -> None:
    """Serve the dashboard: drag a number, and see the answer turn."""
    from breakeven.problems import Problem

    try:
        from breakeven.web.serve import door_of
        from breakeven.web.serve import serve as listen
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        what = f"the dashboard needs {error.name}, which is not installed"
        raise Problem(what, fix="pip install 'breakeven[web]'") from None
    from breakeven.files import ordinary

    if case is not None and not case.is_dir():
        ordinary(case)
    day = day_of(as_of)
    listen(
        case,
        door_of(host, port, token),
        as_of=day,
        today=lambda: day or _today(),
        listening=lambda found: _tell(found.address, open_browser),
    )


def _today() -> date:
    return datetime.now(tz=UTC).astimezone().date()


def _tell(address: str, open_browser: bool) -> None:
    """Say where it is, and show it."""
    typer.echo(f"The dashboard is at {address}  (Ctrl+C ends it)")
    if "?token=" in address:
        typer.echo(
            "Others can reach this address: whoever has the token in it sees and changes what you see.", err=True
        )
    if open_browser:
        import webbrowser

        webbrowser.open(address)
