"""The lesson as a page: its parts in order, and a question after each. Every number of it was computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from breakeven.lesson.parts import Part
from breakeven.lesson.quiz import Checked, verdict
from breakeven.web.faces.sheet import bar
from breakeven.web.faces.table import grid
from breakeven.web.markup import Html, el, join, said

TITLE = "Self-hosting economics, on the numbers of a case"


def body(name: str, back: str) -> Html:
    """The page before its parts. `name` of the case, empty: the lesson's example; `back`: where it was come from."""
    on = f"On the numbers of {name}." if name else "On the example of the lesson; on a board, on your own case."
    main = el(
        "main",
        el("h1", TITLE, class_="do small"),
        el("p", f"{on} Five parts that build on each other, a question with fresh numbers after each.", class_="why"),
        el("p", id="progress", class_="status", role="status"),
        el("div", id="told", role="alert"),
        el("div", el("p", "The lesson is being computed …", class_="wait"), id="lesson", class_="piece"),
        id="main",
        tabindex="-1",
    )
    return el("div", bar(name, el("a", "Back to the board" if name else "To the first page", href=back)), main,
              class_="lesson")  # fmt: skip


def parts(found: Sequence[Part]) -> Html:
    """Every part, each a card."""
    return join(_part(number, each) for number, each in enumerate(found, 1))


def _part(number: int, part: Part) -> Html:
    return el(
        "section",
        el("h2", f"{number}. {part.title}", id=f"{part.name}-title"),
        _told(part),
        el("h3", "What to do"),
        el("ol", (el("li", said(step)) for step in part.playbook)),
        _quiz(part.name),
        class_="card",
        aria_labelledby=f"{part.name}-title",
        data_part=part.name,
    )


def _told(it: Part) -> Iterator[Html]:
    for number, paragraph in enumerate(it.paragraphs, 1):
        yield el("p", said(paragraph))
        for each in it.tables:
            if each.after == number:
                yield el("div", grid(each.title, each.header, each.rows), class_="piece")


def _quiz(part: str) -> Html:
    """A question is put where it is asked for; its numbers are new each time."""
    ident = f"q-{part}"
    return el(
        "form",
        el("button", "Ask me a question", type="button", class_="ask"),
        el("p", class_="question", id=f"{ident}-text"),
        el(
            "div",
            el("label", "Your answer", el("span", class_="unit"), for_=ident),
            el("input", type="text", id=ident, inputmode="decimal", autocomplete="off",
               aria_describedby=f"{ident}-text"),
            el("button", "Check it", type="submit", class_="go"),
            class_="reply",
            hidden=True,
        ),
        el("p", class_="verdict", role="status"),
        class_="quiz",
        novalidate=True,
    )  # fmt: skip


def reply(found: Checked) -> dict[str, str]:
    """What an answer is worth, in words."""
    return {"right": "yes" if found.right else "", "said": verdict(found)}
