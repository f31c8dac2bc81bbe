"""Results with one thing wrong anywhere: read, or refused with words; never anything else."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import benchmark_files as files
import pytest
from benchmark_files import measured

from breakeven.capacity.check.own_answer import own_answer
from breakeven.capacity.speed.own_measurements import own_measurements
from breakeven.problems import Problem

TOOLS = {
    "vllm": files.vllm() | {"output_lens": [3, 5], "ttfts": [0.1, 0.2], "itls": [[0.01, 0.02], [0.01] * 4]},
    "sglang": files.sglang(),
    "guidellm": files.guidellm(),
    "aiperf": files.aiperf(),
    "genai-perf": files.genai_perf(),
    "inference-perf": files.inference_perf(),
    "llmperf": files.llmperf(),
}
WRONG: tuple[Any, ...] = (None, "", "many", -1, 0, 1e-300, 1e300, True, [], {}, [None], {"a": 1}, [[1]], float("nan"))


def places(node: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*way, key)
        yield from places(value, (*way, key))


def changed(content: Any, way: tuple[Any, ...], value: Any) -> Any:
    """The content with one value replaced; removed where the value is the ellipsis."""
    whole = copy.deepcopy(content)
    node = whole
    for key in way[:-1]:
        node = node[key]
    if value is ...:
        del node[way[-1]]
    else:
        node[way[-1]] = value
    return whole


def read_or_refused(folder: Path, content: Any) -> None:
    try:
        found, refused = measured(folder, content), None
    except Problem as problem:
        found, refused = [], problem
    if refused is not None:
        assert refused.what
        assert "result.json" in str(refused.where)
        return
    for one in found:
        assert one.output_tokens_per_second > 0
        assert one.concurrency > 0


@pytest.mark.parametrize("tool", TOOLS)
def test_every_value_removed_or_wrong(tool: str, tmp_path: Path) -> None:
    for way in list(places(TOOLS[tool])):
        for value in (..., *WRONG):
            read_or_refused(tmp_path, changed(TOOLS[tool], way, value))


@pytest.mark.parametrize("tool", TOOLS)
def test_cut_off_anywhere(tool: str, tmp_path: Path) -> None:
    text = json.dumps(TOOLS[tool])
    chosen = random.Random(0)
    for _ in range(40):
        with pytest.raises(Problem):
            measured(tmp_path, text[: chosen.randrange(1, len(text) - 1)])


@pytest.mark.parametrize("tool", TOOLS)
def test_what_is_read_can_be_answered(tool: str, tmp_path: Path) -> None:
    answer = own_answer(own_measurements(measured(tmp_path, TOOLS[tool])))
    assert answer.loads[0].after.tokens_per_second.p50 == pytest.approx(2500, rel=0.05)
