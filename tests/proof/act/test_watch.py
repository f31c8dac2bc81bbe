"""The watcher: up the ladder, back at once, on record, and the same wherever it is killed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from shadow_rows import START, Line, row

from breakeven.cli.shadow_watch import looks
from breakeven.problems import Problem
from breakeven.proof.act import watch as watch_module
from breakeven.proof.act.chain import append, read_chain
from breakeven.proof.act.drift import compared, drift
from breakeven.proof.act.guard import Guarded, guard, guarded_on
from breakeven.proof.act.ladder import Ladder, ladder_shares, standing
from breakeven.proof.act.watch import Places, look, watching
from breakeven.proof.gateway.control import Unreachable
from breakeven.proof.judge.registration import Promised
from breakeven.proof.records.live_plan import LivePlan, Shares, read_live_plan, write_live_plan
from breakeven.proof.records.row import read_row
from breakeven.proof.records.tail import Tail, new_rows

HOUR = timedelta(hours=1)
GUARDED = Guarded(workload="chat", candidate="self", control="api", times=2.0, promises=())
LADDER = Ladder(guarded=GUARDED, rungs=(0.1, 0.5, 1.0), hold=HOUR, least_requests=50, alpha=0.05, mirror_back=0.02)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "log").mkdir()
    plan = LivePlan(written=START, workloads={"chat": Shares(mirror=0.5), "other": Shares(share=0.3)})
    write_live_plan(tmp_path / "canary.json", plan)
    return Places(log=Tail(source=tmp_path / "log"), live=tmp_path / "canary.json", record=tmp_path / "record.jsonl")


def log(places: Places, lines: list[Line]) -> None:
    with (places.log.source / "shadow-2026-11-02.jsonl").open("a") as file:
        file.writelines(json.dumps(each) + "\n" for each in lines)


def answered(pair: object, arm: str, *, at: float, assigned: str | None = None, error: str | None = None) -> Line:
    return row(pair, arm, after=at, assigned=assigned or arm, role="answered", error=error)


def traffic(start: float, requests: int, *, share: float, fails: float, seed: int = 1) -> list[Line]:
    """Canary traffic; a request of the candidate that fails is answered by the API."""
    draw, lines = np.random.default_rng(seed), []
    for number in range(requests):
        pair, at = f"{start}-{number}", start + number * 0.1
        if draw.random() >= share:
            lines.append(answered(pair, "api", at=at))
        elif draw.random() >= fails:
            lines.append(answered(pair, "self", at=at))
        else:
            lines += [
                answered(pair, "self", at=at, error="server"),
                answered(pair, "api", at=at + 0.1, assigned="self"),
            ]
    return lines


def shares(places: Places) -> float:
    return read_live_plan(places.live).workloads["chat"].share


def test_it_climbs_step_by_step_each_held_long_enough_and_ends_with_a_part_mirrored_back(places: Places) -> None:
    watch, now, seen = watching(LADDER, places, START), START, []
    for hour in range(6):
        watch, _ = look(watch, now)
        seen.append(shares(places))
        log(places, traffic(hour * 3600 + 1, 1000, share=seen[-1], fails=0.0, seed=hour))
        now += HOUR
    assert seen == [0.1, 0.5, 1.0, 1.0, 1.0, 1.0]
    live = read_live_plan(places.live)
    assert live.workloads["chat"].mirror_back == 0.02
    assert live.workloads["other"] == Shares(share=0.3)
    assert [each.what["share"] for each in read_chain(places.record) if each.phase == "done"] == [0.1, 0.5, 1.0]


@pytest.mark.parametrize(
    ("after", "why"), [(timedelta(minutes=30), "held until"), (HOUR, "requests that a step needs")]
)
def test_a_step_that_is_too_short_or_too_thin_is_held(places: Places, after: timedelta, why: str) -> None:
    watch, _ = look(watching(LADDER, places, START), START)
    log(places, traffic(1, 200, share=0.1, fails=0.0))
    _, decision = look(watch, START + after)
    assert (decision.kind, shares(places)) == ("stay", 0.1)
    assert why in decision.why


def test_a_fifth_failing_on_a_tenth_of_the_traffic_is_sent_back_within_sixty_requests(places: Places) -> None:
    needed = []
    for seed in range(20):
        start = guard(GUARDED, step=1, share=0.1, mirrored=0.0, alpha=0.05, since=START)
        for line in traffic(1, 5000, share=0.1, fails=0.2, seed=seed):
            start = guarded_on(start, [read_row(line)])
            if start.alarm:
                break
        needed.append(start.requests)
    assert np.median(needed) <= 60
    watch, _ = look(watching(LADDER, places, START), START)
    log(places, traffic(1, 2000, share=0.1, fails=0.2))
    watch, decision = look(watch, START + timedelta(seconds=10))
    assert (decision.kind, shares(places)) == ("back", 0.0)
    assert "more than 2 times as often" in decision.why
    assert look(watch, START + 9 * HOUR)[1].kind == "end"


def test_with_all_of_the_traffic_and_no_copies_failures_are_held_against_what_the_api_did_before(
    places: Places,
) -> None:
    """As behind Envoy, whose log shows no copies: what the API failed at 10 % and 50 % stands on record."""
    ladder, now = replace(LADDER, mirror_back=0.0), START
    watch = watching(ladder, places, now)
    for hour, fails in enumerate([0.0, 0.0, 0.1]):
        watch, _ = look(watch, now)
        log(places, traffic(hour * 3600 + 1, 1000, share=shares(places), fails=fails, seed=hour))
        now += HOUR
    assert [each.what.get("at_the_api") for each in read_chain(places.record) if each.phase == "done"] == [
        None, [908, 0], [504, 0],
    ]  # fmt: skip
    _, decision = look(watching(ladder, places, now), now)  # killed before, and begun anew
    assert (decision.kind, shares(places)) == ("back", 0.0)
    assert "as many as at the API in the steps before" in decision.why


def test_what_came_just_before_a_week_ends_is_judged_with_that_week(places: Places) -> None:
    for rung, share in enumerate(LADDER.rungs, 1):
        what = {"workload": "chat", "kind": "up", "share": share, "rung": rung, "why": "", "at_the_api": [900, 0]}
        append(places.record, "share", "done", what, at=START)
    ladder, week = replace(LADDER, mirror_back=0.0), 7 * 86_400.0
    watch, _ = look(watching(ladder, places, START), START + timedelta(seconds=week - 600))
    log(places, traffic(week - 500, 1000, share=1.0, fails=0.1))
    _, decision = look(watch, START + timedelta(seconds=week + 1))
    assert decision.kind == "back"


def test_who_may_not_roll_back_only_tells(places: Places) -> None:
    ladder = replace(LADDER, may_roll_back=False)
    watch, _ = look(watching(ladder, places, START), START)
    log(places, traffic(1, 2000, share=0.1, fails=0.3))
    _, decision = look(watch, START + 5 * HOUR)
    assert decision.kind == "stay"
    assert decision.why.startswith("ALARM")
    assert shares(places) == 0.1


def test_a_request_that_fell_back_is_one_failure_in_whichever_order_its_rows_come() -> None:
    own, other = answered(1, "self", at=1, error="timeout"), answered(1, "api", at=1, assigned="self")
    for lines in ([own, other], [other, own], [other]):
        found = guarded_on(
            guard(GUARDED, step=1, share=0.1, mirrored=0.0, alpha=0.05, since=START), map(read_row, lines)
        )
        assert (found.requests, found.failed) == (1, 1)


def test_what_nobody_did_wrong_and_other_workloads_and_older_rows_are_not_counted() -> None:
    lines = [
        answered(1, "self", at=1, error="cancelled"), answered(2, "self", at=1, error="refused"),
        answered(3, "self", at=-5), row(4, "self", workload="other", role="answered", assigned="self"),
    ]  # fmt: skip
    found = guarded_on(guard(GUARDED, step=1, share=0.1, mirrored=0.0, alpha=0.05, since=START), map(read_row, lines))
    assert (found.requests, found.failed, found.baseline) == (0, 0, 0)


def test_a_promise_of_latency_that_is_broken_too_often_sends_back() -> None:
    guarded = replace(GUARDED, promises=(Promised(measure="first_token", seconds=0.2),))
    start = guard(guarded, step=1, share=0.1, mirrored=0.0, alpha=0.05, since=START)
    found = guarded_on(start, (read_row(answered(n, "self", at=n)) for n in range(30)))
    assert found.alarm is not None
    assert "first_token" in found.alarm


class Killed(BaseException):
    pass


def dying(real: Callable[..., object], calls: Iterator[int], at_call: int) -> Callable[..., None]:
    """The function, and the end of the program before (even) or after (odd) its call of this number."""

    def call(*given: object, **named: object) -> None:
        number = next(calls)
        if (number, 0) == divmod(at_call, 2):
            raise Killed
        real(*given, **named)
        if (number, 1) == divmod(at_call, 2):
            raise Killed

    return call


@pytest.mark.parametrize("at_call", range(8))
def test_killed_anywhere_no_step_is_lost_or_done_twice(
    places: Places, monkeypatch: pytest.MonkeyPatch, at_call: int
) -> None:
    """Die before or after each of the writes of two steps; begin anew; the plan moves by one step at a time."""
    calls = iter(range(100))
    for name in ("append", "write_live_plan"):
        monkeypatch.setattr(watch_module, name, dying(getattr(watch_module, name), calls, at_call))
    now, seen = START, []
    log(places, traffic(1, 1000, share=0.1, fails=0.0))
    watch = None
    for _ in range(6):
        try:
            watch = watch or watching(LADDER, places, now)
            watch, _ = look(watch, now)
        except Killed:
            watch = None
            continue
        seen.append((read_live_plan(places.live).step, shares(places)))
        if shares(places) == 0.5:
            break
        now += HOUR
    assert seen[-1] == (2, 0.5)
    done = [each.what["share"] for each in read_chain(places.record) if each.phase == "done"]
    assert done == [0.1, 0.5]


def drifting(week: int, worse: float) -> list[Line]:
    """A week of answers with all of the traffic, each mirrored back; of the candidate's a part is refused."""
    draw, lines = np.random.default_rng(week), []
    for number in range(400):
        pair, at = f"{week}-{number}", (week * 7 * 86_400) + number * 1500.0
        refused = bool(draw.random() < worse)
        mine = row(pair, "self", after=at, assigned="self", role="answered", refusal=refused)
        lines += [mine, row(pair, "api", after=at, role="mirrored")]
    return lines


