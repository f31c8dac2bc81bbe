"""Our own prefix cache: what is prefilled, what stays in memory, how long, and what that is worth."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.capacity.fit.setup import Bench, Layout, Setup
from breakeven.capacity.promise.promise import Promise
from breakeven.capacity.speed.modelled_costs import modelled_costs
from breakeven.capacity.speed.prefix import REUSE_SECONDS, ROUTED, hits, stay_seconds, worth
from breakeven.capacity.speed.published import Details, ThroughputBand, total_tokens_per_second
from breakeven.capacity.speed.throughput import throughput
from breakeven.facts import catalog
from breakeven.facts.precisions import precision_named

AGENTS = {"mean_input_tokens": 40_000.0, "mean_output_tokens": 600.0}


def setup(cached_share: float = 0.0, kv_bytes: float = 2.0) -> Setup:
    shape = catalog.architecture("qwen3-coder-480b-a35b")
    assert shape is not None
    return Setup(
        architecture=shape,
        gpu=catalog.gpu("h200"),
        precision=precision_named("fp8"),
        kv_bytes_per_value=kv_bytes,
        layout=Layout(gpus=8, tensor=8),
        bench=Bench(engine="vLLM", load="steady"),
        cached_share=cached_share,
        **AGENTS,
    )


def speed(**details: float) -> ThroughputBand:
    return throughput(
        model=catalog.open_model("qwen3-coder-480b-a35b"),
        gpu=catalog.gpu("h200"),
        precision="fp8",
        gpus_per_replica=8,
        measurements=catalog.published_throughput(),
        details=Details(**details),  # type: ignore[arg-type]
        **AGENTS,
    )


def test_only_what_is_not_cached_is_prefilled_and_all_of_it_is_held() -> None:
    """Cut to their fresh tenth, 40,600 tokens of a request become 4,600; each then holds and reads 8.4 of them."""
    whole, cut = modelled_costs(setup()), modelled_costs(setup(0.9))
    grown = 0.6 * 600
    assert cut.kv_blocks == pytest.approx(whole.kv_blocks * (4000 + grown) / (40_000 + grown), abs=1)
    # Not 8.4 times as long to read: the prompts' own attention, a part of this cost, falls with what is prefilled.
    assert 3 * whole.likely.per_context_token < cut.likely.per_context_token < 8.4 * whole.likely.per_context_token
    assert cut.tokens_per_second > 2 * whole.tokens_per_second


def test_a_prefix_stays_as_long_as_unused_memory_lasts() -> None:
    """Hits are where the stay and the speed agree: 0.9 of those that come again within it."""
    found = hits(setup(), 0.9)
    stay = stay_seconds(setup(0.9 * found.likely))
    assert found.likely == pytest.approx(ROUTED * (1 - exp(-stay / REUSE_SECONDS)), abs=0.01)
    assert found.low < found.likely < found.high <= ROUTED


def test_no_cache_no_change() -> None:
    assert speed(repeated_share=0.9, hit_share=0.0).p50 == speed().p50
    assert worth(setup(), setup()) == 1.0


def test_what_it_is_worth_is_said() -> None:
    found = speed(repeated_share=0.9, hit_share=0.6)
    assert found.cached_share == pytest.approx(0.54)
    assert found.p50 > 1.4 * speed().p50
    told = next(each for each in found.notices if each.startswith("Our own prefix cache"))
    assert "90% of the input has come before and 60% of that is still held (stated), worth x 1.5" in told


def test_a_kv_cache_in_eight_bits_is_said_and_quickens() -> None:
    found = speed(kv_bytes_per_value=1.0)
    assert found.p50 > speed().p50
    assert any(each.startswith("Its KV cache in 8 bits is worth x 1.") for each in found.notices)


@settings(max_examples=40, deadline=None)
@given(one=st.floats(0, 0.95), other=st.floats(0, 0.95))
def test_more_hits_never_slow_a_saturated_replica(one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert worth(setup(more), setup(less)) >= 1 - 1e-9


@settings(max_examples=20, deadline=None)
@given(memory=st.floats(1.0, 3.0), repeated=st.floats(0.05, 0.95))
def test_more_memory_never_holds_less(memory: float, repeated: float) -> None:
    larger = replace(setup(), gpu=replace(setup().gpu, memory_bytes=setup().gpu.memory_bytes * memory))
    assert hits(larger, repeated).likely >= hits(setup(), repeated).likely - 0.02


def test_a_published_figure_of_a_narrow_cache_is_slower_in_16_bits_and_not_quickened_in_8() -> None:
    """TensorRT-LLM keeps the cache at 8 bits with weights in fp8; vLLM, as modelled, at 16."""
    row = next(each for each in catalog.published_throughput("llama-3.3-70b", "H100-SXM-80GB") if each.gpus == 2)
    asked = {
        "model": catalog.open_model(row.model), "gpu": catalog.gpu(row.gpu), "precision": row.precision,
        "gpus_per_replica": 2, "mean_input_tokens": row.mean_input_tokens, "mean_output_tokens": row.mean_output_tokens,
        "promise": Promise(ttft_seconds=600.0, tpot_seconds=2.0),
    }  # fmt: skip
    wide, narrow = (
        throughput(**asked, measurements=[row], details=Details(kv_bytes_per_value=each)) for each in (2.0, 1.0)
    )
    assert wide.kind == narrow.kind == "published"
    assert 0.8 < narrow.p50 / total_tokens_per_second(row) < 1.05
    assert 0.6 < wide.p50 / narrow.p50 < 0.95
    assert not any("KV cache in 8 bits" in each for each in narrow.notices)
    assert any("is of a KV cache in 8 bits; in 16 bits it is x 0." in each for each in wide.notices)
