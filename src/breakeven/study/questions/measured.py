"""A study again with what was measured since: inputs take their measured values, gates their answers.

Measured beats published beats modelled beats assumed; what was not measured stays as the study had it. Fleets that
the case does not state follow the new numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from breakeven.decision.comparison import BASELINE
from breakeven.decision.readiness.gates import Gate, GateVerdict, Side
from breakeven.numbers.inputs import Input, Source, expected
from breakeven.numbers.operations import OPTION, WORKLOAD, Value, along
from breakeven.problems import Problem
from breakeven.study.case.sections import limits
from breakeven.study.judge.assess import judged_on
from breakeven.study.modes import FLEETS
from breakeven.study.resolve.buying.gates import is_quality
from breakeven.study.resolve.serving.fleets_by_month import fleets_that_follow
from breakeven.study.study import Basis, OptionStudy, Study

QUALITY_SIDE: Side = "open model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One input as it was measured: a number, or one for each workload that was looked at.

    `how`: it `is` that, it is that much more than it was (`adds`), or that many times what it was (`times`).
    """

    name: str
    value: float | Mapping[str, float]
    source: str
    date: str
    how: Literal["is", "adds", "times"] = "is"


def with_measured(basis: Basis, found: Mapping[str, Measurement]) -> Basis:
    """The basis with these measurements. Raises `Problem` for an input that it has not."""
    inputs = dict(basis.inputs)
    for name, measurement in found.items():
        if name not in inputs:
            raise Problem(f'"{name}" is no input of the study', fix="See docs/reference/inputs.md.")
        inputs[name] = as_measured(inputs[name], measurement, workloads_of(basis))
    return with_fleets(replace(basis, inputs=inputs))


def as_measured(one: Input, measurement: Measurement, workloads: tuple[str, ...]) -> Input:
    """The input at its measured value, without a range: what is drawn is what is not known."""
    source = Source(title=measurement.source, date=measurement.date)
    if isinstance(measurement.value, Mapping):
        seen = along(WORKLOAD, [float(name in measurement.value) for name in workloads])
        by_workload = along(WORKLOAD, [measurement.value.get(name, 0.0) for name in workloads])
        likely: Value = np.where(seen > 0, _now(one.likely, measurement.how, by_workload), one.likely)
    else:
        likely = _now(one.likely, measurement.how, float(measurement.value))
    likely = np.clip(likely, *limits(measurement.name))  # a ratio must not carry a share past the whole
    return replace(
        one, likely=likely, low=None, high=None, distribution="fixed", kind="measured", source=source, known_from=None
    )


def _now(before: Value, how: str, value: Value) -> Value:
    if how == "times":
        return before * value
    return before + value if how == "adds" else before * 0.0 + value


def with_fleets(basis: Basis) -> Basis:
    """Fleets of options that are sized, sized again; hybrids and stated fleets stay."""
    modes = [each.mode for each in basis.columns]
    follow = fleets_that_follow(modes, expected(basis.inputs), basis.header.horizon_months)
    stays = along(OPTION, [float(each.hybrid or each.fixed) for each in basis.columns])
    return replace(basis, fleets=np.where(stays > 0, basis.fleets, follow))


def with_quality(basis: Basis, verdicts: Mapping[str, GateVerdict], evidence: str) -> Basis:
    """The gates on quality answered by what a shadow run showed, a gate a workload that was judged."""
    kept = [gate for gate in basis.gates if not _answered(gate, verdicts)]
    new = [
        Gate(name="quality", verdict=verdict, side=QUALITY_SIDE, workload=name, first=True, evidence=evidence)
        for name, verdict in verdicts.items()
    ]
    unjudged = [name for name in workloads_of(basis) if name not in verdicts]
    whole = [gate for gate in basis.gates if _is_quality(gate) and gate.workload is None]
    new += [replace(gate, workload=name) for gate in whole for name in unjudged]
    return replace(basis, gates=(*kept, *new))


def judged_with(
    basis: Basis, found: Mapping[str, Measurement], verdicts: Mapping[str, GateVerdict], evidence: str
) -> Study:
    """The study of a basis with what was measured."""
    answered = with_quality(basis, verdicts, evidence) if verdicts else basis
    return judged_on(with_measured(answered, found) if found else answered)[0]


def own_option(study: Study) -> int | None:
    """The column of the best option that holds a fleet; None where there is none."""
    held = [i for i, each in enumerate(study.basis.columns) if i != BASELINE and each.mode in FLEETS]
    return max(held, key=lambda i: study.options[i - 1].expected_net_present_value, default=None)


def of_column(study: Study, column: int) -> OptionStudy:
    """What the study says of a column that is not the baseline."""
    return study.options[column - 1]


def workloads_of(basis: Basis) -> tuple[str, ...]:
    """The workloads by name."""
    return tuple(each.name for each in basis.demand.workloads)


def _is_quality(gate: Gate) -> bool:
    return is_quality(gate.name) and gate.side == QUALITY_SIDE and gate.host is None


def _answered(gate: Gate, verdicts: Mapping[str, GateVerdict]) -> bool:
    return _is_quality(gate) and (gate.workload is None or gate.workload in verdicts)
