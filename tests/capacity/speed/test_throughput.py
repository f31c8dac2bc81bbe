"""Tokens per second of a replica: measured beats published beats modelled, and the band says how sure."""

from __future__ import annotations

from collections import defaultdict
from math import exp, hypot, log

import numpy as np
import pytest
from capacity_facts import MADE_UP, make_gpu, make_large_model, make_model, make_row
from hypothesis import given
from hypothesis import strategies as st

from breakeven.capacity.check.backtest import backtest
from breakeven.capacity.fit.memory import DoesNotFit
from breakeven.capacity.fit.precision import NoArithmetic
from breakeven.capacity.fit.replica import BadSize, Replica
from breakeven.capacity.promise.promise import Promise
from breakeven.capacity.speed.published import (
    LOAD_CHOSEN,
    PROMISE_ASSUMED,
    PROMISE_SPREAD,
    ThroughputBand,
    carried_over,
    lengths_of,
    matching,
    saturated,
    spread_of,
    total_tokens_per_second,
)
from breakeven.capacity.speed.throughput import BEYOND, TOO_GENTLE, BadThroughput, StatedThroughput, throughput
from breakeven.capacity.step_model.roofline import (
    active_parameters,
    batch,
    is_mixture,
    request_seconds,
    saturated_tokens_per_second,
    streamed_weights_bytes,
)
from breakeven.facts import catalog
from breakeven.facts.precisions import UnknownPrecision, precision_named
from breakeven.facts.records import Measurement
from breakeven.numbers.inputs import Source

GPU, MODEL = make_gpu(), make_model()
MIXTURE = make_model(key="mixture", total_parameters=30e9, active_parameters=3e9)
LONG = Promise(ttft_seconds=600.0, tpot_seconds=2.0)  # kept at any load
REPLICA = Replica(model=MODEL, gpu=GPU, precision=precision_named("bf16"), gpus=1)


def ask(
    *rows: Measurement,
    stated: StatedThroughput | None = None,
    lengths: tuple[float, float] = (1000, 1000),
    gpus: int = 1,
    precision: str = "bf16",
) -> ThroughputBand:
    return throughput(
        model=MODEL,
        gpu=GPU,
        precision=precision,
        gpus_per_replica=gpus,
        mean_input_tokens=lengths[0],
        mean_output_tokens=lengths[1],
        measurements=rows,
        stated=stated,
    )


# ---------------------------------------------------------------------------------------------- stated


def test_a_stated_figure_stands_above_all_and_gives_w6_its_capacity() -> None:
    band = ask(make_row(), stated=StatedThroughput(tokens_per_second=27_159.118, kind="measured"), lengths=(1024, 128))
    assert (band.kind, band.p50) == ("measured", 27_159.118)
    assert band.p50 * 2_628_000 / 1e6 == pytest.approx(71_374.16, abs=0.005)  # MTok a month
    assert (band.p10, band.p90) == pytest.approx((27_159.118 * exp(-0.1), 27_159.118 * exp(0.1)))
    assert "27,159 tokens/s (input + output)" in band.because


def test_a_stated_range_is_the_5th_and_95th_percentile_and_the_band_the_10th_and_90th() -> None:
    band = ask(stated=StatedThroughput(tokens_per_second=1000, low=500, high=1200, kind="assumed", source=MADE_UP))
    assert (band.kind, band.source) == ("assumed", MADE_UP)
    assert band.p10 == pytest.approx(1000 * 0.5 ** (1.2815515655 / 1.6448536270))
    assert 500 < band.p10 < 1000 < band.p90 < 1200


@pytest.mark.parametrize("speed", [0.0, -5.0, float("nan")])
def test_a_stated_figure_is_above_zero(speed: float) -> None:
    with pytest.raises(BadThroughput, match="it must be greater than zero"):
        ask(stated=StatedThroughput(tokens_per_second=speed))


@pytest.mark.parametrize(("low", "high"), [(1100, 1200), (None, 900), (-1, None)])
def test_a_stated_range_holds_its_value(low: float | None, high: float | None) -> None:
    with pytest.raises(BadThroughput, match="does not hold the stated throughput of 1000 tokens/s"):
        ask(stated=StatedThroughput(tokens_per_second=1000, low=low, high=high))


# ------------------------------------------------------------------------------------------- published


def test_output_tokens_become_total_tokens() -> None:
    assert total_tokens_per_second(make_row(mean_input_tokens=3000.0)) == 4 * 7000


