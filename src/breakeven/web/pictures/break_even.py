"""Net present value against volume: every crossing is marked, and a jump is drawn as a jump.

A line through sampled points would lead down a slope that nobody goes: between two points the value may jump. Where
it does so through nothing, the line ends, and begins again on the other side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from breakeven.report.wording import money, volume
from breakeven.study.questions.pictures import VolumePicture
from breakeven.web.markup import Html, el, join
from breakeven.web.pictures.frame import Frame, at_both_widths, axes, colour, drawing, ends, legend, line

Points = list[tuple[float, float]]


def break_even(
    picture: VolumePicture, names: Sequence[str], jumps: Sequence[Sequence[float]], currency: str, words: str
) -> Html:
    """The picture. `names` of the options; `jumps`: volumes at which the value of each jumps through nothing."""
    drawn = at_both_widths(
        lambda width: _drawn(width, picture, names=names, jumps=jumps, currency=currency, words=words)
    )
    beyond = f"Further crossings, too far away to draw: {', '.join(map(volume, picture.beyond_mtok))}."
    return join([legend(names), drawn, el("p", beyond, class_="faint") if picture.beyond_mtok else None])


def _drawn(
    width: int,
    picture: VolumePicture,
    *,
    names: Sequence[str],
    jumps: Sequence[Sequence[float]],
    currency: str,
    words: str,
) -> Html:
    values = [worth for path in picture.options for worth in path.net_present_values]
    frame = Frame(x=(0.0, picture.volumes_mtok[-1]), y=ends(values), width=width)
    plan = frame.across(picture.plan_mtok)
    return drawing(
        frame,
        "Where owning pays",
        words,
        axes(frame, volume, lambda at: money(at, currency), "tokens a month"),
        el("line", class_="plan", x1=f"{plan:.1f}", x2=f"{plan:.1f}", y1=frame.top, y2=frame.height - frame.bottom),
        el("text", "the plan", class_="tick", x=f"{plan + 5:.1f}", y=frame.top + 10),
        *(_option(frame, picture, i, name, jumps[i]) for i, name in enumerate(names)),
    )


def _option(frame: Frame, picture: VolumePicture, number: int, name: str, jumps: Sequence[float]) -> Html:
    kind, path = colour(number), picture.options[number]
    points = [*zip(picture.volumes_mtok, path.net_present_values, strict=True)]
    pieces = [*stretches(points, sorted(jumps))]
    return join(
        [
            *(line(frame, piece, kind) for piece in pieces),
            *(_jump(frame, before[-1], after[0], kind) for before, after in pairwise(pieces)),
            *(_crossing(frame, at, name, kind) for at in (*path.break_evens_mtok, *path.jumps_mtok)),
        ]
    )


def stretches(points: Points, jumps: Sequence[float]) -> Iterator[Points]:
    """The line in pieces: one ends and the next begins where the value jumps, each at its own side's value."""
    piece: Points = []
    waiting = [*jumps]
    for x, y in points:
        while waiting and piece and piece[-1][0] < waiting[0] <= x:
            at = waiting.pop(0)
            yield [*piece, (at, piece[-1][1])]
            piece = [(at, y)]
        piece.append((x, y))
    yield piece


def _jump(frame: Frame, before: tuple[float, float], after: tuple[float, float], kind: str) -> Html:
    x = f"{frame.across(before[0]):.1f}"
    return el("line", class_=f"jump {kind}", x1=x, x2=x, y1=f"{frame.down(before[1]):.1f}",
              y2=f"{frame.down(after[1]):.1f}")  # fmt: skip


def _crossing(frame: Frame, at: float, name: str, kind: str) -> Html:
    return el(
        "circle",
        el("title", f"{name}: {volume(at)} a month"),
        class_=f"dot {kind}",
        cx=f"{frame.across(at):.1f}",
        cy=f"{frame.down(0.0):.1f}",
        r=5,
    )
