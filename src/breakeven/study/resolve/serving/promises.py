"""What the case promises to those who wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from breakeven.capacity.promise.promise import USUAL, BadPromise, Promise
from breakeven.capacity.promise.unloaded import NoFleet
from breakeven.capacity.speed.published import PROMISE_ASSUMED, PROMISE_SHARE, ThroughputBand
from breakeven.capacity.speed.throughput import NOT_PROMISED
from breakeven.study.case.case import Case
from breakeven.study.case.terms.serving import Promised

AT = ("self_hosting", "promise")


@contextmanager
def told_at_the_promise(case: Case) -> Iterator[None]:
    """Say of a promise that cannot be kept where the case makes it."""
    try:
        yield
    except (BadPromise, NoFleet) as problem:
        raise type(problem)(problem.what, where=case.place(*AT), fix=problem.fix) from None


def promise_of(case: Case) -> Promise | None:
    """What the case promises; None when it does not say."""
    said = case.file.self_hosting.promise
    if said is None:
        return None
    with told_at_the_promise(case):
        return as_promise(said)


def as_promise(said: Promised) -> Promise:
    """The promise in the terms of a case. Raises `BadPromise`."""
    return Promise(ttft_seconds=said.ttft_seconds, tpot_seconds=said.tpot_seconds, percentile=float(said.percentile))


def promise_assumed(bands: Sequence[ThroughputBand]) -> Promise:
    """The promise behind these speeds, the loosest of the workloads': where the case states none."""
    found = [each.promise for each in bands if each.promise is not None]
    return Promise(
        ttft_seconds=max((each.ttft_seconds or 0.0 for each in found), default=USUAL.ttft_seconds),
        tpot_seconds=max((each.tpot_seconds or 0.0 for each in found), default=USUAL.tpot_seconds),
    )


def sized_by(bands: Sequence[ThroughputBand]) -> str:
    """How the fleet of a study was sized: by formula always, from a speed that a replay found, or did not."""
    notices = {each for band in bands for each in band.notices}
    if PROMISE_ASSUMED in notices:
        part = "" if all(PROMISE_ASSUMED in band.notices for band in bands) else " for a part"
        return f"by formula; {PROMISE_SHARE:.0%} of saturated speed is assumed{part} to keep the promise, not replayed"
    if not any("a replay of the step model" in band.because for band in bands):
        return "by formula; the speed is stated or measured under the promise, not replayed"
    whose = "an assumed promise" if any(each.startswith(NOT_PROMISED) for each in notices) else "the promise"
    return f"by formula; a replay set the speed under {whose} (`breakeven size` replays all)"
