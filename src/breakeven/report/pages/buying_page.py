"""The ways to buy, beside serving it ourselves: the incumbent, the same weights elsewhere, a frontier model."""

from __future__ import annotations

from rich.console import Group
from rich.text import Text

from breakeven.decision.answers.rivals import Rival
from breakeven.report.pages.financial_page import titled
from breakeven.report.pages.parts.side_by_side import Line
from breakeven.report.wording import money, price
from breakeven.study.judge.ways_to_buy import cheapest_of_same_quality
from breakeven.study.study import Study

NOT_THE_SAME = "not the same quality"
KINDS = {"incumbent": "bought today", "same weights": "same weights", "frontier": "frontier model"}


def cheaper_elsewhere(study: Study) -> str:
    """That somebody else sells the same weights for less than serving them costs; empty when nobody does."""
    fair, at = cheapest_of_same_quality(study.rivals), study.verdict.best_option - 1
    if fair is None or fair.kind == "incumbent" or fair.worth_more[at] >= 0:
        return ""
    more = money(-fair.worth_more[at], study.basis.header.currency, digits=3)
    asked = f" ({', '.join(fair.gates.unknown)} to be answered)" if fair.gates.unknown else ""
    return f"The same weights from {fair.model.partition('/')[0]} would be worth {more} more than that{asked}."


def bought_elsewhere(study: Study) -> str | None:
    """Every rival in a few words; None where there is none."""
    said = [rival_words(study, each) for each in study.rivals if each.kind != "incumbent"]
    months = study.basis.header.horizon_months
    return f"against today's, over {months} months: {'; '.join(said)}" if said else None


def rival_words(study: Study, it: Rival) -> str:
    """One rival: what it is worth, what it costs, whether it is the same quality, what the gates say."""
    currency, (host, _, model) = study.basis.header.currency, it.model.partition("/")
    notes = [] if it.same_quality else [NOT_THE_SAME]
    notes += [f"unknown: {', '.join(it.gates.unknown)}"] if it.gates.unknown else []
    notes += [f"fails {', '.join(it.gates.failed)}"] if it.gates.failed else []
    notes += [f"{each.model.partition('/')[0]} is cheaper and fails {', '.join(each.because)}" for each in it.refused]
    said = f" ({'; '.join(notes)})" if notes else ""
    name = f"same weights at {host}" if it.kind == "same weights" else f"frontier model {model}"
    worth, month = (money(value, currency, digits=3) for value in (it.net_present_value, it.monthly_cost))
    return f"{name} {worth}, {month} a month{said}"


def quality(study: Study, it: Rival) -> str:
    """The label of a comparison across quality levels."""
    return "same quality" if it.same_quality else f"{NOT_THE_SAME}: it is no {study.basis.serving.open_model}"


def buying_table(study: Study, width: int) -> Group:
    """The ways to buy beside each other, and what is to be known of each."""
    currency, best, ways = study.basis.header.currency, study.verdict.best_option - 1, study.rivals
    lines = [
        Line(label="a month", values=tuple(money(each.monthly_cost, currency) for each in ways)),
        Line(label="per million tokens", values=tuple(price(each.cost_per_mtok, currency) for each in ways)),
        Line(label="worth, against today's", values=tuple(money(each.net_present_value, currency) for each in ways)),
        Line(label="owning is worth more by", values=tuple(money(each.worth_more[best], currency) for each in ways)),
    ]
    title = f"Ways to buy, beside {study.options[best].name}"
    table = titled(title, [KINDS[each.kind] for each in ways], lines, width)
    return Group(table, *(Text(f"{KINDS[each.kind]}: {known(study, each)}") for each in ways))


def known(study: Study, it: Rival) -> str:
    """Which model it is, at which host, of which quality, and what the gates say."""
    said = [it.model, quality(study, it), *(f"unknown: {gate}" for gate in it.gates.unknown)]
    said += [f"fails {gate}" for gate in it.gates.failed]
    said += [f"{each.model} is cheaper and fails {', '.join(each.because)}" for each in it.refused]
    return "; ".join(said)
