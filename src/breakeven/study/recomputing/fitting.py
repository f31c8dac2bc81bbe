"""What is fitted to changed inputs, at the point: fleets, owned bases, contracts, and what the gates say of them.

Where no contract has committed units and the case states no fleet, nothing but numbers is made anew: every line that no
fleet moves is evaluated once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from breakeven.decision.comparison import Comparison, of_options, without_idle
from breakeven.decision.readiness.gates import Judged
from breakeven.numbers.operations import Value
from breakeven.study.judge.assess import comparison_of
from breakeven.study.judge.bought import reordered
from breakeven.study.judge.hybrids import based, bases_of, in_units
from breakeven.study.judge.uses import judged_columns
from breakeven.study.recomputing.changes import Changes, changed_basis, changed_values
from breakeven.study.recomputing.prepared import Prepared
from breakeven.study.register import full_model
from breakeven.study.resolve.serving.fleets_by_month import that_stay
from breakeven.study.study import Basis

FLEET = "replicas"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The columns of a changed case, side by side where they stand. Of `basis` the inputs are those before the change.

    `anew`: what each fleet is sized to where a replica serves half as much.
    """

    basis: Basis
    comparison: Comparison
    gates: tuple[Judged, ...]
    anew: Value


def fitted(prepared: Prepared, changes: Changes) -> Fitted:
    """A changed case with all that is fitted to it. Raises `Problem`."""
    if in_units(prepared.basis) or any(column.fixed for column in prepared.basis.columns):
        basis = changed_basis(prepared, changes, ranges=False)
        comparison = without_idle(comparison_of(basis))
        speed = comparison.values["replica_tokens_per_second"]
        anew = comparison.sized_anew(replica_tokens_per_second=speed / 2)
        return Fitted(basis=basis, comparison=comparison, gates=judged_columns(basis), anew=anew)
    return quickly(prepared, changed_values(prepared, changes))


def quickly(prepared: Prepared, values: Mapping[str, Value]) -> Fitted:
    """The same of a case whose fleets all follow from its inputs."""
    basis, model = prepared.basis, full_model()
    months, count = basis.header.horizon_months, len(basis.columns)
    given = without_idle(Comparison(model=model, names=(), values=values, fleets=0.0, months=months)).values
    got = model.evaluate(given, [*no_fleet_moves(frozenset(given)), FLEET])
    needed = got.pop(FLEET)
    wide = np.broadcast_to(needed, (1, 1, count, 1, months))
    fleets = that_stay([column.mode for column in basis.columns], values, wide)
    speed = values["replica_tokens_per_second"] / 2
    halved = np.broadcast_to(model.evaluate({**given, "replica_tokens_per_second": speed}, [FLEET])[FLEET], wide.shape)
    bases = bases_of(basis.columns, {**given, **got}, fleets, months)
    order = [place for i in range(count) for place in ([i, i] if i in bases else [i])]
    fixed = frozenset(at + 1 for at, i in enumerate(order[:-1]) if order[at + 1] == i)
    columns = tuple(
        based(basis.columns[i], bases[i]) if at in fixed else basis.columns[i] for at, i in enumerate(order)
    )
    held, anew = of_options(fleets, order), of_options(halved, order)
    for at in fixed:
        held[0, 0, at, 0] = anew[0, 0, at, 0] = bases[order[at]]
    comparison = Comparison(
        model=model,
        names=tuple(column.name for column in columns),
        values={name: of_options(value, order) for name, value in given.items()},
        fleets=held,
        months=months,
        fixed=fixed,
    )
    return Fitted(
        basis=replace(basis, columns=columns, fleets=held),
        comparison=comparison,
        gates=gates_of(prepared, order, fixed),
        anew=anew,
    )


@cache
def no_fleet_moves(given: frozenset[str]) -> tuple[str, ...]:
    """The lines that are the same whatever fleet is held, in their order; `given` are not computed."""
    model, moved = full_model(), {FLEET}
    for name, line in model.lines.items():
        if name != FLEET and not moved.isdisjoint(line.needs):
            moved.add(name)
    return tuple(name for name in model.lines if name not in moved | given)


def gates_of(prepared: Prepared, order: list[int], fixed: frozenset[int]) -> tuple[Judged, ...]:
    """What the gates say of the columns, which no input changes; remembered by which bases are among them."""
    key = tuple(order)
    if key not in prepared.judged:
        basis, moved = prepared.basis, reordered(prepared.basis.inputs["moved"], order)
        columns = [replace(basis.columns[i], hybrid=at in fixed) for at, i in enumerate(order)]
        prepared.judged[key] = judged_columns(
            replace(basis, columns=tuple(columns), inputs={**basis.inputs, "moved": moved})
        )
    return prepared.judged[key]
