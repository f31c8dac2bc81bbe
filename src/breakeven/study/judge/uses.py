"""Which sides, and which host, see the data of each workload under each option: what its gates are asked of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from breakeven.decision.answers.rivals import RivalTerms
from breakeven.decision.readiness.gates import (
    ELSEWHERE,
    OURS,
    Gate,
    GateVerdict,
    Judged,
    Side,
    Use,
    answer,
    applies,
    host_of,
    judge_gates,
)
from breakeven.numbers.operations import OPTION
from breakeven.study.modes import BOUGHT
from breakeven.study.study import Basis, WorkloadSummary


def as_today(workload: WorkloadSummary) -> Use:
    """A workload that is bought as today."""
    return Use(workload=workload.name, sides=frozenset({"hosted"}), host=host_of(workload.hosted_model))


def bought_from(basis: Basis, terms: RivalTerms | None) -> list[Use]:
    """The uses of buying what may move elsewhere; None: all as today."""
    if terms is None:
        return [as_today(workload) for workload in basis.demand.workloads]
    host, sides = host_of(terms.model), ELSEWHERE if terms.same_quality else frozenset[Side]({"hosted"})
    hosts = {host_of(workload.hosted_model) for workload in basis.demand.workloads}
    return [
        Use(workload=workload.name, sides=sides, host=host, as_today=host in hosts)
        if changes or not workload.stays_on_api
        else as_today(workload)
        for workload, changes in zip(basis.demand.workloads, terms.changes, strict=True)
    ]


def uses_of(basis: Basis, option: int) -> list[Use]:
    """The uses of one column. A hybrid uses both sides; where a gate forbids canary and nights, they are off."""
    column, moved = basis.columns[option], np.asarray(basis.inputs["moved"].likely)
    hosts = {host_of(member.hosted_model) for member in basis.demand.workloads}
    made = []
    for i, workload in enumerate(basis.demand.workloads):
        today = as_today(workload)
        if not moved[0, min(i, moved.shape[1] - 1), min(option, moved.shape[OPTION] - 1), 0, 0]:
            made.append(today)
        elif column.mode in BOUGHT:
            host = column.host or column.name
            made.append(Use(workload=workload.name, sides=ELSEWHERE, host=host, as_today=host in hosts))
        else:
            burst: frozenset[Side] = frozenset({"hosted"} if column.hybrid else ())
            made.append(Use(workload=workload.name, sides=OURS | burst, host=today.host))
    return made


def kept_where_it_is(basis: Basis) -> dict[str, tuple[str, ...]]:
    """The workloads that some option would move and does not because they fail a gate of their own, with the gates."""
    kept: dict[str, tuple[str, ...]] = {}
    for option, column in enumerate(basis.columns):
        if column.mode == "hosted":
            continue
        sides = ELSEWHERE if column.mode in BOUGHT else OURS
        for use in uses_of(basis, option):
            if not use.sides & OURS:
                moved = Use(workload=use.workload, sides=sides & OURS)
                failed = [gate.name for gate in basis.gates if gate.verdict == "fail" and gate.workload is not None
                          and gate.host is None and applies(gate, moved)]  # fmt: skip
                if failed:
                    kept[use.workload] = tuple(dict.fromkeys([*kept.get(use.workload, ()), *failed]))
    return kept


def binding_gates(basis: Basis) -> list[Gate]:
    """The gates without those that keep a workload on the API: no option moves it, so they rule none out."""
    kept = kept_where_it_is(basis)
    return [gate for gate in basis.gates if gate.verdict != "fail" or not (
        gate.host is None and gate.side in OURS and gate.name in kept.get(gate.workload or "", ())
    )]  # fmt: skip


def quality_answers(basis: Basis, option: int) -> set[GateVerdict]:
    """What is known of the quality of the open model for the workloads that an option moves; empty: it is not asked."""
    asked = [gate for gate in basis.gates if gate.side == "open model"]
    found = (answer(gate, use, basis.gates) for use in uses_of(basis, option) for gate in asked)
    return {verdict for verdict in found if verdict is not None}


def all_uses(basis: Basis) -> Sequence[Sequence[Use]]:
    """The uses of every column."""
    return [uses_of(basis, option) for option in range(len(basis.columns))]


def judged_columns(basis: Basis) -> tuple[Judged, ...]:
    """What the gates say of every column."""
    return tuple(judge_gates(basis.gates, its) for its in all_uses(basis))
