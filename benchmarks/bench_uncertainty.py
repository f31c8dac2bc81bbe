"""How sure the answer is, on the example case: 8 finalists, 16,384 draws, 36 months, and what to find out first."""

from __future__ import annotations

import tracemalloc
from functools import cache
from pathlib import Path

from benchmarks import yardsticks
from benchmarks.measure import ratio, versus

CASE = Path(__file__).parents[1] / "examples" / "support-chat" / "case.yaml"
MEGABYTES = 600


@cache
def example():
    """The finalists of the example and its inputs."""
    from breakeven.decision.risk.uncertainty import MOST_FINALISTS, Finalist, finalists
    from breakeven.study.case.case import Case
    from breakeven.study.resolve.resolve import resolve

    resolved = resolve(Case.load(CASE))
    own = [Finalist(name=f"own {k}", option=1, fleet=float(k)) for k in range(1, MOST_FINALISTS)]
    held = finalists(resolved.comparison, [Finalist(name="buy", option=0, fleet=0.0), *own])
    return held, resolved.inputs


def drawn(scenarios: int = 2**14):
    """Draws, outcomes, and every number of them."""
    from breakeven.decision.risk.draws import draws
    from breakeven.decision.risk.uncertainty import simulate, uncertainty

    held, inputs = example()
    found = simulate(held, inputs, draws(inputs, scenarios=scenarios, seed=1))
    uncertainty(found)
    return found


def everything() -> None:
    from breakeven.decision.risk.information import FINDINGS, first_to_find_out, worth_of_each

    found = drawn()
    worth_of_each(found)
    first_to_find_out(found, FINDINGS)


@ratio(limit=75)
def all_of_it_against_as_large_arrays() -> float:
    return versus(everything, yardsticks.many_draws, rounds=3)


@ratio(limit=1.3)
def twice_the_draws_against_twice_the_time() -> float:
    return versus(lambda: drawn(2**14), lambda: drawn(2**13), rounds=3) / 2


@ratio(limit=0.5)
def memory_of_600_megabytes() -> float:
    example()
    tracemalloc.start()
    everything()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / (MEGABYTES * 1e6)