def test_a_saturated_row_at_our_lengths_keeps_three_quarters() -> None:
    band = ask(make_row())
    assert (band.kind, band.source) == ("published", MADE_UP)
    assert band.p50 == pytest.approx(0.75 * 14_000)
    assert band.p90 / band.p50 == pytest.approx(exp(hypot(0.10, log(1.5))))
    assert band.notices == (PROMISE_ASSUMED,)
    assert band.because == (
        "Published: model-8b fp16 on 1 × gpu-80 with engine gave 7,000 output tokens/s at "
        "1,000 in / 1,000 out (infinite_rate, row R1)."
    )


def test_a_row_under_a_promise_is_taken_as_it_is() -> None:
    band = ask(make_row(load="slo_max_poisson"))
    assert band.p50 == pytest.approx(14_000)
    assert band.notices == ()


def test_a_distant_row_is_carried_over_by_the_roofline_and_the_band_widens() -> None:
    near, far = ask(make_row()), ask(make_row(), lengths=(4000, 500))
    ratio = saturated_tokens_per_second(REPLICA, 4000, 500) / saturated_tokens_per_second(REPLICA, 1000, 1000)
    assert far.p50 == pytest.approx(near.p50 * ratio)
    assert far.p90 / far.p50 > near.p90 / near.p50
    assert "carried over to 4,000 in / 500 out on 1" in far.because


def test_the_nearest_row_is_chosen_and_of_equally_near_ones_the_latest() -> None:
    old = make_row(id="old", source=Source(title="old", date="2024-01-01"))
    new = make_row(id="new", source=Source(title="new", date="2025-01-01"))
    far = make_row(id="far", mean_output_tokens=4000.0, source=Source(title="far", date="2026-01-01"))
    two = make_row(id="two", gpus=2, source=Source(title="two", date="2026-01-01"))
    assert "row new" in ask(old, far, new, two).because
    assert "row two" in ask(old, far, new, two, gpus=2).because


@pytest.mark.parametrize(
    "other",
    [
        {"model": "model-70b"},
        {"gpu": "gpu-40"},
        {"precision": "fp8"},
        {"load": "single_stream"},
        {"precision": "odd"},
    ],
)
def test_rows_of_something_else_are_not_used(other: dict[str, str]) -> None:
    assert ask(make_row(**other)).kind == "modelled"


def test_a_chosen_load_is_a_lower_bound_with_a_wide_band() -> None:
    gentle = make_row(id="gentle", load="closed_loop", output_tokens_per_second=4000.0)
    harder = make_row(id="harder", load="closed_loop", output_tokens_per_second=8000.0)
    band = ask(gentle, harder)
    assert (band.kind, band.notices) == ("published", (LOAD_CHOSEN,))
    assert band.p50 == pytest.approx(16_000)
    assert band.p90 / band.p50 > 2


def test_a_load_too_gentle_to_tell_anything_is_left_for_the_model() -> None:
    band = ask(make_row(load="poisson_qps=1", output_tokens_per_second=100.0))
    assert band.kind == "modelled"
    assert TOO_GENTLE in band.notices


# -------------------------------------------------------------------------------------------- modelled


def test_the_roofline_worked_by_hand() -> None:
    sequences = (0.9 * 80 * 2**30 - 16.06e9 - 2e9 - 40 * 4096 * 8192) / (1500 * 131_072)  # 295, by memory
    assert batch(REPLICA, 1500) == pytest.approx(sequences)
    token = 2 * 8.03e9 / (989e12 * 0.70)
    step = (16.06e9 + sequences * 1500 * 131_072) / (3.35e12 * 0.75) + sequences * token + 0.004
    assert request_seconds(REPLICA, 1000, 1000) == pytest.approx(1000 * token + 1000 * step / sequences)
    assert saturated_tokens_per_second(REPLICA, 1000, 1000) == pytest.approx(
        2000 / (1000 * token + 1000 * step / sequences)
    )


def test_a_modelled_band_is_wide_and_says_why() -> None:
    band = ask()
    assert band.kind == "modelled"
    assert band.p50 == pytest.approx(0.75 * saturated_tokens_per_second(REPLICA, 1000, 1000))
    assert band.p90 / band.p50 == pytest.approx(exp(hypot(log(1.4), PROMISE_SPREAD)))
    assert "roofline" in band.because
    assert "own check" in band.source.title


