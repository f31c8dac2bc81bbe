"""What every picture shares: its frame, its axes, and how a number finds its place. Styles stand in the sheet.

A picture places numbers; it computes none. Colours are classes (`s0` to `s4`), told apart without colour by dashes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from breakeven.web.markup import Html, el, join

WIDTH, HEIGHT = 680, 300
NARROW = 340  # the width for a place in which the words of a wider picture would be too small to read
LEFT, RIGHT, TOP, BOTTOM = 92, 18, 16, 44
TICKS = 5
ROUND = (1, 2, 2.5, 5, 10)
COLOURS = 5
EDGE = 20  # nearer to the right, a word under the axis ends there


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The room of a picture, and the numbers at its edges."""

    x: tuple[float, float]
    y: tuple[float, float]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    bottom: int = BOTTOM

    def across(self, value: float) -> float:
        """Where a number stands from the left."""
        return placed(value, self.x, (self.left, self.width - self.right))

    def down(self, value: float) -> float:
        """Where a number stands from the top."""
        return placed(value, self.y, (self.height - self.bottom, self.top))

    def point(self, x: float, y: float) -> str:
        """Both, as SVG writes them."""
        return f"{self.across(x):.1f},{self.down(y):.1f}"


def at_both_widths(draw: Callable[[int], Html]) -> Html:
    """A picture for a wide place and for a narrow one: the sheet shows that which fits."""
    kinds = (("wide-only", WIDTH), ("narrow-only", NARROW))
    return join(el("div", draw(width), class_=kind) for kind, width in kinds)


def placed(value: float, numbers: tuple[float, float], room: tuple[float, float]) -> float:
    """A number between two, as a place between two."""
    wide = numbers[1] - numbers[0]
    share = (value - numbers[0]) / wide if wide else 0.5
    return room[0] + share * (room[1] - room[0])


def ends(values: Iterable[float], *, zero: bool = True) -> tuple[float, float]:
    """The least and the most of the numbers, with a little room, and with nothing among them if it matters."""
    found = [*values, *([0.0] if zero else [])]
    low, high = min(found), max(found)
    room = (high - low) * 0.06 or abs(high) or 1.0
    return low - (room if low < 0 else 0), high + room


def ticks(edges: tuple[float, float], count: int = TICKS) -> list[float]:
    """Round numbers between two."""
    rough = (edges[1] - edges[0]) / count
    if rough <= 0:
        return []
    size = 10.0 ** floor(log10(rough))
    step = next(size * each for each in ROUND if size * each >= rough)
    return [step * i for i in range(ceil(edges[0] / step), floor(edges[1] / step) + 1)]


def axes(frame: Frame, across: Callable[[float], str], down: Callable[[float], str], title: str) -> Html:
    """Lines and words of both axes; the title stands under the lower one."""
    left, right, floor_ = frame.left, frame.width - frame.right, frame.height - frame.bottom
    return join(
        [
            *(_row(at, frame.down(at), left, right, down) for at in ticks(frame.y)),
            *(
                el(
                    "text",
                    across(at),
                    class_="tick",
                    x=f"{frame.across(at):.1f}",
                    y=floor_ + 16,
                    text_anchor="end" if frame.across(at) > right - EDGE else "middle",
                )
                for at in ticks(frame.x, 4 if frame.width > NARROW else 2)
            ),
            el("text", title, class_="axis", x=(left + right) / 2, y=frame.height - 6, text_anchor="middle"),
        ]
    )


def _row(at: float, y: float, left: int, right: int, words: Callable[[float], str]) -> Html:
    kind = "zero" if at == 0 else "grid"
    return join(
        [
            el("line", class_=kind, x1=left, x2=right, y1=f"{y:.1f}", y2=f"{y:.1f}"),
            el("text", words(at), class_="tick", x=left - 8, y=f"{y + 4:.1f}", text_anchor="end"),
        ]
    )


def line(frame: Frame, points: Iterable[tuple[float, float]], kind: str) -> Html:
    """A line through points."""
    return el("polyline", class_=f"line {kind}", points=" ".join(frame.point(x, y) for x, y in points))


def drawing(frame: Frame, called: str, words: str, *parts: object) -> Html:
    """The whole picture, with its words for those who do not see it."""
    return el(
        "svg",
        el("title", called),
        *parts,
        viewBox=f"0 0 {frame.width} {frame.height}",
        role="img",
        aria_label=f"{called}. {words}",
        class_="picture",
        xmlns="http://www.w3.org/2000/svg",
    )


def legend(names: Sequence[str]) -> Html:
    """What each colour stands for, as a list beside the picture."""
    return el("ul", (el("li", key(i), name) for i, name in enumerate(names)), class_="legend")


def key(number: int) -> Html:
    """A short stretch of a line."""
    stroke = el("line", class_=f"line {colour(number)}", x1=0, x2=26, y1=6, y2=6)
    return el("svg", stroke, viewBox="0 0 26 12", width=26, height=12, aria_hidden="true")


def colour(number: int) -> str:
    """The class of the n-th option."""
    return f"s{number % COLOURS}"
