"""The terminal page of a study as a picture that needs nothing from outside itself."""

from __future__ import annotations

import html
import io
import re
from functools import cache
from pathlib import Path

from rich.console import Console

from breakeven.report.board.pictures import svg
from breakeven.report.charts.charts import charts
from breakeven.report.pages.page import Page
from breakeven.report.pages.parts.answer import headline, why
from breakeven.study.case.case import Case
from breakeven.study.designs.settle import assess
from breakeven.study.questions.pictures import pictures
from breakeven.study.study import Study

CELL = 12.2  # width of a character, as rich draws it
TEXT = re.compile(r'<text class="(breakeven-r\d+)" x="([\d.]+)" y="([\d.]+)" textLength="[\d.]+"([^>]*)>([^<]*)</text>')
FONT = "'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, monospace"


@cache
def study(path: str) -> Study:
    """The study of a case file."""
    return assess(Case.load(Path(path)))


def verdict(path: str) -> str:
    """The verdict in its own words."""
    return f"> **{headline(study(path))}**\n>\n> {why(study(path))}"


def charts_as_svg(path: str) -> dict[str, str]:
    """The pictures of the board pack, by what they are called: shapes and texts, nothing from elsewhere."""
    drawn = charts(study(path), pictures(study(path)))
    return {each.key: f"{_alone(svg(each))}\n" for each in drawn}


def _alone(drawn: str) -> str:
    """A font that every browser has, and no name that it does not use."""
    return drawn.replace("Inter", "sans-serif").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")


def page_as_svg(path: str, width: int) -> str:
    """What `breakeven decide` shows, with its colours; no font from the network, the same bytes every time."""
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.no_color = False
    console.print(Page(study(path)))
    drawn = console.export_svg(title=f"breakeven decide {path}", unique_id="breakeven")
    drawn = re.sub(r"\s*@font-face \{.*?\}", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"<!--.*?-->\s*", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace("Fira Code, monospace", FONT)
    drawn = TEXT.sub(in_place, drawn)
    return "\n".join(row.rstrip() for row in drawn.splitlines() if row.strip()) + "\n"


def in_place(found: re.Match[str]) -> str:
    """Each run of words at its own place: some programs drop blanks at the start of a text."""
    style, x, y, rest, text = found.groups()
    text, drawn = html.unescape(text).replace("\xa0", " "), []
    for part in re.finditer(r"\S+(?: \S+)*", text):
        at, width = float(x) + part.start() * CELL, len(part[0]) * CELL
        said = html.escape(part[0], quote=False).replace(" ", "&#160;")
        drawn.append(f'<text class="{style}" x="{at:.1f}" y="{y}" textLength="{width:.1f}"{rest}>{said}</text>')
    return "".join(drawn)
