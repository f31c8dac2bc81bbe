"""The memo as PDF/UA-1: tagged, with words for every picture and one embedded open font."""

from __future__ import annotations

import json
import re
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from breakeven.outputs import private_folder
from breakeven.problems import Problem
from breakeven.report.board.blocks import Block, Bullets, Grid, Memo, Paragraph, Picture, Section
from breakeven.report.board.pictures import svg
from breakeven.report.wording import MINUS
from breakeven.shipped import shipped_text

NEGATIVE = re.compile(r"(?<=[\s(,:])-(?=\d)")  # as others write a number below nothing
NARROW, WIDE = 11, 36  # characters that a column gets at least and at most; longer texts wrap
PROSE = 120  # characters from which a text is sentences, which get twice as much
AIR = 3  # characters beyond the longest number, so that none is broken and none touches the next


def pdf(memo: Memo) -> bytes:
    """The PDF. The same memo gives the same bytes. Raises `Problem` where the extra is not installed."""
    try:
        import typst  # noqa: PLC0415 - an extra
    except ImportError:
        raise Problem("the PDF needs typst, which is not installed", fix="pip install 'breakeven[report]'") from None
    with private_folder() as folder, as_file(files("breakeven.report") / "fonts") as fonts:
        (folder / "memo.typ").write_text(shipped_text("report/board/memo.typ"), encoding="utf-8")
        told = json.dumps(document(memo, folder), ensure_ascii=False)
        (folder / "memo.json").write_text(NEGATIVE.sub(MINUS, told), encoding="utf-8")
        made: bytes = typst.compile(
            str(folder / "memo.typ"),
            root=str(folder),
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
        )
    return made


def document(memo: Memo, folder: Path) -> dict[str, Any]:
    """The memo as data for the template; its pictures are written into the folder."""
    return {
        "title": memo.title,
        "subtitle": memo.subtitle,
        "question": memo.question,
        "answer": memo.answer,
        "tone": memo.tone,
        "why": memo.why,
        "date": memo.date,
        "fingerprint": dict(memo.colophon).get("inputs", ""),
        "figures": [{"label": figure.label, "value": figure.value, "note": figure.note} for figure in memo.figures],
        "decision": [section(part, folder) for part in memo.decision],
        "evidence": [section(part, folder) for part in memo.evidence],
        "colophon": [list(row) for row in memo.colophon],
    }


def section(one: Section, folder: Path) -> dict[str, Any]:
    """A section as data."""
    return {"title": one.title, "blocks": [block(each, folder) for each in one.blocks]}


def block(one: Block, folder: Path) -> dict[str, Any]:
    """A block as data, with its kind."""
    match one:
        case Paragraph():
            return {"kind": "paragraph", "text": one.text, "label": one.label}
        case Bullets():
            return {"kind": "bullets", "items": list(one.items), "numbered": one.numbered}
        case Grid():
            return {
                "kind": "grid",
                "caption": one.caption,
                "header": list(one.header),
                "rows": [list(row) for row in one.rows],
                "sides": one.sides,
                "widths": widths(one),
                "bold": sorted(one.bold),
            }
        case Picture():
            file = f"{one.chart.key}.svg"
            (folder / file).write_text(svg(one.chart), encoding="utf-8")
            return {"kind": "picture", "file": file, "alt": f"{one.chart.title}: {one.chart.alt}"}


def widths(grid: Grid) -> list[int]:
    """How wide the columns are among themselves: as their longest texts, within limits; 0: as wide as its words.

    A column of numbers is as wide as those and as the longest word over them, with some air.
    """
    columns = [*zip(grid.header, *grid.rows, strict=True)]
    short = [side == "l" and max(map(len, column)) <= NARROW for side, column in zip(grid.sides, columns, strict=True)]
    longest = [
        min(max(map(len, (*column[0].split(), *column[1:]))) + AIR, WIDE)
        if side == "r"
        else min(max(NARROW, *map(len, column)), 2 * WIDE if max(map(len, column)) > PROSE else WIDE)
        for side, column in zip(grid.sides, columns, strict=True)
    ]
    return [0 if whole else width for whole, width in zip(short, longest, strict=True)]
