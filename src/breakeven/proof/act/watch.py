"""The watcher: one look at a time, from the log to the shares in force. Killed anywhere, it goes on where it was.

All it knows is in two files: the record of actions says what was meant and what was done, the live plan what is in
force. Counts are made anew from the log, from the start of the step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from breakeven.proof.act.chain import append, read_chain
from breakeven.proof.act.guard import Guard, guarded_on
from breakeven.proof.act.ladder import AT_THE_API, SHARE, Decision, Ladder, Standing, decided, guard_of, standing
from breakeven.proof.records.live_plan import LivePlan, read_live_plan, write_live_plan
from breakeven.proof.records.tail import Tail, new_rows

BY = "breakeven shadow watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the rows come from, the live plan, the record. `put`: what puts a plan in force at the gateway; None: the
    gateway reads the live plan itself. `sees_copies`: whether rows come of what is copied to the API; Envoy's access
    log has none, and a test that waits for them would take every failure for the candidate's alone.
    """

    log: Tail
    live: Path
    record: Path
    put: Callable[[LivePlan], None] | None = None
    sees_copies: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Between two looks."""

    ladder: Ladder
    places: Places
    at: Standing
    guard: Guard | None
    tail: Tail


def watching(ladder: Ladder, places: Places, now: datetime) -> Watch:
    """Begin, or go on: what was meant and is not known to be done is done first. Raises `Problem`."""
    at = standing(read_chain(places.record), ladder.workload, now)
    if at.meant is not None:
        _put_in_force(ladder, places, at.meant, now)
        at = standing(read_chain(places.record), ladder.workload, now)
    return Watch(ladder=ladder, places=places, at=at, guard=guard_of(ladder, at, now), tail=places.log)


def look(watch: Watch, now: datetime) -> tuple[Watch, Decision]:
    """Read what is new, decide, and do it."""
    rows, tail = new_rows(watch.tail)
    seen = None if watch.guard is None else guarded_on(watch.guard, rows)
    guard = guard_of(watch.ladder, watch.at, now)
    if guard is not None and seen is not None and guard.since != seen.since and not (seen.alarm or tail.behind):
        return look(replace(watch, guard=guard, tail=watch.places.log), now)  # a new week, after all of the old one
    decision = decided(watch.ladder, watch.at, seen, now, behind=tail.behind)
    if decision.kind in {"up", "back"}:
        _act(replace(watch, guard=seen), decision, now)
        at = standing(read_chain(watch.places.record), watch.ladder.workload, now)
        # rows of the new step may have been read with those of the old one: the log is read again from its start
        guard = guard_of(watch.ladder, at, now)
        return replace(watch, at=at, guard=guard, tail=watch.places.log), decision
    return replace(watch, guard=seen, tail=tail), decision


def _act(watch: Watch, decision: Decision, now: datetime) -> None:
    """Say it, do it, say that it is done."""
    what: Mapping[str, Any] = {
        "workload": watch.ladder.workload, "kind": decision.kind, "rung": decision.rung, "share": decision.share,
        "why": decision.why, **_told_of_the_api(watch.guard),
    }  # fmt: skip
    append(watch.places.record, SHARE, "meant", what, at=now)
    _put_in_force(watch.ladder, watch.places, what, now)


def _told_of_the_api(seen: Guard | None) -> dict[str, list[int]]:
    """What a step without any request of the API will hold failures against."""
    return {AT_THE_API: [seen.baseline, seen.baseline_failed]} if seen is not None and seen.baseline else {}


def _put_in_force(ladder: Ladder, places: Places, what: Mapping[str, Any], now: datetime) -> None:
    """The share into the live plan, unless it is there already; then the record says that it is done."""
    plan, workload, share = read_live_plan(places.live), str(what["workload"]), float(what["share"])
    wanted = _with(ladder, plan, share, str(what["why"]), now)
    if plan.workloads.get(workload) != wanted.workloads[workload]:
        if places.put is None:
            write_live_plan(places.live, wanted)
        else:
            places.put(wanted)
    append(places.record, SHARE, "done", dict(what), at=now)


def _with(ladder: Ladder, plan: LivePlan, share: float, why: str, now: datetime) -> LivePlan:
    """The live plan with this share; with all of the traffic, a part is mirrored back."""
    changed = plan.with_share(share, written=now, by=f"{BY}: {share:.0%}, {why}", workload=ladder.workload)
    mine = changed.workloads[ladder.workload]
    all_of_it = share == ladder.rungs[-1] == 1.0
    mine = replace(mine, mirror_back=ladder.mirror_back if all_of_it else mine.mirror_back if share else 0.0)
    return replace(changed, workloads=changed.workloads | {ladder.workload: mine})
