"""The migration plan in the memo: what moves where and when, in which phases, and why the rest stays."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.plan.plan import Plan
from breakeven.report.board.blocks import Block, Grid, Paragraph, Picture, Section, sentence
from breakeven.report.charts.parts import INK, SERIES, Chart, Spec, chart, tooltips
from breakeven.report.pages.plan_page import phase_row, says, short, target_of, why
from breakeven.report.wording import money

ROW = 22
STAGES = ("API", "shadow run and cut-over", "own fleet")
FILLS = ("#dfe3e7", SERIES[1], SERIES[0])


def moves_section(plan: Plan) -> Section:
    """The section on the plan."""
    blocks: list[Block] = [Paragraph(text=sentence(each)) for each in says(plan)]
    if plan.scheduled.starts:
        blocks.append(Picture(chart=gantt(plan)))
        blocks.append(phases(plan))
    blocks.append(where(plan))
    return Section(title="What moves, when, and why the rest stays", blocks=tuple(blocks))


def no_plan_section(because: str) -> Section:
    """Why there is no plan, where one was looked for."""
    return Section(
        title="What moves, when, and why the rest stays", blocks=(Paragraph(text=sentence(f"No plan: {because}")),)
    )


def gantt(plan: Plan) -> Chart:
    """A bar a workload: on the API, in shadow, on our own fleet. Months count from 1."""
    rows = [row for name in ordered(plan) for row in stages(plan, name)]
    names = ordered(plan)
    x = {
        "field": "start",
        "type": "quantitative",
        "title": "month",
        "scale": {"domain": [1, plan.portfolio.months + 1], "nice": False},
        "axis": {"tickMinStep": 1},
    }
    fills = {"domain": [*STAGES], "range": [*FILLS]}
    body = {
        "height": ROW * len(names),
        "mark": {"type": "bar", "height": {"band": 0.7}, "stroke": INK, "strokeWidth": 0.4},
        "encoding": {
            "y": {"field": "workload", "type": "nominal", "sort": names, "title": None},
            "x": x,
            "x2": {"field": "end"},
            "color": {"field": "stage", "type": "nominal", "scale": fills, "sort": [*STAGES]},
            "tooltip": tooltips(("workload", "nominal"), ("stage", "nominal"), ("target", "nominal"), ("start", ".0f")),
        },
    }
    starts = sorted(plan.scheduled.starts.items(), key=lambda one: (one[1], one[0]))
    sentence = "; ".join(f"{name} moves in month {month + 1}" for name, month in starts)
    return chart("plan", "The moves, month by month", sentence, rows, body)


def ordered(plan: Plan) -> list[str]:
    """What moves first stands first."""
    starts, last = plan.scheduled.starts, plan.portfolio.months
    return [
        each.name for each in sorted(plan.portfolio.workloads, key=lambda one: (starts.get(one.name, last), one.name))
    ]


def stages(plan: Plan, name: str) -> Iterator[Spec]:
    """The stretches of one workload's months."""
    start, end = plan.scheduled.starts.get(name), plan.portfolio.months + 1
    if start is None:
        cuts = [(STAGES[0], 1, end)]
    else:
        cuts = [(STAGES[0], 1, start + 1), (STAGES[1], start + 1, start + 2), (STAGES[2], start + 2, end)]
    target = short(target_of(plan, name))
    for stage, first, last in cuts:
        if first < last:
            yield {"workload": name, "stage": stage, "start": first, "end": last, "target": target}


def phases(plan: Plan) -> Grid:
    """A row a phase."""
    head = ("phase", "month", "saves a month", "points", "work", "peak", "exit price", "what")
    return Grid(
        caption="Phases; points are complexity, work is in person-months (PM), peak is what the busiest hours leave "
        "free or send to the API, exit price is what going back costs once",
        header=head,
        rows=tuple(phase_row(plan, each) for each in plan.phases),
        sides="llrrrrrl",
    )


def where(plan: Plan) -> Grid:
    """A row a workload: where it goes, and why."""
    starts = plan.scheduled.starts
    rows = tuple(
        (name, short(target_of(plan, name)), str(starts[name] + 1) if name in starts else "–", why(plan, name))
        for name in ordered(plan)
    )
    saved = f"saves {money(plan.saving, plan.portfolio.currency)}"
    if plan.saving < 0:
        saved = f"costs {money(-plan.saving, plan.portfolio.currency)} more"
    caption = f"Where each workload goes, and why; the plan {saved} over {plan.portfolio.months} months"
    return Grid(caption=caption, header=("workload", "goes to", "month", "why there"), rows=rows, sides="llrl")
