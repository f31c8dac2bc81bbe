"""Whatever a config.json, a measured.yaml or a trace holds, it is read, or a `Problem` says what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakeven.capacity.fit.layouts import Asked, sizes_of
from breakeven.capacity.fit.model_config import read_config
from breakeven.capacity.replay.trace import read_trace
from breakeven.capacity.speed.own_measurements import read_own
from breakeven.facts import catalog
from breakeven.facts.precisions import precision_named
from breakeven.problems import Problem, Problems

CONFIG: dict[str, Any] = {
    "model_type": "llama4",
    "num_hidden_layers": 48,
    "hidden_size": 5120,
    "num_attention_heads": 40,
    "num_key_value_heads": 8,
    "intermediate_size": 8192,
    "intermediate_size_mlp": 16384,
    "vocab_size": 202048,
    "num_local_experts": 16,
    "num_experts_per_tok": 1,
    "interleave_moe_layer_step": 2,
    "moe_layers": [1, 3, 5],
    "layer_types": ["full_attention", "sliding_attention"] * 24,
    "sliding_window": 4096,
    "head_dim": 128,
    "text_config": {"first_k_dense_replace": 1},
}
OWN: dict[str, Any] = {
    "format": "breakeven measured 1",
    "model": "llama-3.1-8b",
    "gpu": "H100-SXM-80GB",
    "gpus_per_replica": 1,
    "precision": "fp8",
    "engine": "vLLM",
    "measurements": [
        {
            "file": "good.json",
            "date": "2026-11-18",
            "tool": "vllm",
            "counted_by": "client",
            "concurrency": 15.94,
            "completed": 200,
            "mean_input_tokens": 1000.0,
            "mean_output_tokens": 250.0,
            "output_tokens_per_second": 2500.0,
            "tpot_seconds": 0.006,
        }
    ],
}
ROWS: dict[str, Any] = {
    "rows": [
        {"timestamp": 0, "input_length": 100, "output_length": 10, "hash_ids": [1]},
        {"timestamp": 500, "input_length": 100, "output_length": 10, "hash_ids": [1, 2]},
    ]
}
ODD = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        1,
        1.5,
        1e308,
        1e-320,
        float("nan"),
        float("inf"),
        10**30,
        10**400,
        "",
        "x",
        "\ud800",
        "\x00",
        "2026-02-30",
        "1e400",
        [],
        [[]],
        {},
        [None],
        [{}],
        {"a": 1},
        [[[[1]]] * 3] * 3,
    ]
)
TEXTS = ["", "\x00", "[" * 100_000, "{" * 100_000, '{"a": ' * 100_000, "- " * 5000, '{"a": ' + "9" * 5000 + "}"]
TEXTS += [
    "format: 2026-02-30",
    "a: &a [*a]",
    "&a [*a, *a]",
    '{"\\ud800": 1}',
    "timestamp,input_length,output_length\n\x00",
]
TEXTS += [
    "timestamp,input_length,output_length\n" + cells
    for cells in ("nan,1,1", "inf,1,1", "0,1e400,1", '0,"' + "x" * 140_000)
]
Read = Callable[[Path], object]


def fits(path: Path) -> object:
    asked = Asked(
        shape=read_config(path),
        gpu=catalog.gpu("h100"),
        precision=precision_named("fp8"),
        context_tokens=1500.0,
        kv_bytes_per_value=2,
    )
    return sizes_of(asked, ())


READERS: dict[str, tuple[dict[str, Any], Read]] = {
    "config.json": (CONFIG, fits),
    "measured.yaml": (OWN, read_own),
    "trace.jsonl": (ROWS, read_trace),
}


def places(data: Any, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every way to a value inside the data."""
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [found for key, value in below for found in [(*way, key), *places(value, (*way, key))]]


@st.composite
def mutated(draw: st.DrawFn, good: dict[str, Any]) -> dict[str, Any]:
    """The data with one to three values made odd or taken out."""
    data = deepcopy(good)
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(places(data) or [("a",)]))
        parent: Any = data
        for key in way:
            parent = parent[key]
        if draw(st.booleans()):
            parent[last] = deepcopy(draw(ODD))
        else:
            parent.pop(last, None) if isinstance(parent, dict) else parent.pop(last)
    return data


def told_or_read(read: Read, path: Path) -> None:
    try:
        read(path)
    except (Problem, Problems) as problem:
        str(problem).encode("utf-8", "replace")


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_odd_values_are_told(name: str, data: st.DataObject, tmp_path: Path) -> None:
    good, read = READERS[name]
    odd = data.draw(mutated(good))
    path = tmp_path / name
    lines = odd.get("rows") if name == "trace.jsonl" else None
    text = "\n".join(map(json.dumps, lines)) if isinstance(lines, list) else json.dumps(odd)  # JSON is YAML too
    path.write_text(text, encoding="utf-8")
    told_or_read(read, path)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_odd_texts_are_told(name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    told_or_read(READERS[name][1], path)


@pytest.mark.parametrize("name", ["config.json", "measured.yaml"])
def test_what_is_not_odd_is_read(name: str, tmp_path: Path) -> None:
    good, read = READERS[name]
    path = tmp_path / name
    path.write_text(json.dumps(good), encoding="utf-8")
    assert read(path) is not None
