"""What the engine says of a study: every input and line as arrays, ready to be looked up element by element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from breakeven.decision.comparison import Comparison
from breakeven.numbers.distributions import Floats
from breakeven.numbers.operations import AXES, MONTH, OPTION, STEP, WORKLOAD, Value
from breakeven.study.judge.assess import comparison_of
from breakeven.study.register import full_model
from breakeven.study.study import Basis, Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The engine's values by name, with the replicas as decided, and `needed`: the replicas that demand asks for."""

    comparison: Comparison
    values: Mapping[str, Value]
    needed: Value

    def axes(self, name: str) -> frozenset[int]:
        """The axes along which a value has more than one element."""
        shape = np.shape(self.values[name])
        return frozenset(axis for axis in AXES if shape and shape[axis] > 1)

    def size(self, name: str, axis: int) -> int:
        """How many elements a value has along an axis."""
        shape = np.shape(self.values[name])
        return int(shape[axis]) if shape else 1

    def at(self, name: str, *, option: int = 0, workload: int = 0, month: int = 0) -> float:
        """One element of a line or input."""
        return element(self.values[name], option=option, workload=workload, month=month)

    def of_option(self, name: str, option: int) -> Floats:
        """Every element of a line for one option."""
        array = np.asarray(self.values[name], dtype=float)
        return array[:, :, min(option, array.shape[OPTION] - 1)] if array.ndim else array

    def path(self, name: str, option: int) -> Floats:
        """A line of one option over the months."""
        return np.asarray(self.comparison.path(self.values[name], option), dtype=float)


def element(value: Value, *, option: int = 0, workload: int = 0, step: int = 0, month: int = 0) -> float:
    """One element; an axis of length one is the same everywhere."""
    array = np.asarray(value, dtype=float)
    if not array.ndim:
        return float(array)
    asked = {OPTION: option, WORKLOAD: workload, STEP: step, MONTH: month}
    return float(array[tuple(min(asked.get(axis, 0), array.shape[axis] - 1) for axis in AXES)])


def engine_of(study: Study) -> Engine:
    """Every line of a study with every drawn input at its mean."""
    basis = known(study.basis)
    comparison = comparison_of(basis)
    needed = comparison.model.evaluate(comparison.values, ["replicas"])["replicas"]
    with np.errstate(all="ignore"):
        lines = comparison.evaluate()
    return Engine(comparison=comparison, values={**comparison.values, **lines}, needed=needed)


def known(basis: Basis) -> Basis:
    """The basis with those inputs that the lines ask for; others stand in the workbook and do nothing."""
    asked = full_model().inputs
    return replace(basis, inputs={name: one for name, one in basis.inputs.items() if name in asked})
