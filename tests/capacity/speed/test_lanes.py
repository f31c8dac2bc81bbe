"""Pipelines and spread experts: batches beside each other, each replayed as an engine of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from breakeven.capacity.fit.replica import Replica, fits, held_bytes, kv_room_bytes, layout_of, sequences_at
from breakeven.capacity.fit.setup import Layout
from breakeven.capacity.promise.goodput import OneReplica, engine_limits, holdable, saturated_rate
from breakeven.capacity.promise.promise import USUAL
from breakeven.capacity.replay.synthetic import made_up
from breakeven.capacity.speed.ceiling import Asked, ceilings
from breakeven.capacity.speed.modelled_costs import modelled_costs
from breakeven.capacity.speed.promised import goodput_at
from breakeven.capacity.speed.published import NO_DETAILS, Lengths
from breakeven.capacity.speed.saturation import Deployment
from breakeven.capacity.speed.throughput import saturated_setup, throughput
from breakeven.capacity.step_model.cross_validation import _without, related
from breakeven.capacity.step_model.fit import fit, values_of
from breakeven.capacity.step_model.pooling import SPREADS, kinship
from breakeven.capacity.step_model.predictor import calibration, published_table
from breakeven.capacity.step_model.widths import keys_of, known_levels, width_of
from breakeven.facts import catalog
from breakeven.facts.precisions import precision_named

LENGTHS = Lengths(mean_input_tokens=1000.0, mean_output_tokens=300.0)
TENSOR, PIPELINE = Layout(gpus=8, tensor=8), Layout(gpus=8, tensor=4, pipeline=2)
SPREAD = Layout(gpus=8, tensor=1, data=8, expert=8)


def replica(layout: Layout, model: str = "qwen3-235b-a22b") -> Replica:
    return Replica(
        model=catalog.open_model(model), gpu=catalog.gpu("h200"), precision=precision_named("fp8"), gpus=layout.gpus,
        layout=None if layout == layout_of(layout.gpus) else layout,
    )  # fmt: skip


def setup(layout: Layout):
    return saturated_setup(replica(layout), LENGTHS)


def test_data_parallel_ranks_hold_the_attention_each_and_the_experts_once():
    assert held_bytes(replica(TENSOR)) == pytest.approx(held_bytes(replica(PIPELINE)))
    extra = held_bytes(replica(SPREAD)) / held_bytes(replica(TENSOR))
    assert 1.1 < extra < 2  # seven more copies of 7 % of the weights
    assert kv_room_bytes(replica(SPREAD)) < kv_room_bytes(replica(TENSOR))


def test_ranks_hold_more_sequences_where_the_kv_cache_cannot_be_cut():
    """4 KV heads on 8 GPUs are held twice; a rank of its own holds them once."""
    room = kv_room_bytes(replica(SPREAD)) / kv_room_bytes(replica(TENSOR))
    gained = sequences_at(replica(SPREAD), 1150.0) / sequences_at(replica(TENSOR), 1150.0)
    assert gained == pytest.approx(2 * room, rel=1e-6)
    assert fits(replica(SPREAD), 1150.0)


@pytest.mark.parametrize("layout", [TENSOR, PIPELINE, SPREAD])
def test_all_lanes_replayed_serve_what_the_step_model_says(layout):
    asked = setup(layout)
    costs = modelled_costs(asked)
    limits = engine_limits(asked, costs.kv_blocks)
    one = OneReplica(limits=limits, costs=costs.likely, lanes=costs.lanes)
    trace = holdable(made_up(LENGTHS.mean_input_tokens, LENGTHS.mean_output_tokens, 3000), limits)
    served = saturated_rate(one, trace) * one.lanes * (LENGTHS.mean_input_tokens + LENGTHS.mean_output_tokens)
    assert costs.lanes == {TENSOR: 1, PIPELINE: 2, SPREAD: 8}[layout]
    assert served == pytest.approx(costs.tokens_per_second, rel=0.25)


def test_a_pipeline_serves_more_over_slow_links_and_answers_a_lone_request_later():
    def on(layout: Layout):
        asked = replace(setup(layout), gpu=catalog.gpu("l40s"), architecture=catalog.architecture("qwen3-32b"))
        return modelled_costs(asked)

    tensor, pipeline = on(Layout(gpus=4, tensor=4)), on(Layout(gpus=4, tensor=1, pipeline=4))
    assert pipeline.tokens_per_second > tensor.tokens_per_second
    assert pipeline.likely.prefill_alone(4000.0) > tensor.likely.prefill_alone(4000.0)
    assert pipeline.likely.decode_alone(1000.0) > tensor.likely.decode_alone(1000.0)


def test_every_rank_brings_its_own_tokens_to_the_experts():
    few = modelled_costs(setup(TENSOR)).likely, modelled_costs(setup(SPREAD)).likely
    assert few[0].expert_use < few[1].expert_use < 1


@pytest.mark.parametrize("layout", [TENSOR, PIPELINE, SPREAD])
@pytest.mark.parametrize("tpot_seconds", [0.02, 0.05, 0.2])
def test_no_replay_under_a_promise_exceeds_the_ceiling(layout, tpot_seconds):
    one, promise = replica(layout), replace(USUAL, ttft_seconds=None, tpot_seconds=tpot_seconds)
    band = throughput(
        model=one.model, gpu=one.gpu, precision="fp8", gpus_per_replica=8, layout=one.layout,
        mean_input_tokens=LENGTHS.mean_input_tokens, mean_output_tokens=LENGTHS.mean_output_tokens, promise=promise,
    )  # fmt: skip
    asked = [Asked(replica=one, lengths=LENGTHS, details=NO_DETAILS)]
    within, anyhow = ceilings(asked, {}, promise)[0], ceilings(asked, {})[0]
    assert band.p50 <= within <= anyhow
    assert band.kind == "modelled"


def test_two_nodes_are_a_pipeline_of_nodes_in_time_as_in_memory():
    assert saturated_setup(replica(layout_of(16)), LENGTHS).layout == Layout(gpus=16, tensor=8, pipeline=2)


def test_goodput_is_of_all_lanes():
    asked = setup(SPREAD)
    whole = modelled_costs(asked).tokens_per_second
    found = goodput_at(asked, USUAL, whole, 0.3)
    assert 0 < found.likely <= found.saturated
    assert found.saturated * 1300 == pytest.approx(whole, rel=0.25)


@pytest.mark.parametrize(("kind", "least_rows"), [("pipeline", 45), ("spread", 90)])
def test_published_rows_of_such_layouts_lie_in_the_band_when_all_of_them_are_left_out(kind, least_rows):
    """As if nobody had published a single row of such a layout."""
    rows = published_table()
    of_kind = {"pipeline": lambda shared: shared.pipeline > 1 and shared.data == 1, "spread": lambda shared: (
        shared.expert > 1 or shared.data > 1
    )}[kind]  # fmt: skip
    out = np.array([of_kind(each.layout) for each in rows.setups])
    whole = fit(rows.cells, rows.levels, rows.measured, rows.groups)
    every, _ = related(rows, values_of(whole, rows.levels))
    errors, left = _without(rows, out, whole, kinship(every, every, SPREADS), SPREADS)
    known = known_levels([level for level, gone in zip(rows.levels, out, strict=True) if not gone])
    wide = [width_of(keys_of(rows.levels[i], known), calibration().widths) for i in np.flatnonzero(out)]
    deviation = np.sqrt(np.maximum(np.diag(left), 0.0) + SPREADS.noise**2) * np.array(wide) * calibration().band
    assert out.sum() >= least_rows
    assert np.median(np.abs(np.expm1(errors))) < 0.2
    assert np.mean(np.abs(errors) <= deviation) >= 0.75


def test_one_request_is_served_by_one_rank():
    alone, many = (
        Deployment(setup=setup(layout)).at_concurrency([1])[0].output_tokens_per_second.p50
        for layout in (SPREAD, TENSOR)
    )
    assert 0.3 < alone / many < 1  # one GPU's attention instead of eight
    (load,) = Deployment(setup=setup(SPREAD)).at_concurrency([4])
    seconds = load.ttft_seconds.p50 + (LENGTHS.mean_output_tokens - 1) * load.tpot_seconds.p50
    assert load.requests_per_second.p50 * seconds == pytest.approx(4, rel=0.1)


def test_requests_that_the_ranks_cannot_share_out_evenly_make_no_step():
    """Eleven over eight ranks were replayed as one a rank, twelve as two."""
    found = Deployment(setup=setup(SPREAD)).at_concurrency([9, 11, 12, 13])
    for load in found:
        seconds = load.ttft_seconds.p50 + (LENGTHS.mean_output_tokens - 1) * load.tpot_seconds.p50
        assert load.requests_per_second.p50 * seconds == pytest.approx(load.in_flight.p50, rel=0.1)
    eleven, twelve = found[1].tpot_seconds.p50, found[2].tpot_seconds.p50
    assert eleven <= twelve < 1.1 * eleven
