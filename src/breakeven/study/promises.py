"""What the case promises to those who wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from breakeven.capacity.promise import BadPromise, Promise
from breakeven.capacity.unloaded import NoFleet
from breakeven.study.case import Case

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
        return Promise(
            ttft_seconds=said.ttft_seconds, tpot_seconds=said.tpot_seconds, percentile=float(said.percentile)
        )
