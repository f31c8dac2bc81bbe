"""Contradictions in what a case says of service levels, finance and the hosts that gates ask about."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.decision.finance.outages import MOST_HOURS
from breakeven.facts.catalog import hosted_hosts
from breakeven.problems import Problem, nearest
from breakeven.study.case.places import Document, Keys
from breakeven.study.case.schema import CaseFile, Stated
from breakeven.study.case.terms.agreements import HigherTier, Outages

TWICE = {"outage_hours_per_month": "sla.hosted", "sla_credits_per_month": "sla.credits"}
LOSS = "loss_per_outage_hour"


def agreement_problems(case: CaseFile, document: Document) -> Iterator[Problem]:
    """Everything in these parts that contradicts something else."""
    yield from _service_levels(case, document)
    yield from _lease(case, document)
    yield from _hosts(case, document)


def _service_levels(case: CaseFile, document: Document) -> Iterator[Problem]:
    if case.sla is None:
        return
    for section in ("compliance", "assumptions"):
        for name in sorted(TWICE.keys() & getattr(case, section).keys()):
            what = f"{section}.{name}: is given twice, the other time as {TWICE[name]}"
            yield Problem(what, where=document.key(section, name), fix="Keep one of the two.")
    if LOSS not in case.compliance | case.assumptions:
        what = "sla: what an hour of outage costs you is not stated, so credits and losses cannot be compared"
        yield Problem(what, where=document.key("sla"), fix=f"Write it as compliance: {{{LOSS}: …}}.")
    for name in ("hosted", "own", "higher_tier"):
        stated: Outages | HigherTier | None = getattr(case.sla, name)
        if stated is not None:
            yield from _hours(("sla", name), stated, document)


def _hours(keys: Keys, stated: Outages | HigherTier, document: Document) -> Iterator[Problem]:
    hours, where = stated.hours_per_outage, document.value(*keys, "hours_per_outage")
    dotted = ".".join(map(str, keys))
    for name in ("low", "likely", "high"):
        value = getattr(hours, name, None)
        if value is not None and value <= 0:
            yield Problem(f"{dotted}.hours_per_outage.{name}: must be above 0: {value:g}", where=where)
    likely = hours.likely if isinstance(hours, Stated) else hours
    if stated.outages_per_month * likely > MOST_HOURS:
        what = f"{dotted}: {stated.outages_per_month:g} outages of {likely:g} hours are more than half of a month"
        yield Problem(what, where=where, fix="Give outages a month, and hours for one of them.")


def _lease(case: CaseFile, document: Document) -> Iterator[Problem]:
    owned = any(each.mode == "owned" for each in case.self_hosting.purchase)
    if case.finance.lease_payment_per_gpu_month is not None and not owned:
        what = "finance.lease_payment_per_gpu_month: nothing is bought, so there is nothing to lease instead"
        fix = "Add {mode: owned} to self_hosting.purchase, or remove it."
        yield Problem(what, where=document.key("finance", "lease_payment_per_gpu_month"), fix=fix)


def _hosts(case: CaseFile, document: Document) -> Iterator[Problem]:
    for i, gate in enumerate(case.gates):
        if gate.host is None:
            continue
        where = document.value("gates", i, "host")
        if gate.applies_to != "hosted":
            what = f"gates.{i}.host: a gate on self-hosting has no host"
            yield Problem(what, where=where, fix="Remove it, or write applies_to: hosted.")
        elif gate.host.lower() not in hosted_hosts():
            what = f'gates.{i}.host: there is no host "{gate.host}". {nearest(gate.host, hosted_hosts())}'
            yield Problem(what.strip(), where=where, fix="`breakeven facts prices` lists the hosts.")
