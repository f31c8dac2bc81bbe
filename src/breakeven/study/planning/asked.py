"""What is asked of every target of a plan: of what is bought, and of each fleet what the verdict would ask of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from breakeven.decision.readiness.gates import OURS, host_of
from breakeven.decision.readiness.gates import Gate as JudgedGate
from breakeven.plan.portfolio import PlanGate
from breakeven.study.case.case import Case
from breakeven.study.case.schema import Gate
from breakeven.study.case.terms.migration import FleetGate, PlanFleet
from breakeven.study.resolve.buying.gates import is_quality, serves
from breakeven.study.resolve.resolve import Resolved


def asked_of_bought(case: Case, bought: Mapping[str, str]) -> Iterator[PlanGate]:
    """The gates of the case on what is bought today. `bought`: the API model behind every target that is bought; a gate
    that names a host is asked of what is bought there, and of nothing else.
    """
    for gate in case.file.gates:
        if gate.applies_to != "hosted" or is_quality(gate.name):
            continue
        there = (at for at, model in bought.items() if gate.host and host_of(model) == gate.host.lower())
        for target in [*there] if gate.host else [None]:
            yield replace(_asked(gate, target), on_api=True)


def gates_of_fleet(base: Resolved, index: int) -> Iterator[Gate]:
    """The case's gates that concern a fleet: what it says of the quality is said of its own open model."""
    same = serves(base.case, index, base.serving.model)
    yield from (each for each in base.case.file.gates if same or not is_quality(each.name))


def asked_of_fleet(resolved: Resolved, one: PlanFleet, target: str) -> Iterator[PlanGate]:
    """What is asked of a fleet: what the verdict would ask of it alone, and its own reasons."""
    for gate in resolved.gates:
        if gate.side in OURS and gate.host is None:
            yield _asked(gate, target)
    for own in one.gates:
        if not is_quality(own.name):
            yield _asked(own, target)


def _asked(gate: Gate | JudgedGate | FleetGate, target: str | None) -> PlanGate:
    return PlanGate(name=gate.name, verdict=gate.verdict, workload=gate.workload, target=target, evidence=gate.evidence)
