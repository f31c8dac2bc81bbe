"""What follows a point answer: exact crossings and a first set of draws, then the whole study.

Each is asked of the same changes and told under the same key, and each may be stopped between its parts: `between` is
called there, and may raise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from breakeven.decision.answers.break_even import VolumeBreakEven, price_break_even
from breakeven.decision.answers.halves import half_tests
from breakeven.decision.answers.verdict import Answer, Class, Facts, Margin, TwoSteps, classify, margin
from breakeven.decision.comparison import BASELINE, Comparison, without_idle
from breakeven.decision.risk.uncertainty import OptionOutcome
from breakeven.study.judge.answer import held_back
from breakeven.study.judge.assess import comparison_of, go_on, judged_on
from breakeven.study.judge.chance import Chance, chance, worth_of_columns
from breakeven.study.judge.option_study import break_evens, facts_of, of_kind, volume_of_option, with_smaller_base
from breakeven.study.questions.flips import Turning, turning
from breakeven.study.questions.value_of_information import Knowing, knowing
from breakeven.study.recomputing.changes import Changes, changed_basis, key_of
from breakeven.study.recomputing.choosing import Classed, chosen
from breakeven.study.recomputing.prepared import Prepared
from breakeven.study.study import BreakEvens, Column, Study

FEW = 2**10  # draws of the second tier


@dataclass(frozen=True, slots=True, kw_only=True)
class CloserOption:
    """One option that is not the first, over some draws. `chance`: None where it is no finalist. `break_evens` and
    `margin`: None where its crossings were not asked for; a class LOSES may then be NEVER.
    """

    key: str
    name: str
    verdict: Class
    expected_net_present_value: float
    chance: OptionOutcome | None
    break_evens: BreakEvens | None
    margin: Margin | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloserAnswer:
    """The second tier. `best`: key of the option that the answer is about; `first`: its gates to answer before."""

    key: str
    scenarios: int
    options: tuple[CloserOption, ...]
    answer: Answer
    best: str
    commit: bool
    first: tuple[str, ...]
    steps: TwoSteps


def closer(
    prepared: Prepared, changes: Changes, *, keys: Collection[str] | None = None, between: Callable[[], None] = go_on
) -> CloserAnswer:
    """Classes with a chance to pay, over 1,024 draws, and every crossing in volume of some options.

    `keys`: the options whose crossings are wanted; None: of the one that the answer is about, and of the best of our
    own. All numbers but those that rest on the draws are those of `judge` on the changed case.
    """
    basis = changed_basis(prepared, changes)
    comparison = without_idle(comparison_of(basis))
    got, month = comparison.evaluate(), basis.header.month - 1
    drawn = chance(basis, comparison, scenarios=FEW)
    worth = drawn.worth(worth_of_columns(comparison))
    between()
    facts = {
        option: facts_of(
            basis,
            comparison,
            got,
            option,
            of_kind(column, tests),
            chance=drawn,
            worth=float(worth[option]),
            forced=option == drawn.forced(worth),
        )
        for option, (column, tests) in enumerate(zip(basis.columns, half_tests(comparison, month), strict=True))
        if option
    }
    at_first = [
        Classed(verdict=classify(option_facts, None), expected_net_present_value=option_facts.net_present_value)
        for option_facts in facts.values()
    ]
    which = chosen(basis, comparison, at_first, drawn, worth)
    asked = {basis.columns[i].key for i in (which.best, which.steps.own) if i} if keys is None else {*keys}
    volumes = {}
    for option in facts:
        if basis.columns[option].key in asked:
            volumes[option] = volume_of_option(basis, comparison, option)
            between()
    options = [
        closer_option(
            comparison, option, basis.columns[option], facts=option_facts, volume=volumes.get(option), drawn=drawn
        )
        for option, option_facts in facts.items()
    ]
    best, gates = options[which.best - 1], drawn.gates[which.best]
    held = held_back(best.verdict, gates, drawn.outcome(which.best), may_stay=drawn.gates[BASELINE].verdict != "fail")
    return CloserAnswer(
        key=key_of(changes),
        scenarios=FEW,
        options=tuple(options),
        answer=which.answer,
        best=best.key,
        commit=not which.wins or not held,
        first=gates.first if which.wins else (),
        steps=which.steps,
    )


def closer_option(
    comparison: Comparison, option: int, column: Column, *, facts: Facts, volume: VolumeBreakEven | None, drawn: Chance
) -> CloserOption:
    """One option, its crossings where they were asked for."""
    crossings = None if volume is None else volume.crossings
    return CloserOption(
        key=column.key,
        name=column.name,
        verdict=classify(with_smaller_base(facts, volume), crossings),
        expected_net_present_value=facts.net_present_value,
        chance=drawn.outcome(option),
        break_evens=None if volume is None else break_evens(volume, price_break_even(comparison, option)),
        margin=None if crossings is None else margin(crossings),
    )


def whole(
    prepared: Prepared, changes: Changes, *, between: Callable[[], None] = go_on
) -> Iterator[Study | Turning | Knowing]:
    """The third tier, part by part: the study of the changed case on all draws, with every flip; which two inputs turn
    its answer together; and what it is worth to know more.
    """
    study, drawn = judged_on(changed_basis(prepared, changes), between=between)
    yield study
    between()
    yield turning(study, study.verdict.best_option)
    between()
    yield knowing(study, chance=drawn)
