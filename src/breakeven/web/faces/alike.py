"""What the answer that is there at once and the whole study show alike: names, a month's costs, half tests, draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table

from breakeven.decision.answers.halves import HalfTest
from breakeven.decision.risk.uncertainty import OptionOutcome
from breakeven.report.pages.parts.columns import called_all
from breakeven.report.wording import money, month_shortly, percent
from breakeven.study.questions.month_groups import month_groups
from breakeven.study.study import Basis, Row
from breakeven.web.faces.table import grid
from breakeven.web.markup import Html, el, join
from breakeven.web.pictures.bars import Bar, Stack, signed, stacked

HEAD = ("option", "pays in", "one draw in ten below", "median", "one draw in ten above")


def names(basis: Basis) -> dict[str, str]:
    """What each option is called, by its key: the same few words as on the page."""
    return {column.key: name for column, name in zip(basis.columns, called_all(basis), strict=True)}


def costs(basis: Basis, table: tuple[Row, ...], whole: Sequence[float]) -> Html:
    """A month of every option by group of cost. `whole`: what each comes to."""
    groups, header = [*month_groups(table)], basis.header
    stacks = [
        Stack(
            name=name,
            parts=tuple(group.sums[i] for group in groups),
            said=money(whole[i], header.currency),
        )
        for i, name in enumerate(called_all(basis))
    ]
    words = "; ".join(f"{stack.name} {stack.said}" for stack in stacks)
    return stacked(
        f"What {month_shortly(header.as_of, header.month)} costs", words, [group.name for group in groups], stacks
    )


def halves(worth: float, tests: Iterable[HalfTest], currency: str) -> Html:
    """As planned, and at half the utilization both ways."""
    values = [("as planned", worth), *((test.name, test.net_present_value) for test in tests)]
    bars = [Bar(name=name, value=value, said=money(value, currency)) for name, value in values]
    return signed("At half the utilization", "; ".join(f"{bar.name} {bar.said}" for bar in bars), bars)


def chances(caption: str, drawn: Iterable[tuple[str, OptionOutcome]], currency: str) -> Html:
    """Every option that was drawn."""
    rows = (
        (name, percent(one.chance_to_pay.value), *(money(at.value, currency) for at in (one.p10, one.p50, one.p90)))
        for name, one in drawn
    )
    return grid(caption, HEAD, rows)


def of_terminal(found: Table) -> Html:
    """A table that the terminal shows, as one of ours. A column without a heading is a drawing there."""
    if not found.row_count:
        return Html("")
    kept = [column for i, column in enumerate(found.columns) if column.header or not i]
    head = [str(column.header) for column in kept]
    rows = zip(*([str(cell) for cell in column.cells] for column in kept), strict=True)
    return join([grid(str(found.title or ""), head, rows), el("p", str(found.caption), class_="faint")
                 if found.caption else None])  # fmt: skip
