"""What the guard counts, row by row: repeated rows, the edge of a promise, whose rows are the baseline's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from shadow_rows import START, row

from breakeven.proof.act.guard import Guard, Guarded, guard, guarded_on, measured
from breakeven.proof.judge.registration import Promised
from breakeven.proof.records.row import read_row

GUARDED = Guarded(workload="chat", candidate="self", control="api", times=2.0, promises=())
Line = dict[str, Any]


def counted(*lines: Line, guarded: Guarded = GUARDED) -> Guard:
    """A step that has seen these rows."""
    begun = guard(guarded, step=1, share=0.1, mirrored=0.0, alpha=0.05, since=START)
    return guarded_on(begun, map(read_row, lines))


def own(pair: object, **more: Any) -> Line:
    return row(pair, "self", assigned="self", role="answered", **more)


def test_a_row_that_comes_twice_is_one_request_and_no_failure() -> None:
    found = counted(own(1), own(1))
    assert (found.requests, found.failed) == (1, 0)


def test_a_request_that_failed_after_it_was_seen_well_counts_once() -> None:
    found = counted(own(1), own(1, error="server"), own(1, error="server"))
    assert (found.requests, found.failed) == (1, 1)


def test_the_baseline_is_what_the_api_answers_for_itself_or_is_copied() -> None:
    found = counted(
        row(1, "api", role="answered"), row(2, "api", role="answered", error="server"),
        row(3, "api", role="mirrored", assigned="self"), row(4, "api", role="answered", assigned="self"),
    )  # fmt: skip
    assert (found.baseline, found.baseline_failed) == (3, 1)
    assert (found.requests, found.failed) == (1, 1)  # the last: answered for the candidate


def test_a_row_at_the_moment_a_step_begins_is_of_that_step() -> None:
    assert counted(own(1, after=0.0)).requests == 1
    assert counted(own(1, after=-1e-6)).requests == 0


def test_what_takes_just_as_long_as_was_promised_keeps_the_promise() -> None:
    """Thirty answers at 0.3 s: within 0.3 s they are no sign against it, within 0.29 s each is."""
    kept, broken = (
        counted(*map(own, range(30)), guarded=replace(GUARDED, promises=(Promised(measure="first_token", seconds=s),)))
        for s in (0.3, 0.29)
    )
    assert kept.alarm is None
    assert broken.alarm is not None


def test_seconds_a_token_are_from_the_first_to_the_last() -> None:
    per_token = Promised(measure="per_token", seconds=1.0)
    assert measured(read_row(own(1, takes=1.3, completion_tokens=101)), per_token) == pytest.approx(0.01)
    assert measured(read_row(own(1, completion_tokens=1)), per_token) is None
    assert measured(read_row(own(1, completion_tokens=2)), per_token) == pytest.approx(0.7)


def test_failures_with_nothing_at_the_api_and_nothing_known_of_it_are_no_alarm() -> None:
    """All of the traffic is the candidate's, and nothing is copied back."""
    begun = guard(GUARDED, step=1, share=1.0, mirrored=0.0, alpha=0.05, since=START)
    found = guarded_on(begun, (read_row(own(i, error="server")) for i in range(3_000)))
    assert (found.failed, found.alarm) == (3_000, None)


@pytest.mark.parametrize(("fails", "alarm"), [(0.01, False), (0.02, False), (0.06, True)])
def test_with_all_of_the_traffic_failures_are_held_against_those_of_the_api_before(fails: float, alarm: bool) -> None:
    """100 of 10,000 failed at the API: with 95 % no more than 1.18 %, so 2.36 % of the candidate's may."""
    begun = guard(GUARDED, step=3, share=1.0, mirrored=0.0, alpha=0.05, since=START, before=(10_000, 100))
    draw = np.random.default_rng(1)
    found = guarded_on(
        begun, (read_row(own(i, error="server" if draw.random() < fails else None)) for i in range(3_000))
    )
    assert (found.alarm is not None) == alarm
    assert found.alarm is None or "at most 2.36% may: 2 times as many as at the API in the steps before" in found.alarm


def copied_back(seed: int, *, copied_until: int, fails: float, requests: int = 8_000) -> Guard:
    """All of the traffic at the candidate, of which a twentieth is copied to the API until the budget is spent. The
    API fails at 1 %.
    """
    draw, lines = np.random.default_rng(seed), list[Line]()
    for number in range(requests):
        lines.append(own(number, error="server" if draw.random() < fails else None))
        if number < copied_until and draw.random() < 0.05:
            error = "server" if draw.random() < 0.01 else None
            lines.append(row(number, "api", role="mirrored", assigned="self", error=error))
    begun = guard(GUARDED, step=1, share=1.0, mirrored=0.05, alpha=0.5, since=START)
    return guarded_on(begun, map(read_row, lines))


@pytest.mark.parametrize("seed", [0, 2])
def test_where_copies_end_because_their_budget_is_spent_a_candidate_as_good_as_the_api_raises_no_alarm(
    seed: int,
) -> None:
    found = copied_back(seed, copied_until=1_000, fails=0.01)
    assert (found.alarm, found.recent > 0.999) == (None, True)


def test_while_copies_are_made_a_worse_candidate_is_found() -> None:
    assert "of 8,000 requests failed" in str(copied_back(1, copied_until=8_000, fails=0.1).alarm)
