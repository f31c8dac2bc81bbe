"""HTML and SVG as text that cannot be broken by what stands in it: every text is escaped, once."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def el(tag: str, *children: object, **attributes: object) -> Html:
    """An element. A trailing underscore of a name is dropped, others become dashes; None and False leave one out."""
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{join(children)}</{tag}>")


def join(children: object) -> Html:
    """One after the other; texts are escaped, None is nothing."""
    if children is None:
        return Html("")
    if isinstance(children, Html):
        return children
    if isinstance(children, str):
        return Html(escape(children))
    if isinstance(children, Iterable):
        return Html("".join(join(child) for child in children))
    return Html(escape(str(children)))


def said(text: str) -> Html:
    """Text, with what stands between backticks as a command."""
    return join(el("code", part) if i % 2 else part for i, part in enumerate(text.split("`")))


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    called = name.rstrip("_").replace("_", "-")
    return f" {called}" if value is True else f' {called}="{escape(str(value), quote=True)}"'
