"""From units of a shadow run to a verdict: GO, NOT YET, ROLLBACK, NO-GO or INCONCLUSIVE.

ROLLBACK as soon as one criterion's alarm sounds. GO when every criterion has passed and the least days are over. After
the most days without GO: NO-GO where harm shows without the correction for many alarms, else INCONCLUSIVE: it is not
known to be worse, nor known to be good enough, and does not move.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

import numpy as np

from breakeven.proof.judge.criteria import Criterion, advanced, criteria_of, known_of, stratum_of, values_of
from breakeven.proof.judge.moments import NOTHING, Moments, added
from breakeven.proof.judge.registration import Terms
from breakeven.proof.judge.sample import margin_shown, pairs_needed
from breakeven.proof.records.pairs import Columns

Verdict = Literal["GO", "NOT YET", "ROLLBACK", "NO-GO", "INCONCLUSIVE"]
APPLIES_ONLY_WHERE_SEEN = ("invalid",)  # a workload that asks for no JSON has none that could be invalid
Stratum = tuple[str, Criterion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """All that is known after some units; the same whatever batches they came in. Days count from 0, the first."""

    terms: Terms
    criteria: tuple[Criterion, ...]
    strata: tuple[Stratum, ...]
    noise: Moments = NOTHING
    reference: Moments = NOTHING
    first_day: int | None = None
    last_day: int | None = None
    units: int = 0
    left_out: int = 0  # units after the last day that counts

    @property
    def days(self) -> int:
        """Days from the first unit to the last, both included."""
        return 0 if self.first_day is None or self.last_day is None else self.last_day - self.first_day + 1


def judging(terms: Terms, strata: Sequence[str] = ()) -> Judging:
    """Before the first unit. `strata`: by name, the first seen first."""
    named = strata if terms.by_stratum else ()
    return Judging(
        terms=terms,
        criteria=criteria_of(terms),
        strata=tuple((name, stratum_of(terms, place)) for place, name in enumerate(named)),
    )


def judged(state: Judging, batches: Iterable[Columns]) -> Judging:
    """After these units, in order of time."""
    for batch in batches:
        state = _after(state, batch)
    return state


def _after(state: Judging, batch: Columns) -> Judging:
    days = batch["day"]
    if not days.size:
        return state
    first = int(days[0]) if state.first_day is None else state.first_day
    within = days < first + state.terms.days.most
    units = {name: column[within] for name, column in batch.items()}
    values = values_of(units, state.terms)
    strata = []
    for place, (name, criterion) in enumerate(state.strata):
        mine = units["stratum"] == place
        strata.append((name, advanced(criterion, {"quality": values["quality"][mine]})))
    last = int(max(days.max(), first if state.last_day is None else state.last_day))
    return replace(
        state,
        criteria=tuple(advanced(criterion, values) for criterion in state.criteria),
        strata=tuple(strata),
        noise=_summed(state.noise, units["noise"]),
        reference=_summed(state.reference, units["reference"]),
        first_day=first,
        last_day=last,
        units=state.units + int(within.sum()),
        left_out=state.left_out + int((~within).sum()),
    )


def _summed(moments: Moments, values: np.ndarray) -> Moments:
    known = known_of(values)
    return added(moments, known) if known.size else moments


def verdict_of(state: Judging) -> Verdict:
    """What follows from what was seen."""
    terms, criteria = state.terms, state.criteria
    if any(criterion.state == "alarm" for criterion in (*criteria, *(criterion for _, criterion in state.strata))):
        return "ROLLBACK"
    passed = all(criterion.state == "passed" or not applies(criterion) for criterion in criteria)
    if passed and state.days >= terms.days.least:
        return "GO"
    if state.days < terms.days.most:
        return "NOT YET"
    return "NO-GO" if any(criterion.harmed(terms.alpha) for criterion in criteria) else "INCONCLUSIVE"


def applies(criterion: Criterion) -> bool:
    """Whether it is one at all for this workload."""
    return bool(criterion.seen.count) or criterion.name not in APPLIES_ONLY_WHERE_SEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Before the start and on the way: pairs that equal quality needs to pass, what the planned or seen pairs can
    show, and how many more pairs and days the quality test is likely to take; None: not known, or not at this rate.
    """

    needed: int
    shown: float | None
    pairs_left: int | None
    days_left: int | None


def outlook(state: Judging, *, power: float = 0.8) -> Outlook:
    """With the spread and the pairs a day as seen, or as registered where too little was seen."""
    terms, seen = state.terms, state.criteria[0].seen
    enough = seen.count >= 100 and seen.deviation
    deviation = seen.deviation if enough and seen.deviation else terms.deviation
    per_day = seen.count / state.days if state.days and seen.count else terms.pairs_per_day
    needed = pairs_needed(margin=terms.margin, deviation=deviation, alpha=terms.alpha, power=power)
    most = None if per_day is None else per_day * terms.days.most
    shown = None if most is None else margin_shown(pairs=most, deviation=deviation, alpha=terms.alpha, power=power)
    above = terms.margin + (seen.mean or 0.0 if enough else 0.0)
    if state.criteria[0].state == "passed":
        left: int | None = 0
    elif above <= 0:
        left = None
    else:
        left = max(pairs_needed(margin=above, deviation=deviation, alpha=terms.alpha, power=power) - seen.count, 0)
    days = None if left is None or not per_day else ceil(left / per_day)
    return Outlook(needed=needed, shown=shown, pairs_left=left, days_left=days)
