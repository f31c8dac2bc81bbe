"""What a step costs: experts that nobody chose are not read, and what lies between client and engine is not a step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from step_setups import make_setup

from breakeven.capacity.replay.ledger import Limits
from breakeven.capacity.replay.replay import Replicas, replay
from breakeven.capacity.replay.step_costs import PICOSECONDS, StepCosts, in_picoseconds
from breakeven.capacity.replay.summary import kept_share, latencies
from breakeven.capacity.replay.trace import Trace
from breakeven.capacity.speed.modelled_costs import modelled_costs
from breakeven.problems import Problem

DENSE = StepCosts(overhead=0.001, weights=0.02, per_token=1e-5, per_sequence=0.0, per_context_token=0.0)
MIXTURE = replace(DENSE, expert_share=0.9, expert_use=0.25)
LIMITS = Limits(kv_blocks=10_000, most_sequences=64, token_budget=2048)


def alone(costs: StepCosts, requests: int = 1) -> tuple[float, float]:
    """Seconds to the first token and per further token of requests that come at once."""
    trace = Trace(arrival=(0,) * requests, prompt=(100,) * requests, output=(50,) * requests)
    found = latencies(replay(trace, Replicas(replicas=1, limits=LIMITS, costs=costs)))
    return float(np.median(found.ttft)), float(np.median(found.tpot))


@pytest.mark.parametrize("decoding", [1, 2, 8, 64])
def test_a_step_reads_the_experts_that_its_sequences_choose(decoding: int) -> None:
    read = 0.02 * (0.1 + 0.9 * (1 - 0.75**decoding))
    decode = in_picoseconds(MIXTURE, 64).decode[decoding]
    assert decode == pytest.approx((0.001 + max(read, 1e-5 * decoding)) * PICOSECONDS, abs=1)


def test_one_answer_alone_is_quicker_from_a_mixture_and_many_are_not() -> None:
    dense, mixture = alone(DENSE), alone(MIXTURE)
    assert mixture[1] == pytest.approx(0.001 + 0.02 * 0.325)
    assert mixture[0] == pytest.approx(dense[0])  # a prompt's tokens choose all experts between them
    assert alone(MIXTURE, 32)[1] == pytest.approx(alone(DENSE, 32)[1], rel=0.01)


def test_what_lies_between_client_and_engine_is_seen_by_the_client_alone() -> None:
    near, far = alone(DENSE), alone(replace(DENSE, per_request=0.5))
    assert far[0] == pytest.approx(near[0] + 0.5)
    assert far[1] == near[1]
    trace = Trace(arrival=(0,), prompt=(100,), output=(50,))
    done = replay(trace, Replicas(replicas=1, limits=LIMITS, costs=replace(DENSE, per_request=0.5)))
    assert [kept_share(done, limit, None) for limit in (0.5, 0.6)] == [0.0, 1.0]


def test_sending_tokens_costs_in_steps_without_prefill_only() -> None:
    quiet, busy = alone(DENSE, 10), alone(replace(DENSE, per_stream=1e-3), 10)
    assert busy[1] == pytest.approx(quiet[1] + 0.01)
    assert busy[0] == quiet[0]


def test_a_longer_step_leaves_the_way_to_the_engine_and_the_experts_as_they_are() -> None:
    twice = replace(MIXTURE, per_request=0.004).times(2)
    assert (twice.weights, twice.per_request, twice.expert_share, twice.expert_use) == (0.04, 0.004, 0.9, 0.25)


def test_a_share_of_experts_above_one_is_refused() -> None:
    with pytest.raises(Problem, match="above 1"):
        replace(DENSE, expert_share=1.2)


def test_the_modelled_costs_of_a_mixture_read_less_for_few() -> None:
    found = modelled_costs(make_setup(model="qwen3-30b-a3b", engine="vLLM")).likely
    assert found.expert_use == 8 / 128
    assert 0.8 < found.expert_share < 1
    assert found.read(1) < 0.2 * found.weights
    assert modelled_costs(make_setup(engine="vLLM")).likely.expert_share == 0


@pytest.mark.parametrize("costs", [DENSE, replace(MIXTURE, per_request=0.004, per_stream=1e-4)])
def test_a_request_that_is_alone_is_as_quick_as_its_replay(costs: StepCosts) -> None:
    first, further = alone(costs)
    assert costs.prefill_alone(100) == pytest.approx(first)
    assert costs.decode_alone(125) == pytest.approx(further)
