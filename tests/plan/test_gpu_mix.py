"""The cheapest mix of GPU types: as cheap as trying every count, never dearer than one type, quick on a large load."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from operator import mul

import numpy as np
import pytest
from scipy.optimize import linprog

from breakeven.plan.gpu_mix import GpuType, SizeGroup, cheapest_mix
from breakeven.plan.program import Limits
from breakeven.problems import Problem, Problems


def random_load(seed: int, *, groups: int = 4, types: int = 3) -> tuple[list[SizeGroup], list[GpuType]]:
    chance = np.random.default_rng(seed)
    load = [
        SizeGroup(
            input_tokens=float(2 ** (6 + i)), output_tokens=128.0, requests_per_second=float(chance.uniform(0, 3))
        )
        for i in range(groups)
    ]
    made = []
    for t in range(types):
        rates = [float(chance.uniform(0.3, 3)) * (chance.random() < 0.8) for _ in range(groups)]
        if t == 0:
            rates = [max(each, 0.5) for each in rates]
        made.append(
            GpuType(
                name=f"g{t}",
                price_per_hour=float(chance.uniform(0.5, 4)),
                requests_per_second=tuple(rates),
                spares=int(chance.integers(0, 2)),
            )
        )
    return load, made


def carries(load: list[SizeGroup], types: list[GpuType], counts: tuple[int, ...]) -> bool:
    """Whether so many replicas serve everything: a transport problem, solved by another solver."""
    pairs = [(t, g) for t, one in enumerate(types) for g in range(len(load)) if one.requests_per_second[g] > 0]
    room = [max(count - types[t].spares, 0) for t, count in enumerate(counts)]
    upper = np.zeros((len(types), len(pairs)))
    equal = np.zeros((len(load), len(pairs)))
    for i, (t, g) in enumerate(pairs):
        upper[t, i] = load[g].requests_per_second / types[t].requests_per_second[g]
        equal[g, i] = 1.0
    found = linprog(np.zeros(len(pairs)), A_ub=upper, b_ub=room, A_eq=equal, b_eq=np.ones(len(load)), bounds=(0, 1))
    return bool(found.success)


@pytest.mark.parametrize("seed", range(12))
def test_it_is_as_cheap_as_trying_every_count(seed: int) -> None:
    load, types = random_load(seed)
    found = cheapest_mix(load, types, Limits(gap=0.0))
    prices = [each.price_per_hour for each in types]
    tried = sorted(product(range(16), repeat=3), key=lambda n: sum(map(mul, n, prices)))
    best = next(counts for counts in tried if carries(load, types, counts))
    wanted = sum(count * one.price_per_hour for count, one in zip(best, types, strict=True))
    assert found.cost_per_hour == pytest.approx(wanted)
    assert found.proof.gap == 0
    alone = [cost for cost in found.alone.values() if cost is not None]
    assert found.cost_per_hour <= min(alone) * (1 + 1e-9)
    assert np.sum([*found.shares.values()], axis=0) == pytest.approx(np.ones(4))


def test_small_requests_go_to_the_small_gpu() -> None:
    load = [
        SizeGroup(input_tokens=100, output_tokens=50, requests_per_second=10),
        SizeGroup(input_tokens=20_000, output_tokens=500, requests_per_second=1),
    ]
    types = [
        GpuType(name="small", price_per_hour=1.0, requests_per_second=(5.0, 0.0)),
        GpuType(name="large", price_per_hour=4.0, requests_per_second=(10.0, 1.0)),
    ]
    found = cheapest_mix(load, types)
    assert found.replicas == {"small": 2, "large": 1}
    assert found.cost_per_hour == pytest.approx(6.0)
    assert found.alone == {"small": None, "large": pytest.approx(8.0)}
    assert found.saving == pytest.approx(0.25)


def test_a_load_that_nothing_serves_is_told() -> None:
    load, types = random_load(1)
    none = [replace(each, requests_per_second=(0.0, *each.requests_per_second[1:])) for each in types]
    with pytest.raises(Problems, match="no GPU type serves requests of 64 tokens in"):
        cheapest_mix(load, none)
    with pytest.raises(Problem, match="do not carry the load"):
        cheapest_mix(load, [replace(types[0], most=1)])
    with pytest.raises(Problems, match="needs requests and GPU types"):
        cheapest_mix([], types)


def test_a_large_load_is_quick() -> None:
    load, types = random_load(7, groups=60, types=5)
    large = [replace(each, requests_per_second=each.requests_per_second * 400) for each in load]
    found = cheapest_mix(large, types)
    assert found.proof.end == "proven"
    assert found.proof.seconds < 2.0