def test_after_the_cut_over_quality_that_slowly_drifts_below_the_margin_is_sent_back(places: Places) -> None:
    """Good weeks do not outweigh a bad one: each week has a test of its own."""
    for share in (0.1, 0.5, 1.0):
        what = {"workload": "chat", "kind": "up", "share": share, "rung": LADDER.rungs.index(share) + 1, "why": ""}
        append(places.record, "share", "done", what, at=START)
    write_live_plan(places.live, read_live_plan(places.live).with_share(1.0, written=START, by="", workload="chat"))
    watch, ended = watching(LADDER, places, START), None
    for week, worse in enumerate([0.0] * 8 + [0.01, 0.06, 0.12, 0.2]):
        log(places, drifting(week, worse))
        watch, decision = look(watch, START + timedelta(days=7 * week + 6.95))
        if decision.kind == "back":
            ended = week
            break
    assert ended in (10, 11)
    assert "fewer answers were accepted" in decision.why
    assert shares(places) == 0.0


def test_what_is_as_good_as_the_api_is_never_sent_back_for_its_quality() -> None:
    for seed in range(10):
        state = drift(margin=0.02, alpha=0.05)
        for number, good in enumerate(np.random.default_rng(seed).random((300, 2)) < 0.97):
            for arm, accepted in zip(("self", "api"), good, strict=True):
                line = row(number, arm, role="answered" if arm == "self" else "mirrored", refusal=not accepted)
                state = compared(state, read_row(line), arm=arm, candidate="self")
        assert state.pairs == 300
        assert state.alarm is None


