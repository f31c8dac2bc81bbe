"""Two scenarios side by side: what was changed on each side, and what each comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breakeven.report.wording import label
from breakeven.web.faces.sheet import bar, card, drawer
from breakeven.web.markup import Html, el
from breakeven.web.state import State

AS_IN_THE_CASE = "as in the case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A board and what is changed on it."""

    board: str
    state: State

    @property
    def address(self) -> str:
        """Where it is opened."""
        return f"/board/{self.board}" + (f"?{self.state.query}" if self.state.query else "")


def body(scenarios: Sequence[Scenario]) -> Html:
    """The page before its answers."""
    main = el(
        "main",
        el("h1", "Two scenarios side by side", class_="do small"),
        el("div", id="told", role="alert"),
        card("differences", "What differs"),
        el("div", (_side(side, one) for side, one in zip(("left", "right"), scenarios, strict=True)), class_="sides"),
        id="main",
        tabindex="-1",
    )
    back = el("a", "Back to the board", href=scenarios[-1].address)
    return el("div", bar("Compare", back), main, drawer(), class_="board two")


def _side(side: str, one: Scenario) -> Html:
    words = f"{one.board}, {one.state.changed} changed" if one.state.changed else f"{one.board}, {AS_IN_THE_CASE}"
    return el(
        "section",
        el("h2", el("a", words, href=one.address), id=f"{side}-title"),
        el("div", el("p", "Being worked out …", class_="wait"), id=f"{side}-verdict", class_="piece"),
        el("div", id=f"{side}-costs", class_="piece card"),
        el("div", id=f"{side}-options", class_="piece card"),
        class_="scenario",
        data_board=one.board,
        data_state=one.state.query,
        aria_labelledby=f"{side}-title",
    )


def differences(sides: Sequence[tuple[Scenario, str, Mapping[str, str]]]) -> Html:
    """Every input and gate that is changed on either side, with both values in words."""
    names = dict.fromkeys(name for scenario, _, _ in sides for name in scenario.state.numbers)
    gates = dict.fromkeys(name for scenario, _, _ in sides for name in scenario.state.gates)
    rows = [(label(name), *(answer.get(f"said:{name}", AS_IN_THE_CASE) for _, _, answer in sides)) for name in names]
    rows += [(name, *(scenario.state.gates.get(name, AS_IN_THE_CASE) for scenario, _, _ in sides)) for name in gates]
    fleets = [str(scenario.state.replicas or AS_IN_THE_CASE) for scenario, _, _ in sides]
    rows += [("replicas that are held", *fleets)] if {*fleets} != {AS_IN_THE_CASE} else []
    if not rows:
        alike = len({scenario.board for scenario, _, _ in sides}) == 1
        return el("p", "Nothing is changed on either side." if alike else "Two cases, each as it stands.")
    heads = [name for _, name, _ in sides]
    return el(
        "table",
        el("thead", el("tr", el("td"), (el("th", head, scope="col") for head in heads))),
        el("tbody", (
            el("tr", el("th", first, scope="row"),
               (el("td", text, data_label=head) for head, text in zip(heads, rest, strict=True)))
            for first, *rest in rows
        )),
        class_="cards",
    )  # fmt: skip
