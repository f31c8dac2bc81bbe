"""The ways to buy, beside serving it ourselves: the incumbent, the same weights elsewhere, a frontier model."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from breakeven.decision.answers.rivals import Rival
from breakeven.report.pages.financial_page import plain_table
from breakeven.report.wording import money, price
from breakeven.study.study import Study

NOT_THE_SAME = "not the same quality"
AT_MEANS = "every input at its mean"
KINDS = {"incumbent": "bought today", "same weights": "same weights", "frontier": "frontier model"}


def bought_elsewhere(study: Study) -> str | None:
    """What the table of options does not show: hosts that a gate forbids, and a frontier model; None: there is none."""
    steps, currency = study.verdict.steps, study.basis.header.currency
    least = study.options[steps.bought - 1].horizon.net_present_value if steps.bought else 0.0  # at the same point
    fair = [other for other in study.rivals if other.kind == "same weights"]
    better = [
        fair_rival for fair_rival in fair if fair_rival.gates.verdict == "fail" and fair_rival.net_present_value > least
    ]
    failed = dict.fromkeys(failing.gates.failed for failing in better)
    sentences = [
        cheaper([host(failing) for failing in better if failing.gates.failed == gates], gates) for gates in failed
    ]
    for rival in (one for one in study.rivals if one.kind == "frontier"):
        worth, month = (money(value, currency) for value in (rival.net_present_value, rival.monthly_cost))
        label = f" ({', '.join([AT_MEANS] if rival.same_quality else [NOT_THE_SAME, AT_MEANS])})"
        sentences.append(f"frontier model {rival.model.partition('/')[2]} {worth}, {month} a month{label}")
    return "; ".join(sentences) or None


def cheaper(hosts: Sequence[str], gates: Sequence[str]) -> str:
    """The hosts that are cheaper and fail these gates."""
    shown = ", ".join(hosts[:2]) + (f" and {len(hosts) - 2} more" if len(hosts) > 2 else "")
    said = "is cheaper and fails" if len(hosts) == 1 else "are cheaper and fail"
    return f"{shown} {said} {', '.join(gates)}"


def host(it: Rival) -> str:
    """Who sells it."""
    return it.model.partition("/")[0]


def buying_table(study: Study) -> Table:
    """The ways to buy below each other, and what is to be known of each."""
    currency = study.basis.header.currency
    headings = ["way", "a month", "per million tokens", "net present value", "gates"]
    table = plain_table(
        f"Ways to buy, against keeping today's model, {study.basis.header.horizon_months} months, every drawn input at "
        "its mean",
        headings,
    )
    table.columns[-1].justify = "left"
    for rival in study.rivals:
        worth = "·" if rival.kind == "incumbent" else money(rival.net_present_value, currency)
        month, unit = money(rival.monthly_cost, currency), price(rival.cost_per_mtok, currency)
        table.add_row(f"{KINDS[rival.kind]}: {rival.model.lstrip('/')}", month, unit, worth, known(study, rival))
    return table


def known(study: Study, it: Rival) -> str:
    """Of which quality it is, and what the gates say."""
    said = [] if it.same_quality else [f"{NOT_THE_SAME}: it is no {study.basis.serving.open_model}"]
    said += [f"fails {', '.join(it.gates.failed)}"] if it.gates.failed else []
    said += [f"unknown: {', '.join(it.gates.unknown)}"] if it.gates.unknown else []
    return "; ".join(said)
