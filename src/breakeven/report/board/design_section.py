"""The design in the memo: out of how many it was chosen, what stands next to it, and on what each rests."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.report.board.blocks import Grid, Paragraph, Picture, Section, sentence
from breakeven.report.charts.parts import Chart
from breakeven.report.pages.designs_page import licence
from breakeven.report.pages.parts.behind import chosen
from breakeven.report.wording import money, plain
from breakeven.study.study import Study

MOST_DESIGNS = 8


def design_section(study: Study, drawn: dict[str, Chart]) -> Iterator[Section]:
    """The section on the design, where it was looked for."""
    choice, choice_words = study.basis.serving.chosen, chosen(study)
    if choice is None or choice_words is None:
        return
    header = study.basis.header
    rows = tuple(
        (
            point.design,
            point.option,
            money(point.monthly_cost, header.currency),
            money(point.net_present_value, header.currency),
            plain(point.tokens_per_second[1]),
            point.speed,
        )
        for point in choice.points[:MOST_DESIGNS]
    )
    grid = Grid(
        caption=f"Worth: net present value over {header.horizon_months} months, expected over the speed",
        header=("design", "GPUs", f"month {header.month}", "worth", "tokens/s a replica", "speed is"),
        rows=rows,
        sides="llrrrl",
        bold=frozenset({0}),
    )
    pictures = (Picture(chart=drawn["designs"]),) if "designs" in drawn else ()
    model = study.basis.serving.open_model
    terms = Paragraph(label="Licence", text=sentence(f"{model} is given under: {licence(model)}"))
    yield Section(title="What it is served on", blocks=(Paragraph(text=sentence(choice_words)), *pictures, grid, terms))
