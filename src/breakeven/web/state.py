"""What a person has changed, as it stands in the address: inputs by name, and gates as `gate:NAME=pass`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import cast
from urllib.parse import urlencode

from breakeven.decision.readiness.gates import GateVerdict
from breakeven.problems import Problem, Problems
from breakeven.texts import name_shown

GATE = "gate:"
MOST_CHANGES = 60
VERDICTS = ("pass", "fail", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`numbers`: where an input stands. `gates`: what a gate says. What is not in it is as in the case."""

    numbers: Mapping[str, float] = field(default_factory=dict)
    gates: Mapping[str, GateVerdict] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The same as an address has it, in one order."""
        pairs = [(name, f"{value!r}") for name, value in sorted(self.numbers.items())]
        pairs += [(f"{GATE}{name}", verdict) for name, verdict in sorted(self.gates.items())]
        return urlencode(pairs)


def state_of(pairs: Iterable[tuple[str, str]]) -> State:
    """The state in an address. Raises `Problems`, each at the name of its input."""
    given, found = [*pairs], list[Problem]()
    if len(given) > MOST_CHANGES:
        raise Problem(f"more than {MOST_CHANGES} inputs are changed", fix="Write them into a case.")
    numbers: dict[str, float] = {}
    gates: dict[str, GateVerdict] = {}
    for name, text in given:
        if name.startswith(GATE):
            if text in VERDICTS:
                gates[name.removeprefix(GATE)] = cast(GateVerdict, text)
            else:
                found.append(Problem("a gate says pass, fail or unknown", where=name_shown(name)))
        elif (number := number_of(text)) is not None:
            numbers[name] = number
        else:
            found.append(Problem(f'"{name_shown(text[:40])}" is not a number', where=name_shown(name)))
    if found:
        raise Problems(found)
    return State(numbers=numbers, gates=gates)


def number_of(text: str) -> float | None:
    """A number as a person or a slider writes it: 0.5 or 50 %; None where it is none."""
    written = text.strip().replace(",", "")
    share = written.endswith("%")
    try:
        value = float(written.rstrip("% "))
    except ValueError:
        return None
    return (value / 100 if share else value) if isfinite(value) else None
