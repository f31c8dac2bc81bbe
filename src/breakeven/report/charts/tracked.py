"""Plan, actual and forecast over the months of the horizon."""

from __future__ import annotations

from breakeven.report.charts.parts import DASHES, SERIES, Chart, Spec, chart, tooltips
from breakeven.report.wording import money
from breakeven.study.questions.tracked import Tracked

HEIGHT = 240
KINDS = ("plan", "forecast", "actual")


def tracked_chart(tracked: Tracked) -> Chart:
    """Two lines, and a point a month that is over."""
    rows: list[Spec] = []
    for kind, path in (("plan", tracked.plan), ("forecast", tracked.forecast)):
        rows += [{"kind": kind, "month": place, "cost": value} for place, value in enumerate(path, 1)]
    rows += [{"kind": "actual", "month": month.number, "cost": month.actual} for month in tracked.months]
    plan, actual = tracked.planned_so_far, tracked.paid_so_far
    alt = (
        f"{len(tracked.months)} months cost {money(actual, tracked.currency)}, "
        f"planned were {money(plan, tracked.currency)}."
    )
    x = {"field": "month", "type": "quantitative", "title": "month", "axis": {"tickMinStep": 1}}
    y = {"field": "cost", "type": "quantitative", "title": f"{tracked.currency} a month"}
    colour = {"field": "kind", "type": "nominal", "title": None, "sort": [*KINDS],
              "scale": {"domain": [*KINDS], "range": [SERIES[0], SERIES[1], SERIES[5]]}}  # fmt: skip
    dash = {"field": "kind", "type": "nominal", "legend": None, "scale": {"domain": [*KINDS], "range": DASHES[:3]}}
    seen = tooltips(("kind", "nominal"), ("month", "d"), ("cost", ",.0f"))
    both = {"x": x, "y": y, "color": colour, "tooltip": seen}
    layers: list[Spec] = [
        {"transform": [{"filter": "datum.kind != 'actual'"}], "mark": "line", "encoding": both | {"strokeDash": dash}},
        {
            "transform": [{"filter": "datum.kind == 'actual'"}],
            "mark": {"type": "point", "filled": True, "size": 80, "shape": "diamond"},
            "encoding": both,
        },
    ]
    return chart("tracked", f"Plan and actual: {tracked.option}", alt, rows, {"height": HEIGHT, "layer": layers})
