"""Two studies held against each other: which inputs differ, and what each alone does to the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from breakeven.decision.verdict import Class
from breakeven.numbers.inputs import Input
from breakeven.numbers.operations import Value
from breakeven.problems import Problem
from breakeven.study.assess import judge
from breakeven.study.study import Basis, Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One input that differs. `verdict_alone`: the first study's verdict if only this input were the second's."""

    name: str
    unit: str
    first: tuple[float, ...]
    second: tuple[float, ...]
    verdict_alone: Class | None
    net_present_value_alone: float

    def turns(self, verdict: Class | None) -> bool:
        """Whether this input alone changes that verdict."""
        return self.verdict_alone != verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """Everything that differs between two studies."""

    first_name: str
    second_name: str
    first_verdict: Class | None
    second_verdict: Class | None
    first_net_present_value: float
    second_net_present_value: float
    inputs: tuple[Difference, ...]


def differences(first: Study, second: Study) -> Differences:
    """Compare two studies of the same options; the inputs that move the net present value most come first."""
    if [each.mode for each in first.basis.columns] != [each.mode for each in second.basis.columns]:
        raise Problem(
            "the two cases have different options, so their columns cannot be compared",
            fix="Give both the same ways to buy GPUs, in the same order.",
        )
    if first.basis.header.horizon_months != second.basis.header.horizon_months:
        raise Problem("the two cases have different horizons", fix="Give both the same horizon_months.")
    base = value_of(first)
    found = sorted(_differing(first, second), key=lambda one: -abs(one.net_present_value_alone - base))
    return Differences(
        first_name=first.basis.header.file,
        second_name=second.basis.header.file,
        first_verdict=first.verdict.verdict,
        second_verdict=second.verdict.verdict,
        first_net_present_value=base,
        second_net_present_value=value_of(second),
        inputs=tuple(found),
    )


def value_of(study: Study) -> float:
    """The net present value of the option the verdict speaks of."""
    return study.options[study.verdict.best_option - 1].horizon.net_present_value


def _differing(first: Study, second: Study) -> Iterator[Difference]:
    for name, one in first.basis.inputs.items():
        other = second.basis.inputs[name]
        if not same(one.likely, other.likely):
            alone = judge(_with(first.basis, name, other))
            yield Difference(
                name=name,
                unit=one.unit,
                first=shown(one.likely),
                second=shown(other.likely),
                verdict_alone=alone.verdict.verdict,
                net_present_value_alone=value_of(alone),
            )
    if not same(first.basis.fleets, second.basis.fleets):
        alone = judge(replace(first.basis, fleets=second.basis.fleets))
        yield Difference(
            name="fleet",
            unit="replica",
            first=shown(first.basis.fleets),
            second=shown(second.basis.fleets),
            verdict_alone=alone.verdict.verdict,
            net_present_value_alone=value_of(alone),
        )


def _with(basis: Basis, name: str, other: Input) -> Basis:
    return replace(basis, inputs={**basis.inputs, name: other})


def same(one: Value, other: Value) -> bool:
    """Whether two values are equal wherever they are looked at."""
    if one is None or other is None:
        return one is other
    try:
        return bool(np.all(np.broadcast_arrays(one, other)[0] == np.broadcast_arrays(one, other)[1]))
    except ValueError:
        return False


def shown(value: Value) -> tuple[float, ...]:
    """The distinct numbers of a value, in order."""
    return tuple(dict.fromkeys(float(each) for each in np.ravel(value))) if value is not None else ()
