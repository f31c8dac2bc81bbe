"""Where a gate forbids today's API, nothing of ours may lean on it: what is switched off, and what takes its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from breakeven.decision.readiness.gates import Gate, Use, host_of, judge_gates
from breakeven.numbers.inputs import Input, Source
from breakeven.numbers.operations import OPTION, WORKLOAD, Value, along
from breakeven.problems import Notice
from breakeven.study.modes import BOUGHT, HELD
from breakeven.study.register import register
from breakeven.study.resolve.demand import Use as Bought
from breakeven.study.resolve.serving.options import Option

ROTATION = 8  # people of a rotation on one site, Google SRE
SWITCHED_OFF = ("nights_on_api_share", "fallback_commitment_per_month")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The workloads that may not use today's API, and the gates that say so."""

    workloads: tuple[str, ...]
    gates: tuple[str, ...]

    @property
    def source(self) -> Source:
        """Where a number comes from that is not what the case would have without the gate."""
        return Source(title=f"the gate {', '.join(self.gates)} forbids the API", date="")


def closed_to(gates: Sequence[Gate], workloads: Sequence[Bought]) -> Closed | None:
    """What a failed gate keeps off today's API; None where nothing is."""
    judged = {
        use.name: judge_gates(
            gates, [Use(workload=use.name, sides=frozenset({"hosted"}), host=host_of(use.hosted_model))]
        )
        for use in workloads
        if not use.stated.stays_on_api
    }
    failed = {name: judgement.failed for name, judgement in judged.items() if judgement.failed}
    names = tuple(dict.fromkeys(gate for closed_by in failed.values() for gate in closed_by))
    return Closed(workloads=tuple(failed), gates=names) if failed else None


def on_our_own(
    closed: Closed | None, columns: Sequence[Option], workloads: Sequence[Bought], inputs: Mapping[str, Input]
) -> dict[str, Input]:
    """The inputs without the API: no canary of these workloads, no nights and no quota there; a rotation, a spare
    replica and a fleet for the highest peak instead.
    """
    if closed is None:
        return {}
    own = along(OPTION, [float(column.mode not in BOUGHT) for column in columns])
    held = along(OPTION, [float(column.mode in HELD) for column in columns])
    kept = along(WORKLOAD, [float(use.name not in closed.workloads) for use in workloads])
    nights = np.any(np.asarray(inputs["nights_on_api_share"].likely) * own)
    changed: dict[str, Value] = {
        "canary_share": np.where(own * (1 - kept) > 0, 0.0, inputs["canary_share"].likely),
        "spare_replicas": np.where(held > 0, np.maximum(inputs["spare_replicas"].likely, 1.0), 0.0),
        "peak_over_mean": float(np.max(inputs["load_over_mean"].likely)),
        **{name: np.where(own > 0, 0.0, inputs[name].likely) for name in SWITCHED_OFF},
    }
    if nights:
        slots = np.asarray(inputs["oncall_slots"].likely)
        changed["oncall_slots"] = np.where((own > 0) & (slots == 0), register()["oncall_slots"].likely, slots)
    return {name: _without(inputs[name], value, closed) for name, value in changed.items()}


def _without(one: Input, value: Value, closed: Closed) -> Input:
    """An input that the gate changes; its range stays where some of it stays."""
    stays = bool(np.any(value)) and one.uncertain and np.ndim(value) > 0
    low, high = (one.low, one.high) if stays else (None, None)
    return replace(one, likely=value, source=closed.source, low=low, high=high, known_from=None)


def closed_notices(closed: Closed | None, inputs: Mapping[str, Input]) -> Iterator[Notice]:
    """What takes the place of the API, and what the team cannot do."""
    if closed is None:
        return
    named, gate = ", ".join(closed.workloads), ", ".join(closed.gates)
    yield Notice(
        what=f"{gate} forbids the API for {named}: no canary, burst, nights or way back there; a rotation on call, a "
        "spare replica and a fleet for the highest peak stand in the costs instead."
    )
    people = float(np.max(inputs["run_fte"].likely))
    if not np.any(inputs["oncall_slots"].likely):
        yield Notice(what="Nobody answers at night: oncall_slots is 0, and nights may not go to the API.")
    elif people < ROTATION and float(np.max(inputs["oncall_share"].likely)) == 1:
        yield Notice(
            what=f"A rotation of our own needs {ROTATION} people; the case has {people:g}.",
            fix="Join another one (operations: shared), or hire.",
        )
