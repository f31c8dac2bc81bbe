"""The page around everything: what is loaded, what can be reached by keyboard first."""

from __future__ import annotations

from collections.abc import Sequence

from breakeven.web.markup import Html, el, join


def sheet(
    title: str, body: object, *, scripts: Sequence[str], styles: Sequence[str], attributes: dict[str, str]
) -> str:
    """A whole page. Scripts and styles are addresses of ours: nothing stands in the page itself."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", title),
        el("link", rel="icon", href="data:,"),
        (el("link", rel="stylesheet", href=address) for address in styles),
        (el("script", type="module", src=address) for address in scripts),
    )
    skip = el("a", "To the answer", href="#main", class_="skip")
    data = {f"data_{name}": value for name, value in attributes.items()}
    return f"<!doctype html>\n{el('html', head, el('body', skip, body, **data), lang='en')}\n"


def bar(name: str, *actions: object) -> Html:
    """The bar at the top: where one is, and what one can do."""
    home = el("a", "breakeven", href="/", class_="brand")
    return el("header", home, el("span", name, class_="where"), el("nav", actions, aria_label="Actions"), class_="bar")


def drawer() -> Html:
    """Where the derivation of a number is shown."""
    return el(
        "dialog",
        el("div", el("h2", "Where is it from?", id="drawer-title"),
           el("button", "Close", type="button", id="close"), class_="drawer-head"),
        el("div", id="drawer"),
        id="sources",
        aria_labelledby="drawer-title",
    )  # fmt: skip


def card(ident: str, title: str, *body: object, note: str = "", before: Html | None = None) -> Html:
    """A part of the board; what stands in it comes with its answer."""
    heading = el("h2", title, id=f"{ident}-title")
    return el(
        "section",
        heading,
        el("p", note, class_="faint") if note else None,
        before,
        el("div", join(body) or el("p", "Being worked out …", class_="faint wait"), id=ident, class_="piece"),
        class_=f"card card-{ident}",
        aria_labelledby=f"{ident}-title",
    )
