"""What every picture shares: its frame, colours that read in grey too, and bars with their amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]

FONT = "Inter"
INK, FAINT = "#1b1f24", "#8a9099"
SERIES = ("#0b3c5d", "#e69f00", "#4f9d97", "#7a3b10", "#b8aed6", "#c2551d", "#d9d26a", "#777777")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])
GAIN, LOSS = "#5aa9a3", "#a4321f"
WIDTH = 560
ROOM_FOR_LABELS = 76  # beyond the longest bar, for the amount at its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture: what it is called, what it says in words, and its specification."""

    key: str
    title: str
    alt: str
    spec: Spec


def chart(key: str, title: str, alt: str, rows: Sequence[Spec], body: Spec) -> Chart:
    """A chart with what all of them share; `body` has its height, marks and encoding."""
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": f"{title}. {alt}",
        "width": WIDTH,
        "background": "white",
        "data": {"values": [*rows]},
        **body,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelColor": INK,
                "titleColor": INK,
                "gridColor": "#e6e8eb",
                "domainColor": FAINT,
                "tickColor": FAINT,
                "labelFontSize": 11,
                "titleFontSize": 11,
                "titleFontWeight": "normal",
                "labelLimit": 260,
            },
            "legend": {
                "labelColor": INK,
                "titleColor": INK,
                "labelFontSize": 11,
                "labelLimit": 0,
                "orient": "top",
                "title": None,
            },
        },
    }
    return Chart(key=key, title=title, alt=alt, spec=spec)


def together(charts: Sequence[Chart]) -> Chart:
    """Several charts as one picture, one below the other, each under its title."""
    own = ("$schema", "config", "background", "description")
    parts = [
        {"title": {"text": chart.title, "anchor": "start"}, **{k: v for k, v in chart.spec.items() if k not in own}}
        for chart in charts
    ]
    whole = {key: charts[0].spec[key] for key in own[:3]}
    alt = " ".join(f"{chart.title}: {chart.alt}." for chart in charts)
    apart = dict.fromkeys(("color", "strokeDash", "shape"), "independent")
    spec = {**whole, "padding": 12, "vconcat": parts, "resolve": {"scale": apart, "legend": apart}}
    return Chart(key="plots", title="Pictures", alt=alt, spec=spec)


def colours(names: Sequence[str]) -> Spec:
    """A scale that gives each name its colour, in order."""
    return {"domain": [*names], "range": [SERIES[i % len(SERIES)] for i in range(len(names))]}


def tooltips(*fields: tuple[str, str]) -> list[Spec]:
    """What the pointer shows: fields with their formats ("nominal" for words)."""
    return [
        {"field": name, "type": "nominal"}
        if form == "nominal"
        else {"field": name, "type": "quantitative", "format": form}
        for name, form in fields
    ]


def zero() -> Spec:
    """The line of nothing gained."""
    return {"field": "zero", "type": "quantitative"}


def signed_bars(field: str, tests: Sequence[tuple[str, float]], title: str, room: float = ROOM_FOR_LABELS) -> Spec:
    """Bars left and right of nothing, each with its amount written at its end, for which `room` is left."""
    y = {"field": field, "type": "nominal", "sort": [name for name, _ in tests], "title": None}
    scale = {"padding": room, "nice": False}
    x = {"field": "value", "type": "quantitative", "title": title, "axis": {"format": "~s"}, "scale": scale}
    return {
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {"type": "bar", "height": {"band": 0.7}},
                "encoding": {
                    "x": x,
                    "color": {"condition": {"test": "datum.value > 0", "value": GAIN}, "value": LOSS},
                },
            },
            {
                "mark": {
                    "type": "text",
                    "fontSize": 11,
                    "align": {"expr": "datum.value > 0 ? 'left' : 'right'"},
                    "dx": {"expr": "datum.value > 0 ? 4 : -4"},
                    "color": INK,
                },
                "encoding": {"x": x, "text": {"field": "said"}},
            },
        ],
    }
