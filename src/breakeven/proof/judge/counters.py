"""Is a rate above, or below, a limit? Tests that need only counts: failures among requests, slow ones, canary's share.

The evidence is the mean likelihood ratio over all rates beyond the limit, each as likely as the other (a beta mixture;
Robbins 1970; Lindon and Malek, NeurIPS 2022): with s failures in n

    E = B(s+1, n-s+1) (1 - I_p(s+1, n-s+1)) / ((1-p) p^s (1-p)^(n-s))

It rises with each failure and falls with each success, so the largest is reached right after a failure: only there is
it looked at, and what is found is the same however the counts came in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import betaincc, betaln, xlogy

from breakeven.problems import Problem
from breakeven.proof.judge.betting import Floats, level_of

LEAST_TAIL = 1e-250
ROUNDING = 1e-9
AT_ONCE = 256  # tops that are looked at together for the first that passes


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One test: the null says that the rate of events is not on `side` of `limit`. The rest is as in `Bets`."""

    side: Literal["above", "below"]
    limit: float
    level: float
    trials: int = 0
    events: int = 0
    best: float = 0.0
    crossed_at: int = 0

    @property
    def evidence(self) -> float:
        """The logarithm of the evidence against the null, now."""
        return float(log_evidence(self.side, self.events, self.trials, self.limit))

    @property
    def rejected(self) -> bool:
        """Whether the null was ever rejected at α."""
        return self.crossed_at > 0


def count(side: Literal["above", "below"], *, limit: float, alpha: float) -> Count:
    """A test that has seen nothing. Raises `Problem` where the limit is no rate between 0 and 1."""
    if not 0 < limit < 1:
        raise Problem(f"the limit {limit:g} is no rate between 0 and 1")
    return Count(side=side, limit=limit, level=level_of(alpha))


def log_evidence(side: str, events: npt.ArrayLike, trials: npt.ArrayLike, limit: float) -> Floats:
    """The logarithm of E; arrays broadcast. "below" is "above" of what did not happen."""
    s, n = np.asarray(events, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    s, p = (s, limit) if side == "above" else (n - s, 1 - limit)
    tail = betaincc(s + 1, n - s + 1, p)
    exact = betaln(s + 1, n - s + 1) + np.log(np.maximum(tail, LEAST_TAIL))
    exact = exact - np.log1p(-p) - s * np.log(p) - (n - s) * np.log1p(-p)
    falls = np.maximum((n * p - s) / (p * (1 - p)), 1.0)  # far below the limit the ratio falls like exp(-falls x)
    found: Floats = np.where(tail > LEAST_TAIL, exact, -np.log(falls) - np.log1p(-p))
    return found


def counted(state: Count, happened: npt.ArrayLike) -> Count:
    """The test after these trials, in their order: true where the event happened."""
    seen = np.atleast_1d(np.asarray(happened, dtype=bool))
    if not seen.size:
        return state
    trials = state.trials + np.arange(1, seen.size + 1)
    events = state.events + np.cumsum(seen)
    if state.side == "above":
        tops = np.flatnonzero(seen)
    else:
        tops = np.union1d(np.flatnonzero(seen[1:]), [seen.size - 1])  # just before an event, and now
    most = largest_evidence(state.side, events[tops], trials[tops], state.limit)
    best = _best(state, events[tops], trials[tops], most)
    reached = tops[(most >= state.level - ROUNDING) & (best >= state.level)]
    crossed = state.crossed_at or _first(state, events, trials, reached)
    return replace(
        state, trials=state.trials + seen.size, events=state.events + int(seen.sum()), best=best, crossed_at=crossed
    )


def largest_evidence(side: str, events: npt.ArrayLike, trials: npt.ArrayLike, limit: float) -> Floats:
    """What no rate beyond the limit can exceed: the logarithm of the likelihood ratio of the rate as seen. Cheap."""
    n = np.asarray(trials, dtype=np.float64)
    s, p = (np.asarray(events, dtype=np.float64), limit) if side == "above" else (n - np.asarray(events), 1 - limit)
    rate = np.maximum(s / n, p)
    found: Floats = xlogy(s, rate / p) + xlogy(n - s, (1 - rate) / (1 - p))
    return found


def _best(state: Count, events: npt.NDArray[np.int64], trials: npt.NDArray[np.int64], most: Floats) -> float:
    """The largest evidence so far: worked out only where it can be larger than at the most promising place."""
    if not most.size:
        return state.best
    place = int(most.argmax())
    best = max(state.best, float(log_evidence(state.side, events[place], trials[place], state.limit)))
    worth = most > best - ROUNDING
    if not worth.any():
        return best
    return max(best, float(log_evidence(state.side, events[worth], trials[worth], state.limit).max()))


def _first(state: Count, events: npt.NDArray[np.int64], trials: npt.NDArray[np.int64], tops: npt.NDArray[Any]) -> int:
    """The first trial at which the level was reached, on the way up to the first top that passes it; 0: none does."""
    for start in range(0, tops.size, AT_ONCE):
        some = tops[start : start + AT_ONCE]
        passed = some[log_evidence(state.side, events[some], trials[some], state.limit) >= state.level]
        if passed.size:
            return int(trials[_on_the_way(state, events, trials, int(passed[0]))])
    return 0


def _on_the_way(state: Count, events: npt.NDArray[np.int64], trials: npt.NDArray[np.int64], top: int) -> int:
    """The place where the level was reached: above a limit at the event itself, below it on the rise since the last."""
    low = top if state.side == "above" else int(np.searchsorted(events, events[top]))
    while low < top:
        middle = (low + top) // 2
        if log_evidence(state.side, events[middle], trials[middle], state.limit) >= state.level:
            top = middle
        else:
            low = middle + 1
    return top


def share_of_failures(ratio: float, share: float) -> float:
    """The chance that a failure is the canary's: it fails `ratio` times as often, with `share` of the requests."""
    return ratio * share / (ratio * share + 1 - share)
