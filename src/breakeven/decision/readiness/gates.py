"""Reasons that are not money: constraints on an option, never weights. Unknown is not a pass.

A gate holds for one side (buying, or serving ourselves), or for the open model wherever it runs; for one workload or
all of them; on buying, for one host or for the API as it is bought today. An option meets the gates of every side that
it really uses: a hybrid uses both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

GateVerdict = Literal["pass", "fail", "unknown"]
Side = Literal["hosted", "self-hosting", "open model"]
ELSEWHERE: frozenset[Side] = frozenset({"hosted", "open model"})  # what is bought as the open model at some host
OURS: frozenset[Side] = frozenset({"self-hosting", "open model"})  # what we serve
WORST: tuple[GateVerdict, ...] = ("fail", "unknown", "pass")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One constraint: what it asks, of which side, workload (None: of all) and host, and what is known of it.

    `host` None: of the API as it is bought today. `first`: it is answered before anybody commits. `stated` False: the
    case says nothing of it, so it stands as unknown.
    """

    name: str
    verdict: GateVerdict
    side: Side
    workload: str | None = None
    host: str | None = None
    first: bool = False
    stated: bool = True
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What an option does with one workload: the sides that see its data, and the host it is bought at."""

    workload: str
    sides: frozenset[Side]
    host: str = ""
    as_today: bool = True  # bought where it is bought today


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the gates say of one option, and which of them say it; `first`: unknown ones to answer before all else."""

    verdict: GateVerdict
    failed: tuple[str, ...]
    unknown: tuple[str, ...]
    first: tuple[str, ...] = ()


def host_of(hosted_model: str | None) -> str:
    """The host of "host/model", in small letters; nothing where none is named."""
    host, slash, _ = (hosted_model or "").partition("/")
    return host.lower() if slash else ""


def applies(gate: Gate, use: Use) -> bool:
    """Whether a gate concerns what an option does with a workload."""
    at_host = gate.host is None or ("hosted" in use.sides and gate.host == use.host)
    return gate.side in use.sides and gate.workload in (None, use.workload) and at_host


def answer(gate: Gate, use: Use, others: Iterable[Gate]) -> GateVerdict | None:
    """What is known of a gate for one use. Of a host that has an answer of its own that one counts, but for a failure
    of the model; what passed at today's host is unknown of another. None: it is not asked.
    """
    if not applies(gate, use):
        return None
    if gate.host is None and "hosted" in use.sides and not (gate.side == "open model" and gate.verdict == "fail"):
        same = (gate.name, gate.workload)
        if any(
            (other.name, other.workload) == same and other.host == use.host and applies(other, use) for other in others
        ):
            return None
    answered = gate.host is not None or gate.side != "hosted" or gate.verdict == "fail" or use.as_today
    return gate.verdict if answered else "unknown"


def judge_gates(gates: Sequence[Gate], uses: Iterable[Use]) -> Judged:
    """The worst verdict of the gates that apply; where none is stated it is unknown, because nobody has looked."""
    judged = [(gate, verdict) for use in uses for gate in gates if (verdict := answer(gate, use, gates)) is not None]
    nobody_looked = not any(gate.stated for gate in gates)
    verdicts = {verdict for _, verdict in judged} | ({"unknown"} if nobody_looked else {"pass"})
    return Judged(
        verdict=next(worst for worst in WORST if worst in verdicts),
        failed=_named(gate for gate, verdict in judged if verdict == "fail"),
        unknown=_named(gate for gate, verdict in judged if verdict == "unknown"),
        first=_named(gate for gate, verdict in judged if verdict == "unknown" and gate.first),
    )


def _named(gates: Iterable[Gate]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(gate.name for gate in gates))


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """What one gate costs: the best option's cost with it, less the best without it. None: nothing is left with it.

    Gates of one name are one, whatever workloads and hosts it is asked of.
    """

    gate: str
    cost: float | None


def cost_of_gates(
    gates: Sequence[Gate], uses: Sequence[Sequence[Use]], costs: Sequence[float]
) -> tuple[Constraint, ...]:
    """The price of each failed gate, others kept: never below zero, because a constraint cannot help."""
    with_all = cheapest(gates, uses, costs)
    made = []
    for name in _named(gate for gate in gates if gate.verdict == "fail"):
        without = cheapest([gate for gate in gates if gate.name != name or gate.verdict != "fail"], uses, costs)
        cost = None if with_all is None or without is None else with_all - without
        made.append(Constraint(gate=name, cost=cost))
    return tuple(made)


def cheapest(gates: Sequence[Gate], uses: Sequence[Sequence[Use]], costs: Sequence[float]) -> float | None:
    """The least cost among the options that no gate forbids; None when none is left."""
    allowed = [cost for its, cost in zip(uses, costs, strict=True) if judge_gates(gates, its).verdict != "fail"]
    return min(allowed, default=None)


def least_relaxations(gates: Sequence[Gate], uses: Sequence[Sequence[Use]]) -> tuple[str, ...]:
    """When no option is left: the fewest failed gates that would have to give way for one."""
    failing = [judge_gates(gates, its).failed for its in uses]
    return min(failing, key=len, default=())
