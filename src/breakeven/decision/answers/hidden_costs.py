"""The hidden-cost ladder: costs added one by one, and the one at which the saving turns into a loss.

The first rung is what vendors quote: GPUs as if every one were busy. The last is the whole truth of the month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from breakeven.decision.comparison import BASELINE, Comparison
from breakeven.numbers.operations import Value

# Rungs in the order in which they are usually forgotten: label -> lines that it adds (a leading "-" takes away).
RUNGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("GPUs, as if always busy", ("compute", "-idle_for_peak", "-redundancy")),
    ("idle GPUs for the peak", ("idle_for_peak",)),
    ("spare GPUs", ("redundancy",)),
    ("power, space, hosts, egress", ("hardware_upkeep",)),
    ("what is still bought", ("api_bill", "elsewhere_bill")),
    ("engineers who run it", ("run_engineering", "hosted_engineering")),
    ("on call, incidents, nights", ("on_call_stipends", "on_call_incidents", "night_route_back")),
    ("observability", ("observability",)),
    ("model refresh", ("refresh_people", "refresh_compute", "refresh_shadow")),
    ("security and compliance", ("security_and_compliance",)),
    ("fallback kept and outages", ("fallback_commitment", "outage_cost")),
    ("opportunity cost of the engineers", ("opportunity_cost",)),
)
SPREAD = "build and migration, spread over the horizon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One cost added: how much a month, and what is saved when all so far are counted."""

    label: str
    adds: float
    saving_so_far: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLadder:
    """All rungs, and the index of the first at which nothing is saved any more (None: it saves to the end)."""

    rungs: tuple[Rung, ...]
    turns_at: int | None


def cost_ladder(comparison: Comparison, got: Mapping[str, Value], option: int, month: int) -> CostLadder:
    """Costs of one option in one month (from 0), added to nothing one by one, against the hosted month."""
    so_far = comparison.month(got["monthly_cost"], BASELINE, month)
    rungs: list[Rung] = []
    for label, lines in RUNGS:
        adds = sum(_signed(comparison, got, line, option, month) for line in lines)
        so_far -= adds
        rungs.append(Rung(label=label, adds=adds, saving_so_far=so_far))
    spread = comparison.month(got["one_time_cost"], option, 0) / comparison.months
    rungs.append(Rung(label=SPREAD, adds=spread, saving_so_far=so_far - spread))
    turns = next((i for i, rung in enumerate(rungs) if rung.saving_so_far <= 0), None)
    return CostLadder(rungs=tuple(rungs), turns_at=turns)


def _signed(comparison: Comparison, got: Mapping[str, Value], line: str, option: int, month: int) -> float:
    sign, name = (-1.0, line[1:]) if line.startswith("-") else (1.0, line)
    return sign * comparison.month(got[name], option, month)
