"""The exact break-evens in volume against a dumb scan: the second engine's present value, point after point."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from agreement import given
from plain import Case, run
from random_cases import random_case

from breakeven.decision.comparison import of_options
from breakeven.decision.exact.along import Along
from breakeven.decision.exact.crossings import Crossings, crossings
from breakeven.decision.hybrid.best_bases import BestBases
from breakeven.decision.hybrid.hybrid_windows import hybrid_break_even
from breakeven.study.register import full_model

CASES = 50
POINTS = 40  # of the scan, per case
BESIDE = 1e-6  # relative: how far from an edge its two sides are looked at
DUST = 1e-11  # of all the money that flows


def small_cases() -> Iterator[Case]:
    """Cases of a few months with the baseline and one option; what is paid once fits so few months."""
    once = ("build_person_months", "readiness_person_months", "evaluation_set_cost", "procurement_cost")
    seed, found = 5_000, 0
    while found < CASES:
        seed += 1
        case = random_case(seed)
        if case["months"] <= 5:
            found += 1
            cheap = {name: case["common"][name] * case["months"] / 60 for name in once}
            cheap |= {"price_scale": case["common"]["price_scale"] * 2}
            moving = [w | {"migration_cost_per_workload": 100.0} for w in case["workloads"]]
            common = case["common"] | cheap
            yield case | {"options": case["options"][:2], "common": common, "workloads": moving}


CHOSEN = [*small_cases()]


@cache
def exact(index: int) -> Crossings:
    """What the exact search says of one case."""
    values = {name: of_options(value, [0, 1]) for name, value in given(CHOSEN[index]).items()}
    return crossings(Along(full_model(), values, wanted="net_present_value", name="volume_scale", option=1))


def worth(case: Case, scale: float) -> tuple[float, float]:
    """Net present value at a multiple of the volume, and the money that flows, by the second engine."""
    got = run(case | {"common": case["common"] | {"volume_scale": scale}})[1]
    return got["net_present_value"], sum(got["monthly_cost"]) + sum(got["baseline_cost"])


def wins(case: Case, scale: float) -> bool | None:
    """Whether it saves; None where the saving is dust."""
    value, money = worth(case, scale)
    return value > 0 if abs(value) > DUST * money else None


def edges(found: Crossings) -> list[Fraction]:
    """The ends of all windows, rising, without zero."""
    ends = (end for window in found.windows for end in (window.start, window.end))
    return sorted({end for end in ends if end})


@pytest.mark.parametrize("index", range(CASES))
def test_the_sign_changes_at_every_edge(index: int) -> None:
    case, found = CHOSEN[index], exact(index)
    known = edges(found)
    for edge in known:
        room = min((abs(other - edge) for other in known if other != edge), default=edge)
        step = min(float(edge) * BESIDE, float(room) / 3)
        left, right = wins(case, float(edge) - step), wins(case, float(edge) + step)
        assert None in {left, right} or left != right, float(edge)
        for side, scale in ((left, edge - Fraction(step)), (right, edge + Fraction(step))):
            assert side is None or side == (found.window_of(scale) is not None), float(edge)


@pytest.mark.parametrize("index", range(CASES))
def test_a_scan_finds_no_other_edge(index: int) -> None:
    """Between the edges, and ten times beyond the last of them, every point has the sign that its window says."""
    case, found = CHOSEN[index], exact(index)
    last = float(max([found.searched_to, *edges(found)]))
    if found.sign_beyond is None:
        last = float(found.searched_to) / 10
    for i in range(POINTS):
        scale = 1e-4 * (max(last, 1e-3) * 10 / 1e-4) ** ((i + 0.5) / POINTS)
        near = min((abs(float(edge) - scale) for edge in edges(found)), default=scale)
        won = wins(case, scale)
        if won is not None and near > scale * BESIDE:
            assert won == (found.window_of(Fraction(scale)) is not None), scale


HELD = [i for i, case in enumerate(CHOSEN) if case["options"][1]["holds_fleet"]]
SIZES, VOLUMES = (1, 2, 3, 5, 8, 13, 30, 100, 1000), (0.01, 0.1, 1.0, 10.0, 100.0, 10_000.0)


def with_base(index: int, path: list[float]) -> Case:
    """A case with the replicas of its own option held by month."""
    case = CHOSEN[index]
    return case | {"options": [case["options"][0], case["options"][1] | {"replicas": path}]}


@pytest.mark.parametrize("index", HELD)
def test_the_best_base_pays_where_it_says_and_never_means_no_fleet(index: int) -> None:
    months = CHOSEN[index]["months"]
    inputs = {name: of_options(value, [0, 1]) for name, value in given(CHOSEN[index]).items()}
    bases = BestBases(model=full_model(), values=inputs, months=months, keeps=False)
    found = hybrid_break_even(bases)
    for window in found.windows:
        inside = float(window.start) * 1.001 if window.start else 1e-9
        if window.end is None or inside < window.end:
            path = bases.best(np.array([inside * bases.busy_replicas]))[0][0]
            assert wins(with_base(index, path.tolist()), inside) in (True, None)
    if found.never:
        for size in SIZES:
            assert not any(wins(with_base(index, [float(size)] * months), scale) for scale in VOLUMES)


def test_some_bases_pay_and_some_never_do() -> None:
    every = []
    for index in HELD:
        inputs = {name: of_options(value, [0, 1]) for name, value in given(CHOSEN[index]).items()}
        months = CHOSEN[index]["months"]
        every.append(hybrid_break_even(BestBases(model=full_model(), values=inputs, months=months, keeps=False)))
    assert any(each.windows for each in every)
    assert any(each.never for each in every)


def test_the_cases_have_edges() -> None:
    """Else nothing was tested: break-evens from below, windows that close, and cases that never win or always do."""
    every = [exact(index) for index in range(CASES)]
    assert sum(len(edges(each)) for each in every) >= 30
    assert any(window.end is not None for each in every for window in each.windows)
    assert any(not each.windows for each in every)
