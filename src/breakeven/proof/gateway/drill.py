"""The route-back drill: everything to the API, how long it takes, and back again; with the evidence that it leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from breakeven.problems import Problem
from breakeven.proof.gateway.control import Counts, Running, Watch
from breakeven.proof.records.live_plan import LivePlan

FORMAT = "breakeven drill 1"
LOOK_EVERY = 0.1  # seconds
Clock = Callable[[], datetime]
Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Seconds. `before`: watched first, to see that requests do reach the candidate; `quiet`: without any, then
    it counts as left; `hold`: so long the API takes all; `limit`: a drill that takes longer has failed. `peak`:
    requests a second of the load's peak; None: not known.
    """

    before: float = 10.0
    quiet: float = 10.0
    hold: float = 60.0
    limit: float = 300.0
    peak: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a drill showed. `seconds`: from the change to the last request at the candidate; None: it went on.

    `share_of_peak`: of the load's peak, what the API took; None where the peak is not known.
    """

    day: str
    started: datetime
    ended: datetime
    workload: str | None
    shares_before: dict[str, float]
    at_self_before: int
    seconds: float | None
    at_self_during: int
    at_api_during: int
    failed_during: int
    requests_per_second: float
    share_of_peak: float | None
    passed: bool
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What a drill needs of the world: a clock that can wait."""

    clock: Clock
    sleep: Sleep


def drill(gateway: Running, terms: Terms, hands: Hands, *, workload: str | None = None) -> Evidence:
    """Hold the drill. Whatever happens in it, the shares from before are put in force again.

    Raises `Problem` where nothing can be shown: no share, or no request, at the candidate.
    """
    plan = gateway.plan
    started = hands.clock()
    _require_share(plan, workload)
    before = _seen(gateway.watch(workload, started), terms.before, hands)
    if not before.at_self:
        told = f"no request reached the candidate in {terms.before:g} s: a drill now would show nothing"
        raise Problem(told, where=str(gateway.folder), fix="Hold it under load, or watch longer with --before.")
    changed = hands.clock()
    try:
        gateway.put_in_force(plan.with_share(0.0, written=changed, by="drill: all to the API", workload=workload))
        watch = gateway.watch(workload, changed)
        left, counts = _left(watch, changed, terms, hands)
    finally:
        gateway.put_in_force(_again(gateway.plan, plan, hands.clock(), workload))
    return _evidence(plan, (started, changed, hands.clock()), before, (left, counts), terms=terms, workload=workload)


def _require_share(plan: LivePlan, workload: str | None) -> None:
    shares = {name: each.share for name, each in plan.workloads.items() if workload in (None, name)}
    if not shares:
        plan.with_share(0.0, written=plan.written, by="", workload=workload)  # tells what there is
    if not any(shares.values()):
        fix = "A drill routes back what is there: move a first share, then drill."
        raise Problem("nothing goes to the candidate: its share is 0", fix=fix)


def _seen(watch: Watch, seconds: float, hands: Hands) -> Counts:
    """The counts of a while."""
    end = hands.clock().timestamp() + seconds
    counts = watch.look(hands.clock())
    while hands.clock().timestamp() < end:
        hands.sleep(LOOK_EVERY)
        counts = watch.look(hands.clock())
    return counts


def _left(watch: Watch, changed: datetime, terms: Terms, hands: Hands) -> tuple[float | None, Counts]:
    """After how many seconds the candidate got its last request; then what the API took until the hold ended."""
    counts, seconds = watch.look(hands.clock()), 0.0
    while True:
        now = hands.clock()
        counts = watch.look(now)
        passed = (now - changed).total_seconds()
        seconds = 0.0 if counts.last_at_self is None else (counts.last_at_self - changed).total_seconds()
        if passed - seconds >= terms.quiet and passed >= terms.hold:
            return max(seconds, 0.0), counts
        if passed >= max(terms.limit, terms.hold) + terms.quiet:
            return None, counts
        hands.sleep(LOOK_EVERY)


def _again(current: LivePlan, before: LivePlan, now: datetime, workload: str | None) -> LivePlan:
    """The shares from before of what was drilled, as the next step of the plan that is in force."""
    back = {name: share for name, share in before.workloads.items() if workload in (None, name)}
    return LivePlan(step=current.step + 1, written=now, by="drill: back", workloads={**current.workloads, **back})


def _evidence(
    plan: LivePlan,
    times: tuple[datetime, datetime, datetime],
    before: Counts,
    during: tuple[float | None, Counts],
    *,
    terms: Terms,
    workload: str | None,
) -> Evidence:
    (started, changed, ended), (seconds, counts) = times, during
    pace = counts.at_api / max((ended - changed).total_seconds(), LOOK_EVERY)
    because = _failing(seconds, counts, terms)
    return Evidence(
        day=changed.date().isoformat(),
        started=started,
        ended=ended,
        workload=workload,
        shares_before={name: shares.share for name, shares in plan.workloads.items() if workload in (None, name)},
        at_self_before=before.at_self,
        seconds=None if seconds is None else round(seconds, 3),
        at_self_during=counts.at_self,
        at_api_during=counts.at_api,
        failed_during=counts.failed,
        requests_per_second=round(pace, 3),
        share_of_peak=None if terms.peak is None else round(min(pace / terms.peak, 1.0), 4),
        passed=not because,
        because=because or "the candidate was left in time, and the API answered everything",
    )


def _failing(seconds: float | None, counts: Counts, terms: Terms) -> str:
    """Why the drill has not passed; empty where it has."""
    if seconds is None or seconds > terms.limit:
        return f"requests still reached the candidate after {terms.limit:g} s"
    if not counts.at_api:
        return "no request came while the API was to take all of them"
    if counts.failed:
        return f"{counts.failed} requests got no answer from the API"
    return ""


def plain_evidence(evidence: Evidence) -> dict[str, Any]:
    """The evidence as it is written."""
    times = {"started": evidence.started.isoformat(), "ended": evidence.ended.isoformat()}
    return {"format": FORMAT} | asdict(evidence) | times


def readiness_answers(evidence: Evidence, link: str) -> dict[str, dict[str, Any]]:
    """What the drill answers of the readiness questionnaire: nothing, if it has not passed.

    The share of the peak only where it is known: what no one measured is no answer.
    """
    if not evidence.passed:
        return {}
    day = datetime.fromisoformat(evidence.day).date()
    answers: dict[str, dict[str, Any]] = {"route_back_test": {"date": day, "link": link}}
    if evidence.share_of_peak is not None:
        answers["fallback_drill"] = {"value": evidence.share_of_peak, "date": day, "link": link}
    return answers
