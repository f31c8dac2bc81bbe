"""The arithmetic that both ways of the engine share, held against steps taken one by one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.capacity.replay import engine
from breakeven.capacity.replay.engine_light import State
from breakeven.capacity.replay.ledger import Limits
from breakeven.capacity.replay.replay import Replicas, replay
from breakeven.capacity.replay.step_costs import StepCosts, even_steps, in_picoseconds, prefill_step
from breakeven.capacity.replay.trace import Trace, trace_of

SECONDS = StepCosts(
    overhead=0.003, weights=0.01, per_token=4.5e-5, per_sequence=2e-5, per_context_token=8e-8,
    per_prefill_step=0.001, per_prefill_pair=1e-9,
)  # fmt: skip
NO_CONTEXT = StepCosts(overhead=0.003, weights=0.01, per_token=4.5e-5, per_sequence=2e-5, per_context_token=0.0)


def step_ends(seconds: StepCosts, steps: int, decoding: int, context: int, begin: int) -> list[int]:
    """When each of so many steps ends, one after the other."""
    costs = in_picoseconds(seconds, 256)
    took = (costs.decode[decoding] + costs.per_context_token * (context + decoding * i) for i in range(1, steps + 1))
    return [*accumulate(took, initial=begin)][1:]


@given(
    st.sampled_from([SECONDS, NO_CONTEXT]),
    st.integers(0, 1),
    st.integers(1, 60),
    st.integers(1, 256),
    st.integers(0, 10**6),
    st.integers(0, 10**13),
    st.integers(-(10**11), 2 * 10**12),
)
def test_a_stretch_is_its_steps_up_to_the_first_that_ends_at_the_limit(
    seconds: StepCosts, lag: int, steps: int, decoding: int, context: int, begin: int, after: int
) -> None:
    ends = step_ends(seconds, steps + 1, decoding, context, begin)
    taken, before, end = even_steps(in_picoseconds(seconds, 256), lag)(steps, decoding, context, begin, begin + after)
    reached = 0 if after <= 0 else 1 + next((i for i, each in enumerate(ends) if each >= begin + after), steps)
    expected = steps if steps == 1 else min(reached + lag, steps)
    assert taken == expected
    assert end == (ends[taken - 1] if taken else begin)
    assert taken == 0 or before == (ends[taken - 2] if taken > 1 else begin)


def test_a_step_with_prefill_is_the_sum_of_its_parts() -> None:
    took = prefill_step(in_picoseconds(SECONDS, 256))
    prompt, decoding, context = 1000, 10, 5000
    parts = 0.003 + max(0.01, 4.5e-5 * (decoding + prompt)) + 2e-5 * decoding + 8e-8 * (context + decoding)
    parts += 0.001 + 1e-9 * prompt * prompt / 2
    assert took(decoding, context, prompt, prompt * prompt) == pytest.approx(parts * 1e12, abs=1)
    assert took(0, 0, 1, 1) == pytest.approx((0.003 + 0.01 + 0.001) * 1e12 + 500, abs=1)  # all weights are read once


def declining(*_: object, **__: object) -> Callable[..., State]:
    """A short way that hands the state back as it is."""
    return lambda inbox, until, state: state


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("lookahead", [False, True])
def test_the_short_way_gives_what_the_long_way_gives(
    seed: int, lookahead: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Replicas(replicas=2, limits=Limits(kv_blocks=600, token_budget=2048, lookahead=lookahead), costs=SECONDS)
    quick = replay(day(seed), plan, processes=1)
    monkeypatch.setattr(engine, "light", declining)
    alone = replay(day(seed), plan, processes=1)
    assert quick.book == alone.book
    assert quick.tallies == alone.tallies


def day(seed: int) -> Trace:
    chance = np.random.default_rng(seed)
    arrival = np.sort(chance.uniform(0, 120, 400)).tolist()
    prompt, output = chance.integers(1, 900, 400).tolist(), chance.integers(1, 120, 400).tolist()
    return trace_of(zip(arrival, prompt, output, [()] * 400, strict=True))
