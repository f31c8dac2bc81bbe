"""Whether one model is as good as another within a margin, from scores of both on the same items.

A paired difference with its interval: method in docs/method/quality.md. Below `LEAST` pairs nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import stdtrit

from breakeven.decision.readiness.gates import GateVerdict
from breakeven.numbers.operations import whole_up

LEAST = 30  # pairs; below it the interval of a mean of scores is not to be trusted
SURE = 0.95  # of each side: an interval of 90 %
UNSEEN = 3.0  # what has not been seen in n items may still happen in 3/n of them (rule of three, at 95 %)
MOST = 100_000  # pairs that are named as needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Scores of two models on the same items: means, their difference with its interval, and what follows.

    `needed`: pairs that would settle it at this difference and spread; None where it is settled or no number would.
    """

    pairs: int
    today: float
    ours: float
    low: float
    high: float
    margin: float
    verdict: GateVerdict
    why: str
    needed: int | None = None

    @property
    def difference(self) -> float:
        """Ours less today's."""
        return self.ours - self.today


def compared(ours: Mapping[str, float], today: Mapping[str, float], margin: float) -> Compared:
    """Hold the scores of two models against each other, item by item. More is better; items of one only do not count.

    `margin`: by how much the mean of ours may lie below today's, in units of the score.
    """
    items = sorted(ours.keys() & today.keys())
    one, other = (np.array([scores[item] for item in items], dtype=float) for scores in (ours, today))
    if not items:
        return _unknown(one, other, margin, "no item was scored for both models: their answers cannot be paired")
    if len(items) < LEAST:
        return _unknown(one, other, margin, f"{len(items)} items are paired, and {LEAST} are the least", needed=LEAST)
    scale = float(np.ptp(np.concatenate([one, other])))
    if not scale:
        return _unknown(one, other, margin, f"every score is {one[0]:g}: nothing tells the models apart")
    return _judged(one, other, margin, scale)


def _judged(one: np.ndarray, other: np.ndarray, margin: float, scale: float) -> Compared:
    differences = one - other
    middle, spread, n = float(differences.mean()), float(differences.std(ddof=1)), len(differences)
    half = max(float(stdtrit(n - 1, SURE)) * spread / sqrt(n), UNSEEN / n * scale)
    low, high = middle - half, middle + half
    verdict: GateVerdict = "pass" if low >= -margin else "fail" if high < -margin else "unknown"
    why = {
        "pass": "not worse by more than the margin",
        "fail": "worse by more than the margin",
        "unknown": "the interval holds the margin",
    }[verdict]
    return Compared(
        pairs=n,
        today=float(other.mean()),
        ours=float(one.mean()),
        low=low,
        high=high,
        margin=margin,
        verdict=verdict,
        why=why,
        needed=_needed(half * sqrt(n), abs(middle + margin)) if verdict == "unknown" else None,
    )


def _needed(half_of_one: float, distance: float) -> int | None:
    """Pairs at which the interval no longer holds the margin; None where that would be more than `MOST`."""
    if distance * sqrt(MOST) < half_of_one:
        return None
    return int(whole_up((half_of_one / distance) ** 2))


def _unknown(one: np.ndarray, other: np.ndarray, margin: float, why: str, *, needed: int | None = None) -> Compared:
    ours, today = (float(each.mean()) if each.size else 0.0 for each in (one, other))
    return Compared(
        pairs=len(one), today=today, ours=ours, low=float("-inf"), high=float("inf"), margin=margin,
        verdict="unknown", why=why, needed=needed,
    )  # fmt: skip
