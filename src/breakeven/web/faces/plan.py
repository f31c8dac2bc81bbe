"""What moves when, and whether we can run it: the memo's sections on readiness and the plan, as pieces of the board."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.decision.readiness.readiness import Readiness
from breakeven.plan.plan import Plan
from breakeven.report.board.blocks import Block, Bullets, Grid, Paragraph, sentence
from breakeven.report.board.moves import STAGES, moves_section, ordered, stages
from breakeven.report.board.readiness_section import readiness_section
from breakeven.report.wording import plain
from breakeven.study.questions.board_extras import Beside
from breakeven.web.faces.table import grid
from breakeven.web.markup import Html, el, join, said
from breakeven.web.pictures.frame import NARROW, Frame, at_both_widths, drawing, ticks

ROW, NAMES, ABOVE = 26, 200, 20
KINDS = dict(zip(STAGES, ("api", "burst", "own"), strict=True))


def plan(beside: Beside) -> Html:
    """Readiness first, then what moves; why there is no plan, where there is none."""
    return join([*_readiness(beside.readiness), *_moves(beside)])


def _readiness(readiness: Readiness | None) -> Iterator[Html]:
    if readiness is None:
        yield el("p", "Readiness is not examined: the case answers none of its questions.")
        return
    cells = (
        el(
            "li",
            el("span", one.level, class_=f"level {one.level}"),
            el("span", f"{one.number} {one.title}", class_="gate"),
            el("span", one.level_means, class_="faint"),
        )
        for one in readiness.dimensions
    )
    yield el("h3", "Can we run it")
    yield el("ul", cells, class_="heat")
    yield from map(block, readiness_section(readiness).blocks)


def _moves(beside: Beside) -> Iterator[Html]:
    yield el("h3", "What moves, when, and why the rest stays")
    if beside.plan is None:
        yield el("p", sentence(f"No plan: {beside.no_plan}" if beside.no_plan else "No plan was looked for"))
        return
    if beside.plan.scheduled.starts:
        yield gantt(beside.plan)
    yield from map(block, moves_section(beside.plan).blocks)


def block(one: Block) -> Html:
    """A block of the memo; its pictures are drawn here in our own way."""
    match one:
        case Paragraph():
            return el("p", el("b", f"{one.label}. ") if one.label else None, said(one.text))
        case Bullets():
            return el("ol" if one.numbered else "ul", (el("li", said(item)) for item in one.items))
        case Grid():
            return grid(one.caption, one.header, one.rows)
        case _:
            return Html("")


def gantt(plan: Plan) -> Html:
    """A bar a workload: on the API, in shadow and cut over, on our own fleet."""
    keys = (el("li", el("span", class_=f"swatch {kind}"), name) for name, kind in KINDS.items())
    return join([el("ul", keys, class_="legend"), at_both_widths(lambda width: _gantt(width, plan))])


def _gantt(width: int, plan: Plan) -> Html:
    names, last, above = ordered(plan), plan.portfolio.months + 1, ABOVE if width <= NARROW else 0
    height = (ROW + above) * len(names) + 40
    frame = Frame(x=(1, last), y=(0, 1), width=width, height=height, left=0 if above else NAMES, top=6, bottom=30)
    bars = [_bars(plan, name, frame, 6 + i * (ROW + above), above) for i, name in enumerate(names)]
    foot = frame.height - 10
    months = [
        el("text", plain(at), class_="tick", x=f"{frame.across(at):.1f}", y=foot, text_anchor="middle")
        for at in ticks(frame.x)
        if at >= 1
    ]
    starts = sorted(plan.scheduled.starts.items(), key=lambda one: (one[1], one[0]))
    words = "; ".join(f"{name} moves in month {month + 1}" for name, month in starts)
    return drawing(frame, "The moves, month by month", words, bars, months)


def _bars(plan: Plan, name: str, frame: Frame, y: int, above: int) -> Html:
    drawn = [el("text", el("title", name), name[:26], class_="name", x=0, y=y + 15)]
    for each in stages(plan, name):
        start, end = frame.across(each["start"]), frame.across(each["end"])
        drawn.append(el("rect", el("title", f"{name}: {each['stage']}"), class_=KINDS[each["stage"]], x=f"{start:.1f}",
                        y=y + above, width=f"{end - start:.1f}", height=ROW - 6))  # fmt: skip
    return join(drawn)
