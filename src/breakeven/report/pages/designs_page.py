"""The designs for a case on a page: the best, the next best, each model, and why the others are none."""

from __future__ import annotations

from math import inf
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from breakeven.facts import catalog
from breakeven.report.wording import money, plain, price, sentence, significant
from breakeven.study.designs.commands import bench, sglang, vllm
from breakeven.study.designs.hunt import Examined
from breakeven.study.designs.search import ModelSearch, Search, front, reasons
from breakeven.study.judge.basis import to_json

MEANINGS = (
    "Worth: net present value, expected over the speed. First and further tokens: of a request that is alone. "
    "* no other is as cheap, as quick, as sure and as widely offered."
)
TO_TEST = (
    "A format narrower than the maker's, or another layout than tensor parallel, that nobody named has to be tried: "
    "it counts as up to {cost} less."
)
NO_PROOF = "its speed is modelled, not measured: try it before you rely on it"


def designs_page(searched: Search, currency: str, top: int) -> Group:
    """The answer, the table of designs, of models, and what was left out."""
    winner = searched.winner
    shown = searched.best_of_each[:top]
    parts: list[RenderableType] = [
        Text(headline(searched, currency), style="bold"),
        Text(),
        listed(searched, shown, currency),
    ]
    if len(searched.models) > 1:
        parts += [Text(), models(searched.models, currency)]
    parts += [Text(), *(Text(note, style="dim") for note in notes(searched, currency))]
    parts += [Text(), *(Text(command) for command in commands(searched, winner))]
    return Group(*parts)


def headline(found: Search, currency: str) -> str:
    """The best design in one sentence."""
    it = found.winner
    worth = money(it.net_present_value, currency)
    return (
        f"Of {found.looked_at:,} designs the best to own is {it.candidate.design}: {it.column}. It is worth {worth} "
        f"against today's API, at {money(it.monthly_cost, currency)} a month."
    )


def listed(found: Search, shown: tuple[Examined, ...], currency: str) -> Table:
    """Each design with its figures below it, run in its best way; a star where no other beats it in every respect."""
    unbeaten = {id(each) for each in front(found.best_of_each)}
    made = Table(box=None, pad_edge=False, show_header=False)
    made.add_column(justify="right", no_wrap=True)
    made.add_column()
    for place, each in enumerate(shown, 1):
        star = " *" if id(each) in unbeaten else ""
        made.add_row(str(place), f"{each.candidate.design}{star}\n{figures(each, currency)}")
    return made


def figures(each: Examined, currency: str) -> str:
    """What a design costs, is worth and does."""
    band = each.bands[0]
    speed = f"{plain(band.p50)} tokens/s ({plain(band.p10)} to {plain(band.p90)}, {each.kind})"
    latency = f"first token {seconds(each.ttft_alone_seconds)}, then {seconds(each.tpot_alone_seconds)}"
    month, worth = (money(value, currency) for value in (each.monthly_cost, each.net_present_value))
    return f"{month} a month · worth {worth} · {speed} · {latency}"


def seconds(value: float) -> str:
    """A latency, to two significant digits."""
    return f"{significant(value, 2):g} s" if value >= 1 else f"{significant(value * 1000, 2):g} ms"


def models(found: tuple[ModelSearch, ...], currency: str) -> Table:
    """What each model is worth, served by us and bought."""
    made = Table(box=None, pad_edge=False)
    for heading in ("model", "its best design is worth", "the best way to buy it"):
        made.add_column(heading, justify="left" if heading == "model" else "right")
    for each in found:
        bought = "·" if each.bought == -inf else money(each.bought, currency)
        made.add_row(each.model, best_own(each, currency), bought)
    return made


def best_own(each: ModelSearch, currency: str) -> str:
    """What the best design of a model is worth, or what it cannot exceed where it was not looked for to the end."""
    if each.at_most is not None:
        return f"less than {money(each.at_most, currency)}"
    return "none serves it" if each.best is None else money(each.best.net_present_value, currency)


def notes(searched: Search, currency: str) -> list[str]:
    """What holds for all, and how many designs are none, by why."""
    told = [f"All keep {searched.promise}. {MEANINGS}"]
    if why := reasons(searched.models):
        told.append(f"{sentence(why)}.")
    if test := max((examined.to_test for examined in searched.best_of_each), default=0.0):
        told.append(TO_TEST.format(cost=money(test, currency)))
    told += [f"Licence of {model_search.model}: {licence(model_search.model)}." for model_search in searched.models]
    if searched.runners_up:
        behind = searched.winner.ranked - searched.runners_up[0].ranked
        told.append(f"Taking the next best instead costs {price(behind, currency)} of that worth.")
    return told


def licence(model: str) -> str:
    """Under which licence a model is given, and what it asks."""
    known = catalog.licences().get(model)
    return "not known to us, read it" if known is None else str(known)


def commands(found: Search, it: Examined) -> list[str]:
    """How to try the winner."""
    design, (ins, outs) = it.candidate.design, found.lengths
    told = [f"Try it:  {vllm(design)}", f"or:      {sglang(design)}"]
    if it.kind in {"modelled", "assumed"}:
        told.append(f"Measure: {bench(design, ins, outs)}   ({NO_PROOF})")
    return told


def designs_document(searched: Search) -> dict[str, Any]:
    """The same as data: every design that was replayed, whether no other beats it, and its command lines."""
    unbeaten = {id(examined) for examined in front(searched.best_of_each)}
    return {
        "looked_at": searched.looked_at,
        "promise": to_json(searched.promise),
        "models": [
            {
                "model": model_search.model,
                "licence": licence(model_search.model),
                "bought": None if model_search.bought == -inf else model_search.bought,
                "at_most": model_search.at_most,
                "candidates": model_search.candidates,
                "left_out": dict(model_search.left_out),
            }
            for model_search in searched.models
        ],
        "designs": [
            {
                **to_json(examined.candidate.design),
                "purchase": examined.candidate.way.purchase.model_dump(exclude_defaults=True),
                "operations": examined.candidate.way.operations,
                "option": examined.column,
                "net_present_value": examined.net_present_value,
                "monthly_cost": examined.monthly_cost,
                "replicas": examined.replicas,
                "gpus": examined.gpus,
                "tokens_per_second": [[band.p10, band.p50, band.p90] for band in examined.bands],
                "speed": examined.kind,
                "ttft_alone_seconds": examined.ttft_alone_seconds,
                "tpot_alone_seconds": examined.tpot_alone_seconds,
                "offers": examined.offers,
                "unbeaten": id(examined) in unbeaten,
                "vllm": vllm(examined.candidate.design),
                "sglang": sglang(examined.candidate.design),
            }
            for examined in searched.best_of_each
        ],
    }
