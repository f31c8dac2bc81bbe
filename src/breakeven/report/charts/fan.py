"""Savings over time, and how sure they are, as a picture."""

from __future__ import annotations

from breakeven.report.charts.parts import INK, SERIES, Chart, chart, tooltips, zero
from breakeven.report.pages.parts.columns import called
from breakeven.report.pages.parts.sentences import over_time
from breakeven.report.wording import money
from breakeven.study.questions.capital import capital_of
from breakeven.study.questions.pictures import FanPicture
from breakeven.study.study import OptionStudy, Study

AT_MEANS, MEDIAN, EIGHT_IN_TEN = "every input at its mean", "median of the draws", "eight draws in ten"


def fan(study: Study, option: OptionStudy, numbers: FanPicture) -> Chart:
    """Savings so far, month by month, and the band that holds eight draws in ten."""
    header = study.basis.header
    rows = [
        {"month": month, AT_MEANS: at_means, "p10": low, MEDIAN: middle, "p90": high}
        for month, (at_means, low, middle, high) in enumerate(
            zip(numbers.at_means, numbers.p10, numbers.p50, numbers.p90, strict=True), 1
        )
    ]
    x = {"field": "month", "type": "quantitative", "title": "month", "axis": {"tickMinStep": 1},
         "scale": {"domain": [1, header.horizon_months], "nice": False}}  # fmt: skip
    hardware = capital_of(study, study.verdict.best_option).hardware
    spread = "hardware by its monthly charge" if hardware else "less what was paid first"
    title = f"saved so far, {spread}, {header.currency}"
    dashes = {"domain": [AT_MEANS, MEDIAN], "range": [[1, 0], [4, 3]]}
    body = {
        "layer": [
            {
                "mark": {"type": "area"},
                "encoding": {
                    "x": x,
                    "fill": {"datum": EIGHT_IN_TEN, "type": "nominal", "scale": {"range": ["#b9cbd9"]}},
                    "y": {"field": "p10", "type": "quantitative", "title": title, "axis": {"format": "~s"}},
                    "y2": {"field": "p90"},
                    "tooltip": tooltips(("month", ".0f"), ("p10", ",.0f"), (MEDIAN, ",.0f"), ("p90", ",.0f")),
                },
            },
            {"mark": {"type": "rule", "color": INK}, "data": {"values": [{"zero": 0}]}, "encoding": {"y": zero()}},
            {
                "transform": [{"fold": [AT_MEANS, MEDIAN], "as": ["which", "saved"]}],
                "mark": {"type": "line", "color": SERIES[0], "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "y": {"field": "saved", "type": "quantitative", "title": title},
                    "strokeDash": {"field": "which", "type": "nominal", "scale": dashes},
                },
            },
        ]
    }
    name = called(study, study.verdict.best_option)
    told = [money(path[-1], header.currency) for path in (numbers.at_means, numbers.p10, numbers.p90)]
    sentence = (
        f"{name} after {header.horizon_months} months: {told[0]} with every input at its mean, eight draws "
        f"in ten between {told[1]} and {told[2]}; {over_time(study, option)}. "
        "Solid: every input at its mean; dashed: the median of the draws"
    )
    return chart("fan", "Savings over time, and how sure", sentence, rows, body | {"height": 220})
