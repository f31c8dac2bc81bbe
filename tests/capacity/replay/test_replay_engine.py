"""The replayed engine: the same as a plain one to the last picosecond, with jumps and without."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from naive_engine import NaiveEngine, Request

from breakeven.capacity.replay.engine import replica
from breakeven.capacity.replay.ledger import BLOCK, NEVER, Ledger, Limits, Tally, ledger
from breakeven.capacity.replay.prefix_cache import PrefixCache
from breakeven.capacity.replay.step_costs import PICOSECONDS, Picoseconds, StepCosts, in_picoseconds

COSTS = StepCosts(
    overhead=0.003,
    weights=0.01,
    per_token=4.5e-5,
    per_sequence=2e-5,
    per_context_token=8e-8,
    per_prefill_step=1e-3,
    per_prefill_pair=1e-9,
)


def replayed(
    limits: Limits, costs: Picoseconds, requests: list[tuple[int, int, int]], hashes: Any = None, **named: Any
) -> tuple[Ledger, Tally]:
    book = ledger(*(list(each) for each in zip(*requests, strict=True)))
    tally = Tally(inbox=list(range(len(requests))))
    cache = PrefixCache(hashes, book.prompt, 2 * BLOCK) if hashes else None
    engine = replica(limits, costs, book, tally, cache=cache, **named)
    next(engine)
    engine.send(NEVER)
    return book, tally


def plain(limits: Limits, costs: Picoseconds, requests: list[tuple[int, int, int]]) -> list[Request]:
    known = [Request(number, *each) for number, each in enumerate(requests)]
    NaiveEngine(limits, costs, known).run()
    return known


gaps = st.one_of(st.just(0), st.integers(0, PICOSECONDS // 20), st.integers(0, 3 * PICOSECONDS))
loads = st.lists(st.tuples(gaps, st.integers(1, 120), st.integers(1, 90)), min_size=1, max_size=40).map(
    lambda rows: list(
        zip(accumulate(each[0] for each in rows), [each[1] for each in rows], [each[2] for each in rows], strict=True)
    )
)
engines = st.builds(
    Limits,
    kv_blocks=st.integers(14, 60),
    most_sequences=st.integers(1, 12),
    token_budget=st.integers(16, 150),
    lookahead=st.booleans(),
    reuse_after_preemption=st.booleans(),
) | st.builds(
    Limits,
    kv_blocks=st.integers(14, 60),
    most_sequences=st.integers(1, 12),
    token_budget=st.integers(16, 150),
    lookahead=st.just(value=False),
    prompts_first=st.just(value=True),
)


@given(limits=engines, requests=loads)
@settings(max_examples=400)
def test_the_replay_is_the_plain_engine_to_the_last_digit(limits: Limits, requests: Any) -> None:
    costs = in_picoseconds(COSTS, limits.most_sequences)
    expected = plain(limits, costs, requests)
    for jump in (True, False):
        book, _ = replayed(limits, costs, requests, jump=jump)
        assert book.first == [each.first for each in expected]
        assert book.last == [each.last for each in expected]
        assert book.scheduled == [each.scheduled for each in expected]
        assert book.preempted == [each.preempted for each in expected]


@given(limits=engines, requests=loads, data=st.data())
@settings(max_examples=200)
def test_with_shared_prefixes_jumping_changes_nothing(limits: Limits, requests: Any, data: st.DataObject) -> None:
    hashes = [data.draw(st.lists(st.integers(0, 12), min_size=4, max_size=4, unique=True)) for _ in requests]
    costs = in_picoseconds(COSTS, limits.most_sequences)
    told = [
        replayed(limits, costs, requests, hashes, jump=jump, note_queued=note)
        for jump in (True, False)
        for note in (True, False)
    ]
    books = [(book.first, book.last, book.scheduled, book.preempted, book.cached) for book, _ in told]
    assert all(each == books[0] for each in books)
    tallies = [(tally.busy, tally.steps, tally.sequence_time, tally.prefilled) for _, tally in told]
    assert all(each == tallies[0] for each in tallies)
    assert all(each > 0 for each in books[0][1])


def test_where_prompts_come_first_answers_stand_still_meanwhile() -> None:
    """A second request comes while the first answers: its prompt of 2,000 tokens is a step of its own."""
    requests = [(0, 100, 200), (PICOSECONDS, 2000, 10)]
    costs = in_picoseconds(COSTS, 8)
    together, apart = (
        replayed(Limits(kv_blocks=500, token_budget=4000, lookahead=False, prompts_first=first), costs, requests)[0]
        for first in (False, True)
    )
    assert apart.first[1] < together.first[1]
    alone = costs.overhead + costs.per_token * 2000 + costs.per_prefill_step + costs.per_prefill_half_pair * 2000**2
    assert apart.first[1] - apart.scheduled[1] == alone
    assert costs.decode[1] * 0.9 < apart.last[0] - together.last[0] < costs.decode[1] * 1.1  # one token later
