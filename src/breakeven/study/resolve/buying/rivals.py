"""The fair rivals of a case: the same weights at the cheapest host that may be used, and a frontier model it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from breakeven.decision.answers.rivals import Refused, RivalTerms
from breakeven.decision.readiness.gates import Gate, Judged, Use, judge_gates
from breakeven.demand.demand import Demand
from breakeven.facts.catalog import hosted_models
from breakeven.facts.records import OpenModel
from breakeven.problems import Problem
from breakeven.study.case import schema
from breakeven.study.case.case import Case
from breakeven.study.resolve.buying.hosted import FIELDS, Price, price_of, stacked_multiplier
from breakeven.study.resolve.buying.same_weights import FREE, at_list_price, bought_as, is_same
from breakeven.study.resolve.buying.spend import Bill
from breakeven.study.resolve.demand import Use as Bought


def rivals(bill: Bill, demand: Demand, model: OpenModel) -> tuple[RivalTerms, ...]:
    """Every rival that is not what the case buys already."""
    found = [*_same_weights(bill, demand, model), *_frontier(bill, model)]
    return tuple(each for each in found if any(each.changes) or each.model not in _incumbents(bill.workloads))


def _incumbents(workloads: Iterable[Bought]) -> set[str]:
    return {str(use.hosted_model) for use in workloads if not use.stated.stays_on_api}


def _same_weights(bill: Bill, demand: Demand, model: OpenModel) -> Iterator[RivalTerms]:
    """The cheapest host of these weights that fails no gate; cheaper ones that do are told."""
    refused: list[Refused] = []
    names = [name for name in hosted_models() if is_same(name, model) and FREE not in name]
    for _, name in sorted(at_list_price(bill, demand, names)):
        judged = judged_host(bill.case, name, bill.workloads)
        if judged.verdict != "fail":
            yield _terms(bill, name, judged, same=True, refused=tuple(refused))
            return
        refused.append(Refused(model=name, because=judged.failed))


def _frontier(bill: Bill, model: OpenModel) -> Iterator[RivalTerms]:
    name = bill.case.file.hosted.frontier_model
    if name is not None:
        yield _terms(bill, name, judged_host(bill.case, name, bill.workloads), same=is_same(name, model))


def _terms(bill: Bill, name: str, judged: Judged, *, same: bool, refused: tuple[Refused, ...] = ()) -> RivalTerms:
    """List prices of one model at one host, for every workload."""
    prices = [_price(bill.case, use, name) for use in bill.workloads]
    listed = {field: tuple(float(getattr(each, field)) for each in prices) for field in FIELDS}
    listed["batch_cached_multiplier"] = tuple(stacked_multiplier(bill.case, each) for each in prices)
    if same:  # the host counts the open model's own tokens
        listed["tokenizer_ratio"] = tuple(1.0 for _ in prices)
    moving = [float(not use.stated.stays_on_api) for use in bill.workloads]
    other = [float(_short(use.hosted_model) != _short(name)) for use in bill.workloads]
    return RivalTerms(
        kind="frontier" if bill.case.file.hosted.frontier_model == name else "same weights",
        model=name,
        prices=listed,
        source=str(prices[0].source),
        changes=tuple(a * b for a, b in zip(moving, other, strict=True)),
        same_quality=same,
        gates=judged,
        refused=refused,
    )


def _short(name: str | None) -> str:
    return (name or "").rpartition("/")[2].lower()


def _price(case: Case, use: Bought, name: str) -> Price:
    try:
        return price_of(case, bought_as(use, name))
    except Problem as problem:
        where = case.place("hosted", "frontier_model")
        raise Problem(problem.what, where=where, fix=problem.fix) from None


def judged_host(case: Case, name: str, workloads: Sequence[Bought]) -> Judged:
    """What the gates on buying say of a host. What was answered for today's host is unknown of another."""
    host = name.partition("/")[0].lower()
    known = {str(use.hosted_model).partition("/")[0].lower() for use in workloads}
    gates = [_asked_of(each, host, known) for each in of_hosts(case.file.gates, host)]
    uses = [Use(workload=use.name, sides=frozenset({"hosted"})) for use in workloads if not use.stated.stays_on_api]
    return judge_gates(gates, uses)


def of_hosts(gates: Sequence[schema.Gate], host: str) -> list[schema.Gate]:
    """The gates on buying that concern a host: its own answer, where there is one, in place of the general one."""
    hosted = [each for each in gates if each.applies_to == "hosted"]
    own = {(each.name, each.workload) for each in hosted if (each.host or "").lower() == host}
    return [
        each
        for each in hosted
        if (each.host or "").lower() == host or (each.host is None and (each.name, each.workload) not in own)
    ]


def _asked_of(gate: schema.Gate, host: str, known: set[str]) -> Gate:
    answered = gate.host is not None or gate.verdict == "fail" or host in known
    return Gate(name=gate.name, verdict=gate.verdict if answered else "unknown", side="hosted", workload=gate.workload)


def gates_today(case: Case, workloads: Sequence[Bought]) -> tuple[Gate, ...]:
    """The gates on what is bought and served as planned; one on a host concerns the workloads bought there."""
    made = []
    for each in case.file.gates:
        gate = Gate(
            name=each.name, verdict=each.verdict, side=each.applies_to, workload=each.workload, evidence=each.evidence
        )
        if each.host is None:
            made.append(gate)
            continue
        there = [use.name for use in workloads if str(use.hosted_model).partition("/")[0].lower() == each.host.lower()]
        made += [replace(gate, workload=name) for name in there if each.workload in (None, name)]
    return tuple(made)
