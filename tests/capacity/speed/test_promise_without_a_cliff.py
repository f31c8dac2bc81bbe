"""No cliff in the promise: longer prompts never raise the requests a second, looser promises never lower them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.capacity.promise.goodput import FILLING, HALF, OneReplica, goodput, saturated_rate, usual_promise
from breakeven.capacity.promise.promise import USUAL, Promise, seen
from breakeven.capacity.promise.unloaded import NoFleet
from breakeven.capacity.replay.ledger import Limits
from breakeven.capacity.replay.replay import Replicas, replay
from breakeven.capacity.replay.step_costs import StepCosts
from breakeven.capacity.replay.summary import latencies
from breakeven.capacity.replay.synthetic import paced, synthetic
from breakeven.capacity.speed.published import ThroughputBand
from breakeven.capacity.speed.throughput import NOT_PROMISED, throughput
from breakeven.facts import catalog

RESOLVED = 1.02  # halving finds a rate to 1.6 % of the saturated one
REPLICA = OneReplica(
    limits=Limits(kv_blocks=12_000, most_sequences=256, token_budget=4096),
    costs=StepCosts(
        overhead=0.004,
        weights=0.012,
        per_token=4e-5,
        per_sequence=2e-5,
        per_context_token=2e-8,
    ),
)
seconds = st.floats(0.01, 8.0)


def speed(mean_input: float, promise: Promise | None = None, model: str = "llama-3.3-70b") -> ThroughputBand:
    return throughput(
        model=catalog.open_model(model),
        gpu=catalog.gpu("h100"),
        precision="fp8",
        gpus_per_replica=2,
        mean_input_tokens=mean_input,
        mean_output_tokens=300,
        measurements=catalog.published_throughput(),
        promise=promise,
    )


@pytest.mark.parametrize("model", ["llama-3.3-70b", "qwen3-32b"])
def test_longer_prompts_never_raise_the_requests_a_second(model: str) -> None:
    """2,000, 4,000, 6,000 and 8,000 tokens gave 7,304, 5,761, 1,549 and then 9,299 tokens/s of a 70B model."""
    lengths = (500, 2000, 4000, 6000, 8000, 16_000, 32_000)
    rates = [speed(each, model=model).p50 / (each + 300) for each in lengths]
    for longer, shorter in zip(rates[1:], rates, strict=False):
        assert longer <= shorter * RESOLVED


def test_a_relaxed_promise_is_said() -> None:
    found = speed(6000)
    assert found.promise is not None
    assert found.promise.ttft_seconds is not None
    assert 1.0 < found.promise.ttft_seconds < 3.0
    assert found.promise.tpot_seconds == USUAL.tpot_seconds
    told = next(each for each in found.notices if each.startswith(NOT_PROMISED))
    assert f"cannot keep {USUAL}; {found.promise}, the least relaxed that it keeps, are assumed" in told
    assert "leaves 49% of it" in found.because  # half of what the replay of that pace serves, which is 2 % less


def test_a_promise_that_can_be_kept_is_not_relaxed() -> None:
    found = speed(1000)
    assert found.promise == USUAL
    assert f"{NOT_PROMISED}: {USUAL} are assumed." in " ".join(found.notices)


def test_a_stated_promise_that_cannot_be_kept_is_refused_as_before() -> None:
    with pytest.raises(NoFleet, match=r"no fleet meets TTFT p95 1 s.*least relaxation: TTFT p95"):
        speed(16_000, USUAL)


@settings(max_examples=15, deadline=None)
@given(ttft=seconds, tpot=seconds, looser=st.floats(1.0, 5.0), prompt=st.integers(100, 20_000))
def test_a_looser_promise_never_lowers_the_rate(ttft: float, tpot: float, looser: float, prompt: int) -> None:
    trace = synthetic(prompt, 100, 400)
    trace = replace(trace, prompt=tuple(min(each, 100_000) for each in trace.prompt))
    most = saturated_rate(REPLICA, trace)
    tight = Promise(ttft_seconds=ttft, tpot_seconds=tpot / 20)
    loose = Promise(ttft_seconds=ttft * looser, tpot_seconds=tpot / 20 * looser)
    assert goodput(REPLICA, trace, loose, saturated=most) >= goodput(REPLICA, trace, tight, saturated=most)


@settings(max_examples=10, deadline=None)
@given(prompt=st.integers(50, 20_000))
def test_the_assumed_promise_is_kept_at_half_load_and_relaxes_with_the_prompt(prompt: int) -> None:
    trace = synthetic(prompt, 100, 600)
    trace = replace(trace, prompt=tuple(min(each, 100_000) for each in trace.prompt))
    most = saturated_rate(REPLICA, trace)
    found = usual_promise(REPLICA, trace, saturated=most)
    assert found.ttft_seconds is not None
    assert found.ttft_seconds >= 1.0
    half = replay(paced(trace, HALF * most), Replicas(replicas=1, limits=REPLICA.limits, costs=REPLICA.costs))
    assert not seen(latencies(half), found.percentile, first=len(trace) // FILLING).broken(found)
