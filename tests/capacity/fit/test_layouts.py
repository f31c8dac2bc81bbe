"""Layouts of GPUs: the same answer as the rule for replicas, and a reason where one cannot be."""

from __future__ import annotations

import pytest

from breakeven.capacity.fit.layouts import Asked, layout_fit, layout_named, other_layouts, sizes_of
from breakeven.capacity.fit.memory import fit
from breakeven.capacity.fit.replica import BadSize
from breakeven.capacity.fit.setup import Layout
from breakeven.facts import catalog
from breakeven.facts.precisions import precision_named
from breakeven.problems import Problem


def asked(model: str = "llama-3.3-70b", gpu: str = "h100", precision: str = "fp8", context: float = 1500.0) -> Asked:
    shape = catalog.architecture(catalog.open_model(model).key)
    assert shape is not None
    return Asked(
        shape=shape,
        gpu=catalog.gpu(gpu),
        precision=precision_named(precision),
        context_tokens=context,
        kv_bytes_per_value=2.0,
    )


@pytest.mark.parametrize("model", ["llama-3.1-8b", "llama-3.3-70b", "qwen3-30b-a3b", "deepseek-r1", "gpt-oss-120b"])
@pytest.mark.parametrize("gpus", [1, 2, 4, 8, 16])
def test_a_replica_and_its_layout_agree(model: str, gpus: int) -> None:
    """One definition: the fit of a case and the fit of a layout count the same sequences."""
    one = asked(model, gpu="h200", precision="bf16")
    found = next(each for each in sizes_of(one).layouts if each.layout.gpus == gpus and each.layout.data == 1)
    try:
        held = fit(catalog.open_model(model), one.gpu, "bf16", 1500.0, gpus_per_replica=gpus)
    except Problem:
        assert found.sequences == 0
        assert found.reason
        return
    assert abs(found.sequences - held.sequences) <= 1


def test_a_70b_model_on_two_gpus_by_hand() -> None:
    found = layout_fit(asked(), Layout(gpus=2, tensor=2))
    weights = (68.451e9 + 2 * 2 * 1.0507e9) / 2
    assert found.weights_bytes_per_gpu == pytest.approx(weights, rel=0.001)
    room = 0.9 * 80 * 2**30 - weights - (2e9 + 40 * 8192 * 8192)
    assert found.sequences == pytest.approx(2 * room / (1500 * 327_680), abs=1)


def test_data_parallel_attention_keeps_a_latent_cache_once() -> None:
    one = asked("deepseek-r1", gpu="b200")
    shared = layout_fit(one, Layout(gpus=8, tensor=8))
    apart = layout_fit(one, Layout(gpus=8, tensor=1, data=8, expert=8))
    assert shared.kv_bytes_of_sequence == 8 * apart.kv_bytes_of_sequence
    assert apart.weights_bytes_per_gpu > shared.weights_bytes_per_gpu
    assert apart.sequences > 3 * shared.sequences


@pytest.mark.parametrize(
    ("model", "layout", "told"),
    [
        ("qwen2.5-14b", Layout(gpus=3, tensor=3), "40 heads cannot be shared out equally to 3 GPUs"),
        ("llama-3.1-8b", Layout(gpus=64, pipeline=64), "32 layers are fewer than 64 stages"),
        ("llama-3.1-8b", Layout(gpus=4, data=4, expert=4), "it has no experts to spread"),
        ("mixtral-8x7b", Layout(gpus=3, data=3, expert=3), "8 experts cannot be shared out equally to 3 GPUs"),
        ("llama-3.1-405b", Layout(gpus=16, tensor=16), "leaves the node of 8"),
        ("llama-3.1-405b", Layout(gpus=1), "a GPU needs 41"),
    ],
)
def test_a_layout_that_cannot_be_says_why(model: str, layout: Layout, told: str) -> None:
    found = layout_fit(asked(model), layout)
    assert told in found.reason
    assert found.sequences == 0


def test_stated_layouts() -> None:
    assert layout_named(8, None, 2, 1, 1) == Layout(gpus=8, tensor=4, pipeline=2)
    with pytest.raises(Problem, match="8 GPUs cannot be cut into 3 stages"):
        layout_named(8, None, 3, 1, 1)
    with pytest.raises(Problem, match="tensor 8 × pipeline 2 × data 1 are 16 GPUs, not 8"):
        layout_named(8, 8, 2, 1, 1)


def test_lengths_are_above_zero() -> None:
    with pytest.raises(BadSize, match="context_tokens is 0"):
        sizes_of(asked(context=0.0))


@pytest.mark.parametrize("gpus", range(2, 9))
@pytest.mark.parametrize("card", ["h100", "l40s"])
def test_every_other_layout_uses_every_gpu(gpus: int, card: str) -> None:
    for model in ("llama-3.3-70b", "gpt-oss-120b"):
        one = asked(model, gpu=card)
        for layout in other_layouts(one.shape, one.gpu, gpus):
            assert layout.attention_gpus * layout.pipeline * layout.data == gpus
