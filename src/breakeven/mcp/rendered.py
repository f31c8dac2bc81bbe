"""A page of the terminal as plain text, and a study's answer as data with units."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console

from breakeven.report.pages.page import Page
from breakeven.report.pages.parts.answer import headline, reason
from breakeven.report.pages.parts.behind import answers
from breakeven.report.pages.parts.sentences import next_steps
from breakeven.study.study import OptionStudy, Study

WIDTH = 100


def text_of(*things: Any) -> str:
    """What a terminal of 100 columns would show, without colours."""
    out = StringIO()
    console = Console(file=out, width=WIDTH, color_system=None, highlight=False, emoji=False, markup=False)
    for each in things:
        console.print(each)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def page_of(study: Study) -> str:
    """The page of `breakeven decide`."""
    return text_of(Page(study))


def quantity(value: float | None, unit: str) -> dict[str, Any]:
    """A number with its unit; null where there is none."""
    return {"value": value, "unit": unit}


def summary(study: Study) -> dict[str, Any]:
    """What the page says, as data: the verdict, its evidence in sentences, and every option's numbers with units."""
    header, best = study.basis.header, study.verdict.best_option
    money = header.currency
    return {
        "case": header.name,
        "as_of": header.as_of,
        "headline": headline(study),
        "reason": reason(study),
        "class": study.verdict.verdict,
        "commit": study.verdict.commit,
        "best_option": study.basis.columns[best].name,
        "month": header.month,
        "volume": quantity(study.volume_mtok, "MTok/month"),
        "hosted": {
            "monthly_cost": quantity(study.hosted_monthly_cost, f"{money}/month"),
            "cost_per_mtok": quantity(study.hosted_cost_per_mtok, f"{money}/MTok"),
        },
        "options": [_option(each, money) for each in study.options],
        "evidence": dict(answers(study, study.options[best - 1])) if best else {},
        "next": list(next_steps(study)),
        "notices": list(study.basis.notices),
    }


def _option(it: OptionStudy, money: str) -> dict[str, Any]:
    used = it.utilization
    return {
        "name": it.name,
        "class": it.verdict,
        "monthly_cost": quantity(it.monthly_cost, f"{money}/month"),
        "monthly_saving": quantity(it.monthly_saving, f"{money}/month"),
        "cost_per_mtok": quantity(it.cost_per_mtok, f"{money}/MTok"),
        "one_time_cost": quantity(it.one_time_cost, money),
        "expected_net_present_value": quantity(it.expected_net_present_value, money),
        "gpus": quantity(it.gpus, "GPU"),
        "utilization_reached": quantity(used.reached if used else None, "1"),
        "utilization_needed": quantity(used.needed if used else None, "1"),
        "pays_between": [
            {"from": quantity(each.from_mtok, "MTok/month"), "to": quantity(each.to_mtok, "MTok/month")}
            for each in it.break_evens.windows
        ],
    }
