"""The terminal page of a study as a picture that needs nothing from outside itself."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

from rich.console import Console

from breakeven.report.page import Page
from breakeven.report.sentences import headline, reason
from breakeven.study.assess import assess
from breakeven.study.case import Case
from breakeven.study.study import Study

FONT = "'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, monospace"


@cache
def study(path: str) -> Study:
    """The study of a case file."""
    return assess(Case.load(Path(path)))


def verdict(path: str) -> str:
    """The verdict in its own words."""
    return f"> **{headline(study(path))}**\n> {reason(study(path))}"


def page_as_svg(path: str, width: int) -> str:
    """What `breakeven decide` shows, with its colours; no font from the network, the same bytes every time."""
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.no_color = False
    console.print(Page(study(path)))
    drawn = console.export_svg(title=f"breakeven decide {path}", unique_id="breakeven")
    drawn = re.sub(r"\s*@font-face \{.*?\}", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"<!--.*?-->\s*", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace("Fira Code, monospace", FONT)
    return "\n".join(row.rstrip() for row in drawn.splitlines()) + "\n"
