"""The board before its first answer: every part in its place, what one can do in the bar."""

from __future__ import annotations

from urllib.parse import urlencode

from breakeven.web.faces.sheet import bar, card, drawer
from breakeven.web.markup import Html, el, join

EXPORTS = (
    ("share", "One page to send: opens offline, with sliders"),
    ("pdf", "Memo as PDF"),
    ("xlsx", "Workbook with live formulas"),
    ("html", "Memo as a page"),
    ("md", "Memo as Markdown"),
    ("json", "Study as JSON"),
)


def board(ident: str, name: str, *, ours: bool) -> Html:
    """The whole body. `ours`: the case lies in the folder, so that it can be saved there."""
    main = el("main", _hero(), _inputs(), _parts(), id="main", tabindex="-1")
    return el("div", _bar(ident, name, ours=ours), main, drawer(), class_="board")


def _bar(ident: str, name: str, *, ours: bool) -> Html:
    saves = [_button("save-as", "Save as case.yaml", "Everything as it stands, with your comments kept")]
    if ours:
        saves.append(_button("save", "Save into the case", "The file in the folder is replaced, whole or not at all"))
    exports = [_button(part, words, "", name="export") for part, words in EXPORTS]
    return bar(
        name,
        el("button", "Undo", type="button", id="undo", disabled=True, title="Ctrl+Z"),
        el("button", "Redo", type="button", id="redo", disabled=True, title="Ctrl+Shift+Z"),
        el("button", "As in the case", type="button", id="reset", disabled=True),
        el("a", "Compare", id="compare", href="/compare"),
        el("a", "Lesson", href=f"/lesson?{urlencode({'board': ident})}"),
        _menu("Save", saves),
        _menu("Share and export", exports),
    )


def _menu(words: str, entries: list[Html]) -> Html:
    return el("details", el("summary", words), el("ul", (el("li", each) for each in entries)), class_="menu")


def _button(value: str, words: str, note: str, name: str = "") -> Html:
    return el("button", words, el("small", note) if note else None, type="button", id=None if name else value,
              data_export=value if name else None)  # fmt: skip


def _hero() -> Html:
    return el(
        "section",
        el("div", el("p", "Reading the case …", class_="wait"), id="verdict", class_="piece"),
        el("p", id="status", class_="status", role="status"),
        el(
            "p",
            "You changed this case here before, and did not save it into the case. ",
            el("button", "Bring the changes back", type="button", id="bring-back"),
            " ",
            el("button", "Forget them", type="button", id="forget"),
            id="before",
            class_="before",
            hidden=True,
        ),
        el("div", id="told", role="alert"),
        class_="hero",
        aria_label="The answer",
    )


def _inputs() -> Html:
    """The inputs. What turns the answer first stands first, as soon as that is known."""
    find = el("input", type="search", id="find", placeholder="Find an input", aria_label="Find an input",
              autocomplete="off")  # fmt: skip
    return el(
        "section",
        el("h2", "Change an input"),
        find,
        el("p", "", id="found", class_="faint", role="status"),
        el("div", el("p", "Reading the case …", class_="faint wait"), id="inputs", class_="piece"),
        el("button", "Show all inputs", type="button", id="all", aria_pressed="false"),
        class_="side",
        aria_label="Inputs",
    )


def _parts() -> Html:
    every = el("label", el("input", type="checkbox", id="every-line"), " Every line of the costs", class_="every")
    return el(
        "div",
        card("options", "The options side by side", before=every),
        card("costs", "What a month costs"),
        card("pays", "Where owning pays", before=el("div", id="crossings")),
        card("turning", "What turns the verdict", note='"Show me" moves the slider there.'),
        card("months", "Over time, and how sure"),
        card("owned", "The load, and what is owned of it"),
        card(
            "designs",
            "Another design, another horizon",
            el("button", "Look for the best designs", type="button", id="look-designs"),
            before=join(
                [el("div", id="choosing", class_="piece"), el("div", id="chosen", class_="wrong", role="alert")]
            ),
            note="The case is resolved anew: prices, speed and fleet of what you choose. It takes some seconds.",
        ),
        card("halves", "At half the utilization"),
        card("forgotten", "Costs that are forgotten"),
        card(
            "reasons",
            "Gates and readiness",
            note="A change shows what follows; with what it rests on, it can be saved into the case.",
        ),
        card(
            "plan",
            "What moves, when",
            el("button", "Work out the plan", type="button", id="work-plan"),
            note="Portfolio, phases and readiness of the case as it is, without the changes. It may take a minute.",
        ),
        card("chances", "Every option over the draws"),
        card("together", "Two inputs at once, and what the case left open"),
        card("knowing", "What it is worth to find out first"),
        card("steps", "What to do next"),
        card("behind", "What stands behind it"),
        card("notes", "Notes"),
        class_="parts",
    )
