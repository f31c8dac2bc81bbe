"""The pictures of a study as Vega-Lite specifications: one each, for the PDF, the page and the files.

A chart places numbers; it computes none. Colours are told apart without colour too: by lightness, dash or label.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from breakeven.report.charts.designs import designs
from breakeven.report.charts.fan import fan
from breakeven.report.charts.flips import flips, halves, ladder
from breakeven.report.charts.parts import (
    DASHES,
    FAINT,
    INK,
    SERIES,
    Chart,
    Spec,
    chart,
    colours,
    tooltips,
    zero,
)
from breakeven.report.pages.parts.columns import called
from breakeven.report.pages.parts.evidence import best
from breakeven.report.pages.parts.sentences import margin, top_flips, utilization, volumes
from breakeven.report.wording import money, month_shortly, percent, volume
from breakeven.study.questions.pictures import LoadPicture, Pictures, VolumePicture
from breakeven.study.study import OptionStudy, Study

MILLION = 1_000_000
TOKENS = "replace(format(datum.value, '~s'), 'G', 'B')"  # an axis of tokens: 40B, as the sentences have it
LEGEND_COLUMNS = 3
CROSSINGS = {"crosses": "circle", "jumps": "diamond"}
MOST_LABELLED = 6
LEAST_APART = 0.15  # of the picture: nearer crossings share one label
OWN, BURST = "our fleet serves", "bursts to the API"


def charts(study: Study, numbers: Pictures) -> tuple[Chart, ...]:
    """Every picture that the study gives."""
    option = best(study)
    made = [costs(study), break_even(study, option, numbers.volume)]
    if numbers.load is not None:
        made.append(load(numbers.load))
    if option.utilization is not None:
        made.append(used(study))
    made += [halves(study, option), fan(study, option, numbers.fan), ladder(study, option)]
    made += [flips(study, option)] if top_flips(option, 1) else []
    chosen = study.basis.serving.chosen
    return (*made, *([designs(chosen, study.basis.header.currency)] if chosen and len(chosen.points) > 1 else []))


def named(study: Study) -> list[str]:
    """The options in the few words of the page."""
    return [called(study, i) for i in range(len(study.basis.columns))]


def costs(study: Study) -> Chart:
    """A month of every option, stacked by group of cost."""
    header = study.basis.header
    names = named(study)
    rows = [
        {"option": name, "group": row.group, "line": row.label, "cost": row.values[i], "order": order}
        for order, row in enumerate(study.table)
        if not row.of_which
        for i, name in enumerate(names)
        if row.values[i]
    ]
    groups = [*dict.fromkeys(row.group for row in study.table if any(row.values))]
    whole = (study.hosted_monthly_cost, *(option.monthly_cost for option in study.options))
    month = month_shortly(header.as_of, header.month)
    sentence = "; ".join(f"{name} {money(cost, header.currency)}" for name, cost in zip(names, whole, strict=True))
    body = {
        "mark": {"type": "bar", "stroke": "white", "strokeWidth": 0.6},
        "encoding": {
            "y": {"field": "option", "type": "nominal", "sort": names, "title": None},
            "x": {
                "field": "cost",
                "type": "quantitative",
                "title": f"{header.currency} in {month}",
                "axis": {"format": "~s"},
            },
            "color": {"field": "group", "type": "nominal", "scale": colours(groups), "sort": groups},
            "order": {"field": "order", "type": "quantitative"},
            "tooltip": tooltips(("option", "nominal"), ("group", "nominal"), ("line", "nominal"), ("cost", ",.0f")),
        },
    }
    return chart("costs", f"What {month} costs", sentence, rows, body | {"height": 34 * len(names) + 10})


def break_even(study: Study, option: OptionStudy, numbers: VolumePicture) -> Chart:
    """Net present value of every option against volume; every place where it turns is marked, a jump as a jump."""
    header, names = study.basis.header, named(study)[1:]
    rows = [*volume_rows(names, study.verdict.best_option - 1, numbers)]
    x = {"field": "volume", "type": "quantitative", "title": "tokens a month",
         "axis": {"labelExpr": TOKENS, "labelOverlap": True, "labelSeparation": 6}}  # fmt: skip
    y = {
        "field": "value",
        "type": "quantitative",
        "title": f"net present value over {header.horizon_months} months, {header.currency}",
        "axis": {"format": "~s"},
    }
    legend = {"symbolType": "stroke", "symbolStrokeWidth": 2, "columns": LEGEND_COLUMNS}
    colour = {"field": "option", "type": "nominal", "scale": colours(names), "legend": legend}
    dash = {"field": "option", "type": "nominal", "scale": {"domain": names, "range": [*DASHES[: len(names)]]}}
    seen = tooltips(("option", "nominal"), ("kind", "nominal"), ("said", "nominal"))
    told = {"type": "text", "align": "left", "color": INK, "fontSize": 11}
    layers: list[Spec] = [
        {"mark": {"type": "rule", "color": INK}, "data": {"values": [{"zero": 0}]}, "encoding": {"y": zero()}},
        {**only("plan"), "mark": {"type": "rule", "color": FAINT, "strokeDash": [3, 3]}, "encoding": {"x": x}},
        {
            **only("plan"),
            "mark": {**told, "dx": 4, "y": 8},
            "encoding": {"x": x, "text": {"field": "said"}},
        },
        {
            **only("value"),
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {"x": x, "y": y, "color": colour, "strokeDash": dash},
        },
        *(
            {
                **only(kind),
                "mark": {"type": "point", "filled": True, "size": 60, "shape": shape, "stroke": "white", "opacity": 1},
                "encoding": {"x": x, "y": y, "color": colour, "tooltip": seen},
            }
            for kind, shape in CROSSINGS.items()
        ),
        {
            "transform": [{"filter": "datum.labelled"}],
            "mark": {**told, "dx": 5, "dy": 12},
            "encoding": {"x": x, "y": y, "text": {"field": "said"}},
        },
    ]
    sentence = f"{called(study, study.verdict.best_option)} {volumes(study, option)}; {margin(option)}{marks(numbers)}"
    return chart("break-even", "At which volume it pays", sentence, rows, {"layer": layers, "height": 260})


def volume_rows(names: Sequence[str], judged: int, numbers: VolumePicture) -> Iterator[Spec]:
    """The lines, every crossing and jump within the picture, and the plan; volumes in tokens. `judged`: whose
    crossings are labelled.
    """
    for name, drawn in zip(names, numbers.options, strict=True):
        for at, value in zip(numbers.volumes_mtok, drawn.net_present_values, strict=True):
            yield {"kind": "value", "option": name, "volume": at * MILLION, "value": value}
    labels = [-numbers.volumes_mtok[-1]]
    for i, (name, drawn) in enumerate(zip(names, numbers.options, strict=True)):
        for kind, places in (("crosses", drawn.break_evens_mtok), ("jumps", drawn.jumps_mtok)):
            for at in places:
                apart = all(abs(at - label) > LEAST_APART * numbers.volumes_mtok[-1] for label in labels)
                labelled = i == judged and len(places) <= MOST_LABELLED and apart
                labels += [at] if labelled else []
                told = {"said": volume(at), "labelled": labelled}
                yield {"kind": kind, "option": name, "volume": at * MILLION, "value": 0.0, **told}
    yield {"kind": "plan", "volume": numbers.plan_mtok * MILLION, "said": "the plan"}


def only(kind: str) -> Spec:
    """The rows of one kind."""
    return {"transform": [{"filter": f"datum.kind == '{kind}'"}]}


def marks(numbers: VolumePicture) -> str:
    """What the marks on the line of nothing are."""
    jumps = any(drawn.jumps_mtok for drawn in numbers.options)
    return ". A dot: the line crosses; a diamond: one more replica makes it jump" if jumps else ""


def load(numbers: LoadPicture) -> Chart:
    """The load-duration curve: what the fleet takes, what bursts."""
    rows = [*load_steps(numbers)]
    bursts = any(row["burst"] > 0 for row in rows)
    sentence = (
        f"the busiest {percent(numbers.share_of_time[0])} of the time needs {numbers.load_replicas[0]:.2f} busy "
        f"replicas; {numbers.replicas:g} held take {numbers.usable_replicas:.2f} within the promise"
        + ("; what is above goes to the API" if bursts else "; nothing bursts")
    )
    x = {"field": "share", "type": "quantitative", "title": "share of the time", "axis": {"format": ".0%"}}
    parts = [OWN, BURST] if bursts else [OWN]
    fills = {"domain": parts, "range": [SERIES[2], SERIES[1]][: len(parts)]}

    def area(top: str, bottom: str, name: str) -> Spec:
        return {
            "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.9},
            "encoding": {
                "x": x,
                "y": {"field": top, "type": "quantitative", "title": "load, in busy replicas"},
                "y2": {"field": bottom},
                "color": {"datum": name, "type": "nominal", "scale": fills},
                "tooltip": tooltips(("share", ".1%"), (top, ".2f")),
            },
        }

    rule = {
        "mark": {"type": "rule", "color": INK, "strokeDash": [4, 3]},
        "data": {"values": [{"usable": numbers.usable_replicas, "said": f"what {numbers.replicas:g} replicas take"}]},
        "encoding": {"y": {"field": "usable", "type": "quantitative"}},
    }
    text = {
        "mark": {"type": "text", "align": "right", "baseline": "bottom", "dy": -3, "dx": -4, "fontSize": 11},
        "data": rule["data"],
        "encoding": {
            "x": {"value": "width"},
            "y": {"field": "usable", "type": "quantitative"},
            "text": {"field": "said"},
        },
    }
    layers = [area("own", "none", OWN), *([area("load", "own", BURST)] if bursts else []), rule, text]
    return chart("load", "The load, busiest hours first", sentence, rows, {"layer": layers, "height": 200})


def load_steps(numbers: LoadPicture) -> Iterator[Spec]:
    """Corners of the steps: where a block starts, its load, and how much of it the fleet takes."""
    start = 0.0
    blocks = [*zip(numbers.share_of_time, numbers.load_replicas, strict=True)]
    for share, height in [*blocks, (0.0, blocks[-1][1])]:
        own = min(height, numbers.usable_replicas)
        yield {"share": start, "load": height, "own": own, "burst": height - own, "none": 0}
        start += share


def used(study: Study) -> Chart:
    """Utilization reached, needed and possible."""
    rows = []
    for name, option in zip(named(study)[1:], study.options, strict=True):
        if option.utilization is None:
            continue
        rows.append({"option": name, "what": "reached", "share": option.utilization.reached})
        rows.append({"option": name, "what": "most its peaks allow", "share": option.utilization.ceiling})
        if option.utilization.needed is not None:
            rows.append({"option": name, "what": "needed to break even", "share": option.utilization.needed})
    kinds = ["reached", "needed to break even", "most its peaks allow"]
    body = {
        "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1},
        "encoding": {
            "y": {"field": "option", "type": "nominal", "title": None},
            "x": {
                "field": "share",
                "type": "quantitative",
                "title": "share of the fleet's saturated capacity",
                "axis": {"format": ".0%"},
                "scale": {"domainMin": 0},
            },
            "color": {"field": "what", "type": "nominal", "scale": colours(kinds), "sort": kinds},
            "shape": {
                "field": "what",
                "type": "nominal",
                "scale": {"domain": kinds, "range": ["circle", "triangle-up", "square"]},
            },
            "tooltip": tooltips(("option", "nominal"), ("what", "nominal"), ("share", ".1%")),
        },
    }
    count = len({row["option"] for row in rows})
    return chart("utilization", "Utilization", utilization(best(study)), rows, body | {"height": 34 * count + 10})
