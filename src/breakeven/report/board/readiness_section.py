"""Readiness in the memo: the heat map, what it forbids, and the cheapest way on."""

from __future__ import annotations

from breakeven.decision.readiness.readiness import Readiness
from breakeven.report.board.blocks import Block, Bullets, Grid, Paragraph, Picture, Section, sentence
from breakeven.report.charts.parts import INK, Chart, chart
from breakeven.report.pages.readiness_page import effort, headline, means
from breakeven.report.wording import month_shortly, plain

COLOURS = {"red": "#a4321f", "yellow": "#f0c04a", "green": "#4f9d97"}
ON_COLOURS = {"red": "white", "yellow": INK, "green": INK}
ROW = 24


def readiness_section(readiness: Readiness) -> Section:
    """The section on readiness."""
    blocks: list[Block] = [Paragraph(text=sentence(headline(readiness))), Picture(chart=heat_map(readiness))]
    if readiness.forbids:
        blocks.append(Bullets(items=tuple(sentence(forbid) for forbid in readiness.forbids)))
    if readiness.paths:
        nearest = readiness.paths[0]
        months = f"{plain(nearest.months)} months, so from {month_shortly(readiness.as_of, nearest.start_month)}"
        blocks.append(
            Paragraph(label="Next gate", text=sentence(f"{nearest.gate}: {effort(nearest.effort)}; {months}"))
        )
        rows = tuple(
            (missing_item.question, effort(missing_item.effort))
            for missing_item in sorted(nearest.missing, key=lambda one: one.effort.likely)
        )
        caption = "The evidence to gain for it, the cheapest way"
        blocks.append(Grid(caption=caption, header=("to show", "effort"), rows=rows, sides="ll"))
    return Section(title="Can we run it", blocks=tuple(blocks))


def heat_map(readiness: Readiness) -> Chart:
    """A row a dimension; the colour also as its word, so that it reads in grey."""
    rows = [
        {
            "dimension": f"{dimension.number} {dimension.title}",
            "level": dimension.level,
            "because": means(dimension),
            "x": 0,
        }
        for dimension in readiness.dimensions
    ]
    names = [str(row["dimension"]) for row in rows]
    y = {"field": "dimension", "type": "nominal", "sort": names, "title": None}
    fills = {"domain": [*COLOURS], "range": [*COLOURS.values()]}
    inks = {"domain": [*ON_COLOURS], "range": [*ON_COLOURS.values()]}
    body = {
        "height": ROW * len(rows),
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {"type": "bar", "height": {"band": 0.85}},
                "encoding": {
                    "x": {"datum": 0, "type": "quantitative", "scale": {"domain": [0, 1]}, "axis": None},
                    "x2": {"datum": 0.14},
                    "color": {"field": "level", "type": "nominal", "scale": fills, "legend": None},
                },
            },
            {
                "mark": {"type": "text", "fontSize": 11, "fontWeight": 600},
                "encoding": {
                    "x": {"datum": 0.07, "type": "quantitative"},
                    "text": {"field": "level"},
                    "fill": {"field": "level", "type": "nominal", "scale": inks, "legend": None},
                },
            },
            {
                "mark": {"type": "text", "fontSize": 11, "align": "left", "color": INK, "limit": 470},
                "encoding": {"x": {"datum": 0.16, "type": "quantitative"}, "text": {"field": "because"}},
            },
        ],
        "resolve": {"scale": {"color": "independent", "fill": "independent"}},
    }
    sentence = "; ".join(f"{dimension.title} {dimension.level}" for dimension in readiness.dimensions)
    return chart("readiness", "Readiness by evidence", sentence, rows, body)