def test_a_mixture_reads_its_active_weights_at_one_sequence_and_nearly_all_at_many() -> None:
    replica = Replica(model=MIXTURE, gpu=GPU, precision=precision_named("bf16"), gpus=1)
    assert is_mixture(MIXTURE)
    assert not is_mixture(MODEL)
    assert streamed_weights_bytes(replica, 1) == pytest.approx(2 * 3e9)
    assert streamed_weights_bytes(replica, 256) == pytest.approx(2 * 30e9)


def test_a_model_without_active_parameters_uses_all_of_them() -> None:
    assert active_parameters(make_model(active_parameters=0.0)) == 8.03e9


def test_gpus_joined_slowly_serve_less() -> None:
    def total(link: float | None) -> float:
        gpu = make_gpu(interconnect_bytes_per_second=link)
        replica = Replica(model=make_large_model(), gpu=gpu, precision=precision_named("bf16"), gpus=4)
        return saturated_tokens_per_second(replica, 1000, 1000)

    assert total(450e9) > total(64e9) > total(None)


# ------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(("lengths", "name"), [((0, 100), "mean_input_tokens"), ((100, 0), "mean_output_tokens")])
def test_lengths_are_above_zero(lengths: tuple[float, float], name: str) -> None:
    with pytest.raises(BadSize, match=f"{name} is 0; it must be greater than zero"):
        ask(lengths=lengths)


def test_a_replica_that_cannot_hold_the_model_serves_nothing() -> None:
    with pytest.raises(DoesNotFit, match="does not fit on 1 × small"):
        throughput(
            model=MODEL,
            gpu=make_gpu(key="small", memory_bytes=8e9),
            precision="bf16",
            gpus_per_replica=1,
            mean_input_tokens=100,
            mean_output_tokens=100,
        )


def test_an_unknown_precision() -> None:
    with pytest.raises(UnknownPrecision, match='"bfloat"'):
        ask(precision="bfloat")


def test_a_gpu_without_any_arithmetic_peak_cannot_be_modelled() -> None:
    replica = Replica(model=MODEL, gpu=make_gpu(flops_per_second={}), precision=precision_named("fp8"), gpus=1)
    with pytest.raises(NoArithmetic, match="no fp8 and no bf16 arithmetic peak") as raised:
        saturated_tokens_per_second(replica, 100, 100)
    assert "State the measured tokens per second" in raised.value.fix


# ------------------------------------------------------------------------------------------ properties

LENGTHS = st.floats(1, 20_000)


@given(inputs=LENGTHS, outputs=LENGTHS, bandwidth=st.floats(1e11, 1e13), faster=st.floats(1, 10))
def test_more_bandwidth_never_serves_less(inputs: float, outputs: float, bandwidth: float, faster: float) -> None:
    def total(bytes_per_second: float) -> float:
        gpu = make_gpu(memory_bytes_per_second=bytes_per_second)
        return saturated_tokens_per_second(
            Replica(model=MODEL, gpu=gpu, precision=precision_named("bf16"), gpus=1), inputs, outputs
        )

    assert total(bandwidth * faster) >= total(bandwidth) * (1 - 1e-12)


@given(inputs=LENGTHS, outputs=LENGTHS, memory=st.floats(40e9, 300e9), more=st.floats(1, 4))
def test_more_memory_never_serves_less(inputs: float, outputs: float, memory: float, more: float) -> None:
    def total(model_bytes: float) -> float:
        gpu = make_gpu(memory_bytes=model_bytes)
        return saturated_tokens_per_second(
            Replica(model=MODEL, gpu=gpu, precision=precision_named("bf16"), gpus=1), inputs, outputs
        )

    assert total(memory * more) >= total(memory) * (1 - 1e-12)


@given(
    inputs=LENGTHS,
    outputs=LENGTHS,
    measured=st.floats(1, 1e6),
    load=st.sampled_from(["infinite_rate", "closed_loop"]),
)
def test_a_band_is_always_in_order(inputs: float, outputs: float, measured: float, load: str) -> None:
    band = ask(make_row(output_tokens_per_second=measured, load=load), lengths=(inputs, outputs))
    assert 0 < band.p10 < band.p50 < band.p90


# -------------------------------------------------------------------------------------------- backtest


