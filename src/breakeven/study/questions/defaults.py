"""Every default of a case that moves what an option is worth: of the best bought one and of the best of our own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from breakeven.decision.answers.unsaid import Unsaid
from breakeven.decision.comparison import BASELINE, Comparison, without_idle
from breakeven.decision.risk.sensitivity import tornado
from breakeven.study.case.case import Case
from breakeven.study.judge.assess import comparison_of, worth_by_side
from breakeven.study.judge.chance import worth_of_columns
from breakeven.study.judge.choices import basis_with_all, choices_of
from breakeven.study.judge.left_open import left_open, side_of
from breakeven.study.resolve.resolve import resolve
from breakeven.study.study import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """`hosted_cost`: present value of buying as today over the horizon. `bought`, `own`: defaults by their key."""

    hosted_cost: float
    bought: dict[str, Unsaid]
    own: dict[str, Unsaid]

    def share(self, key: str) -> float:
        """The most that a default moves either option, as a share of the discounted hosted cost."""
        its = (found[key].moves for found in (self.bought, self.own) if key in found)
        return max(map(abs, its), default=0.0) / self.hosted_cost


def defaults_of(case: Case) -> Defaults:
    """Point answers: every drawn input at its mean, fleets as decided; a choice is resolved anew."""
    resolved = resolve(case)
    basis = basis_with_all(resolved)
    basis = replace(basis, choices=choices_of(resolved, "own", worth_by_side))
    comparison = without_idle(comparison_of(basis))
    got = comparison.evaluate(["monthly_cost", "discount_factor"])
    bill = comparison.path(got["monthly_cost"], BASELINE) * comparison.path(got["discount_factor"], BASELINE)
    return Defaults(
        hosted_cost=float(np.sum(bill)),
        bought=_of(basis, comparison, bought=True),
        own=_of(basis, comparison, bought=False),
    )


def _of(basis: Basis, comparison: Comparison, *, bought: bool) -> dict[str, Unsaid]:
    """The defaults of the best column that somebody else runs, or that we do."""
    worth = worth_of_columns(comparison)
    those = [i for i, each in enumerate(basis.columns) if each.mode != "hosted"]
    those = [i for i in those if (side_of(basis, i) == "bought") is bought]
    if not those:
        return {}
    best = max(those, key=lambda i: float(worth[i]))
    return {each.key: each for each in left_open(basis, comparison, best, tornado(comparison, best, basis.inputs))}
