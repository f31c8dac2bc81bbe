"""Changed inputs: what may be asked, where the values then stand, and the basis that a study of them rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from breakeven.decision.answers.flips import RATES, moved_to
from breakeven.numbers.inputs import Input, KnownFrom, Source, bounds, expected, mean_value, own_ranges
from breakeven.numbers.operations import OPTION, Value, along
from breakeven.problems import Problem, nearest
from breakeven.study.judge.hybrids import with_fitted_options
from breakeven.study.recomputing.prepared import VOLUME, Prepared
from breakeven.study.resolve.serving.fleets_by_month import fleets_that_follow
from breakeven.study.study import Basis, DemandSummary

Changes = Mapping[str, float]

VOLUMES = ("input_mtok_per_month", "output_mtok_per_month")  # what a multiple of the plan multiplies
NEAR = 1e-12  # relative: a mean that misses its place by less is there
MOST_STEPS = 24
CHANGED = Source(title="changed on the board", date="")


def key_of(changes: Changes) -> str:
    """A short hash of the changes, whatever their order: the same changes of one case have one answer."""
    text = json.dumps({name: float(to) for name, to in changes.items()}, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def checked(prepared: Prepared, changes: Changes) -> dict[str, float]:
    """The changes that change something. Raises `Problem` for what cannot be changed, or not to that value."""
    known = prepared.changeable
    for name, to in changes.items():
        if name not in known:
            raise Problem(f'the input "{name}" cannot be changed here', fix=nearest(name, known))
        if not np.isfinite(to):
            raise Problem(f"{name}: {to} is no number that an input can have")
        if broken := known[name].bounds.broken_by(float(to)):
            raise Problem(f"{name}: {broken}")
    return {name: float(to) for name, to in changes.items() if to != known[name].stands}


def changed_values(prepared: Prepared, changes: Changes) -> dict[str, Value]:
    """Where every input stands: each changed one at its value, told by its largest element; its others move with it."""
    values = dict(prepared.values)
    for name, to in checked(prepared, changes).items():
        for each in VOLUMES if name == VOLUME else (name,):
            values[each] = values[each] * to if name == VOLUME else moved_to(each, values[each], to)
    return values


def changed_basis(prepared: Prepared, changes: Changes, *, ranges: bool = True) -> Basis:
    """What a study of the changed case rests on: ranges move with their inputs, and all that is fitted is fitted anew.

    `ranges` off: the changed inputs stand where they are put, without a range; no draw may rest on it.
    """
    basis, stands = prepared.basis, changed_values(prepared, changes)
    make = shifted if ranges else fixed
    moved = {name: make(name, basis.inputs[name], at) for name, at in stands.items() if at is not prepared.values[name]}
    scale = checked(prepared, changes).get(VOLUME, 1.0)
    changed = replace(basis, inputs={**basis.inputs, **moved}, demand=at_volume(basis.demand, scale))
    return with_fitted_options(refitted(changed))


def refitted(basis: Basis) -> Basis:
    """The basis with the fleets that its inputs ask for; those that the case states stay."""
    modes = [column.mode for column in basis.columns]
    fleets = fleets_that_follow(modes, expected(basis.inputs), basis.header.horizon_months)
    stated = along(OPTION, [float(column.fixed) for column in basis.columns])
    return replace(basis, fleets=np.where(stated > 0, basis.fleets, fleets))


def at_volume(demand: DemandSummary, scale: float) -> DemandSummary:
    """The demand with every workload's month multiplied."""
    month = ("requests_per_month", "input_mtok_per_month", "output_mtok_per_month")
    workloads = [replace(one, **{name: getattr(one, name) * scale for name in month}) for one in demand.workloads]
    return replace(demand, workloads=tuple(workloads))


def shifted(name: str, one: Input, stands: Value) -> Input:
    """The input whose mean stands elsewhere, its range moved along: in proportion, of a rate by as much, and of a share
    above its mean in proportion to what is left to one. Without a range where none fits so near to its bound.
    """
    wanted = aim = float(np.max(stands))
    for _ in range(MOST_STEPS if one.uncertain else 0):
        moved = aimed(name, one, aim)
        if moved is None:
            break
        missed = wanted - float(np.max(mean_value(name, moved)))
        if abs(missed) <= NEAR * max(abs(wanted), 1.0):
            return moved
        aim += missed
    return fixed(name, one, stands)


def fixed(name: str, one: Input, stands: Value) -> Input:  # noqa: ARG001 - as `shifted`
    """The input at a value, without a range."""
    return replace(one, likely=stands, low=None, high=None, source=CHANGED, known_from=None)


def aimed(name: str, one: Input, to: float) -> Input | None:
    """The input and its range moved so that its mean is at `to` where means move as values do; None where none can."""
    start = float(np.max(mean_value(name, one)))
    assert one.low is not None
    assert one.high is not None
    is_share = bounds(one)[1] == 1.0
    if not start or (is_share and to >= 1):
        return None

    def moved(value: Value) -> Value:
        if name in RATES:
            return value + (to - start)
        if is_share and to > start and not np.ndim(one.likely):
            return 1 - (1 - value) * (1 - to) / (1 - start)
        there = value * (to / start)
        return np.minimum(there, 1.0) if is_share else there

    low, high = float(moved(one.low)), float(moved(one.high))
    known = known_anew(one, moved)
    return replace(one, likely=moved(one.likely), low=low, high=high, source=CHANGED, known_from=known)


def known_anew(one: Input, moved: Callable[[Value], Value]) -> np.ndarray | None:
    """How the elements of a changed input are known: their own ranges, moved; nothing where they have none."""
    if own_ranges(one) is None:
        return None

    def each_anew(each: KnownFrom) -> KnownFrom:
        assert each.low is not None
        assert each.high is not None
        return replace(each, low=float(moved(each.low)), high=float(moved(each.high)), source=CHANGED)

    assert one.known_from is not None
    return np.asarray(np.frompyfunc(each_anew, 1, 1)(one.known_from))
