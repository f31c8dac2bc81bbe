"""Slow drift of quality after the cut-over: the candidate's answers against the API's to what is mirrored back to it.

The same bets as in the judgement, on whether an answer is accepted: they sound when the candidate is worse than the
registered margin. What was good for months would outweigh what is bad now, so every week has a test of its own (see
`ladder.week_of`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from breakeven.proof.judge.betting import Bets, bets, updated
from breakeven.proof.records.row import Row

REMEMBERED = 10_000  # answers that wait for the other arm's


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The test as it goes. `waiting`: of each request whether the first of its two answers was accepted, by arm; one
    dictionary for all states.
    """

    margin: float
    test: Bets
    pairs: int = 0
    lost: float = 0.0
    waiting: dict[str, tuple[str, bool]] = field(default_factory=dict)

    @property
    def alarm(self) -> str | None:
        """Why it must go back; None: nothing speaks against it."""
        if not self.test.rejected:
            return None
        worse = f"{self.lost / self.pairs:.1%} fewer answers were accepted than of the API to the same requests"
        return f"{worse} ({self.pairs:,} mirrored back), and at most {self.margin:.1%} may be"


def drift(*, margin: float, alpha: float) -> Drift:
    """A test that has seen nothing."""
    return Drift(margin=margin, test=bets("below", limit=-margin, alpha=alpha))


def compared(state: Drift, row: Row, *, arm: str, candidate: str) -> Drift:
    """After the answer of an arm; the candidate's counts as not accepted where another arm answered for it."""
    accepted = row.accepted and not (arm == candidate and row.arm != candidate)
    other = state.waiting.pop(row.pair, None)
    if other is None or other[0] == arm:
        while len(state.waiting) >= REMEMBERED:
            del state.waiting[next(iter(state.waiting))]
        state.waiting[row.pair] = (arm, accepted and (other is None or other[1]))
        return state
    candidate_accepted, other_accepted = (accepted, other[1]) if arm == candidate else (other[1], accepted)
    difference = float(candidate_accepted) - float(other_accepted)
    return replace(
        state, test=updated(state.test, difference), pairs=state.pairs + 1, lost=state.lost - difference
    )  # fmt: skip
