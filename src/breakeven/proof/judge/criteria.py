"""The criteria of a shadow run as pairs of tests: one that lets it go on, one that sends it back.

GO needs every criterion (an intersection-union test: each at α, no correction). One that fails alone sends it back, so
each alarm is at α over their number (Bonferroni). A criterion that holds in one of two ways tests each way at α/2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from breakeven.proof.judge.betting import Bets, Floats, Side, bets, updated
from breakeven.proof.judge.counters import Count, count, counted
from breakeven.proof.judge.moments import NOTHING, Moments, added
from breakeven.proof.judge.registration import NoWorse, Terms
from breakeven.proof.records.pairs import Columns

Test = Bets | Count
State = Literal["passed", "alarm", "open", "no data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing that must hold. Any of `go` passes it, all of `alarm` together fail it: each a test and its column.

    `limit` is what the mean of the column `name` is held against, `side` where it must lie. `seen` sums that column.
    """

    name: str
    limit: float
    side: Side
    go: tuple[tuple[str, Test], ...]
    alarm: tuple[tuple[str, Test], ...]
    seen: Moments = NOTHING

    @property
    def state(self) -> State:
        """An alarm is told before all else."""
        if not self.seen.count:
            return "no data"
        if all(test.rejected for _, test in self.alarm):
            return "alarm"
        return "passed" if any(test.rejected for _, test in self.go) else "open"

    @property
    def reached(self) -> float:
        """The share of the evidence for GO that was reached at best; 1 and more: passed."""
        return max((test.best / test.level for _, test in self.go), default=0.0)

    def harmed(self, alpha: float) -> bool:
        """Whether the alarm would sound at α, without a correction for the other criteria."""
        needed = -float(np.log(alpha))
        return bool(self.seen.count) and all(test.best >= needed for _, test in self.alarm)


def criteria_of(terms: Terms) -> tuple[Criterion, ...]:
    """All criteria of a workload, before anything was seen."""
    alpha = terms.alpha / guardrails(terms)
    failures = (
        _no_worse("failed", terms.errors, terms, alpha),
        _no_worse("invalid", terms.invalid_json, terms, alpha),
    )
    promises = (
        Criterion(
            name=promise_column(place),
            limit=promise.share,
            side="below",
            go=((promise_column(place), _rate("below", promise.share, terms.alpha, terms)),),
            alarm=((promise_column(place), _rate("above", promise.share, alpha, terms)),),
        )
        for place, promise in enumerate(terms.promises)
    )
    return (_quality("quality", terms, alpha), *failures, *promises)


def guardrails(terms: Terms) -> int:
    """How many alarms may sound: quality, errors, invalid JSON, each promise, and the strata together."""
    return 3 + len(terms.promises) + int(terms.by_stratum)


def stratum_of(terms: Terms, place: int) -> Criterion:
    """The alarm of the stratum that was seen as the `place`-th, from 0: α/2, α/4, … of what all strata have."""
    alpha = terms.alpha / guardrails(terms) / 2 ** min(place + 1, 40)
    return _quality(f"stratum {place}", terms, alpha)


def advanced(criterion: Criterion, values: Mapping[str, Floats]) -> Criterion:
    """The criterion after these units."""
    known = {name: known_of(values[name]) for name, _ in (*criterion.go, *criterion.alarm)}
    shown = known.get(criterion.name, known[criterion.go[0][0]])
    return replace(
        criterion,
        go=tuple((name, _after(test, known[name])) for name, test in criterion.go),
        alarm=tuple((name, _after(test, known[name])) for name, test in criterion.alarm),
        seen=added(criterion.seen, shown) if shown.size else criterion.seen,
    )


def values_of(units: Columns, terms: Terms) -> dict[str, Floats]:
    """The columns that the tests look at, NaN where one does not apply."""
    columns = {
        "quality": units["score"] - units["reference"],
        "failed": units["failed"],
        "failed over": units["failed"] - terms.errors.times * units["failed_control"],
        "invalid": units["invalid"],
        "invalid over": units["invalid"] - terms.invalid_json.times * units["invalid_control"],
    }
    for place, promise in enumerate(terms.promises):
        measure = units[promise.measure]
        columns[promise_column(place)] = np.where(np.isnan(measure), np.nan, (measure > promise.seconds) * 1.0)
    return columns


def promise_column(place: int) -> str:
    """The name of a promise's column and criterion."""
    return f"promise {place}"


def known_of(values: Floats) -> Floats:
    """The values that apply, in their order."""
    return values[~np.isnan(values)]


def _quality(name: str, terms: Terms, alpha: float) -> Criterion:
    """The score is not worse by the margin. `alpha`: of the alarm."""
    return Criterion(
        name=name,
        limit=-terms.margin,
        side="above",
        go=(("quality", bets("above", limit=-terms.margin, alpha=terms.alpha)),),
        alarm=(("quality", bets("below", limit=-terms.margin, alpha=alpha)),),
    )


def _no_worse(name: str, limit: NoWorse, terms: Terms, alpha: float) -> Criterion:
    """Failures at most `times` those of the control (paired: a bet on the difference), or below a floor."""
    over, half = f"{name} over", terms.alpha / 2
    return Criterion(
        name=name,
        limit=limit.floor,
        side="below",
        go=((over, _over("below", limit, half)), (name, _rate("below", limit.floor, half, terms))),
        alarm=((over, _over("above", limit, alpha)), (name, _rate("above", limit.floor, alpha, terms))),
    )


def _over(side: Side, limit: NoWorse, alpha: float) -> Bets:
    return bets(side, limit=0.0, alpha=alpha, low=-limit.times, high=1.0)


def _rate(side: Side, limit: float, alpha: float, terms: Terms) -> Test:
    """By counts where each unit is one request; a mean over a session's requests is no count, and is bet on."""
    if terms.cluster == "none":
        return count(side, limit=limit, alpha=alpha)
    return bets(side, limit=limit, alpha=alpha, low=0.0, high=1.0)


def _after(test: Test, values: Floats) -> Test:
    if not values.size:
        return test
    return updated(test, values) if isinstance(test, Bets) else counted(test, values > 0.5)
