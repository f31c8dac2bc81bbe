"""Bars: what a month costs by group, and amounts left and right of nothing, each with its words at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.web.markup import Html, el, join
from breakeven.web.pictures.frame import NARROW, Frame, at_both_widths, drawing, ends

ROW, BAR = 30, 18
ABOVE = 18  # room for a name above its bar, where the picture is narrow
LETTER, LONGEST, ROOM = 8, 38, 104  # pixels of a letter, letters of a name that are shown, room at the ends of bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: what it is of, how long, and the amount in words."""

    name: str
    value: float
    said: str


def signed(called: str, words: str, bars: Sequence[Bar], *, tone: bool = True) -> Html:
    """Bars left and right of nothing. `tone`: gains and losses have their own colours."""
    return at_both_widths(lambda width: _signed(width, called, words, bars, tone))


def _signed(width: int, called: str, words: str, bars: Sequence[Bar], tone: bool) -> Html:
    above = _above(width)
    frame = Frame(
        x=ends([bar.value for bar in bars]),
        y=(0, 1),
        width=width,
        height=(ROW + above) * len(bars) + 8,
        left=(0 if above else _names(bars)) + (ROOM if any(bar.value < 0 for bar in bars) else 0),
        right=ROOM,
    )
    zero = frame.across(0.0)
    rule = el("line", class_="zero", x1=f"{zero:.1f}", x2=f"{zero:.1f}", y1=2, y2=frame.height - 2)
    rows = (_bar(frame, 4 + i * (ROW + above), above, bar, tone) for i, bar in enumerate(bars))
    return drawing(frame, called, words, rule, *rows)


def _above(width: int) -> int:
    return ABOVE if width <= NARROW else 0


def _bar(frame: Frame, top: int, above: int, bar: Bar, tone: bool) -> Html:
    y, zero, end = top + above, frame.across(0.0), frame.across(bar.value)
    kind = ("gain" if bar.value > 0 else "loss") if tone else "own"
    after = bar.value >= 0
    return join(
        [
            _name(bar.name, top),
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


def stacked(called: str, words: str, groups: Sequence[str], stacks: Sequence[Stack]) -> Html:
    """A bar an option, made of its groups of cost."""
    names = el("ul", (el("li", _swatch(i), name) for i, name in enumerate(groups)), class_="legend")
    return join([names, at_both_widths(lambda width: _stacked(width, called, words, groups, stacks))])


def _stacked(width: int, called: str, words: str, groups: Sequence[str], stacks: Sequence[Stack]) -> Html:
    most, above = max(sum(part for part in stack.parts if part > 0) for stack in stacks), _above(width)
    left, height = 0 if above else _names(stacks), (ROW + above) * len(stacks) + 8
    frame = Frame(x=(0.0, most or 1.0), y=(0, 1), width=width, height=height, left=left, right=ROOM)
    rows = (_stack(frame, 4 + i * (ROW + above), above, stack, groups) for i, stack in enumerate(stacks))
    return drawing(frame, called, words, *rows)


def _stack(frame: Frame, top: int, above: int, stack: Stack, groups: Sequence[str]) -> Html:
    y, so_far, drawn = top + above, 0.0, []
    for i, (part, group) in enumerate(zip(stack.parts, groups, strict=True)):
        if part > 0:
            x, end = frame.across(so_far), frame.across(so_far + part)
            drawn.append(el("rect", el("title", group), class_=f"fill s{i}", x=f"{x:.1f}", y=y,
                            width=f"{end - x:.1f}", height=BAR))  # fmt: skip
            so_far += part
    words = el("text", stack.said, class_="amount", x=f"{frame.across(so_far) + 5:.1f}", y=y + 14)
    return join([_name(stack.name, top), *drawn, words])


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
