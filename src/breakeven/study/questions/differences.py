"""Two studies held against each other: which inputs differ, and what each alone does to the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from breakeven.decision.answers.verdict import Class
from breakeven.numbers.inputs import Input, expected
from breakeven.numbers.operations import AXES, DUST, OPTION, WORKLOAD, Value
from breakeven.problems import Problem
from breakeven.study.judge.assess import judge
from breakeven.study.judge.hybrids import as_stated, with_every_option
from breakeven.study.resolve.serving.fleets_by_month import fleets_that_follow
from breakeven.study.study import Basis, Study

TOGETHER = {  # inputs that make no sense one without the other
    "shape of the load": ("peak_over_mean", "load_over_mean", "block_share"),
    "volume tiers": ("tier_price_step", "tier_from_mtok", "tiers_are_slabs"),
    "months since the cut-over": ("live", "first_month"),
}

FEWER = 2**10  # draws for each of the many studies of a comparison


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

    currency: str
    first_name: str
    second_name: str
    first_verdict: Class | None
    second_verdict: Class | None
    first_net_present_value: float
    second_net_present_value: float
    inputs: tuple[Difference, ...]


def differences(first: Study, second: Study) -> Differences:
    """Compare two studies of the same options; the inputs that move the net present value most come first."""
    one, other = as_stated(first.basis), as_stated(second.basis)
    _refuse_unlike(one, other)
    first, second = again(one), again(other)
    base = value_of(first)
    changes = sorted(_differing(one, other), key=lambda change: -abs(change.net_present_value_alone - base))
    return Differences(
        currency=first.basis.header.currency,
        first_name=first.basis.header.file,
        second_name=second.basis.header.file,
        first_verdict=first.verdict.verdict,
        second_verdict=second.verdict.verdict,
        first_net_present_value=base,
        second_net_present_value=value_of(second),
        inputs=tuple(changes),
    )


def again(basis: Basis) -> Study:
    """The study of a basis with the owned bases it deserves, on fewer draws: enough to class it."""
    return judge(with_every_option(basis), scenarios=FEWER)


def _refuse_unlike(first: Basis, second: Basis) -> None:
    """What is not alike in both cannot be held against each other."""
    pairs = [
        ("different options", [column.mode for column in first.columns], [column.mode for column in second.columns]),
        ("different horizons", first.header.horizon_months, second.header.horizon_months),
        ("different currencies", first.header.currency, second.header.currency),
    ]
    fixes = ("the same ways to buy GPUs, in the same order", "the same horizon_months", "the same currency")
    for (what, one, other), fix in zip(pairs, fixes, strict=True):
        if one != other:
            raise Problem(f"the two cases have {what} and cannot be compared", fix=f"Give both {fix}.")


def value_of(study: Study) -> float:
    """The net present value of the option the verdict speaks of."""
    return study.options[study.verdict.best_option - 1].expected_net_present_value


def _differing(first: Basis, second: Basis) -> Iterator[Difference]:
    for name, members in _groups(first, second):
        changed = {each: second.inputs[each] for each in members}
        if not all(same(first.inputs[each].likely, changed[each].likely) for each in members):
            alone = again(_with(first, changed))
            yield _difference(name, first.inputs[members[0]], changed[members[0]].likely, alone)
    if not (_follows(first) and _follows(second)) and not same(first.fleets, second.fleets):
        alone = again(replace(first, fleets=second.fleets))
        yield _difference("fleet", replace(first.inputs["spare_replicas"], likely=first.fleets), second.fleets, alone)


def _groups(first: Basis, second: Basis) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The inputs by name; those that make no sense apart under one name."""
    groups = dict(TOGETHER)
    if _workloads(first) != _workloads(second):
        wide = [name for name in first.inputs if WORKLOAD in {*_axes(first, name), *_axes(second, name)}]
        groups["workloads"] = ("input_mtok_per_month", *(n for n in wide if n != "input_mtok_per_month"))
    grouped = {each for members in groups.values() for each in members}
    yield from groups.items()
    yield from ((name, (name,)) for name in first.inputs if name not in grouped)


def _workloads(basis: Basis) -> int:
    return int(np.shape(basis.inputs["input_mtok_per_month"].likely)[WORKLOAD])


def _axes(basis: Basis, name: str) -> list[int]:
    shape = np.shape(basis.inputs[name].likely)
    return [axis for axis in AXES if shape and shape[axis] > 1]


def _difference(name: str, one: Input, other: Value, alone: Study) -> Difference:
    return Difference(
        name=name,
        unit=one.unit,
        first=shown(one.likely),
        second=shown(other),
        verdict_alone=alone.verdict.verdict,
        net_present_value_alone=value_of(alone),
    )


def _fleets(basis: Basis) -> Value:
    modes = [each.mode for each in basis.columns]
    return fleets_that_follow(modes, expected(basis.inputs), basis.header.horizon_months)


def _follows(basis: Basis) -> bool:
    """Whether the fleet is what the demand asks for, not one that the case states."""
    return same(basis.fleets, _fleets(basis))


def _with(basis: Basis, changed: Mapping[str, Input]) -> Basis:
    """The basis with some inputs changed; a fleet that follows the demand follows."""
    moved = replace(basis, inputs={**basis.inputs, **changed})
    return replace(moved, fleets=_fleets(moved)) if _follows(basis) else moved


def same(one: Value, other: Value) -> bool:
    """Whether two values are equal wherever they are looked at, float dust apart."""
    if one is None or other is None:
        return one is other
    try:
        return bool(np.allclose(one, other, rtol=DUST, atol=0))
    except ValueError:
        return False


def shown(value: Value) -> tuple[float, ...]:
    """The distinct numbers of a value, in order; of one by option those of the options, not the baseline's."""
    if np.ndim(value) and np.shape(value)[OPTION] > 1:
        value = value[..., 1:, :, :]
    return tuple(dict.fromkeys(float(each) for each in np.ravel(value))) if value is not None else ()
