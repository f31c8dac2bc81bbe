"""What is watched while a part of the traffic is answered by the candidate: its failures and its latency, as they come.

By intention to treat: a request sent to the candidate that another arm answered in the end is a failure of the
candidate, counted once, in whichever order its rows come. What nobody did wrong (the client went away, or asked for
what neither arm gives) is in no count. Each step of the ladder has its own tests, at α/2, α/4, α/8, … so that all steps
together are wrong with α at most; within a step each of the guardrails has its part. With all of the traffic the last
step begins anew every week.

A failure is the candidate's with a chance that its share of the requests gives. Where fewer requests reach the API than
the step has planned (a budget of copies is spent, heavy users are all on one side), that chance is higher than planned:
then only so many of the candidate's failures count as bring it back. Where none reach the API, failures are held
against those that the API had in the steps before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from zlib import crc32

from scipy.special import betaincinv

from breakeven.proof.act.drift import Drift, compared, drift
from breakeven.proof.judge.counters import Count, count, counted, share_of_failures
from breakeven.proof.judge.registration import Promised
from breakeven.proof.records.row import Row

REMEMBERED = 100_000  # requests whose failure was counted, kept so that none is counted twice
NOBODYS = ("cancelled", "refused")
RECENT = 1_000  # requests over which the share of the candidate is averaged, older ones ever less
SURE = 0.95  # that the API fails no more often than is taken from the steps before
LEAST_FAILING, MOST_FAILING = 0.001, 0.5  # what is allowed at least, where the API never failed, and at most


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
    API that they could be held against, and nothing is known of it. `planned`: the candidate's share of all requests
    that are seen; 1: none goes to the API. `recent`: that share of late.
    """

    guarded: Guarded
    since: datetime
    failures: Count | None
    latency: tuple[Count, ...]
    planned: float
    recent: float
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
            return f"{self.failed:,} of {self.requests:,} requests failed, and {self._allowed}"
        for promise, test in zip(self.guarded.promises, self.latency, strict=True):
            if test.rejected:
                return (
                    f"{test.events:,} of {test.trials:,} answers took over {promise.seconds:g} s ({promise.measure}), "
                    f"and at most {promise.share:.0%} may"
                )
        return None if self.drift is None else self.drift.alarm

    @property
    def _allowed(self) -> str:
        if self.planned == 1 and self.failures is not None:
            return (
                f"at most {self.failures.limit:.2%} may: {self.guarded.times:g} times as many as at the API in the "
                "steps before"
            )
        at_the_api = f"{self.baseline_failed:,} of {self.baseline:,} at the API"
        return f"{at_the_api}: more than {self.guarded.times:g} times as often"


def guard(
    guarded: Guarded,
    *,
    step: int,
    share: float,
    mirrored: float,
    alpha: float,
    since: datetime,
    before: tuple[int, int] = (0, 0),
) -> Guard:
    """The tests of the ladder's `step`-th share, from 1. `mirrored`: of what it answers, copied back to the API, where
    quality is then watched too. `before`: requests of the API in the steps before, and how many of them failed.
    """
    part = alpha / 2**step / (1 + len(guarded.promises) + bool(mirrored))
    planned = share / (share + (1 - share) + share * mirrored)
    limit = share_of_failures(guarded.times, planned) if planned < 1 else _most_failing(guarded.times, *before)
    return Guard(
        guarded=guarded,
        since=since,
        failures=None if limit is None else count("above", limit=limit, alpha=part),
        latency=tuple(count("above", limit=promise.share, alpha=part) for promise in guarded.promises),
        planned=planned,
        recent=planned,
        drift=drift(margin=guarded.margin, alpha=part) if mirrored else None,
    )


def _most_failing(times: float, requests: int, failed: int) -> float | None:
    """The share of requests that may fail, where the API failed so often; None: it was never asked."""
    if not requests:
        return None
    rate = float(betaincinv(failed + 1, max(requests - failed, 1), SURE))  # Clopper and Pearson's upper bound
    return min(max(times * rate, LEAST_FAILING), MOST_FAILING)


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
        return _tested(replace(state, failed=state.failed + 1), row, failed=True)
    state = replace(state, requests=state.requests + 1, seen=_remembering(state.seen, row.pair, failed))
    state = replace(state, failed=state.failed + 1) if failed else replace(state, latency=_timed(state, row))
    return replace(_tested(state, row, failed=failed), recent=_averaged(state.recent, 1.0))


def _tested(state: Guard, row: Row, *, failed: bool) -> Guard:
    """Each request where there is no API to hold it against, else each failure, as far as it counts."""
    if state.failures is None or (state.planned < 1 and not (failed and _counts(state, row.pair))):
        return state
    return replace(state, failures=counted(state.failures, [failed]))


def _counts(state: Guard, pair: str) -> bool:
    """Whether a failure of the candidate counts: all do, unless more of the requests are its than planned. Which do is
    told by the request's own name, so that it is the same however often the log is read.
    """
    planned, recent = (share / max(1 - share, 1e-12) for share in (state.planned, state.recent))
    return crc32(pair.encode()) / 2**32 * recent < planned


def _averaged(share: float, seen: float) -> float:
    return share + (seen - share) / RECENT


def _of_baseline(state: Guard, *, failed: bool) -> Guard:
    tested = state.failures
    if failed and tested is not None and state.planned < 1:
        tested = counted(tested, [False])
    return replace(
        state,
        baseline=state.baseline + 1,
        baseline_failed=state.baseline_failed + failed,
        failures=tested,
        recent=_averaged(state.recent, 0.0),
    )


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
