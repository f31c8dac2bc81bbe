"""What a person has changed, as it stands in the address: inputs by name, all else with a colon."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, fields
from math import isfinite
from typing import cast
from urllib.parse import urlencode

from breakeven.decision.readiness.gates import GateVerdict
from breakeven.problems import Problem, Problems
from breakeven.texts import name_shown, plain

GATE, EVIDENCE, CHOICE = "gate:", "evidence:", "case:"
CHOICES = ("model", "gpu", "precision", "gpus_per_replica", "kv_cache", "horizon_months")
LONGEST_TEXT = 300  # letters of an evidence, or of a choice
REPLICAS = "own:replicas"
WHOLE = re.compile(r"[1-9][0-9]{0,5}")  # replicas
MOST_CHANGES = 60
WRONG = {
    GATE: "a gate says pass, fail or unknown",
    CHOICE: "this cannot be chosen on a board",
    REPLICAS: "a fleet has one replica or more, in whole ones",
}
VERDICTS = ("pass", "fail", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`numbers`: where an input stands. `gates`: what a gate says. `replicas`: the fleet that is held, where somebody
    chose it. `evidence`: what a gate rests on. `choices`: what the case is resolved anew for. The rest is as in it.
    """

    numbers: Mapping[str, float] = field(default_factory=dict)
    gates: Mapping[str, GateVerdict] = field(default_factory=dict)
    replicas: int | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The same as an address has it, in one order."""
        pairs = [(name, f"{value!r}") for name, value in sorted(self.numbers.items())]
        pairs += [(f"{GATE}{name}", verdict) for name, verdict in sorted(self.gates.items())]
        pairs += [(f"{EVIDENCE}{name}", text) for name, text in sorted(self.evidence.items())]
        pairs += [(f"{CHOICE}{name}", text) for name, text in sorted(self.choices.items())]
        pairs += [] if self.replicas is None else [(REPLICAS, str(self.replicas))]
        return urlencode(pairs)

    @property
    def changed(self) -> int:
        """How many things are changed."""
        told = (self.numbers, self.gates, self.evidence, self.choices)
        return sum(map(len, told)) + (self.replicas is not None)

    def resolved_for(self, of_a_workload: Container[str]) -> dict[str, str]:
        """What the case is resolved anew for: the choices, and the verdicts of gates that name a workload, since such
        a gate decides whether that workload moves at all.
        """
        gates = {f"{GATE}{name}": verdict for name, verdict in self.gates.items() if name in of_a_workload}
        return {**self.choices, **gates}


def state_of(pairs: Iterable[tuple[str, str]]) -> State:
    """The state in an address. Raises `Problems`, each at the name of its input."""
    given, problems, read = [*pairs], list[Problem](), _Read()
    if len(given) > MOST_CHANGES:
        raise Problem(f"more than {MOST_CHANGES} inputs are changed", fix="Write them into a case.")
    for name, text in given:
        if wrong := read.take(name, text):
            problems.append(Problem(wrong, where=name_shown(name)))
    if problems:
        raise Problems(problems)
    return State(**{field.name: getattr(read, field.name) for field in fields(State)})


@dataclass(slots=True)
class _Read:
    """What a state is read into, pair by pair."""

    numbers: dict[str, float] = field(default_factory=dict)
    gates: dict[str, GateVerdict] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)
    replicas: int | None = None

    def take(self, name: str, text: str) -> str:
        """Take one; gives what is wrong with it, nothing where nothing is."""
        kind, _, rest = name.partition(":")
        if f"{kind}:" == GATE and text in VERDICTS:
            self.gates[rest] = cast(GateVerdict, text)
        elif f"{kind}:" == EVIDENCE:
            self.evidence[rest] = plain(text)[:LONGEST_TEXT]
        elif f"{kind}:" == CHOICE and rest in CHOICES:
            self.choices[rest] = plain(text)[:LONGEST_TEXT]
        elif name == REPLICAS and WHOLE.fullmatch(text):
            self.replicas = int(text)
        elif ":" not in name and (number := number_of(text)) is not None:
            self.numbers[name] = number
        else:
            return WRONG.get(name if name == REPLICAS else f"{kind}:", f'"{name_shown(text[:40])}" is not a number')
        return ""


def number_of(text: str) -> float | None:
    """A number as a person or a slider writes it: 0.5 or 50 %; None where it is none."""
    written = text.strip().replace(",", "")
    share = written.endswith("%")
    try:
        value = float(written.rstrip("% "))
    except ValueError:
        return None
    return (value / 100 if share else value) if isfinite(value) else None