def test_an_answer_of_the_api_for_the_candidate_is_none_of_the_candidates() -> None:
    state = drift(margin=0.02, alpha=0.05)
    for line in (row(1, "api", assigned="self", role="answered"), row(1, "api", role="mirrored")):
        arm = "self" if line["role"] == "answered" else "api"
        state = compared(state, read_row(line), arm=arm, candidate="self")
    assert (state.pairs, state.lost) == (1, 1.0)


def test_a_gateway_that_does_not_answer_is_tried_again_and_the_step_is_done_once(places: Places) -> None:
    put, answers = [], iter([Unreachable("gone"), Unreachable("gone"), None])

    def changing(plan: LivePlan) -> None:
        if (problem := next(answers, None)) is not None:
            raise problem
        put.append(plan.workloads["chat"].share)
        write_live_plan(places.live, plan)

    busy = replace(places, put=changing)
    said = []
    for kind in looks(LADDER, busy, 0.0, once=False):
        said.append(kind)
        if len(said) == 4:
            break
    assert put == [0.1]
    assert said == ["stay", "stay", "stay", "stay"]
    done = [each.phase for each in read_chain(places.record)]
    assert done.count("done") == 1


def test_a_record_that_was_changed_is_refused_and_a_torn_line_is_cut(places: Places) -> None:
    for share in (0.1, 0.5):
        append(places.record, "share", "done", {"workload": "chat", "share": share, "rung": 1, "kind": "up"}, at=START)
    whole = places.record.read_bytes()
    places.record.write_bytes(whole + b'{"at": "2026')
    assert len(read_chain(places.record)) == 2
    append(places.record, "share", "meant", {"workload": "chat"}, at=START)
    assert len(read_chain(places.record)) == 3
    assert standing(read_chain(places.record), "chat", START).meant == {"workload": "chat"}
    for changed in (whole.replace(b"0.5", b"0.6"), whole.split(b"\n")[1] + b"\n"):
        places.record.write_bytes(changed)
        with pytest.raises(Problem, match="record was changed"):
            read_chain(places.record)


