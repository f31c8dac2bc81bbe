"""The rows of the short page: a month, what is paid once, the horizon, how sure, and what was tested."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from breakeven.decision.readiness.gates import WORST, GateVerdict
from breakeven.report.pages.parts.answer import narrowed
from breakeven.report.pages.parts.columns import BASELINE, option_of
from breakeven.report.wording import SYMBOLS, money, odds
from breakeven.study.judge.uses import judged_columns, quality_answers
from breakeven.study.modes import BY_TOKEN
from breakeven.study.questions.capital import CashPayback, capital_of, payback_of
from breakeven.study.questions.month_groups import month_groups
from breakeven.study.study import Study

NOTHING = "–"
QUALITY: dict[GateVerdict, str] = {"fail": "FAILED", "unknown": "NOT TESTED", "pass": "passed"}
QUANTILES = ("  8 in 10 lie from", "  to")
PAYS, CASH_IS_BACK, QUALITY_ROW, POSSIBLE = "  pays in", "Cash is back in", "Quality", "Possible"
GPUS = ("Number of GPUs", "GPUs used, of paid")
HARDWARE = "Hardware to buy"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """One row: its label, a text for every column of the study; `key`: the line of the model that explains it."""

    label: str
    values: tuple[str, ...]
    key: str = ""
    bold: bool = False


def page_rows(study: Study) -> tuple[PageRow, ...]:
    """All rows, the same at any width."""
    return (*month_rows(study), *once_rows(study), *horizon_rows(study), *tested_rows(study))


def amount(study: Study, value: float) -> str:
    """An amount in a table, whose corner names a currency that has no sign; nothing is a dash."""
    currency = study.basis.header.currency
    said = money(value, currency)
    return NOTHING if not round(value) else said if currency in SYMBOLS else said.replace(f"{currency} ", "")


def each_column(study: Study, text: Callable[[int], str], today: str = NOTHING) -> tuple[str, ...]:
    """A text for every column, of keeping today's model a given one."""
    return (today, *(text(i) for i in range(1, len(study.basis.columns))))


def month_rows(study: Study) -> Iterator[PageRow]:
    """A month and what it is made of."""
    whole = (study.hosted_monthly_cost, *(each.monthly_cost for each in study.options))
    values = tuple(amount(study, value) for value in whole)
    yield PageRow(label="Total a month", values=values, key="monthly_cost", bold=True)
    for group in month_groups(study.table):
        yield PageRow(label=f"  {group.name}", values=tuple(amount(study, value) for value in group.sums))


def once_rows(study: Study) -> Iterator[PageRow]:
    """What the project costs, and the hardware that is bought within the horizon."""
    capital = [capital_of(study, i) for i in range(len(study.basis.columns))]
    paid = tuple(amount(study, each.project) for each in capital)
    yield PageRow(label="Paid once", values=paid, key="one_time_cost", bold=True)
    if any(each.hardware for each in capital):
        yield PageRow(label=HARDWARE, values=tuple(amount(study, each.hardware) for each in capital), bold=True)


def horizon_rows(study: Study) -> Iterator[PageRow]:
    """The gain or loss against today over the horizon, its range, how often it is one, and when cash is back."""

    def drawn(text: Callable[[int], str]) -> tuple[str, ...]:
        return each_column(study, lambda i: text(i) if option_of(study, i).depth.chance else "not drawn")

    def end(name: str) -> Callable[[int], str]:
        return lambda i: amount(study, getattr(option_of(study, i).depth.chance, name).value)

    gains = each_column(study, lambda i: amount(study, option_of(study, i).expected_net_present_value))
    label = f"{study.basis.header.horizon_months}-month gain or loss"
    yield PageRow(label=label, values=gains, key="net_present_value", bold=True)
    yield PageRow(label=QUANTILES[0], values=drawn(end("p10")))
    yield PageRow(label=QUANTILES[1], values=drawn(end("p90")))
    yield PageRow(label=PAYS, values=drawn(lambda i: chance_words(study, i)))
    yield PageRow(label=CASH_IS_BACK, values=each_column(study, lambda i: payback_words(payback_of(study, i))))


def chance_words(study: Study, column: int) -> str:
    """How many of a hundred scenarios pay."""
    chance = option_of(study, column).depth.chance
    return NOTHING if chance is None else odds(chance.chance_to_pay.value)


def payback_words(it: CashPayback | None) -> str:
    """When the cash is back."""
    if it is None:
        return NOTHING
    if it.month is None:
        return "never"
    if it.lost_in_month is not None:
        kept = it.lost_in_month - 1
        return f"month {it.month} to {kept} only" if it.month else f"up to month {kept}"
    return f"month {it.month}" if it.month else "at once"


def tested_rows(study: Study) -> Iterator[PageRow]:
    """GPUs, quality, and what the case's own rules forbid."""
    if any(option.gpus for option in study.options):
        idle = any(option.gpus_billed != option.gpus for option in study.options)
        yield PageRow(label=GPUS[idle], values=each_column(study, lambda i: gpus(study, i)))
    asked = any(gate.side == "open model" for gate in study.basis.gates)
    if asked:
        yield PageRow(label=QUALITY_ROW, values=each_column(study, lambda i: quality(study, i), "as today"))
    judged = judged_columns(study.basis)
    possible = [not column.failed and not too_small(study, i) for i, column in enumerate(judged)]
    if not all(possible):
        yield PageRow(label=POSSIBLE, values=tuple("yes" if may else "NO" for may in possible))


def too_small(study: Study, column: int) -> bool:
    """Whether the fleet that the case fixes cannot carry the peak."""
    return column != BASELINE and option_of(study, column).verdict == "INFEASIBLE"


def quality(study: Study, column: int) -> str:
    """What is known of the quality of the model that the column would use, over all workloads that move."""
    if study.basis.columns[column].mode == "hosted":
        return "as today"
    found = quality_answers(study.basis, column)
    formats = narrowed(judged_columns(study.basis)[column].unknown).removeprefix(" in ")
    if formats and not found & {"fail", "unknown"}:
        return f"{formats} {QUALITY['unknown']}"
    return next((QUALITY[worst] for worst in WORST if worst in found), "as today")


def gpus(study: Study, column: int) -> str:
    """How many GPUs run, and how many are paid for where that is more."""
    it = option_of(study, column)
    if study.basis.columns[column].mode in BY_TOKEN:
        return NOTHING
    if not it.gpus:
        return "as used"
    return f"{it.gpus:g}" if it.gpus_billed == it.gpus else f"{it.gpus:g} of {it.gpus_billed:g}"
