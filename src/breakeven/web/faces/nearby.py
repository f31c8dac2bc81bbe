"""What the second answer knows beyond the first: every crossing in volume, and the chance on a first set of draws."""

from __future__ import annotations

from breakeven.report.board.blocks import sentence
from breakeven.report.pages.parts.sentences import windows
from breakeven.report.wording import money, percent
from breakeven.study.recomputing.tiers import CloserAnswer, CloserOption
from breakeven.web.faces.evidence import grid
from breakeven.web.markup import Html, el

HEAD = ("option", "pays in", "one draw in ten below", "median", "one draw in ten above")


def option_of(found: CloserAnswer, key: str) -> CloserOption | None:
    """The option of a key; None of the first."""
    return next((each for each in found.options if each.key == key), None)


def crossings(found: CloserAnswer) -> Html:
    """Where each option that was looked at pays, in volume."""
    known = [(each.name, each.break_evens) for each in found.options if each.break_evens is not None]
    listed = (
        el("li", sentence(f"{name} pays {'; '.join(windows(edges)) or 'at no volume'}"))
        for name, edges in known
        if edges is not None
    )
    return el("ul", listed)


def chances(found: CloserAnswer, currency: str) -> Html:
    """Every option that was drawn."""
    rows = (
        (each.name, percent(each.chance.chance_to_pay.value),
         *(money(one.value, currency) for one in (each.chance.p10, each.chance.p50, each.chance.p90)))
        for each in found.options
        if each.chance is not None
    )  # fmt: skip
    return grid(f"Net present value over a first {found.scenarios:,} draws", HEAD, rows)
