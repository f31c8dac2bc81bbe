"""Where a number is from: formula, numbers, and every source with its day, down to the inputs."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.numbers.explain import LINE, MOST_SHOWN, SHOWN_ABOVE, Explanation, written
from breakeven.report.wording import label
from breakeven.web.markup import Html, el

OPEN_TO = 2  # levels that are open at first


def derivation(top: Explanation, option: str) -> Html:
    """The tree of one number."""
    return el("div", el("p", option, class_="faint"), _node(top, 0), class_="derivation")


def _node(one: Explanation, depth: int) -> Html:
    head = el("span", el("b", label(one.name)), f" = {written(one.values)}{_unit(one)}")
    if one.kind == SHOWN_ABOVE:
        return el("p", head, el("span", " explained above", class_="faint"))
    body = [el("p", one.meaning, class_="faint") if one.meaning else None, *_formula(one), *_sources(one)]
    if not one.children:
        return el("div", el("p", head), body, class_="leaf")
    children = el("div", (_node(child, depth + 1) for child in one.children), class_="below")
    return el("details", el("summary", head), body, children, open=depth < OPEN_TO)


def _unit(one: Explanation) -> str:
    return "" if one.unit == "1" else f" {one.unit}"


def _formula(one: Explanation) -> Iterator[Html]:
    if one.formula:
        yield el("p", el("code", f"= {one.formula}"), el("br"), el("code", f"= {one.with_numbers}"))


def _sources(one: Explanation) -> Iterator[Html]:
    """Of an input: how it is known and from where; of several elements each its own."""
    if one.kind == LINE:
        return
    if not one.known_from:
        yield el("p", el("span", one.kind, class_=f"kind {one.kind}"), _ends(one.range), " ", one.source)
        return
    for value, known in [*zip(one.values, one.known_from, strict=True)][:MOST_SHOWN]:
        ends = None if known.low is None or known.high is None else (known.low, known.high)
        kind = el("span", known.kind, class_=f"kind {known.kind}")
        yield el("p", written([value]), " ", kind, _ends(ends), " ", str(known.source))


def _ends(ends: tuple[float, float] | None) -> str:
    return f" {written(ends[:1])} to {written(ends[1:])}," if ends else ""
