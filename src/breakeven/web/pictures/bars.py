"""Bars: what a month costs by group, and amounts left and right of nothing, each with its words at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.web.markup import Html, el, join
from breakeven.web.pictures.frame import Frame, drawing, ends

ROW, BAR = 30, 18
LETTER, LONGEST, ROOM = 8, 38, 104  # pixels of a letter, letters of a name that are shown, room at the ends of bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: what it is of, how long, and the amount in words."""

    name: str
    value: float
    said: str


def signed(called: str, said: str, bars: Sequence[Bar], *, tone: bool = True) -> Html:
    """Bars left and right of nothing. `tone`: gains and losses have their own colours."""
    frame = Frame(
        x=ends([bar.value for bar in bars]),
        y=(0, 1),
        height=ROW * len(bars) + 8,
        left=_names(bars) + (ROOM if any(bar.value < 0 for bar in bars) else 0),
        right=ROOM,
    )
    zero = frame.across(0.0)
    rule = el("line", class_="zero", x1=f"{zero:.1f}", x2=f"{zero:.1f}", y1=2, y2=frame.height - 2)
    return drawing(frame, called, said, *(_signed(frame, i, bar, tone) for i, bar in enumerate(bars)), rule)


def _signed(frame: Frame, row: int, bar: Bar, tone: bool) -> Html:
    y, zero, end = 4 + row * ROW, frame.across(0.0), frame.across(bar.value)
    kind = ("gain" if bar.value > 0 else "loss") if tone else "own"
    after = bar.value >= 0
    return join(
        [
            _name(bar.name, y),
            el("rect", class_=kind, x=f"{min(zero, end):.1f}", y=y, width=f"{abs(end - zero):.1f}", height=BAR),
            el("text", bar.said, class_="amount", x=f"{end + (5 if after else -5):.1f}", y=y + 14,
               text_anchor="start" if after else "end"),
        ]
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One option's month: its parts by group, and the whole in words."""

    name: str
    parts: tuple[float, ...]
    said: str


def stacked(called: str, said: str, groups: Sequence[str], stacks: Sequence[Stack]) -> Html:
    """A bar an option, made of its groups of cost."""
    most = max(sum(part for part in stack.parts if part > 0) for stack in stacks)
    frame = Frame(x=(0.0, most or 1.0), y=(0, 1), height=ROW * len(stacks) + 8, left=_names(stacks), right=ROOM)
    rows = (_stack(frame, i, stack, groups) for i, stack in enumerate(stacks))
    names = el("ul", (el("li", _swatch(i), name) for i, name in enumerate(groups)), class_="legend")
    return join([names, drawing(frame, called, said, *rows)])


def _stack(frame: Frame, row: int, stack: Stack, groups: Sequence[str]) -> Html:
    y, so_far, drawn = 4 + row * ROW, 0.0, []
    for i, (part, group) in enumerate(zip(stack.parts, groups, strict=True)):
        if part > 0:
            x, end = frame.across(so_far), frame.across(so_far + part)
            drawn.append(el("rect", el("title", group), class_=f"fill s{i}", x=f"{x:.1f}", y=y,
                            width=f"{end - x:.1f}", height=BAR))  # fmt: skip
            so_far += part
    words = el("text", stack.said, class_="amount", x=f"{frame.across(so_far) + 5:.1f}", y=y + 14)
    return join([_name(stack.name, y), *drawn, words])


def _swatch(number: int) -> Html:
    patch = el("rect", class_=f"fill s{number}", width=12, height=12)
    return el("svg", patch, viewBox="0 0 12 12", width=12, height=12, aria_hidden="true")


def _names(named: Sequence[Bar] | Sequence[Stack]) -> int:
    """The room that the names take."""
    return LETTER * min(max(len(each.name) for each in named), LONGEST) + LETTER


def _name(name: str, y: int) -> Html:
    """A name left of its bar; of a long one the beginning, and all of it to those who point at it."""
    shown = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    return el("text", el("title", name), shown, class_="name", x=0, y=y + 14)
