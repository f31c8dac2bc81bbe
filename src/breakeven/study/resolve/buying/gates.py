"""The gates of a case: those it states, its list of hosts, and what must be answered although the case is silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from breakeven.decision.answers.rivals import RivalTerms
from breakeven.decision.readiness.gates import Gate, host_of
from breakeven.facts.records import OpenModel
from breakeven.study.case import schema
from breakeven.study.case.case import Case
from breakeven.study.resolve.buying.same_weights import is_same
from breakeven.study.resolve.demand import Use as Bought

QUALITY = "quality"
ALL_OTHERS = "*"
REFUSED = "hosts.refuse"


def gates_of(case: Case, workloads: Sequence[Bought], model: OpenModel, ways: Iterable[RivalTerms]) -> tuple[Gate, ...]:
    """Every gate; one on quality is asked of the open model, wherever it runs."""
    stated = [_stated(each) for each in case.file.gates]
    known = {host_of(use.hosted_model) for use in workloads}
    others = [host_of(each.model) or each.name for each in ways if each.kind != "frontier"]
    others += [each.host.lower() if each.host else each.name or "" for each in case.file.self_hosting.purchase
               if each.mode == "dedicated"]  # fmt: skip
    hosts = dict.fromkeys(each for each in others if each not in known)
    return (*stated, *_quality(stated, workloads, model), *_hosts(case, stated, [*hosts, *known]))


def is_quality(name: str) -> bool:
    """Whether a gate asks if the model is good enough, by its name."""
    return QUALITY in name.lower().split()


def _stated(gate: schema.Gate) -> Gate:
    quality = is_quality(gate.name)
    return Gate(
        name=gate.name,
        verdict=gate.verdict,
        side="open model" if quality else gate.applies_to,
        workload=gate.workload,
        host=gate.host.lower() if gate.host else None,
        first=quality,
        evidence=gate.evidence,
    )


def _quality(stated: Sequence[Gate], workloads: Sequence[Bought], model: OpenModel) -> Iterator[Gate]:
    """Quality is unknown for every workload that is another model today, where the case does not speak of it."""
    answered = {gate.workload for gate in stated if gate.side == "open model" and gate.host is None}
    moving = [use for use in workloads if not use.stated.stays_on_api]
    changing = [use.name for use in moving if not is_same(use.hosted_model or "", model)]
    silent = [] if None in answered else [name for name in changing if name not in answered]
    named = [None] if silent and len(silent) == len(moving) else silent
    evidence = "the case says nothing of it"
    yield from (
        Gate(name=QUALITY, verdict="unknown", side="open model", workload=name, first=True, stated=False,
             evidence=evidence)
        for name in named
    )  # fmt: skip


def _hosts(case: Case, stated: Sequence[Gate], hosts: Iterable[str]) -> Iterator[Gate]:
    """Whether each host may be bought from. One is vetted when it is allowed, a gate on it passes, or we buy there."""
    allow = {known_host.lower() for known_host in case.file.hosts.allow}
    refuse = {known_host.lower() for known_host in case.file.hosts.refuse}
    others = ALL_OTHERS in refuse
    passes = {gate.host for gate in stated if gate.host and gate.verdict == "pass"}
    today = {host_of(workload.hosted_model) for workload in case.file.workloads} | {host_of(case.file.hosted_model)}
    for host in hosts:
        if host in refuse or (others and host not in allow | today):
            yield Gate(name=REFUSED, verdict="fail", side="hosted", host=host, stated=False,
                       evidence="hosts.refuse")  # fmt: skip
        elif host not in allow | passes | today:
            yield Gate(name=f"host {host}", verdict="unknown", side="hosted", host=host, first=True, stated=False,
                       evidence="neither in hosts.allow nor by a gate that passes")  # fmt: skip
