"""The ladder of shares, and what to do next on it: stay, up, back, or the end. Nothing is read or written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from breakeven.problems import Problem
from breakeven.proof.act.chain import Entry
from breakeven.proof.act.guard import Guard, Guarded, guard

WEEK = timedelta(days=7)
SHARE = "share"  # the action of a change of share
AT_THE_API = "at_the_api"  # on record with it: requests of the API in the step that ends, and how many failed
Kind = Literal["stay", "up", "back", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Of one workload: its shares, how long and over how many requests each is held, and what is watched meanwhile.

    `mirror_back`: of what the candidate answers once it has all, copied to the API against slow drift.
    """

    guarded: Guarded
    rungs: tuple[float, ...]
    hold: timedelta
    least_requests: int
    alpha: float
    mirror_back: float
    may_roll_back: bool = True

    @property
    def workload(self) -> str:
        """Its name."""
        return self.guarded.workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """On which rung, from 1; 0: on none yet. `meant`: an action that is on record and not known to be done.
    `at_the_api`: requests of the API in the steps before, and how many of them failed.
    """

    rung: int
    since: datetime
    back: bool = False
    meant: Mapping[str, Any] | None = None
    at_the_api: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do, the share that follows, and why."""

    kind: Kind
    rung: int
    share: float
    why: str


def ladder_shares(plan: Mapping[str, Any], workload: str) -> tuple[float, ...]:
    """The ramp of a workload in a plan. Raises `Problem` where it has none, or one that does not rise."""
    found = next((each for each in plan["workloads"] if each["name"] == workload), None)
    shares = tuple(float(each) for each in (found or {}).get("ramp", ()))
    if not shares:
        raise Problem(f'"{workload}" does not move in this plan', fix="Name one that does, with --workload.")
    if any(not 0 < share <= 1 for share in shares) or list(shares) != sorted(set(shares)):
        raise Problem(f'the ramp of "{workload}" does not rise from above 0 to 1: {shares}', fix="Plan it again.")
    return shares


def standing(chain: Sequence[Entry], workload: str, now: datetime) -> Standing:
    """Where the record says that a workload stands."""
    mine = [entry for entry in chain if entry.action == SHARE and entry.what.get("workload") == workload]
    done = [entry for entry in mine if entry.phase == "done"]
    meant = dict(mine[-1].what) if mine and mine[-1].phase == "meant" else None
    if not done:
        return Standing(rung=0, since=now, meant=meant)
    last = done[-1]
    told = [entry.what.get(AT_THE_API, (0, 0)) for entry in done]
    return Standing(
        rung=int(last.what["rung"]),
        since=last.at,
        back=last.what["kind"] == "back",
        meant=meant,
        at_the_api=(sum(int(requests) for requests, _ in told), sum(int(failed) for _, failed in told)),
    )


def guard_of(ladder: Ladder, at: Standing, now: datetime) -> Guard | None:
    """The tests of the rung; None where the candidate answers nothing. On the last rung those of this week."""
    if at.rung == 0 or at.back:
        return None
    last = at.rung == len(ladder.rungs)
    week = week_of(at, now) if last else 0
    return guard(
        ladder.guarded,
        step=at.rung,
        share=ladder.rungs[at.rung - 1],
        mirrored=ladder.mirror_back if last else 0.0,
        alpha=ladder.alpha / ((week + 1) * (week + 2)) if last else ladder.alpha,  # all weeks together: α
        since=at.since + week * WEEK,
        before=at.at_the_api,
    )


def week_of(at: Standing, now: datetime) -> int:
    """Whole weeks since the rung began."""
    return max((now - at.since) // WEEK, 0)


def decided(ladder: Ladder, at: Standing, seen: Guard | None, now: datetime, *, behind: bool = False) -> Decision:
    """The next action. `behind`: not all of the log is read yet, so nothing goes up."""
    share = ladder.rungs[at.rung - 1] if at.rung and not at.back else 0.0
    if at.back:
        return Decision(kind="end", rung=0, share=0.0, why="it was sent back")
    if seen is not None and seen.alarm:
        if not ladder.may_roll_back:
            return Decision(
                kind="stay", rung=at.rung, share=share, why=f"ALARM, and it may not roll back: {seen.alarm}"
            )
        return Decision(kind="back", rung=0, share=0.0, why=seen.alarm)
    if at.rung == len(ladder.rungs):
        return Decision(kind="stay", rung=at.rung, share=share, why=_all(ladder))
    if at.rung and (missing := _missing(ladder, at, seen, now, behind)):
        return Decision(kind="stay", rung=at.rung, share=share, why=missing)
    held = "the judgement is GO" if not at.rung else f"held {ladder.hold} without an alarm"
    return Decision(kind="up", rung=at.rung + 1, share=ladder.rungs[at.rung], why=held)


def _all(ladder: Ladder) -> str:
    watched = (
        "drift" if ladder.mirror_back else "nothing is copied to the API; failures, against those before, and promises"
    )
    return f"it has all of the traffic; {watched}"


def _missing(ladder: Ladder, at: Standing, seen: Guard | None, now: datetime, behind: bool) -> str:
    """What a rung still lacks; "" where nothing."""
    requests = seen.requests if seen else 0
    if now - at.since < ladder.hold:
        return f"held until {(at.since + ladder.hold):%Y-%m-%d %H:%M} UTC"
    if requests < ladder.least_requests:
        return f"{requests:,} of the {ladder.least_requests:,} requests that a step needs"
    return "the log is not read to its end yet" if behind else ""
