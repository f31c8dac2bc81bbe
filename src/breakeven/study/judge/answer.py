"""The answer of a study: the best of all that one can do, what to answer before, and where the saving comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from breakeven.decision.answers.flips import Flip
from breakeven.decision.answers.verdict import PAYS, Answer, Class, TwoSteps, Verdict
from breakeven.decision.comparison import BASELINE
from breakeven.decision.readiness.gates import Judged
from breakeven.decision.risk.uncertainty import OptionOutcome
from breakeven.study.modes import BOUGHT
from breakeven.study.study import Basis, Column, OptionStudy

NEAR = 0.25  # a change smaller than this may well happen to an input whose range nobody knows
HALF = 0.5  # chance to pay below which most draws lose


class Classed(Protocol):
    """What an option has to have to be chosen among others."""

    @property
    def verdict(self) -> Class: ...

    @property
    def expected_net_present_value(self) -> float: ...


def verdict(basis: Basis, options: Sequence[OptionStudy], gates: Sequence[Judged], recommended: int) -> Verdict:
    """One rule for every option that is not today's: the best is named; what is to be answered first holds it back."""
    at = best_of(basis, options, recommended)
    option, column = options[at - 1], basis.columns[at]
    wins = taken(option, recommended)
    commit = wins and may_commit(option, may_stay=gates[BASELINE].verdict != "fail")
    today = at if commit else until_then(basis, options)
    turning = [flip for flip in option.flips if flip.at is not None and flip.name in basis.inputs]
    nearest = [flip for flip in turning[:3] if could_turn(flip)] if option.verdict != "INFEASIBLE" else []
    return Verdict(
        option=today,
        name=basis.columns[today].name,
        answer=answer(column) if wins else none_taken(gates, options),
        commit=commit or not wins,
        first=option.depth.gates.first if wins else (),
        verdict=option.verdict,
        best_option=at,
        steps=two_steps(basis, options),
        rests_on_assumptions=tuple(flip.name for flip in nearest if basis.inputs[flip.name].kind == "assumed"),
    )


def best_of(basis: Basis, found: Sequence[Classed], recommended: int) -> int:
    """The column that the answer is about: the recommended one, else the one worth most that is not today's model."""
    forced = [i for i, each in enumerate(found, 1) if each.verdict == "FORCED"]
    if forced:
        return forced[0]
    if basis.columns[recommended].mode != "hosted":
        return recommended
    others = [i for i in range(1, len(basis.columns)) if basis.columns[i].mode != "hosted"]
    return max(others, key=lambda i: (found[i - 1].verdict != "INFEASIBLE", found[i - 1].expected_net_present_value))


def taken(it: Classed, recommended: int) -> bool:
    """Whether an option is better than to keep today's model, or all that is left."""
    return it.verdict == "FORCED" or (it.verdict in PAYS and recommended != BASELINE)


def may_commit(it: OptionStudy, *, may_stay: bool = True) -> bool:
    """Whether nothing has to be answered first; who is forced cannot wait for an answer."""
    return not held_back(it.verdict, it.depth.gates, it.depth.chance, may_stay=may_stay)


def held_back(verdict: Class, gates: Judged, chance: OptionOutcome | None, *, may_stay: bool) -> bool:
    """Whether something has to be answered before an option is committed to, or it loses in most draws.

    `may_stay` False: today's API fails a gate, so there is nothing to wait on.
    """
    return verdict != "FORCED" and may_stay and (bool(gates.first) or in_most_draws(verdict, chance))


def loses_mostly(it: OptionStudy) -> bool:
    """It pays on average, and loses in more than half of the draws."""
    return in_most_draws(it.verdict, it.depth.chance)


def in_most_draws(verdict: Class, chance: OptionOutcome | None) -> bool:
    """The same of a class and a chance."""
    return verdict == "FRAGILE" and chance is not None and chance.chance_to_pay.value < HALF


def until_then(basis: Basis, found: Sequence[OptionStudy]) -> int:
    """The column to be on while the best one waits: the best that may be committed to, else today's model."""
    ready = [i for i, each in enumerate(found, 1) if each.verdict in PAYS and may_commit(each)]
    ready = [i for i in ready if basis.columns[i].mode != "hosted"]
    return max(ready, key=lambda i: found[i - 1].expected_net_present_value, default=BASELINE)


def answer(column: Column) -> Answer:
    """What an option comes to."""
    if column.mode in BOUGHT:
        return "BUY ELSEWHERE"
    return "OWN THE BASE, BURST THE REST" if column.hybrid else "SELF-HOST"


def none_taken(gates: Sequence[Judged], found: Sequence[Classed]) -> Answer:
    """What it comes to where nothing is better than today's model, which may itself be forbidden."""
    nothing_left = gates[BASELINE].verdict == "fail" and all(each.verdict == "INFEASIBLE" for each in found)
    return "NO COMPLIANT OPTION" if nothing_left else "KEEP BUYING"


def two_steps(basis: Basis, options: Sequence[Classed]) -> TwoSteps:
    """Another model first, then serving it yourself: each the best column of its kind that may be taken."""
    worth = {
        i: option.expected_net_present_value for i, option in enumerate(options, 1) if option.verdict != "INFEASIBLE"
    }
    own = max((i for i in worth if basis.columns[i].mode not in BOUGHT), key=worth.__getitem__, default=None)
    buys = {
        i: value for i, value in worth.items() if basis.columns[i].mode in BOUGHT and basis.columns[i].mode != "hosted"
    }
    if not basis.serving.other_models:  # today's model is the one we would serve
        buys[BASELINE] = 0.0
    bought = max(buys, key=buys.__getitem__, default=None)
    return TwoSteps(
        bought=bought,
        own=own,
        another_model=None if bought is None else buys[bought],
        serving_it_yourself=None if bought is None or own is None else worth[own] - buys[bought],
    )


def could_turn(flip: Flip) -> bool:
    """Whether a flip may well happen: it lies within the input's range, or near where none is known."""
    return flip.plausible == "within its range" or (flip.plausible == "no range known" and flip.size <= NEAR)
