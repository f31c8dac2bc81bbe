"""Is a rate above, or below, a limit? Tests that need only counts: failures among requests, slow ones, canary's share.

The evidence is the mean likelihood ratio over all rates beyond the limit, each as likely as the other (a beta mixture;
Robbins 1970; Lindon and Malek, NeurIPS 2022): with s failures in n

    E = B(s+1, n-s+1) (1 - I_p(s+1, n-s+1)) / ((1-p) p^s (1-p)^(n-s))

It rises with each failure and falls with each success, so the largest is reached right after a failure: only there is
it looked at, and what is found is the same however the counts came in.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import betaincc, betaln

from breakeven.problems import Problem
from breakeven.proof.judge.betting import Floats, level_of

LEAST_TAIL = 1e-250


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
    found = log_evidence(state.side, events[tops], trials[tops], state.limit)
    best = max(state.best, float(found.max(initial=0.0)))
    crossed = state.crossed_at or _first(state, events, trials, tops[found >= state.level])
    return replace(
        state, trials=state.trials + seen.size, events=state.events + int(seen.sum()), best=best, crossed_at=crossed
    )


def _first(state: Count, events: npt.NDArray[np.int64], trials: npt.NDArray[np.int64], tops: npt.NDArray[Any]) -> int:
    """The first trial at which the level was reached: on the way up to the first top that passes it."""
    if not tops.size:
        return 0
    way = log_evidence(state.side, events[: tops[0] + 1], trials[: tops[0] + 1], state.limit)
    return int(trials[int((way >= state.level).argmax())])


def share_of_failures(ratio: float, share: float) -> float:
    """The chance that a failure is the canary's: it fails `ratio` times as often, with `share` of the requests."""
    return ratio * share / (ratio * share + 1 - share)


def count_to_json(state: Count) -> dict[str, Any]:
    """The state as plain data."""
    return asdict(state)


def count_from_json(data: dict[str, Any]) -> Count:
    """The state of `count_to_json`."""
    return Count(**data)
