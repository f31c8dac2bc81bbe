"""The saturation curve of a deployment: tokens a second, time per token and to the first one, against the load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from breakeven.capacity.speed.own_measurements import OwnRun
from breakeven.capacity.speed.saturation import AtLoad
from breakeven.report.charts.parts import INK, SERIES, Chart, Spec, chart, tooltips

SPEED, PACE, FIRST = "output tokens/s, all GPUs", "ms per further token", "ms to the first token, median"
PANEL = 150  # pixels high
IN_FLIGHT = {"field": "in_flight", "type": "quantitative", "scale": {"type": "log"}, "title": "requests in flight"}


def saturation(name: str, loads: Sequence[AtLoad], rates: Sequence[AtLoad], measured: Sequence[OwnRun]) -> Chart:
    """The likely curve with its band, a panel each; on it the rates that were asked for and the user's measurements."""
    rows = [row for load in sorted(loads, key=lambda load: load.in_flight.p50) for row in _predicted(load, "predicted")]
    rows += [row for rate in rates for row in _predicted(rate, "rate")]
    rows += [row for run in measured for row in _measured(run)]
    most = max(load.output_tokens_per_second.p50 for load in loads)
    points = f", {len(measured)} measured" if measured else ""
    alt = f"{len(loads)} loads{points}; at most {most:,.0f} output tokens/s of these. The band holds four of five."
    y = {"field": "likely", "type": "quantitative", "title": None, "scale": {"zero": True}}
    layers: list[Spec] = [
        {
            "transform": [{"filter": "datum.kind == 'predicted'"}],
            "mark": {"type": "area", "color": SERIES[0], "opacity": 0.18},
            "encoding": {"x": IN_FLIGHT, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "transform": [{"filter": "datum.kind == 'predicted'"}],
            "mark": {"type": "line", "color": SERIES[0], "point": {"color": SERIES[0], "size": 18}},
            "encoding": {"x": IN_FLIGHT, "y": y, "tooltip": tooltips(("in_flight", ",.3g"), ("likely", ",.4g"))},
        },
        {
            "transform": [{"filter": "datum.kind == 'rate'"}],
            "mark": {"type": "point", "filled": False, "size": 70, "color": SERIES[0]},
            "encoding": {"x": IN_FLIGHT, "y": y, "tooltip": tooltips(("in_flight", ",.3g"), ("likely", ",.4g"))},
        },
        {
            "transform": [{"filter": "datum.kind == 'measured'"}],
            "mark": {
                "type": "point",
                "shape": "diamond",
                "filled": True,
                "size": 90,
                "color": SERIES[5],
                "stroke": INK,
            },
            "encoding": {"x": IN_FLIGHT, "y": y, "tooltip": tooltips(("file", "nominal"), ("likely", ",.4g"))},
        },
    ]
    order = [measure for measure in (SPEED, PACE, FIRST) if any(row["what"] == measure for row in rows)]
    body = {
        "title": {"text": name, "fontSize": 12, "fontWeight": "normal", "anchor": "start"},
        "facet": {"row": {"field": "what", "type": "nominal", "sort": order, "title": None}},
        "spec": {"width": 460, "height": PANEL, "layer": layers},
        "resolve": {"scale": {"y": "independent"}},
    }
    return chart("saturation", f"What {name} gives at a load", alt, rows, body)


def _predicted(load: AtLoad, kind: str) -> Iterator[Spec]:
    """A row a panel; what grows without end has no place."""
    bands = (
        (SPEED, load.output_tokens_per_second, 1),
        (PACE, load.tpot_seconds, 1000),
        (FIRST, load.ttft_seconds, 1000),
    )
    for what, band, by in bands:
        ends = {"low": band.p10 * by, "likely": band.p50 * by, "high": band.p90 * by}
        if isfinite(load.in_flight.p50) and isfinite(ends["likely"]):
            kept = {name: value if isfinite(value) else ends["likely"] for name, value in ends.items()}
            yield {"what": what, "kind": kind, "in_flight": load.in_flight.p50, **kept}


def _measured(run: OwnRun) -> Iterator[Spec]:
    known = ((SPEED, run.output_tokens_per_second, 1), (PACE, run.tpot_seconds, 1000), (FIRST, run.ttft_seconds, 1000))
    for what, value, by in known:
        if value is not None:
            yield {
                "what": what, "kind": "measured", "in_flight": run.concurrency, "likely": value * by, "file": run.file
            }  # fmt: skip
