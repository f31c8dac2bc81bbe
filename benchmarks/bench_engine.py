"""The line engine: draws against NumPy written by hand, exact break-evens against a plain float loop, one point.

The case is the whole model with growth, a price path, a load-duration curve and rented GPUs; ranges are those
of the register.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np
from benchmarks import by_hand, yardsticks
from benchmarks.measure import ratio, versus

from breakeven.decision.exact.along import Along
from breakeven.decision.exact.crossings import crossings
from breakeven.numbers.inputs import likely
from breakeven.numbers.operations import MONTH, OPTION, SCENARIO, STEP, along
from breakeven.study.register import full_model, register

MONTHS, DRAWS, STEPS = 36, 10_000, 10_000
MODEL = full_model()


def case(months: int) -> dict[str, Any]:
    """Buying against a fleet that has been decided, with everything the register says besides."""
    elapsed = np.arange(months, dtype=float)
    moved = along(OPTION, [0, 1])
    given = {
        "months_elapsed": along(MONTH, elapsed),
        "years_elapsed": along(MONTH, elapsed / 12),
        "months_to_payment": along(MONTH, elapsed + 1),
        "first_month": along(MONTH, elapsed == 0),
        "live": along(MONTH, np.ones(months)),
        "is_baseline": along(OPTION, [1, 0]),
        **dict.fromkeys(("self_hosts", "holds_fleet", "moved"), moved),
        "load_over_mean": along(STEP, [1.6, 1.3, 1.0, 0.55]),
        "block_share": along(STEP, [0.1, 0.3, 0.2, 0.4]),
        "peak_over_mean": 1.64,
        "input_mtok_per_month": 40_000.0,
        "output_mtok_per_month": 8_000.0,
        "input_price_per_mtok": 0.60,
        "output_price_per_mtok": 2.40,
        "replica_tokens_per_second": 9_000.0,
        "gpu_price_per_hour": 2.69,
        "growth_per_month": 0.01,
        "hosted_price_change_per_month": -0.01,
    }
    return {name: value for name, value in likely(register()).items() if value is not None} | given


@cache
def drawn() -> dict[str, Any]:
    """The case with every uncertain number that is not zero spread along the scenarios, the fleet pinned."""
    values = case(MONTHS)
    fleet = MODEL.evaluate(values, ["replicas"])["replicas"]
    generator = np.random.default_rng(1)
    spread = {
        name: along(SCENARIO, values[name] * generator.uniform(0.8, 1.2, DRAWS))
        for name, one in register().items()
        if one.low is not None and one.kind != "constant" and np.ndim(values[name]) == 0 and values[name]
    }
    return values | spread | {"replicas": fleet}


@cache
def drawn_by_hand() -> dict[str, Any]:
    """The same numbers with two axes: scenarios (n, 1), months (m,), blocks of the load curve (b, 1, 1) in front."""
    values = {name: value for name, value in drawn().items() if name not in {"self_hosts", "moved", "is_baseline"}}
    plain = {name: value[0, 0, -1] if np.ndim(value) else value for name, value in values.items()}
    for name in ("load_over_mean", "block_share"):
        plain[name] = values[name].reshape(-1, 1, 1)
    return plain


def by_lines() -> np.ndarray:
    got = MODEL.evaluate(drawn(), ["net_present_value"])["net_present_value"]
    return np.asarray(got)[0, 0, 1, :, 0]


LARGER = 10_000  # times the plan


@ratio(limit=2)
def exact_break_even_of_a_plan_ten_thousand_times_larger() -> float:
    """The same break-evens, found beside a plan that holds ten thousand times as many replicas."""
    given = case(1)
    large = {name: LARGER * given[name] for name in ("input_mtok_per_month", "output_mtok_per_month")}
    return versus(lambda: crossings(saving(**large)), lambda: crossings(saving()))


@ratio(limit=3)
def ten_thousand_draws_of_36_months() -> float:
    """The lines over NumPy written by hand (benchmarks/by_hand.py), both giving the same numbers."""
    hand = partial(by_hand.net_present_value, drawn_by_hand())
    np.testing.assert_allclose(by_lines(), hand(), rtol=1e-9)
    return versus(by_lines, hand)


def saving(**given: float) -> Along:
    """The saving of the first month along the volume: one replica more every quarter of the plan."""
    return Along(MODEL, case(1) | given, wanted="saving", name="volume_scale", option=1)


def step() -> float:
    """The volume, in multiples of the plan, that one replica carries at the sizing percentile."""
    return 0.8 / 1.64 / float(np.ravel(MODEL.evaluate(case(1), ["base_load"])["base_load"])[-1])


def plain_loop(line: Along) -> int:
    """Sign changes over the steps: the same line functions in floats, at both ends of every step, one by one."""
    width, changes, before = step(), 0, 0.0
    for i in range(STEPS):
        for x in (width * i * (1 + 1e-9) + 1e-12, width * (i + 1)):
            after = line.value(x)
            changes += before * after < 0
            before = after
    return changes


def against_a_plain_loop(line: Along, least_changes: int, *, rounds: int) -> float:
    """Exact search over the loop, on a line whose search ends only after 10,000 steps."""
    found = crossings(line)
    steps = float(found.searched_to) / step()
    assert STEPS <= steps <= 1.2 * STEPS, steps
    assert found.sign_beyond == 1
    assert least_changes <= plain_loop(line) <= len(found.roots) + len(found.jumps)
    return versus(partial(crossings, line), partial(plain_loop, line), rounds=rounds)


@ratio(limit=20)
def exact_break_even_over_ten_thousand_steps() -> float:
    """All break-evens in fractions, over a plain loop that calls the same line functions with floats, at both ends
    of each of the 10,000 steps. The team is so large that owning pays only after as many replicas.
    """
    far, engineer = (STEPS + 50) * step(), 190_000 / 12
    return against_a_plain_loop(saving(run_fte=saving(run_fte=0.0).value(far) / engineer), 0, rounds=4)


@ratio(limit=20)
def exact_break_even_with_a_window_in_every_step() -> float:
    """The same where a replica costs all but a dollar of what its tokens cost: each step wins and loses again."""
    small = {"run_fte": 0.0, "refreshes_per_year": 0.0, "compliance_cost_per_year": 0.0}
    line, width = saving(**small), step()
    gain = (line.value(1_000 * width) - line.value(200 * width)) / 800
    dear = saving(**small, gpu_price_per_hour=2.69 + (gain - 1.35) / 730)
    return against_a_plain_loop(dear, STEPS, rounds=1)


@ratio(limit=0.05)
def one_point_of_the_whole_model() -> float:
    """Every line of the model at one point, two options and 36 months, against many small arrays."""
    return versus(partial(MODEL.evaluate, case(MONTHS)), yardsticks.one_point)
