"""Other designs for the case: choose one by hand, or take one of those that were found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from breakeven.facts.catalog import gpus, open_models
from breakeven.report.pages.designs_page import figures, headline, notes
from breakeven.study.designs.hunt import Examined
from breakeven.study.designs.search import Search, front
from breakeven.study.study import Basis
from breakeven.web.markup import Html, el, join, said

MOST = 12


def choosing(basis: Basis) -> Html:
    """The fields: the model, the GPU, the horizon, each as the case has it."""
    choices: tuple[tuple[str, str, str, list[str]], ...] = (
        ("model", "Open model", basis.serving.open_model, [*open_models()]),
        ("gpu", "GPU", basis.serving.gpu, [*gpus()]),
        ("horizon_months", "Horizon in months", str(basis.header.horizon_months), []),
    )
    return el(
        "form",
        (_field(*choice) for choice in choices),
        el("button", "Work the case out anew", type="submit", class_="go"),
        el("p", "What the case says of another design goes with it: its prices, its speed, its size.", class_="faint"),
        id="choices",
        novalidate=True,
    )


def _field(name: str, called: str, stands: str, known: list[str]) -> Iterator[Html]:
    yield el("label", called, for_=f"choose-{name}")
    yield el("input", type="text", id=f"choose-{name}", name=name, value=stands, data_stands=stands,
             list=f"known-{name}" if known else None, autocomplete="off")  # fmt: skip
    if known:
        yield el("datalist", (el("option", value=each) for each in known), id=f"known-{name}")


def designs(found: Search, currency: str) -> Html:
    """Those that were found, the best first, each with a button that takes it."""
    unbeaten = {id(each) for each in front(found.best_of_each)}
    listed = (el("li", *_design(each, currency, unbeaten=id(each) in unbeaten)) for each in found.best_of_each[:MOST])
    said_of = (el("p", said(each), class_="faint") for each in notes(found, currency))
    return join([el("p", headline(found, currency)), el("ol", listed, class_="designs"), *said_of])


def _design(each: Examined, currency: str, *, unbeaten: bool) -> Iterator[Html]:
    design = each.candidate.design
    yield el("span", el("b", str(design)), el("span", "unbeaten", class_="kind") if unbeaten else None)
    yield el("span", figures(each, currency), class_="faint")
    yield el("button", "Take it", type="button", class_="take", aria_label=f"Take {design}",
             data_choices=urlencode(choices_of(each)))  # fmt: skip


def choices_of(each: Examined) -> Mapping[str, str]:
    """The choices that make a case this design."""
    design = each.candidate.design
    return {
        "model": design.model,
        "gpu": design.gpu,
        "precision": design.precision,
        "gpus_per_replica": str(design.gpus_per_replica),
        "kv_cache": design.kv_cache,
    }
