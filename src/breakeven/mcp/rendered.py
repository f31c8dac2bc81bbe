"""A page of the terminal as plain text, and a study's answer as data with units."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table

from breakeven.report.pages.page import Page
from breakeven.report.pages.parts.answer import headline, reason
from breakeven.report.pages.parts.behind import answers
from breakeven.report.pages.parts.sentences import next_steps
from breakeven.report.wording import money
from breakeven.study.recomputing.point import PointAnswer, PointOption
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
    currency = header.currency
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
            "monthly_cost": quantity(study.hosted_monthly_cost, f"{currency}/month"),
            "cost_per_mtok": quantity(study.hosted_cost_per_mtok, f"{currency}/MTok"),
        },
        "options": [_option(option, currency) for option in study.options],
        "evidence": dict(answers(study, study.options[best - 1])) if best else {},
        "next": list(next_steps(study)),
        "notices": list(study.basis.notices),
    }


def _option(option: OptionStudy, currency: str) -> dict[str, Any]:
    used = option.utilization
    return {
        "name": option.name,
        "class": option.verdict,
        "monthly_cost": quantity(option.monthly_cost, f"{currency}/month"),
        "monthly_saving": quantity(option.monthly_saving, f"{currency}/month"),
        "cost_per_mtok": quantity(option.cost_per_mtok, f"{currency}/MTok"),
        "one_time_cost": quantity(option.one_time_cost, currency),
        "expected_net_present_value": quantity(option.expected_net_present_value, currency),
        "gpus": quantity(option.gpus, "GPU"),
        "utilization_reached": quantity(used.reached if used else None, "1"),
        "utilization_needed": quantity(used.needed if used else None, "1"),
        "pays_between": [
            {"from": quantity(window.from_mtok, "MTok/month"), "to": quantity(window.to_mtok, "MTok/month")}
            for window in option.break_evens.windows
        ],
    }


def point_page(now: PointAnswer, then: PointAnswer, currency: str) -> Table:
    """Every option as it stands and as it would: the named month and the horizon."""
    title = f"{now.answer} as it stands; {then.answer} changed ({then.provisional})"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for heading in ("option", "a month now", "changed", "worth now", "changed"):
        table.add_column(heading, justify="left" if heading == "option" else "right")
    for option in then.options:
        before = now.option(option.key)
        was = ("·", "·") if before is None else _money_of(before, currency)
        cost, worth = _money_of(option, currency)
        table.add_row(option.name, was[0], cost, was[1], worth)
    return table


def _money_of(option: PointOption, currency: str) -> tuple[str, str]:
    return money(option.monthly_cost, currency), money(option.net_present_value, currency)


def point_document(now: PointAnswer, then: PointAnswer, units: dict[str, str], currency: str) -> dict[str, Any]:
    """The same as data."""
    return {
        "changes": {name: quantity(value, units[name]) for name, value in then.changes.items()},
        "answer": {"now": now.answer, "changed": then.answer},
        "best": {"now": now.best, "changed": then.best},
        "provisional": then.provisional,
        "options": [
            {"key": option.key, "now": _at(now.option(option.key), currency), "changed": _at(option, currency)}
            for option in then.options
        ],
    }


def _at(option: PointOption | None, currency: str) -> dict[str, Any] | None:
    if option is None:
        return None
    return {
        "name": option.name,
        "monthly_cost": quantity(option.monthly_cost, f"{currency}/month"),
        "monthly_saving": quantity(option.monthly_saving, f"{currency}/month"),
        "one_time_cost": quantity(option.one_time_cost, currency),
        "net_present_value": quantity(option.net_present_value, currency),
        "gpus": quantity(option.gpus, "GPU"),
        "utilization": quantity(option.utilization, "1"),
    }
