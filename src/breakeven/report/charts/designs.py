"""The designs that were replayed: what each costs a month against how quick it is, and how surely it is known."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.report.charts.parts import INK, SERIES, Chart, Spec, chart, tooltips
from breakeven.report.wording import money, significant
from breakeven.study.design_choice import DesignChoice, DesignPoint

TITLE = "Designs that were replayed"
PACE, SPEED = "ms per further token, alone", "tokens/s of a replica within the promise"
PANEL = 150  # pixels high
KINDS = ["chosen", "unbeaten", "beaten"]
MS = 1000
DECADE = 10  # most over least from which money is told by its logarithm; below, the ticks of one run into each other


def designs(choice: DesignChoice, currency: str) -> Chart:
    """A point a design in each panel; filled where no other beats it, a bar for the band of its speed."""
    rows = [row for place, point in enumerate(choice.points) for row in _rows(point, chosen=place == 0)]
    first = choice.points[0]
    alt = (
        f"{len(choice.points)} of {choice.looked_at:,} designs were replayed; {first.design} is chosen, at "
        f"{money(first.monthly_cost, currency)} a month and {significant(first.tpot_seconds * MS, 2):g} ms "
        "per further token. The bar is the band of its speed, which four of five lie in."
    )
    costs = [point.monthly_cost for point in choice.points]
    wide = min(costs) > 0 and max(costs) > DECADE * min(costs)
    x = {
        "field": "cost",
        "type": "quantitative",
        "title": f"{currency} a month",
        "axis": {"labelOverlap": "greedy"},
        "scale": {"type": "log", "nice": False} if wide else {"type": "linear", "zero": False},
    }
    y = {"field": "likely", "type": "quantitative", "title": None, "scale": {"type": "log", "nice": False}}
    kinds = {"field": "kind", "type": "nominal", "sort": KINDS}
    point: Spec = {
        "mark": {"type": "point", "filled": True, "size": 70, "stroke": INK, "strokeWidth": 0.8, "opacity": 1},
        "encoding": {
            "x": x,
            "y": y,
            "tooltip": tooltips(("design", "nominal"), ("option", "nominal"), ("likely", ",.3g"), ("speed", "nominal")),
            "color": {**kinds, "scale": {"domain": KINDS, "range": [SERIES[1], SERIES[0], "#ffffff"]}},
            "shape": {**kinds, "scale": {"domain": KINDS, "range": ["diamond", "circle", "circle"]}},
        },
    }
    bar: Spec = {
        "mark": {"type": "rule", "color": SERIES[0], "opacity": 0.35, "strokeWidth": 2},
        "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
    }
    layers = [bar, *({"transform": [{"filter": f"datum.kind == '{kind}'"}], **point} for kind in reversed(KINDS))]
    body = {
        "title": {
            "text": f"\N{BLACK DIAMOND} {first.design}",
            "fontSize": 12,
            "fontWeight": "normal",
            "anchor": "start",
        },
        "facet": {"row": {"field": "what", "type": "nominal", "sort": [PACE, SPEED], "title": None}},
        "spec": {"width": 460, "height": PANEL, "layer": layers},
        "resolve": {"scale": {"y": "independent"}},
    }
    return chart("designs", TITLE, alt, rows, body)


def _rows(each: DesignPoint, *, chosen: bool) -> Iterator[Spec]:
    """A row a panel."""
    kind = "chosen" if chosen else "unbeaten" if each.unbeaten else "beaten"
    same = {"design": each.design, "option": each.option, "cost": each.monthly_cost, "kind": kind, "speed": each.speed}
    low, likely, high = each.tokens_per_second
    pace = each.tpot_seconds * MS
    yield {**same, "what": PACE, "low": pace, "likely": pace, "high": pace}
    yield {**same, "what": SPEED, "low": low, "likely": likely, "high": high}
