"""What is watched while a part of the traffic is answered by the candidate: its failures and its latency, as they come.

By intention to treat: a request sent to the candidate that another arm answered in the end is a failure of the
candidate, counted once, in whichever order its rows come. What nobody did wrong (the client went away, or asked for
what neither arm gives) is in no count. Each step of the ladder has its own tests, at α/2, α/4, α/8, … so that all steps
together are wrong with α at most; within a step each of the guardrails has its part. With all of the traffic the last
step begins anew every week.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from breakeven.proof.act.drift import Drift, compared, drift
from breakeven.proof.judge.counters import Count, count, counted, share_of_failures
from breakeven.proof.judge.registration import Promised
from breakeven.proof.records.row import Row

REMEMBERED = 100_000  # requests whose failure was counted, kept so that none is counted twice
NOBODYS = ("cancelled", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """Which traffic, and against what: failures at most `times` the baseline's, promises kept, and after the cut-over
    quality not worse by the `margin`.
    """

    workload: str
    candidate: str
    control: str
    times: float
    promises: tuple[Promised, ...]
    margin: float = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """One step as it goes: counts since `since`, each test where it stands. `failures`: None where nothing goes to the
    API that they could be held against.
    """

    guarded: Guarded
    since: datetime
    failures: Count | None
    latency: tuple[Count, ...]
    drift: Drift | None = None
    requests: int = 0
    failed: int = 0
    baseline: int = 0
    baseline_failed: int = 0
    seen: dict[str, bool] = field(default_factory=dict)  # requests of the candidate: whether they failed

    @property
    def alarm(self) -> str | None:
        """Why it must go back; None: nothing speaks against it."""
        if self.failures is not None and self.failures.rejected:
            return (
                f"{self.failed:,} of {self.requests:,} requests failed, and {self.baseline_failed:,} of "
                f"{self.baseline:,} at the API: more than {self.guarded.times:g} times as often"
            )
        for promise, test in zip(self.guarded.promises, self.latency, strict=True):
            if test.rejected:
                return (
                    f"{test.events:,} of {test.trials:,} answers took over {promise.seconds:g} s ({promise.measure}), "
                    f"and at most {promise.share:.0%} may"
                )
        return None if self.drift is None else self.drift.alarm


def guard(guarded: Guarded, *, step: int, share: float, mirrored: float, alpha: float, since: datetime) -> Guard:
    """The tests of the ladder's `step`-th share, from 1. `mirrored`: of what it answers, copied back to the API, where
    quality is then watched too.
    """
    part = alpha / 2**step / (1 + len(guarded.promises) + bool(mirrored))
    others = (1 - share) + share * mirrored
    return Guard(
        guarded=guarded,
        since=since,
        failures=count("above", limit=share_of_failures(guarded.times, share / (share + others)), alpha=part)
        if others > 0
        else None,
        latency=tuple(count("above", limit=each.share, alpha=part) for each in guarded.promises),
        drift=drift(margin=guarded.margin, alpha=part) if mirrored else None,
    )


def guarded_on(state: Guard, rows: Iterable[Row]) -> Guard:
    """After these rows, in the order in which they were written."""
    for row in rows:
        if row.workload == state.guarded.workload and row.started >= state.since:
            state = _after(state, row)
    return state


def _after(state: Guard, row: Row) -> Guard:
    its = state.guarded
    if row.error in NOBODYS:
        return state
    if row.role == "answered" and row.assigned == its.candidate:
        return _of_candidate(_compared(state, row, its.candidate), row)
    if row.arm == its.control and (row.assigned == its.control or row.role == "mirrored"):
        return _of_baseline(_compared(state, row, its.control), failed=row.error is not None)
    return state


def _compared(state: Guard, row: Row, arm: str) -> Guard:
    if state.drift is None:
        return state
    return replace(state, drift=compared(state.drift, row, arm=arm, candidate=state.guarded.candidate))


def _of_candidate(state: Guard, row: Row) -> Guard:
    """Its own row, or that of who answered for it: a failure either way, and once."""
    failed = row.arm != state.guarded.candidate or row.error is not None
    if row.pair in state.seen:
        if state.seen[row.pair] or not failed:
            return state
        state.seen[row.pair] = True
        return _failure(state)
    state = replace(state, requests=state.requests + 1, seen=_remembering(state.seen, row.pair, failed))
    state = state if failed else replace(state, latency=_timed(state, row))
    return _failure(state) if failed else state


def _failure(state: Guard) -> Guard:
    return replace(state, failed=state.failed + 1, failures=_count(state.failures, candidate=True))


def _of_baseline(state: Guard, *, failed: bool) -> Guard:
    state = replace(state, baseline=state.baseline + 1, baseline_failed=state.baseline_failed + failed)
    return replace(state, failures=_count(state.failures, candidate=False)) if failed else state


def _count(failures: Count | None, *, candidate: bool) -> Count | None:
    return None if failures is None else counted(failures, [candidate])


def _timed(state: Guard, row: Row) -> tuple[Count, ...]:
    return tuple(
        test if (took := measured(row, each)) is None else counted(test, [took > each.seconds])
        for each, test in zip(state.guarded.promises, state.latency, strict=True)
    )


def measured(row: Row, promise: Promised) -> float | None:
    """The latency that a promise speaks of [s]; None: not known of this row."""
    if promise.measure == "seconds":
        return row.seconds
    first = row.seconds_to_first_token
    if promise.measure == "first_token" or first is None:
        return first
    more = (row.completion_tokens or 0) - 1
    return (row.seconds - first) / more if more > 0 else None


def _remembering(seen: dict[str, bool], pair: str, failed: bool) -> dict[str, bool]:
    """The requests seen so far, the oldest forgotten. One dictionary for all states of a step: only it grows."""
    if len(seen) >= REMEMBERED:
        for old in list(seen)[: REMEMBERED // 10]:
            del seen[old]
    seen[pair] = failed
    return seen
