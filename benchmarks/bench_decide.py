"""A whole decision on the example case at so much volume that 64 owned bases are enumerated, and one point of it.

Imports and the reading of the log are left out: they are `bench_startup` and `bench_engine`'s matter.
"""

from __future__ import annotations

import os
import tracemalloc
from dataclasses import replace
from functools import cache
from pathlib import Path

from benchmarks import yardsticks
from benchmarks.measure import ratio, versus

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the promise is for one core

CASE = Path(__file__).parents[1] / "examples" / "support-chat" / "case.yaml"
BASES = 64
MEGABYTES = 600


@cache
def basis():
    """The example's basis with its volume scaled up until the peak asks for 64 replicas, hybrids not yet looked for."""
    from breakeven.study.case.case import Case
    from breakeven.study.judge.basis import basis_of
    from breakeven.study.resolve.resolve import resolve
    from breakeven.study.resolve.serving.fleets_by_month import fleets_that_follow

    found = basis_of(resolve(Case.load(CASE)), "benchmark")
    scaled = dict(found.inputs)
    for name in ("input_mtok_per_month", "output_mtok_per_month"):
        scaled[name] = replace(scaled[name], likely=scaled[name].likely * factor(found))
    values = {name: one.likely for name, one in scaled.items()}
    modes = [each.mode for each in found.columns]
    return replace(found, inputs=scaled, fleets=fleets_that_follow(modes, values, found.header.horizon_months))


def factor(found) -> float:
    """The multiple of the volume at which 64 replicas carry the peak."""
    from breakeven.decision.hybrid.hybrid import peak_replicas
    from breakeven.study.register import full_model

    values = {name: one.likely for name, one in found.inputs.items()}
    low, high = 1.0, 1024.0
    for _ in range(40):
        middle = (low * high) ** 0.5
        scaled = {name: values[name] * middle for name in ("input_mtok_per_month", "output_mtok_per_month")}
        low, high = (middle, high) if peak_replicas(full_model(), values | scaled, 1) <= BASES else (low, middle)
    return low


def decide(scenarios: int = 2**14):
    """From the basis to the study, and what to find out first."""
    from breakeven.study.judge.assess import judged_on
    from breakeven.study.judge.hybrids import with_every_option
    from breakeven.study.questions.value_of_information import knowing

    study, chance = judged_on(with_every_option(basis()), scenarios=scenarios)
    ladders = [each.depth.owned_bases for each in study.options if each.depth.owned_bases is not None]
    assert min(len(each.rungs) for each in ladders) == BASES
    return study, knowing(study, spread=False, chance=chance)


@ratio(limit=45)
def a_whole_decision_against_work_of_its_kind() -> float:
    basis()
    return versus(decide, yardsticks.decision, rounds=3)


@ratio(limit=0.5)
def its_memory_of_600_megabytes() -> float:
    basis()
    decide()
    tracemalloc.start()
    decide()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / (MEGABYTES * 1e6)


@ratio(limit=1.3)
def twice_the_draws_of_a_decision() -> float:
    """What more draws add to a decision: no more than in proportion."""
    basis()
    return versus(lambda: decide(2**15), lambda: decide(2**14), rounds=2) / 2


@ratio(limit=0.05)
def a_point_against_many_small_arrays() -> float:
    """All options of the case at other inputs, as the web page asks for it."""
    from breakeven.study.judge.assess import comparison_of
    from breakeven.study.judge.hybrids import with_every_option

    comparison = comparison_of(with_every_option(basis()))
    dearer = comparison.values["gpu_price_per_hour"] * 1.1
    return versus(lambda: comparison.evaluate(gpu_price_per_hour=dearer), yardsticks.one_point)
