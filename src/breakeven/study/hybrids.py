"""The owned base with burst, as further options: for each way to hold GPUs the best number of replicas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from breakeven.decision.hybrid import Ladder, ladder
from breakeven.numbers.inputs import Input, likely
from breakeven.numbers.operations import OPTION, Value
from breakeven.study.register import full_model
from breakeven.study.study import Basis, Column

HELD = ("rented", "owned")  # modes in which GPUs are held by the month


def with_hybrids(basis: Basis) -> Basis:
    """The same basis with a column for the best owned base of each held fleet, where it is another fleet."""
    ladders = {option: found for option in range(1, len(basis.columns)) if (found := best_base(basis, option))}
    order, columns, fleets = [], [], []
    for option, column in enumerate(basis.columns):
        order.append(option)
        columns.append(column)
        fleets.append(basis.fleets[..., [option], :, :])
        if option in ladders:
            rung = ladders[option].rungs[top(ladders[option])]
            order.append(option)
            columns.append(Column(name=hybrid_name(column.name, rung.replicas), mode=column.mode, hybrid=True))
            fleets.append(np.full_like(fleets[-1], rung.replicas))
    inputs = {name: reordered(one, order) for name, one in basis.inputs.items()}
    return replace(basis, columns=tuple(columns), inputs=inputs, fleets=np.concatenate(fleets, axis=OPTION))


def without_hybrids(basis: Basis) -> Basis:
    """The basis with the case's own options only."""
    order = [i for i, each in enumerate(basis.columns) if not each.hybrid]
    return replace(
        basis,
        columns=tuple(basis.columns[i] for i in order),
        inputs={name: reordered(one, order) for name, one in basis.inputs.items()},
        fleets=basis.fleets[..., order, :, :],
    )


def best_base(basis: Basis, option: int) -> Ladder | None:
    """The ladder of one option, if a smaller fleet with burst beats serving everything; else None."""
    column = basis.columns[option]
    if column.mode not in HELD or column.fixed:
        return None
    found = ladder(full_model(), likely(basis.inputs), option, basis.header.month - 1)
    whole = float(np.max(basis.fleets[..., option, :, :]))
    best = found.rungs[top(found)]
    everything = next((each for each in found.rungs if each.replicas == whole), found.rungs[-1])
    return found if best.replicas < whole and best.net_present_value > everything.net_present_value else None


def top(found: Ladder) -> int:
    """The rung with the highest net present value, the smaller of two equals."""
    return int(np.argmax([each.net_present_value for each in found.rungs]))


def hybrid_name(name: str, replicas: float) -> str:
    """What the column is called."""
    return f"{name}, {replicas:g} replica{'s' if replicas != 1 else ''} + API"


def reordered(one: Input, order: Sequence[int]) -> Input:
    """An input with its option axis in the order of the new columns."""
    value: Value = one.likely
    if isinstance(value, np.ndarray) and value.ndim and value.shape[OPTION] > 1:
        return replace(one, likely=value[..., list(order), :, :])
    return one
