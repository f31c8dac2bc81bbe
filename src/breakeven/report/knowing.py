"""What turns an answer, and what knowing more is worth, as tables."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from breakeven.report.sentences import flip_words
from breakeven.report.wording import label, money, percent
from breakeven.study.knowing import Knowing
from breakeven.study.study import OptionStudy, Study


def flips_table(study: Study, it: OptionStudy) -> Table:
    """Every input with the change that turns the sign of the option's net present value."""
    table = Table(box=None, pad_edge=False, title=f"What turns {it.name} ({it.verdict})", title_justify="left")
    for heading in ("input and change", "how plausible", "known from"):
        table.add_column(heading, overflow="fold")
    for flip in it.flips:
        known = study.basis.inputs.get(flip.name)
        plausible = flip.plausible if flip.at is not None else "·"
        table.add_row(flip_words(study, flip), plausible, "" if known is None else f"{known.kind}, {known.source}")
    return table


def knowing_tables(found: Knowing) -> Iterator[Table]:
    """First what one can do, then each input alone."""
    yield _findings(found)
    yield _inputs(found)


def _findings(found: Knowing) -> Table:
    title = f"Knowing everything first would be worth {money(found.all_inputs, found.currency, digits=3)}"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for heading, side in (("to find out", "left"), ("days", "right"), ("worth", "right"), ("costs", "right")):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    for each in found.findings:
        table.add_row(
            each.finding.name,
            f"{each.finding.days:g}",
            money(each.worth.worth.value, found.currency, digits=3),
            money(each.finding.cost, found.currency, digits=3),
        )
    return table


def _inputs(found: Knowing) -> Table:
    table = Table(box=None, pad_edge=False, title="Each input alone", title_justify="left")
    for heading, side in (("input", "left"), ("worth", "right"), ("± error", "right"), ("of everything", "right")):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    for each in found.inputs:
        if round(each.worth.value) > 0:
            error = money(each.worth.standard_error, found.currency, digits=2)
            worth = money(each.worth.value, found.currency, digits=3)
            table.add_row(label(each.name), worth, error, percent(each.share))
    return table
