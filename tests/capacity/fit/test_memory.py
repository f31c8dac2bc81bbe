"""What fits: weights and KV cache against usable memory, and the words when nothing does."""

from __future__ import annotations

import pytest
from capacity_facts import make_gpu, make_large_model, make_model
from hypothesis import given
from hypothesis import strategies as st

from breakeven.capacity.fit.memory import DoesNotFit, fit
from breakeven.capacity.fit.precision import usual_precision
from breakeven.capacity.fit.replica import (
    BadSize,
    Replica,
    kv_bytes_per_token,
    kv_room_bytes,
    mean_context_tokens,
    sequences_at,
    usable_bytes,
    weights_bytes,
)
from breakeven.facts import catalog
from breakeven.facts.precisions import PRECISIONS, UnknownPrecision, precision_named
from breakeven.facts.records import OpenModel

GPU, MODEL, LARGE = make_gpu(), make_model(), make_large_model()


@pytest.mark.parametrize(
    ("precision", "gigabytes"),
    [("bf16", 141.1), ("fp8", 70.55), ("mxfp4", 37.479688), ("nvfp4", 39.684375)],
)
def test_weights(precision: str, gigabytes: float) -> None:
    assert weights_bytes(LARGE, precision_named(precision)) == pytest.approx(gigabytes * 1e9)


def test_kv_cache_of_a_token() -> None:
    assert kv_bytes_per_token(LARGE) == 2 * 80 * 8 * 128 * 2  # keys and values, layers, heads, head size, bytes
    assert kv_bytes_per_token(LARGE, 1.0) == 163_840


def test_an_8b_model_on_one_gpu_worked_by_hand() -> None:
    found = fit(MODEL, GPU, "bf16", 1088)
    activations = 8192 * 40 * 4096  # tokens of a step, bytes per element of the hidden size
    room = 0.9 * 80 * 2**30 - 2 * 8.03e9 - (2e9 + activations)  # 77.31 - 16.06 - 3.34 = 57.91 GB
    assert found.gpus_per_replica == 1
    assert found.kv_room_bytes == pytest.approx(room)
    assert found.sequences == int(room / (1088 * 131_072)) == 406
    assert not found.across_nodes
    assert found.because == (
        "1 × gpu-80, the fewest that hold it: 16.1 GB of bf16 weights in 77.3 GB usable leave room for "
        "406 sequences of 1,088 tokens."
    )
    assert found.notices == ()


@pytest.mark.parametrize(("precision", "gpus"), [("bf16", 4), ("fp8", 2), ("int4", 1)])
def test_the_smallest_replica_that_holds_a_70b_model(precision: str, gpus: int) -> None:
    assert fit(LARGE, GPU, precision, 2000).gpus_per_replica == gpus


def test_gpt_oss_120b_in_its_makers_format_lies_on_one_h100() -> None:
    """65.2 GB of weights, 2.0 GB of engine, 0.9 GB of activations: 9.2 GB of 77.3 for the cache."""
    model, card = catalog.open_model("gpt-oss-120b"), catalog.gpu("h100")
    found = fit(model, card, usual_precision(model, card)[0], mean_context_tokens(2000, 500))
    one = 18 * 2 * 8 * 64 * 2 * (2250 + 128)  # half of 36 layers see 128 tokens only
    assert found.gpus_per_replica == 1
    assert found.sequences == int((0.9 * 80 * 2**30 - found.weights_bytes - 2e9 - 40 * 2880 * 8192) / one)
    assert 90 <= found.sequences <= 120


@pytest.mark.parametrize(
    ("model", "gpu", "precision", "gpus"),
    [
        ("gpt-oss-20b", "l4", "mxfp4", 1),  # the maker's own, whatever the GPU computes
        ("gpt-oss-120b", "a100", "mxfp4", 1),
        ("deepseek-r1", "h200", "fp8", 8),
        ("deepseek-v3.2", "mi300x", "fp8", 4),
        ("kimi-k2.5", "h200", "int4", 8),
        ("llama-3.3-70b", "h100", "fp8", 2),  # published at 16 bit: fp8 where the GPU computes it
        ("llama-3.1-8b", "rtx-4090", "fp8", 1),
        ("qwen3-32b", "b200", "fp8", 1),
        ("llama-3.3-70b", "a100", "bf16", 4),
        ("llama-3.1-8b", "a10g", "bf16", 1),
        ("llama-3.3-70b", "MI250-128GB", "bf16", 2),
    ],
)
def test_the_usual_precision_and_what_it_takes(model: str, gpu: str, precision: str, gpus: int) -> None:
    facts, card = catalog.open_model(model), catalog.gpu(gpu)
    assert usual_precision(facts, card)[0] == precision
    assert fit(facts, card, precision, 2000).gpus_per_replica == gpus


@pytest.mark.parametrize("facts", catalog.open_models().values(), ids=lambda each: each.key)
def test_a_makers_format_is_one_we_know(facts: OpenModel) -> None:
    assert not facts.published_precision or PRECISIONS[facts.published_precision].bytes_per_parameter < 2


def test_sixteen_gpus_are_flagged() -> None:
    huge = make_large_model(key="model-405b", total_parameters=405.85e9)
    found = fit(huge, GPU, "bf16", 2000)
    assert (found.gpus_per_replica, found.across_nodes) == (16, True)
    assert "spans more than one node of 8" in found.notices[0]


def test_a_stated_size_may_be_tight_and_says_so() -> None:
    found = fit(LARGE, GPU, "fp8", 2000, gpus_per_replica=1)
    assert found.gpus_per_replica == 1
    # The usual engine leaves 77.31 - 70.55 - 4.68 = 2.07 GB; one that spares memory (95 %, steps of 2,048) 9.38 GB,
    # of which the cache takes up to what the usual one keeps more: 5 % of the memory and 3.01 GB.
    assert found.kv_room_bytes == pytest.approx(0.05 * 80 * 2**30 + 1e9 + 40 * 8192 * (8192 - 2048))
    assert "only with an engine told to spare memory" in found.notices[0]


