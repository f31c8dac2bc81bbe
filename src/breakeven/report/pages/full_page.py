"""Everything of a study in the terminal: the page with every row, then each table behind it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from breakeven.report.pages.buying_page import buying_table
from breakeven.report.pages.financial_page import financial_tables, plain_table
from breakeven.report.pages.flips_page import flips_tables
from breakeven.report.pages.parts.behind import LABEL, notes, parts
from breakeven.report.pages.parts.evidence import asked_gates, best, known_words
from breakeven.report.pages.parts.told import told
from breakeven.report.wording import label, money, month_shortly, percent, plain
from breakeven.study.judge.uses import binding_gates
from breakeven.study.questions.flips import turning
from breakeven.study.study import Study


class FullPage:
    """A study as a rich renderable, as long as it gets."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        yield Group(*parts(self.study, width))
        yield from told(notes(self.study), width, LABEL)
        for table in tables(self.study, width):
            yield Text()
            yield table


def tables(study: Study, width: int) -> Iterator[RenderableType]:
    """Every table behind the page."""
    yield buying_table(study)
    yield from financial_tables(study, width)
    yield from flips_tables(study, best(study), turning(study, study.verdict.best_option))
    yield hidden_costs_table(study)
    if best(study).depth.owned_bases is not None:
        yield bases_table(study)
    if study.uncertainty is not None:
        yield chances_table(study)
    if asked_gates(study):
        yield gates_table(study)
    yield inputs_table(study)


def hidden_costs_table(study: Study) -> Table:
    """Costs added one by one."""
    found, header = best(study).depth.hidden_costs, study.basis.header
    table = plain_table(
        f"Costs added one by one, {month_shortly(header.as_of, header.month)}", ["", "adds", "still saved", ""]
    )
    for i, rung in enumerate(found.rungs):
        turn = "from here on it loses" if i == found.turns_at else ""
        table.add_row(rung.label, money(rung.adds, header.currency), money(rung.saving_so_far, header.currency), turn)
    return table


def bases_table(study: Study) -> Table:
    """Every owned base with the rest bought."""
    owned_bases, currency = best(study).depth.owned_bases, study.basis.header.currency
    assert owned_bases is not None
    table = plain_table(
        "Replicas owned, the rest bought", ["replicas", "net present value", "at half the demand", "bursts"]
    )
    for rung in owned_bases.rungs:
        worth, at_half = (money(amount, currency) for amount in (rung.net_present_value, rung.at_half))
        table.add_row(f"{rung.replicas:g}", worth, at_half, percent(rung.spill_share))
    return table


def chances_table(study: Study) -> Table:
    """What the draws say of every option that was drawn."""
    uncertainty, currency = study.uncertainty, study.basis.header.currency
    assert uncertainty is not None
    headings = ["option", "pays", "mean", "at all means", "p10", "p50", "p90", "regret"]
    table = plain_table(f"{uncertainty.scenarios:,} draws of {len(uncertainty.inputs)} uncertain inputs", headings)
    for option in uncertainty.options:
        known = (
            option.mean.value,
            option.at_point,
            *(of.value for of in (option.p10, option.p50, option.p90, option.regret)),
        )
        ends = (money(value, currency) for value in known)
        table.add_row(option.name, percent(option.chance_to_pay.value), *ends)
    return table


def gates_table(study: Study) -> Table:
    """Reasons that are not money, and what each failed one costs."""
    currency = study.basis.header.currency
    costs = {constraint.gate: constraint.cost for constraint in study.cost_of_gates}
    table = plain_table("Gates", ["gate", "asked of", "workload", "", "costs", "how known"])
    for column in table.columns[1:]:
        column.justify = "left"
    binding = binding_gates(study.basis)
    for gate in asked_gates(study):
        cost = costs.get(gate.name)
        price = "" if cost is None else money(cost, currency)
        table.add_row(
            gate.name, gate.host or gate.side, gate.workload or "all", gate.verdict,
            price if gate in binding else "stays on the API", gate.evidence,
        )  # fmt: skip
    return table


def inputs_table(study: Study) -> Table:
    """Every input that is not a constant, those that move the answer most first."""
    order = {bar.name: i for i, bar in enumerate(study.tornado)}
    table = plain_table("Inputs, the most influential first", ["input", "value", "unit", "known from"])
    for column in table.columns[2:]:
        column.justify = "left"
    used = [
        (name, one) for name, one in study.basis.inputs.items() if one.kind != "constant" and one.likely is not None
    ]
    for name, one in sorted(used, key=lambda pair: order.get(pair[0], len(order))):
        unit = "" if one.unit == "1" else one.unit
        table.add_row(label(name), spread(one.likely), unit, known_words(study, name))
    return table


def spread(value: object) -> str:
    """A number, or the least and the greatest of several."""
    found = np.unique(np.asarray(value, dtype=float))
    return plain(float(found[0])) if found.size == 1 else f"{plain(float(found[0]))} to {plain(float(found[-1]))}"
