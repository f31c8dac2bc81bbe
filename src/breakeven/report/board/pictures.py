"""Charts drawn without a browser: SVG, PNG, and the script that makes them answer to the pointer."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from breakeven.problems import Problem
from breakeven.report.charts.parts import Chart

FONTS = files("breakeven.report") / "fonts"
SCALE = 2.0  # pixels of a PNG for each unit of the chart
PLACES = 3  # decimals of a place in an SVG: a thousandth of a pixel, the same on every machine
PLACED = re.compile(r' (?:transform|d|[xy][12]?|width|height)="[^"]*"')
LONG = re.compile(r"-?\d+(?:\.\d+)?e-\d+|-?\d+\.\d{4,}")


@cache
def converter() -> Any:
    """The part that draws Vega-Lite. Raises `Problem` where the extra is not installed."""
    try:
        import vl_convert  # noqa: PLC0415 - an extra
    except ImportError:
        raise Problem(
            "pictures need vl-convert, which is not installed", fix="pip install 'breakeven[report]'"
        ) from None
    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


def svg(chart: Chart) -> str:
    """The chart as SVG. Several parts show the same picture; it is drawn once."""
    return _svg(json.dumps(chart.spec, ensure_ascii=False))


@cache
def _svg(spec: str) -> str:
    drawn: str = converter().vegalite_to_svg(spec)
    return PLACED.sub(lambda placed: LONG.sub(_rounded, placed[0]), drawn)


def _rounded(place: re.Match[str]) -> str:
    return repr(round(float(place[0]), PLACES) + 0.0).removesuffix(".0")


def png(chart: Chart) -> bytes:
    """The chart as PNG."""
    drawn: bytes = converter().vegalite_to_png(chart.spec, scale=SCALE)
    return drawn


def script() -> str:
    """The JavaScript that draws specifications in a page, whole, so that no network is needed."""
    code: str = converter().javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return code
