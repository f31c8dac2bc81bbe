"""How old an engine is, from its version first, then from the date of the measurement; and what age costs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from step_setups import make_setup

from breakeven.capacity.fit.setup import Bench, Setup
from breakeven.capacity.promise.goodput import engine_limits
from breakeven.capacity.speed.modelled_costs import modelled_costs
from breakeven.capacity.step_model.engine_age import NEWEST_YEAR, OLDEST_YEARS, engine_age, prompts_first, year_of
from breakeven.capacity.step_model.predictor import predictor


@pytest.mark.parametrize(
    ("engine", "version", "date", "year"),
    [
        ("vLLM", "0.7.3", "", 2025.1),
        ("vLLM", "vLLM 0.6.3", "2024-11-06", 2024.7),
        ("vLLM", "vllm/vllm-openai:v0.13.0", "2025-12", 2025.95),
        ("vLLM", "0.20.1", "", 2025.95),  # newer than the last one dated
        ("TensorRT-LLM", "1.2 (docs revision 03e27c7d)", "2026-01-01", 2026.0),
        ("TensorRT-LLM", "TensorRT 10.11, CUDA 12.9", "2025-09-09", 2025 + 8 / 12),  # not the engine's own version
        ("vLLM", "see repo (paper arXiv 2411.00136)", "2024-10-31", 2024.75),
        ("ATOM", "", "2026-01", 2026.0),
        ("vLLM", "", "", None),
    ],
)
def test_the_year_of_an_engine(engine: str, version: str, date: str, year: float | None) -> None:
    found = year_of(Bench(engine=engine, version=version, date=date))
    assert found == (None if year is None else pytest.approx(year))


def test_an_engine_of_which_nothing_is_told_is_a_current_one() -> None:
    assert engine_age(Bench(engine="vLLM")) == 0
    assert engine_age(Bench(engine="vLLM", date="2027-05")) == 0
    assert engine_age(Bench(engine="vLLM", date="2020-01")) == OLDEST_YEARS
    assert engine_age(Bench(engine="ATOM", date="2025-07")) == pytest.approx(NEWEST_YEAR - 2025.5)


def aged(version: str) -> Setup:
    found = make_setup(gpu="h100", precision="bf16", engine="vLLM", lengths=(220, 344))
    return replace(found, bench=replace(found.bench, version=version))


def test_an_older_engine_serves_less_and_its_steps_take_longer() -> None:
    old, new = (predictor().predict([aged(version)])[0].p50 for version in ("0.6.3", ""))
    assert old < new
    before, after = modelled_costs(aged("0.7.3")), modelled_costs(aged(""))
    assert before.likely.per_stream > after.likely.per_stream == 0
    assert before.likely.per_prefill_step > after.likely.per_prefill_step == 0
    assert before.slow.overhead / before.fast.overhead > after.slow.overhead / after.fast.overhead


def test_every_request_passes_a_server_however_new_the_engine() -> None:
    assert modelled_costs(aged("")).likely.per_request > 0


@pytest.mark.parametrize(
    ("engine", "version", "first"),
    [("vLLM", "0.7.3", True), ("vLLM", "0.8.0", False), ("vLLM", "", False), ("SGLang", "0.4.1", False)],
)
def test_vllm_before_0_8_serves_prompts_first(engine: str, version: str, first: bool) -> None:
    assert prompts_first(Bench(engine=engine, version=version)) is first
    asked = make_setup(engine=engine)
    limits = engine_limits(replace(asked, bench=Bench(engine=engine, version=version)), 1000)
    assert (limits.prompts_first, limits.lookahead) == (first, not first)
