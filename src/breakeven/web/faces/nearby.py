"""What the second answer knows beyond the first: every crossing in volume, and the chance on a first set of draws."""

from __future__ import annotations

from collections.abc import Mapping

from breakeven.report.board.blocks import sentence
from breakeven.report.pages.parts.sentences import windows
from breakeven.study.recomputing.tiers import CloserAnswer, CloserOption
from breakeven.web.faces import alike
from breakeven.web.markup import Html, el


def option_of(found: CloserAnswer, key: str) -> CloserOption | None:
    """The option of a key; None of the first."""
    return next((each for each in found.options if each.key == key), None)


def crossings(found: CloserAnswer, names: Mapping[str, str]) -> Html:
    """Where each option that was looked at pays, in volume. `names`: by key."""
    known = [(names[each.key], each.break_evens) for each in found.options if each.break_evens is not None]
    listed = (
        el("li", sentence(f"{name} pays {'; '.join(windows(edges)) or 'at no volume'}"))
        for name, edges in known
        if edges is not None
    )
    return el("ul", listed)


def chances(found: CloserAnswer, names: Mapping[str, str], currency: str) -> Html:
    """Every option that was drawn."""
    drawn = [(names[each.key], each.chance) for each in found.options if each.chance is not None]
    caption = f"Net present value over a first {found.scenarios:,} draws"
    return alike.chances(caption, [(name, one) for name, one in drawn if one], currency)
