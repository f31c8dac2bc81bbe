"""`breakeven mcp`: the tools of an assistant."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import typer


def mcp(
    folder: Annotated[
        Path, typer.Option(help="The one folder that may be read, and that reports are written to.")
    ] = Path(),
    transport: Annotated[
        Literal["stdio", "http"], typer.Option(help="stdio for a client that starts it, or http on this machine.")
    ] = "stdio",
    port: Annotated[int, typer.Option(min=1, max=65535, help="With http: the port on 127.0.0.1.")] = 8321,
) -> None:
    """Serve an assistant over the Model Context Protocol: describe usage, decide, explain, plan, report."""
    from breakeven.problems import Problem

    if find_spec("mcp") is None:
        fix = "Install it with its extra: pip install 'breakeven[mcp]'"
        raise Problem("the tools of an assistant need the package mcp, which is not installed", fix=fix)
    if not folder.is_dir():
        raise Problem("there is no such folder", where=str(folder), fix="Name the folder of your case and log.")
    from breakeven.mcp.server import server

    made = server(folder, today=lambda: datetime.now(tz=UTC).astimezone().date())
    if transport == "stdio":
        made.run()
    else:
        typer.echo(f"breakeven: http://127.0.0.1:{port}/mcp, folder {folder.resolve()}", err=True)
        made.run("streamable-http", host="127.0.0.1", port=port)
