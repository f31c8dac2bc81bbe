"""The inputs as sliders and fields: each with its value, unit, source, age and default.

Where a slider ends is chosen here, not in the browser: at the ends of its range, or at a third and thrice its value.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from breakeven.decision.answers.flips import COUNTS, RATES
from breakeven.numbers.inputs import Input, KnownFrom
from breakeven.report.board.register import age
from breakeven.report.pages.parts.sentences import value_words
from breakeven.report.wording import label, percent, sentence
from breakeven.study.recomputing.prepared import Changeable, Prepared
from breakeven.study.register import register
from breakeven.study.study import Basis
from breakeven.web.markup import Html, el

FEWER, MORE = 1 / 3, 3.0  # where a slider ends without a range of its own
RATE = 0.1  # the same of a change a month
STOPS = 200
NOT_STATED = "nothing stated in the case"
FIRST = (
    "volume_scale", "input_price_per_mtok", "output_price_per_mtok", "hosted_discount",
    "hosted_price_change_per_month", "growth_per_month", "gpu_price_per_hour", "replica_tokens_per_second",
    "run_fte", "build_person_months", "cached_share", "peak_over_mean",
)  # fmt: skip
"""What people ask for, until it is known which inputs turn the answer."""
MULTIPLES = ("volume_scale", "price_scale")


def controls(prepared: Prepared) -> Html:
    """Every input that may be changed, what is asked for most first; the others are found by their name."""
    order = {name: i for i, name in enumerate(FIRST)}
    names = sorted(prepared.changeable, key=lambda name: (order.get(name, len(order)), label(name)))
    listed = (_control(prepared.basis, name, prepared.changeable[name]) for name in names)
    return el("ul", listed, class_="controls", id="controls")


def _control(basis: Basis, name: str, one: Changeable) -> Html:
    case_input, called, ident = basis.inputs[name], label(name), f"in-{name}"
    least, greatest, step = reach(name, case_input, one)
    fields = {"min": f"{least:.12g}", "max": f"{greatest:.12g}", "step": step, "value": f"{one.stands:.6g}"}
    return el(
        "li",
        el("label", called, for_=ident),
        el("output", words(basis, name, one.stands), for_=ident),
        el("input", type="range", id=ident, aria_describedby=f"{ident}-of", **fields),
        el(
            "span",
            el("input", type="number", aria_label=f"{called}, exactly", step="any", value=f"{one.stands:.6g}",
               aria_describedby=f"{ident}-wrong", autocomplete="off"),
            el("button", "back", type="button", class_="back", hidden=True,
               aria_label=f"{called}: back to {words(basis, name, one.stands)}"),
            class_="exact",
        ),
        el("p", class_="wrong", id=f"{ident}-wrong", role="alert"),
        el("p", _origin(basis, name, case_input), class_="faint", id=f"{ident}-of"),
        class_="control",
        data_input=name,
        data_stands=f"{one.stands:.6g}",
        data_said=words(basis, name, one.stands),
        data_words=f"{called} {case_input.meaning} {name}".lower(),
    )  # fmt: skip


def words(basis: Basis, name: str, value: float) -> str:
    """A value with its unit."""
    if name in RATES:
        return f"{percent(value, signed=True)} a month"
    return percent(value) if name in MULTIPLES else value_words(basis, name, value)


def reach(name: str, case_input: Input, one: Changeable) -> tuple[float, float, str]:
    """From where to where a slider goes, and its step."""
    if name in RATES:
        low, high = one.stands - RATE, one.stands + RATE
    else:
        low, high = one.stands * FEWER, one.stands * MORE or 1.0
    if case_input.low is not None and case_input.high is not None:
        low, high = min(low, case_input.low), max(high, case_input.high)
    low, high = max(low, one.bounds.least), min(high, one.bounds.greatest)
    if name in COUNTS:
        return float(np.floor(low)), float(np.ceil(high)), "1"
    return low, high, f"{(high - low) / STOPS:.6g}" if high > low else "any"


def known(case_input: Input) -> KnownFrom:
    """How the element is known that an input is told by: its largest."""
    if case_input.known_from is None or np.shape(case_input.known_from) != np.shape(case_input.likely):
        return KnownFrom(kind=case_input.kind, source=case_input.source)
    found = case_input.known_from.ravel()[int(np.argmax(np.ravel(case_input.likely)))]
    assert isinstance(found, KnownFrom)
    return found


def _origin(basis: Basis, name: str, case_input: Input) -> Iterator[Html | str]:
    today = date.fromisoformat(basis.header.as_of)
    if case_input.meaning:
        yield f"{sentence(case_input.meaning)}. "
    if case_input.unit != "1":
        yield f"{case_input.unit}. "
    one = known(case_input)
    yield el("span", one.kind, class_=f"kind {one.kind}")
    days, _, _ = age(one.source.date, today).partition(" ")
    yield f" {one.source}, {days} days old." if days not in ("", "0") else f" {one.source}."
    usual = register()[name]
    if isinstance(usual.likely, int | float) and case_input.kind != "constant" and usual.source.title != NOT_STATED:
        yield f" Default: {words(basis, name, float(usual.likely))}."
