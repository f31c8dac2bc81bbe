"""Reasons that are not money: constraints on an option, never weights. Unknown is not a pass.

A gate holds for one side (buying, or serving ourselves) and for one workload or all of them. An option meets
the gates of every side that it really uses: a hybrid uses both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

GateVerdict = Literal["pass", "fail", "unknown"]
Side = Literal["hosted", "self-hosting"]
WORST: tuple[GateVerdict, ...] = ("fail", "unknown", "pass")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One constraint: what it asks, of which side and workload (None: of all), and what is known of it."""

    name: str
    verdict: GateVerdict
    side: Side
    workload: str | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What an option does with one workload: the sides that see its data."""

    workload: str
    sides: frozenset[Side]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the gates say of one option, and which of them say it."""

    verdict: GateVerdict
    failed: tuple[str, ...]
    unknown: tuple[str, ...]


def applies(gate: Gate, use: Use) -> bool:
    """Whether a gate concerns what an option does with a workload."""
    return gate.side in use.sides and gate.workload in (None, use.workload)


def judge_gates(gates: Sequence[Gate], uses: Iterable[Use]) -> Judged:
    """The worst verdict of the gates that apply; without any gate it is unknown, because nobody has looked."""
    found = [gate for use in uses for gate in gates if applies(gate, use)]
    failed = tuple(dict.fromkeys(gate.name for gate in found if gate.verdict == "fail"))
    unknown = tuple(dict.fromkeys(gate.name for gate in found if gate.verdict == "unknown"))
    verdicts = {gate.verdict for gate in found} or {"unknown" if not gates else "pass"}
    return Judged(verdict=next(each for each in WORST if each in verdicts), failed=failed, unknown=unknown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """What one gate costs: the best option's cost with it, less the best without it. None: nothing is left with it."""

    gate: str
    cost: float | None


def cost_of_gates(
    gates: Sequence[Gate], uses: Sequence[Sequence[Use]], costs: Sequence[float]
) -> tuple[Constraint, ...]:
    """The price of each failed gate, others kept: never below zero, because a constraint cannot help."""
    with_all = cheapest(gates, uses, costs)
    made = []
    for gate in (each for each in gates if each.verdict == "fail"):
        without = cheapest([each for each in gates if each is not gate], uses, costs)
        cost = None if with_all is None or without is None else with_all - without
        made.append(Constraint(gate=gate.name, cost=cost))
    return tuple(made)


def cheapest(gates: Sequence[Gate], uses: Sequence[Sequence[Use]], costs: Sequence[float]) -> float | None:
    """The least cost among the options that no gate forbids; None when none is left."""
    allowed = [cost for its, cost in zip(uses, costs, strict=True) if judge_gates(gates, its).verdict != "fail"]
    return min(allowed, default=None)


def least_relaxations(gates: Sequence[Gate], uses: Sequence[Sequence[Use]]) -> tuple[str, ...]:
    """When no option is left: the fewest failed gates that would have to give way for one."""
    failing = [judge_gates(gates, its).failed for its in uses]
    return min(failing, key=len, default=())
