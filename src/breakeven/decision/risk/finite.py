"""Which line gave no number, and which drawn input made it: for lines that divide, take roots or are a user's own."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from breakeven.decision.comparison import Comparison
from breakeven.decision.risk.draws import Draws, at
from breakeven.numbers.inputs import Input
from breakeven.numbers.lines import Values
from breakeven.problems import Problem


def not_finite(comparison: Comparison, inputs: Mapping[str, Input], drawn: Draws, row: int, criterion: str) -> Problem:
    """Tell the first line without a number in this draw, and the input whose drawn value takes it away."""
    values = at(comparison.values, inputs, drawn, slice(row, row + 1))
    line = first_without_number(comparison, values, criterion)
    guilty = [
        name
        for name in drawn.names
        if first_without_number(comparison, values | {name: comparison.values[name]}, criterion) != line
    ]
    if guilty:
        name = guilty[0]
        return Problem(
            f'line "{line}" gives no number when {name} is {drawn.values[name][row]:g} (draw {row + 1})',
            where=f"inputs: {name}",
            fix=f"Narrow the range {inputs[name].low:g} to {inputs[name].high:g}, or mend the line.",
        )
    needs = comparison.model.lines[line].needs if line in comparison.model.lines else ()
    empty = [need for need in needs if need in values and not np.isfinite(np.asarray(values[need], dtype=float)).all()]
    return Problem(
        f'line "{line}" gives no number (draw {row + 1})',
        where=", ".join(empty or needs),
        fix="Look at what it divides by, and at the inputs it needs.",
    )


def first_without_number(comparison: Comparison, values: Values, criterion: str) -> str:
    """The first line, in the order of computation, that is not finite; empty when all are."""
    order = comparison.model.ancestors([criterion], {*values, "replicas"})
    numbers = {  # in NumPy's floats, which divide by zero without a word
        name: np.float64(value) if isinstance(value, int | float) else value
        for name, value in {**comparison.values, **values}.items()
    }
    with np.errstate(all="ignore"):
        got = comparison.evaluate(order, **numbers)
    return next((name for name in order if not np.isfinite(np.asarray(got[name], dtype=float)).all()), "")
