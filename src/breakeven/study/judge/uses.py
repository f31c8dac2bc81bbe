"""Which sides, and which host, see the data of each workload under each option: what its gates are asked of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from breakeven.decision.answers.rivals import RivalTerms
from breakeven.decision.readiness.gates import Judged, Side, Use, host_of, judge_gates
from breakeven.numbers.operations import OPTION
from breakeven.study.modes import BOUGHT
from breakeven.study.study import Basis, WorkloadSummary

ELSEWHERE: frozenset[Side] = frozenset({"hosted", "open model"})


def as_today(workload: WorkloadSummary) -> Use:
    """A workload that is bought as today."""
    return Use(workload=workload.name, sides=frozenset({"hosted"}), host=host_of(workload.hosted_model))


def bought_from(basis: Basis, terms: RivalTerms | None) -> list[Use]:
    """The uses of buying what may move elsewhere; None: all as today."""
    if terms is None:
        return [as_today(each) for each in basis.demand.workloads]
    host, sides = host_of(terms.model), ELSEWHERE if terms.same_quality else frozenset[Side]({"hosted"})
    hosts = {host_of(each.hosted_model) for each in basis.demand.workloads}
    return [
        as_today(each) if each.stays_on_api else Use(workload=each.name, sides=sides, host=host, as_today=host in hosts)
        for each in basis.demand.workloads
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
            sides: frozenset[Side] = frozenset({"self-hosting", "open model"})
            burst: frozenset[Side] = frozenset({"hosted"} if column.hybrid else ())
            made.append(Use(workload=workload.name, sides=sides | burst, host=today.host))
    return made


def all_uses(basis: Basis) -> Sequence[Sequence[Use]]:
    """The uses of every column."""
    return [uses_of(basis, option) for option in range(len(basis.columns))]


def judged_columns(basis: Basis) -> tuple[Judged, ...]:
    """What the gates say of every column."""
    return tuple(judge_gates(basis.gates, its) for its in all_uses(basis))
