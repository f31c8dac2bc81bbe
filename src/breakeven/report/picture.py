"""A small picture of the break-even: volume from nothing to twice the plan, where owning pays and where it loses."""

from __future__ import annotations

from rich.text import Text

from breakeven.report.wording import volume
from breakeven.study.study import OptionStudy, Study

PAYS, LOSES = "█", "░"
LABEL = 15  # columns that the label takes


def picture(study: Study, it: OptionStudy, width: int) -> Text:
    """Two lines: a bar of the winning windows, and the marks for half the plan and the plan under it."""
    cells = max(min(width - LABEL, 80), 20)
    reach = 2 * study.volume_mtok
    bar = "".join(PAYS if pays_at(it, (i + 0.5) / cells * reach) else LOSES for i in range(cells))
    marks = [" "] * cells
    for share, mark in ((0.25, "½"), (0.5, "▲")):
        marks[round(share * cells) - 1] = mark
    legend = f"{PAYS} pays  {LOSES} loses  ½ half  ▲ the plan: {volume(study.volume_mtok)} a month"
    text = Text(f"{'0 to 2x plan':<{LABEL}}", style="bold")
    text.append(bar, style="not bold")
    text.append("\n" + " " * LABEL + "".join(marks).rstrip() + "\n" + " " * LABEL, style="not bold")
    text.append(legend, style="dim not bold")
    return text


def pays_at(it: OptionStudy, mtok: float) -> bool:
    """Whether that volume lies in a winning window."""
    return any(
        each.from_mtok < mtok and (each.to_mtok is None or mtok <= each.to_mtok) for each in it.break_evens.windows
    )
