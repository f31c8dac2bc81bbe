"""Which option of a changed case the answer is about, from the classes that are known so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.decision.answers.verdict import Answer, Class, TwoSteps
from breakeven.decision.comparison import Comparison
from breakeven.decision.risk.regret import robust_choice
from breakeven.numbers.distributions import Floats
from breakeven.study.judge.answer import answer, best_of, none_taken, taken, two_steps
from breakeven.study.judge.assess import NEARLY, allowed
from breakeven.study.judge.chance import Chance
from breakeven.study.study import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Classed:
    """What an option is chosen by."""

    verdict: Class
    expected_net_present_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The answer, the column that it is about, and whether that is better than to keep today's model."""

    answer: Answer
    best: int
    wins: bool
    steps: TwoSteps


def chosen(
    basis: Basis,
    comparison: Comparison,
    classed: Sequence[Classed],
    drawn: Chance,
    worth: Floats,
    *,
    benefits: Floats | None = None,
) -> Chosen:
    """By the rule of a study. `worth`: net present value of every column; `classed`: all columns but the first.

    `benefits`: of every column at the plan and at the demands that are looked at, where they are known.
    """
    near = NEARLY * float(worth.max())
    usable = allowed(classed, drawn)
    robust = robust_choice(comparison, tolerance=near, allowed=usable, expected=worth, benefits=benefits)
    best = best_of(basis, classed, robust.recommended)
    wins = taken(classed[best - 1], robust.recommended)
    return Chosen(
        answer=answer(basis.columns[best]) if wins else none_taken(drawn.gates, classed),
        best=best,
        wins=wins,
        steps=two_steps(basis, classed),
    )
