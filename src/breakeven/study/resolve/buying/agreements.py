"""Service levels and finance of a case, as inputs and as terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from breakeven.decision.finance.financials import CreditTier
from breakeven.decision.finance.outages import (
    HigherTier,
    Outages,
    PenaltyTier,
    SlaTerms,
    downtime,
    expected_credit_share,
    expected_hours,
    expected_penalty,
)
from breakeven.decision.finance.statements import FinanceTerms
from breakeven.numbers.inputs import Input, Source
from breakeven.numbers.operations import OPTION, along
from breakeven.problems import Notice
from breakeven.shipped import shipped
from breakeven.study.case.case import Case
from breakeven.study.case.schema import Stated
from breakeven.study.case.terms import agreements
from breakeven.study.modes import BOUGHT
from breakeven.study.resolve.buying.hosted import case_input
from breakeven.study.resolve.currency import from_facts

CREDITS = "sla_credits_per_month"


@cache
def finance_defaults() -> Mapping[str, Input]:
    """What finance takes where the case states nothing, in USD."""
    document = shipped("study/finance.yaml")
    sources = {name: Source(**fields) for name, fields in document["sources"].items()}
    return {
        name: Input(**{**fields, "source": sources[fields["source"]]}) for name, fields in document["terms"].items()
    }


def finance_terms(case: Case) -> FinanceTerms:
    """The terms of the case, defaults where it states none."""
    stated = case.file.finance
    numbers = {name: from_facts(case, finance_default) for name, finance_default in finance_defaults().items()}
    for name, default in numbers.items():
        value = getattr(stated, name)
        if value is not None:
            numbers[name] = replace(default, likely=float(value), source=case.source("finance", name))
    return FinanceTerms(
        numbers=numbers,
        depreciation=stated.depreciation,
        capitalise_build=stated.capitalise_build,
        lease_includes_maintenance=stated.lease_includes_maintenance,
    )


def sla_terms(case: Case) -> SlaTerms | None:
    """Outages and promises as the case states them; None where it states none."""
    stated = case.file.sla
    if stated is None:
        return None
    today = _credits(stated.credits)
    return SlaTerms(
        hosted=_outages(stated.hosted),
        own=_outages(stated.own or stated.hosted),
        credits=today,
        penalties=tuple(PenaltyTier(**dict(penalty)) for penalty in stated.penalties),
        target_coverage=float(stated.target_coverage),
        higher_tier=_higher(stated.higher_tier, today),
    )


def _credits(tiers: Sequence[agreements.CreditTier]) -> tuple[CreditTier, ...]:
    return tuple(CreditTier(**dict(each)) for each in tiers)


def _outages(stated: agreements.Outages | agreements.HigherTier) -> Outages:
    hours = stated.hours_per_outage
    if isinstance(hours, Stated):
        return Outages(per_month=stated.outages_per_month, hours=hours.likely, long_hours=hours.high)
    return Outages(per_month=stated.outages_per_month, hours=hours)


def _higher(stated: agreements.HigherTier | None, today: tuple[CreditTier, ...]) -> HigherTier | None:
    if stated is None:
        return None
    own = _credits(stated.credits) or today
    return HigherTier(price_per_month=stated.price_per_month, outages=_outages(stated), credits=own)


def sla_inputs(case: Case, modes: Sequence[str], inputs: Mapping[str, Input]) -> dict[str, Input]:
    """What the terms mean for each option; a credit that is stated as an amount is the incumbent's alone."""
    terms = sla_terms(case)
    if terms is None:
        amount = inputs[CREDITS]
        if not amount.likely:
            return {}
        return {CREDITS: replace(amount, likely=along(OPTION, [amount.likely, *([0.0] * (len(modes) - 1))]))}
    sides = [terms.hosted if mode in BOUGHT else terms.own for mode in modes]
    hours = {side: expected_hours(downtime(side)) for side in set(sides)}
    owed = {side: expected_penalty(side, terms.penalties) for side in set(sides)}
    return {
        "outage_hours_per_month": case_input(
            case, "outage_hours_per_month", along(OPTION, [hours[side] for side in sides]), "sla"
        ),
        "sla_penalties_per_month": case_input(
            case, "sla_penalties_per_month", along(OPTION, [owed[side] for side in sides]), "sla", "penalties"
        ),
        "expected_credit_share": case_input(
            case, "expected_credit_share", expected_credit_share(terms.hosted, terms.credits), "sla", "credits"
        ),
    }


def sla_notices(case: Case) -> tuple[Notice, ...]:
    """That our own outages were taken from the API's, when they were."""
    if case.file.sla is None or case.file.sla.own is not None:
        return ()
    what = "Outages of our own service are not stated and are taken to be those of the API."
    return (Notice(what=what, where=str(case.place("sla")), fix="Write sla.own."),)
