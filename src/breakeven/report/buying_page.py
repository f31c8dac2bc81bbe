"""The ways to buy, beside serving it ourselves: the incumbent, the same weights elsewhere, a frontier model."""

from __future__ import annotations

from rich.table import Table

from breakeven.decision.rivals import Rival
from breakeven.report.financial_page import plain_table
from breakeven.report.wording import money, price
from breakeven.study.buying import cheapest_of_same_quality
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


def buying_table(study: Study) -> Table:
    """The ways to buy, a row each."""
    currency, best = study.basis.header.currency, study.verdict.best_option - 1
    headings = ["", "model", "a month", "per MTok", "worth", "owning is worth more by", ""]
    table = plain_table(f"Ways to buy, beside {study.options[best].name}", headings)
    table.columns[1].justify = table.columns[6].justify = "left"
    for each in study.rivals:
        said = [quality(study, each), *(f"unknown: {gate}" for gate in each.gates.unknown)]
        said += [f"fails {gate}" for gate in each.gates.failed]
        said += [f"{refused.model} fails {', '.join(refused.because)}" for refused in each.refused]
        table.add_row(
            KINDS[each.kind],
            each.model,
            money(each.monthly_cost, currency),
            price(each.cost_per_mtok, currency),
            "·" if each.kind == "incumbent" else money(each.net_present_value, currency),
            money(each.worth_more[best], currency),
            "; ".join(said),
        )
    return table