def test_a_stated_size_that_cannot_hold_the_weights() -> None:
    with pytest.raises(DoesNotFit) as raised:
        fit(LARGE, GPU, "bf16", 2000, gpus_per_replica=1)
    assert str(raised.value) == (
        "model-70b in bf16 does not fit on 1 × gpu-80: it needs 143.4 GB (141.1 GB of weights, 1.7 GB for "
        "the engine, KV cache for 1 × 2,000 tokens) and has 81.6 GB (95% of the memory)\n"
        "Give the replica 4 GPUs, or use int4 weights, or choose a GPU with more memory."
    )


def test_a_model_that_fits_no_replica() -> None:
    giant = make_large_model(key="model-3t", total_parameters=3e12)
    with pytest.raises(DoesNotFit, match=r"does not fit on 16 × gpu-80: it needs 6,0.*GB for the engine") as raised:
        fit(giant, GPU, "bf16", 2000)
    assert raised.value.fix == "Choose a GPU with more memory or a smaller model."


def test_unknown_precision_names_the_nearest() -> None:
    with pytest.raises(UnknownPrecision, match='the precision "fp9" is not known') as raised:
        fit(MODEL, GPU, "fp9", 1000)
    assert 'Did you mean "fp' in raised.value.fix
    assert "Known: bf16, fp16, fp8" in raised.value.fix


@pytest.mark.parametrize(("context", "gpus", "name"), [(0.0, None, "context_tokens"), (1000.0, 0, "gpus_per_replica")])
def test_sizes_are_above_zero(context: float, gpus: int | None, name: str) -> None:
    with pytest.raises(BadSize, match=f"{name} is 0; it must be greater than zero"):
        fit(MODEL, GPU, "bf16", context, gpus_per_replica=gpus)


def test_what_is_not_known_is_said() -> None:
    unknown = make_model(key="secret", layers=0, hidden_size=0, kv_bytes_per_token_16bit=0.0, recalled=True)
    found = fit(unknown, make_gpu(recalled=True), "nvfp4", 1000)
    assert found.kv_bytes_per_token == 327_680
    assert [each.split(":")[0] for each in found.notices] == [
        "The figures of gpu-80 are recalled, not checked against their source.",
        "The figures of secret are recalled, not checked against their source.",
        "The architecture of secret is not in the facts",
        "gpu-80 has no fp4 arithmetic",
    ]
    assert "taken as 328 kB a token, an upper bound from a dense model" in found.notices[2]


def test_sliding_window_layers_are_counted_in_full_and_said() -> None:
    assert "18 sliding-window layers" in fit(make_model(sliding_window_layers=18), GPU, "bf16", 1000).notices[0]


def test_mean_context() -> None:
    assert mean_context_tokens(1024, 128) == 1088


@given(
    parameters=st.floats(1e8, 3e12),
    precision=st.sampled_from(sorted(PRECISIONS)),
    context=st.floats(1, 200_000),
    gpus=st.integers(1, 63),
)
def test_more_gpus_never_fit_less(parameters: float, precision: str, context: float, gpus: int) -> None:
    replica = Replica(
        model=make_model(total_parameters=parameters), gpu=GPU, precision=PRECISIONS[precision], gpus=gpus
    )
    one_more = Replica(model=replica.model, gpu=GPU, precision=replica.precision, gpus=gpus + 1)
    assert usable_bytes(GPU, gpus + 1) > usable_bytes(GPU, gpus)
    assert kv_room_bytes(one_more) >= kv_room_bytes(replica)
    assert sequences_at(one_more, context) >= sequences_at(replica, context)


@given(gigabytes=st.floats(8, 300), context=st.floats(1, 100_000))
def test_the_chosen_replica_is_the_smallest(gigabytes: float, context: float) -> None:
    gpu = make_gpu(memory_bytes=gigabytes * 1e9)
    try:
        chosen = fit(MODEL, gpu, "bf16", context)
    except DoesNotFit:
        return
    assert chosen.sequences >= 8
    if chosen.gpus_per_replica > 1:
        half = chosen.gpus_per_replica // 2
        engine = half * (2e9 + 40 * 4096 * (8192 if gigabytes >= 70 else 2048))
        assert usable_bytes(gpu, half) - chosen.weights_bytes - engine < 8 * context * chosen.kv_bytes_per_token


@pytest.mark.parametrize(
    ("model", "gigabytes", "kv_kilobytes"),
    [  # 16-bit weights and KV cache a token, as the config.json of each gives them
        ("llama-3.1-8b", 16.06, 131.072),
        ("llama-3.3-70b", 141.1, 327.68),
        ("qwen3-30b-a3b", 61.0, 98.304),
        ("deepseek-r1", 1342.0, 70.272),
    ],
)
def test_models_of_the_catalog(model: str, gigabytes: float, kv_kilobytes: float) -> None:
    facts = catalog.open_model(model)
    assert weights_bytes(facts, precision_named("bf16")) == pytest.approx(gigabytes * 1e9, rel=0.005)
    assert kv_bytes_per_token(facts) == pytest.approx(kv_kilobytes * 1000)


def test_every_gpu_and_model_of_the_catalog_can_be_asked() -> None:
    answers = []
    for facts in catalog.open_models().values():
        for gpu in catalog.gpus().values():
            try:
                answers.append(fit(facts, gpu, "fp8", 2000).sequences >= 8)
            except DoesNotFit as problem:
                answers.append(problem.fix != "")
    assert len(answers) > 1000
    assert all(answers)
