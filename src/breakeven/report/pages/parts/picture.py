"""A small picture of the break-even: volume from nothing to twice the plan, where owning pays and where it loses."""

from __future__ import annotations

from math import ceil, floor, log10

from rich.text import Text

from breakeven.report.wording import plain, volume
from breakeven.study.study import OptionStudy, Study

PAYS, LOSES = "█", "░"
NEARLY_TWICE = 1.9  # a first window that begins later would hardly be seen
MORE = 1.5
LABEL = 15  # columns that the label takes


def picture(study: Study, option: OptionStudy, width: int) -> Text:
    """Two lines: a bar of the winning windows, and the marks for half the plan and the plan under it."""
    cells, plans = max(min(width - LABEL, 80), 20), reach_in_plans(study, option)
    bar = "".join(
        PAYS if pays_at(option, (i + 0.5) / cells * plans * study.volume_mtok) else LOSES for i in range(cells)
    )
    marks = [" "] * cells
    for share, mark in ((0.5 / plans, "½"), (1 / plans, "▲")):
        marks[max(round(share * cells) - 1, 0)] = mark
    legend = f"{PAYS} pays  {LOSES} loses  ½ half  ▲ the plan: {volume(study.volume_mtok)} a month"
    text = Text(f"{f'0 to {plain(plans)}x plan':<{LABEL}}", style="bold")
    text.append(bar, style="not bold")
    text.append("\n" + " " * LABEL + "".join(marks).rstrip() + "\n" + " " * LABEL, style="not bold")
    text.append(legend, style="dim not bold")
    return text


def reach_in_plans(study: Study, it: OptionStudy) -> float:
    """How far the bar reaches: twice the plan, or as far as the first volume that pays and half as much again."""
    starts = [each.from_mtok for each in it.break_evens.windows]
    first = min(starts, default=0.0) / study.volume_mtok
    return 2.0 if first < NEARLY_TWICE else round_up(MORE * first)


def round_up(value: float) -> float:
    """The next number with one digit before its zeros."""
    size = 10.0 ** floor(log10(value))
    return ceil(value / size) * size


def pays_at(it: OptionStudy, mtok: float) -> bool:
    """Whether that volume lies in a winning window."""
    return any(
        each.from_mtok < mtok and (each.to_mtok is None or mtok <= each.to_mtok) for each in it.break_evens.windows
    )
