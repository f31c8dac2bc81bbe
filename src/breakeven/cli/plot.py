"""Pictures of a study for who looks rather than reads: in the terminal where it shows any, else in a file."""

from __future__ import annotations

import os
import sys
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from shutil import get_terminal_size, which
from subprocess import run
from typing import Any, Literal

import typer

from breakeven.problems import Problem

SHOWN = ("break-even", "load", "designs", "fan")  # the charts of the board pack that --plot shows
Protocol = Literal["kitty", "iterm", "sixel"]
INSIDE = ("TMUX", "STY")  # what runs inside a terminal and does not hand pictures through to it
KITTY = {"xterm-kitty", "xterm-ghostty"}
PROGRAMS: Mapping[str, Protocol] = {"iTerm.app": "iterm", "WezTerm": "iterm", "ghostty": "kitty"}
SIXEL = ("foot", "mlterm", "yaft")  # how the name of such a terminal begins
ENCODER = ("img2sixel", "-")
CHUNK = 4096  # letters that kitty takes at once
MOST_COLUMNS = 100


def protocol(environ: Mapping[str, str], *, terminal: bool) -> Protocol | None:
    """How this terminal shows a picture between its lines; None where that is not known for certain."""
    if not terminal or any(environ.get(name) for name in INSIDE):
        return None
    if environ.get("KITTY_WINDOW_ID") or environ.get("TERM") in KITTY:
        return "kitty"
    named = PROGRAMS.get(environ.get("TERM_PROGRAM", "")) or PROGRAMS.get(environ.get("LC_TERMINAL", ""))
    if named is None and environ.get("LC_TERMINAL") == "iTerm2":
        named = "iterm"
    if named is None and environ.get("TERM", "").startswith(SIXEL) and which(ENCODER[0]):
        named = "sixel"
    return named


def shown_as(picture: bytes, how: Protocol, columns: int) -> bytes:
    """A PNG as the signs with which such a terminal draws it, so many columns wide."""
    if how == "sixel":
        drawn = run(ENCODER, input=picture, capture_output=True, check=False)  # noqa: S603  a program on the path
        if drawn.returncode:
            raise Problem("img2sixel cannot draw the picture", fix="Send the page to a file or a pipe: it names a PNG.")
        return drawn.stdout + b"\n"
    code = b64encode(picture)
    if how == "iterm":
        head = f"\x1b]1337;File=inline=1;size={len(picture)};width={columns};preserveAspectRatio=1:"
        return head.encode() + code + b"\x07\n"
    parts = [code[at : at + CHUNK] for at in range(0, len(code), CHUNK)]
    sent = []
    for number, part in enumerate(parts, 1):
        control = f"a=T,f=100,q=2,c={columns}," if number == 1 else ""
        sent.append(f"\x1b_G{control}m={int(number < len(parts))};".encode() + part + b"\x1b\\")
    return b"".join(sent) + b"\n"


def plot(study: Any, folder: Path | None, *, inline: bool) -> None:
    """Show the pictures of a study. `inline` False: the terminal is for something else, so they go into a file."""
    from breakeven.outputs import write
    from breakeven.report.board.pictures import png
    from breakeven.report.charts.charts import charts
    from breakeven.report.charts.parts import together
    from breakeven.study.questions.pictures import pictures

    by_key = {chart.key: chart for chart in charts(study, pictures(study))}
    shown = [by_key[key] for key in SHOWN if key in by_key]
    how = protocol(os.environ, terminal=sys.stdout.isatty()) if inline else None
    if how is None:
        path = file_of(study, folder)
        write(path, png(together(shown)))
        typer.echo(f"{path}: {', '.join(chart.title for chart in shown)}", err=not inline)
        return
    columns = min(get_terminal_size().columns, MOST_COLUMNS)
    for chart in shown:
        typer.echo(f"\n{chart.title}")
        sys.stdout.flush()
        sys.stdout.buffer.write(shown_as(png(chart), how, columns))
        sys.stdout.flush()
        typer.echo(chart.alt)


def file_of(study: Any, folder: Path | None) -> Path:
    """Where the pictures go: into the folder that is written to, else beside where one stands, named as the case."""
    return Path(f"{Path(study.basis.header.file).stem or 'case'}-plots.png") if folder is None else folder / "plots.png"
