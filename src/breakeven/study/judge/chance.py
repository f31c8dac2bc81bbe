"""How sure, and may we: the options over all draws, and what the gates leave of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.decision.comparison import BASELINE, CRITERION, Comparison, by_option
from breakeven.decision.readiness.gates import Judged, Side, Use, judge_gates
from breakeven.decision.risk.draws import draws
from breakeven.decision.risk.uncertainty import (
    MOST_FINALISTS,
    Finalist,
    OptionOutcome,
    Outcomes,
    Uncertainty,
    finalists,
    simulate,
    uncertainty,
)
from breakeven.numbers.operations import OPTION
from breakeven.study.study import Basis

SEED = 1
SCENARIOS = 2**14


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """The options that were drawn (by column), what came out of each draw and of all, and what the gates say of every
    column.
    """

    columns: tuple[int, ...]
    uncertainty: Uncertainty | None
    gates: tuple[Judged, ...]
    outcomes: Outcomes | None = None

    def outcome(self, option: int) -> OptionOutcome | None:
        """The draws of one column; None where it was not drawn."""
        if self.uncertainty is None or option not in self.columns:
            return None
        return self.uncertainty.options[self.columns.index(option)]

    def to_pay(self, option: int) -> float | None:
        """The chance that one column pays."""
        found = self.outcome(option)
        return None if found is None else found.chance_to_pay.value

    def only_one_left(self, option: int) -> bool:
        """Whether the gates leave this column and no other, buying included."""
        left = [i for i, judged in enumerate(self.gates) if judged.verdict != "fail"]
        return left == [option]


def chance(basis: Basis, comparison: Comparison, *, scenarios: int) -> Chance:
    """Draw the finalists; `scenarios` 0 draws nothing."""
    gates = tuple(judged_gates(basis, option) for option in range(len(basis.columns)))
    if not scenarios:
        return Chance(columns=(), uncertainty=None, gates=gates)
    columns, found = drawn(basis, comparison, scenarios)
    return Chance(columns=columns, uncertainty=uncertainty(found), gates=gates, outcomes=found)


def drawn(basis: Basis, comparison: Comparison, scenarios: int = SCENARIOS) -> tuple[tuple[int, ...], Outcomes]:
    """The finalists' columns and their outcomes over all draws: the same draws for everybody, by a fixed seed."""
    columns = final_columns(comparison)
    chosen = [
        Finalist(name=comparison.names[i], option=i, fleet=comparison.fleets[0, 0, i, 0] if i else 0.0) for i in columns
    ]
    random = draws(basis.inputs, scenarios=scenarios, seed=SEED)
    return tuple(columns), simulate(finalists(comparison, chosen), basis.inputs, random)


def final_columns(comparison: Comparison) -> list[int]:
    """Buying everything, and the options with the highest net present value at likely values."""
    worth = by_option(comparison.evaluate([CRITERION])[CRITERION], len(comparison.names), 1)[0]
    order = [int(i) for i in np.argsort(-worth, kind="stable") if i != BASELINE]
    return [BASELINE, *sorted(order[: MOST_FINALISTS - 1])]


def judged_gates(basis: Basis, option: int) -> Judged:
    """What the case's gates say of one column."""
    return judge_gates(basis.gates, uses_of(basis, option))


def uses_of(basis: Basis, option: int) -> list[Use]:
    """Which sides see the data of each workload. A hybrid uses both; canary and nights are switched off by the case."""
    moved = np.asarray(basis.inputs["moved"].likely)
    return [
        Use(workload=each.name, sides=sides(moved, i, option, hybrid=basis.columns[option].hybrid))
        for i, each in enumerate(basis.demand.workloads)
    ]


def sides(moved: np.ndarray, workload: int, option: int, *, hybrid: bool) -> frozenset[Side]:
    """The sides that one workload uses under one option."""
    row = moved[0, min(workload, moved.shape[1] - 1), min(option, moved.shape[OPTION] - 1), 0, 0]
    if not row:
        return frozenset({"hosted"})
    return frozenset({"self-hosting", "hosted"} if hybrid else {"self-hosting"})


def all_uses(basis: Basis) -> Sequence[Sequence[Use]]:
    """The uses of every column."""
    return [uses_of(basis, option) for option in range(len(basis.columns))]
