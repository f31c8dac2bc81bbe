"""One page that needs nobody: styles, font, pictures, answers and a little script inside, and a policy of its own."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from breakeven.report.board.html import fonts
from breakeven.report.pages.parts.evidence import best
from breakeven.report.wording import label
from breakeven.shipped import shipped_text
from breakeven.study.judge.basis import fingerprint
from breakeven.study.questions.pictures import Pictures
from breakeven.study.study import Study
from breakeven.web.faces import evidence, table, verdict
from breakeven.web.markup import Html, el, join

SHEETS = ("web/static/app.css", "web/static/pictures.css")
HINT = (
    "Each stop is an answer that was computed before: every input at its mean, the chance not drawn. None is guessed."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """An input with its stops, a value and its words each; `stands`: the stop at which the page begins."""

    name: str
    stops: tuple[tuple[float, str], ...]
    stands: int


def page(
    study: Study,
    numbers: Pictures,
    changed: Sequence[tuple[str, str]],
    sliders: Sequence[Slider],
    answers: Mapping[str, str],
) -> str:
    """The whole file. `answers`: the verdict at each place of the sliders, by the numbers of their stops."""
    start = ",".join(str(slider.stands) for slider in sliders)
    first = verdict.verdict(study)
    script_data = {
        "answers": {**answers, start: first},
        "words": [[words for _, words in slider.stops] for slider in sliders],
    }
    data = json.dumps(script_data, ensure_ascii=False).replace("<", "\\u003c")
    style, script = styles(), shipped_text("web/static/share.js")
    title = study.basis.header.name
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy(style, script)),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", f"{title} · breakeven"),
        el("style", Html(style)),
    )
    body = el(
        "body",
        el("main", _hero(study, first, changed), _turning(sliders), _parts(study, numbers), class_="sent"),
        el("script", Html(data), type="application/json", id="answers"),
        el("script", Html(script), type="module"),
        class_="shared",
    )
    return f"<!doctype html>\n{el('html', head, body, lang='en')}\n"


@cache
def styles() -> str:
    """The sheets of the app and its font, as they stand in the file."""
    sheet = "\n".join(shipped_text(each) for each in SHEETS)
    own = "\n".join(line for line in sheet.splitlines() if not line.startswith("@font-face"))
    return f"{fonts()}{own}"


def policy(style: str, script: str) -> str:
    """What the file may do: what stands in it by its hash, and nothing from anywhere."""
    return f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; font-src data:; img-src data:"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _hero(study: Study, first: Html, changed: Sequence[tuple[str, str]]) -> Html:
    header = study.basis.header
    changes = "; ".join(f"{label(name)} {words}" for name, words in changed)
    return el(
        "section",
        el("p", header.name, class_="where"),
        el("div", first, id="verdict", class_="piece", aria_live="polite"),
        el("p", f"Changed: {changes}." if changes else "Nothing is changed: the case as it is.", class_="subject"),
        el("p", f"Study {fingerprint(study.basis)}, as of {header.as_of}, made with "
           f"{', '.join(f'{name} {number}' for name, number in study.basis.versions.items())}.", class_="subject"),
        class_="hero",
    )  # fmt: skip


def _turning(sliders: Sequence[Slider]) -> Html | None:
    if not sliders:
        return None
    return el(
        "section",
        el("h2", "Turn it"),
        el("p", HINT, class_="faint"),
        el("ul", (_slider(each) for each in sliders), class_="controls"),
        class_="card",
    )


def _slider(one: Slider) -> Html:
    ident, (_, words) = f"s-{one.name}", one.stops[one.stands]
    return el(
        "li",
        el("label", label(one.name), for_=ident),
        el("output", words, for_=ident),
        el("input", type="range", id=ident, min=0, max=len(one.stops) - 1, step=1, value=one.stands,
           aria_valuetext=words, class_="wide"),
        class_="control",
    )  # fmt: skip


def _parts(study: Study, numbers: Pictures) -> Html:
    """The evidence of the state that was sent; the sliders do not move it."""
    parts = (
        ("What a month costs", evidence.costs(study)),
        ("Where owning pays", evidence.where_it_pays(study, numbers)),
        ("What turns the verdict", evidence.turning(study)),
        ("Over time, and how sure", evidence.over_months(study, numbers)),
        ("The load, and what is owned of it", evidence.owned(study, numbers, drags=False)),
        ("Costs that are forgotten", evidence.forgotten(study)),
        ("Gates and readiness", evidence.reasons(study)),
        ("What to do next", verdict.steps(study)),
        ("What stands behind it", evidence.behind(study, best(study))),
        ("Notes", evidence.notes(study)),
    )
    cards = (el("section", el("h2", title), el("div", piece, class_="piece"), class_="card") for title, piece in parts)
    first = el("div", table.options(study, opens=False), class_="piece")
    options = el("section", el("h2", "The options side by side"), first, class_="card card-options")
    return el("div", options, join(cards), class_="parts")
