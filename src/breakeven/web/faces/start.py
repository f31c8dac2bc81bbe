"""Where one begins: a bill, a log, a case of the folder, or five questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from breakeven.facts.catalog import gpus, hosted_models, open_models
from breakeven.web.faces.sheet import bar
from breakeven.web.markup import Html, el

ASKED = (
    ("spend", "What does the hosted API cost a month, in USD?", "number", "20000", ""),
    ("hosted_model", "Which hosted model do you buy, as host/model?", "text", "openai/gpt-4o", "hosted-models"),
    ("open_model", "Which open-weight model could replace it?", "text", "llama-3.3-70b", "open-models"),
    ("gpu", "On which GPU would it run?", "text", "H100-SXM-80GB", "gpus"),
    ("team", "How many engineers would run it?", "number", "1", ""),
)
"""Name, question, kind, guess, list of what is known."""
HOSTS = ("openai", "anthropic", "google", "mistral")


def start(cases: Sequence[str]) -> Html:
    """The whole first page."""
    return el(
        "div",
        bar("Buy tokens, serve open weights yourself, or both"),
        el(
            "main",
            el("h1", "Should we keep buying tokens, or serve a model ourselves?", class_="do"),
            el("p", "Give what you have. The first answer takes less than a minute, and every number of it can be "
               "opened, changed and traced to its source. Nothing leaves this machine.", class_="why"),
            el("p", el("a", "Learn the economics first: five short parts, with questions", href="/lesson")),
            el("div", _cases(cases) if cases else None, _questions(), _log(), _bill(), class_="ways"),
            _lists(),
            id="main",
            tabindex="-1",
        ),
        class_="start",
    )  # fmt: skip


def _cases(cases: Sequence[str]) -> Html:
    listed = (el("li", el("a", name, href=f"/board/{name}")) for name in cases)
    return _way("cases", "Open a case", el("ul", listed, class_="cases"))


def _way(ident: str, title: str, *body: object) -> Html:
    return el("section", el("h2", title, id=f"{ident}-title"), *body, class_="card", aria_labelledby=f"{ident}-title")


def _questions() -> Html:
    return _way(
        "questions",
        "Answer five questions",
        el("p", "What you leave as it stands is a guess, and is told as one.", class_="faint"),
        el(
            "form",
            (_question(*question) for question in ASKED),
            el("p", class_="wrong", role="alert", data_wrong=""),
            el("button", "Show the answer", type="submit", class_="go"),
            el("p", class_="status", role="status"),
            id="questions",
            novalidate=True,
        ),
    )


def _question(name: str, question: str, kind: str, guess: str, known: str) -> Iterator[Html]:
    yield el("label", question, for_=f"q-{name}")
    number = {"inputmode": "decimal"} if kind == "number" else {}
    yield el("input", type="text", id=f"q-{name}", name=name, value=guess, list=known or None, autocomplete="off",
             aria_describedby=f"q-{name}-wrong", **number)  # fmt: skip
    yield el("p", class_="wrong", id=f"q-{name}-wrong", role="alert", data_wrong=name)


def _log() -> Html:
    return _way(
        "log",
        "Drop a usage log",
        el("p", "CSV, JSON lines or Parquet, as gateways and providers export it, up to 1 GiB. It is read on this "
           "machine into volumes, peaks and shares, and deleted as soon as it is read.", class_="faint"),
        el(
            "form",
            el("label", "A log, or a cost export of your provider", for_="log-file"),
            el("input", type="file", id="log-file", name="log"),
            el("p", class_="wrong", role="alert", data_wrong=""),
            el("p", class_="status", role="status"),
            id="log",
            class_="drop",
        ),
    )  # fmt: skip


def _bill() -> Html:
    return _way(
        "bill",
        "Paste an API bill",
        el(
            "form",
            el("label", "Its rows with the headings, as your provider or gateway exports them", for_="bill-text"),
            el("textarea", id="bill-text", name="bill", rows="6", spellcheck="false",
               placeholder="start_time,end_time,…,model,…,input_tokens,output_tokens,…"),
            el("p", class_="wrong", role="alert", data_wrong=""),
            el("button", "Read the bill", type="submit", class_="go"),
            el("p", class_="status", role="status"),
            id="bill",
            novalidate=True,
        ),
    )  # fmt: skip


def _lists() -> Iterator[Html]:
    known = {
        "hosted-models": [name for host in HOSTS for name in hosted_models(host)],
        "open-models": [*open_models()],
        "gpus": [*gpus()],
    }
    for ident, names in known.items():
        yield el("datalist", (el("option", value=name) for name in names), id=ident)


def wrong(found: Sequence[Mapping[str, str]]) -> Html:
    """A page that cannot be shown, and why."""
    said = (el("p", f"{each['where']}: " if each["where"] else "", f"{each['what']}. {each['fix']}") for each in found)
    main = el("main", el("h1", "This cannot be shown", class_="do small"), said,
              el("p", el("a", "To the first page", href="/")), id="main", tabindex="-1")  # fmt: skip
    return el("div", bar(""), main, class_="start")