def test_a_growing_log_is_read_once_through_rotation_and_truncation(places: Places) -> None:
    path = places.log.source / "shadow-2026-11-02.jsonl"
    log(places, [answered(1, "api", at=1)])
    rows, tail = new_rows(places.log)
    path.rename(path.with_name("shadow-2026-11-02.jsonl.1"))
    log(places, [answered(2, "api", at=2)])
    with path.open("a") as file:
        file.write('{"half')
    more, tail = new_rows(tail)
    with path.open("a") as file:
        file.write('"\n')
    last, tail = new_rows(tail)
    assert [each.pair for each in (*rows, *more, *last)] == ["p1", "p2"]
    assert tail.unread == 1
    path.write_text(json.dumps(answered(3, "api", at=3))[:40] + "\n")
    _, tail = new_rows(tail)
    assert tail.unread == 2  # it was cut: read from its start, and half a row is none
    assert new_rows(Tail(source=places.log.source / "nowhere"))[0] == []


def test_a_ramp_that_does_not_rise_is_told() -> None:
    plan = {"workloads": [{"name": "chat", "ramp": [0.5, 0.1]}, {"name": "stays", "ramp": []}]}
    for name in ("chat", "stays", "none"):
        with pytest.raises(Problem, match=name):
            ladder_shares(plan, name)