@pytest.mark.parametrize(("mixtures", "least_rows"), [(False, 600), (True, 300)])
def test_the_band_holds_what_it_says_of_published_rows(mixtures: bool, least_rows: int) -> None:
    found = backtest(catalog.published_throughput(), catalog.open_models(), catalog.gpus(), mixtures=mixtures)
    assert found.rows >= least_rows
    assert found.left_out <= 5
    assert 0.75 <= found.inside_band <= 0.90
    assert found.median_absolute_error < 0.20


def from_its_neighbour(row: Measurement, others: list[Measurement]) -> tuple[float, float, float] | None:
    """Log error of the nearest of the others carried over to a row, its spread, and its error by the roofline; None: no
    such row.
    """
    replica = Replica(
        model=catalog.open_model(row.model),
        gpu=catalog.gpu(row.gpu),
        precision=precision_named(row.precision),
        gpus=row.gpus,
    )
    near = matching(others, replica)
    if not near or not matching([row], replica):
        return None
    nearest = min(near, key=lambda each: spread_of(each, replica, lengths_of(row)))
    lengths = lengths_of(row)
    error = log(total_tokens_per_second(row) / carried_over(nearest, replica, lengths))
    plainly = saturated(replica, lengths) / saturated(replica.on(nearest.gpus), lengths_of(nearest))
    by_roofline = log(total_tokens_per_second(row) / total_tokens_per_second(nearest) / plainly)
    return abs(error), spread_of(nearest, replica, lengths), abs(by_roofline)


@pytest.mark.parametrize("same_gpus", [True, False])
def test_a_row_carried_over_holds_what_its_spread_says(same_gpus: bool) -> None:
    rows = [row for row in catalog.published_throughput() if row.load == "infinite_rate" and row.gpus <= 16]
    groups: dict[tuple[str, str], list[Measurement]] = defaultdict(list)
    for row in rows:
        groups[row.model, row.gpu].append(row)
    inside = []
    for row in rows:
        others = groups[row.model, row.gpu]
        if same_gpus:
            left = [each for each in others if each.gpus == row.gpus and lengths_of(each) != lengths_of(row)]
        else:
            left = [each for each in others if each.gpus != row.gpus]
        inside.append(from_its_neighbour(row, left))
    answered = [each for each in inside if each is not None]
    errors, spreads, by_roofline = np.array(answered).T
    assert len(answered) > 600
    assert 0.75 <= np.mean(errors <= spreads) <= 0.90
    assert np.median(errors) < 0.7 * np.median(by_roofline)


def test_a_row_carried_to_long_prompts_pays_for_their_attention() -> None:
    """At 100,000 tokens in, the ratio of the roofline said five times what the step model says."""
    asked = {
        "model": catalog.open_model("llama-3.1-8b"), "gpu": catalog.gpu("h200"), "precision": "fp8",
        "gpus_per_replica": 1, "mean_input_tokens": 100_000, "mean_output_tokens": 100, "promise": LONG,
    }  # fmt: skip
    published, modelled = throughput(**asked, measurements=catalog.published_throughput()), throughput(**asked)
    assert (published.kind, modelled.kind) == ("published", "modelled")
    assert "carried over to 100,000 in / 100 out on 1 by the ratio of the step model" in published.because
    assert 0.8 < published.p50 / modelled.p50 < 1.4


def test_no_band_is_above_what_memory_and_arithmetic_allow() -> None:
    """A figure that cannot be."""
    made_up = make_row(
        model="llama-3.1-8b", gpu="H100-SXM-80GB", precision="fp8", output_tokens_per_second=1e6,
        mean_input_tokens=1000.0, mean_output_tokens=1000.0,
    )  # fmt: skip
    band = throughput(
        model=catalog.open_model("llama-3.1-8b"), gpu=catalog.gpu("h100"), precision="fp8", gpus_per_replica=1,
        mean_input_tokens=1000, mean_output_tokens=1000, measurements=[made_up], promise=LONG,
    )  # fmt: skip
    assert band.p10 <= band.p50 == band.p90 < 2 * 1979e12 / (2 * 7.5e9)
    assert any(each.startswith(BEYOND) for each in band.notices)


def test_a_measurement_under_a_promise_lies_in_the_modelled_band() -> None:
    """Qwen3-8B bf16 on one H100, first token p99 < 2 s: 27,159 tokens/s."""
    band = throughput(
        model=catalog.open_model("qwen3-8b"),
        gpu=catalog.gpu("H100-SXM-80GB"),
        precision="bf16",
        gpus_per_replica=1,
        mean_input_tokens=1024,
        mean_output_tokens=128,
    )
    assert band.p10 < 27_159 < band.p90
