"""The money of a case: its currency, and what amounts in others are worth in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from breakeven.numbers.inputs import Input
from breakeven.problems import Problem
from breakeven.study.case.case import Case
from breakeven.study.register import register

FACTS = "USD"  # of every default and every price in the catalogue


def rate(case: Case, currency: str) -> float:
    """What one unit of a currency is worth in the case's, at the dated rate that the case gives."""
    if currency == case.file.currency:
        return 1.0
    for exchange_rate in case.file.exchange_rates:
        if exchange_rate.currency == currency:
            return exchange_rate.rate
    raise Problem(
        f"amounts are in {currency}, the case is in {case.file.currency}",
        where=case.place("currency"),
        fix=f"Add exchange_rates: [{{currency: {currency}, rate: …, date: …}}].",
    )


def bill_rate(case: Case) -> float:
    """The worth of one unit of the currency in which the API provider bills."""
    return rate(case, case.file.hosted.currency or case.file.currency)


def defaults(case: Case) -> Mapping[str, Input]:
    """The register in the case's currency."""
    return {name: from_facts(case, each) for name, each in register().items()} | month_of(case)


def month_of(case: Case) -> dict[str, Input]:
    """How long a month is, where the case says it; else as the register has it."""
    hours = case.file.hours_per_month
    if hours is None:
        return {}
    said = case.source("hours_per_month")
    units = {"hours_per_month": hours, "minutes_per_month": hours * 60, "seconds_per_month": hours * 3600}
    found = units | {"days_per_month": hours / 24}
    meaning = f"a month of {hours:g} hours"
    return {name: replace(register()[name], likely=each, source=said, meaning=meaning) for name, each in found.items()}


def from_facts(case: Case, one: Input) -> Input:
    """An input in USD, from the facts or the register, in the case's currency. The source names the rate."""
    worth, currency = rate(case, FACTS), case.file.currency
    if FACTS not in one.unit or currency == FACTS:
        return one
    unit = one.unit.replace(FACTS, currency)
    if one.likely is None:
        return replace(one, unit=unit)
    low, high = (None if part is None else part * worth for part in (one.low, one.high))
    source = replace(one.source, title=f"{one.source.title}; 1 {FACTS} = {worth:g} {currency}")
    return replace(one, unit=unit, likely=one.likely * worth, low=low, high=high, source=source)


def in_unit_of(case: Case, inputs: Mapping[str, Input]) -> dict[str, Input]:
    """Every input with the case's currency in its unit; amounts are left as they are."""
    currency = case.file.currency
    return {name: replace(each, unit=each.unit.replace(FACTS, currency)) for name, each in inputs.items()}
