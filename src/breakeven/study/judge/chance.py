"""How sure, and may we: the options over all draws, and what the gates leave of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from breakeven.decision.comparison import BASELINE, CRITERION, Comparison, by_option
from breakeven.decision.readiness.gates import Judged
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
from breakeven.numbers.distributions import Floats
from breakeven.numbers.operations import Value
from breakeven.study.judge.uses import judged_columns
from breakeven.study.modes import HELD
from breakeven.study.study import Basis

SEED = 1
SCENARIOS = 2**14


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Net present value of one column: over the draws, and with all drawn inputs at their means but flat prices."""

    expected: float
    at_flat_prices: float


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

    def worth(self, at_point: Floats) -> Floats:
        """Expected net present value of every column: the mean over the draws; at the point where it was not drawn."""
        found = np.array(at_point, dtype=float)
        for option in self.columns:
            outcome = self.outcome(option)
            found[option] = found[option] if outcome is None else outcome.mean.value
        return found

    def compared(self, option: int) -> bool:
        """Whether a column is a finalist; all are where nothing was drawn."""
        return not self.columns or option in self.columns

    def forced(self, worth: Floats) -> int | None:
        """The column worth most of those that the gates leave, where they leave one only or it pays for nothing; None:
        today's model may be kept. `worth`: net present value of every column.
        """
        left = [i for i, judged in enumerate(self.gates) if judged.verdict != "fail"]
        if BASELINE in left or not left:
            return None
        best = max(left, key=lambda i: worth[i])
        return best if len(left) == 1 or worth[best] <= 0 else None


def chance(basis: Basis, comparison: Comparison, *, scenarios: int) -> Chance:
    """Draw the finalists; `scenarios` 0 draws nothing."""
    gates = judged_columns(basis)
    if not scenarios:
        return Chance(columns=(), uncertainty=None, gates=gates)
    columns, found = drawn(basis, comparison, scenarios)
    return Chance(columns=columns, uncertainty=uncertainty(found), gates=gates, outcomes=found)


def drawn(basis: Basis, comparison: Comparison, scenarios: int = SCENARIOS) -> tuple[tuple[int, ...], Outcomes]:
    """The finalists' columns and their outcomes over all draws: the same draws for everybody, by a fixed seed."""
    columns = final_columns(basis, comparison)
    chosen = [
        Finalist(name=comparison.names[i], option=i, fleet=comparison.fleets[0, 0, i, 0] if i else 0.0) for i in columns
    ]
    random = draws(basis.inputs, scenarios=scenarios, seed=SEED)
    return tuple(columns), simulate(finalists(comparison, chosen), basis.inputs, random)


def final_columns(basis: Basis, comparison: Comparison) -> list[int]:
    """Keeping today's model, the best that serves all itself, and those worth most with every input at its mean."""
    worth = worth_of_columns(comparison)
    order = [int(i) for i in np.argsort(-worth, kind="stable") if i != BASELINE]
    whole = [i for i in order if basis.columns[i].mode in HELD and not basis.columns[i].hybrid][:1]
    rest = [i for i in order if i not in whole][: MOST_FINALISTS - 1 - len(whole)]
    return [BASELINE, *sorted([*whole, *rest])]


def worth_of_columns(comparison: Comparison, **changed: Value) -> Floats:
    """Net present value of every column with every drawn input at its mean; `changed` inputs at other values."""
    got = comparison.evaluate([CRITERION], **changed)
    return np.asarray(by_option(got[CRITERION], len(comparison.names), 1)[0])
