"""What a case did not say: every default that it took, what the plausible alternative would give, the largest first.

An input's alternative is the end of its range (5th or 95th percentile) that moves the result more. A choice has no
range: a precision, a horizon, who answers at night. Its alternative is the case with that one thing said, resolved
anew. All are point answers: every drawn input at its mean, no draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from breakeven.decision.risk.sensitivity import Bar
from breakeven.numbers.inputs import Input, Kind, Source

# Who runs the open model: somebody else; we, all of it; we, and the peaks burst where that is better.
Side = Literal["bought", "all own", "own"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A default that is no number with a range. `worth` and `worth_then`: net present value of the best option of a
    side as it stands, and with the alternative; None where the side has no option. `cannot`: why the alternative
    gives no answer.
    """

    key: str
    stands: str
    alternative: str
    meaning: str
    source: Source
    worth: Mapping[Side, float | None]
    worth_then: Mapping[Side, float | None]
    cannot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """One default. `key`: where a case says it; `name`: the input, empty for a choice. `stands` and `alternative` are
    numbers of an input, words of a choice.
    """

    key: str
    name: str
    stands: float | str
    alternative: float | str
    worth: float
    worth_then: float
    meaning: str
    kind: Kind
    source: Source

    @property
    def moves(self) -> float:
        """How far the alternative moves the net present value."""
        return self.worth_then - self.worth

    @property
    def turns(self) -> bool:
        """Whether the alternative turns the sign."""
        return (self.worth > 0) != (self.worth_then > 0)


def in_order(found: Iterable[Unsaid]) -> tuple[Unsaid, ...]:
    """What moves the result most first."""
    return tuple(sorted(found, key=lambda one: -abs(one.moves)))


def unsaid_inputs(
    bars: Iterable[Bar], worth: float, inputs: Mapping[str, Input], keys: Mapping[str, str], means: Mapping[str, float]
) -> Iterator[Unsaid]:
    """The inputs that were left open, of one option whose `bars` and `worth` these are.

    `keys`: of each input that was left open, where a case says it; `means`: where each drawn input stands.
    """
    for bar in bars:
        if bar.name in keys:
            one = inputs[bar.name]
            ends = ((bar.low, bar.worth_at_low), (bar.high, bar.worth_at_high))
            at, then = max(ends, key=lambda end: abs(end[1] - worth))
            yield Unsaid(
                key=keys[bar.name], name=bar.name, stands=means[bar.name], alternative=at, worth=worth, worth_then=then,
                meaning=one.meaning, kind=one.kind, source=one.source,
            )  # fmt: skip


def unsaid_choices(choices: Sequence[Choice], side: Side) -> Iterator[Unsaid]:
    """The choices that were left open: of each the alternative that moves the best option of a side most."""
    told: dict[str, Unsaid] = {}
    for choice in choices:
        worth, then = choice.worth.get(side), choice.worth_then.get(side)
        if worth is None or then is None or choice.cannot:
            continue
        one = Unsaid(
            key=choice.key, name="", stands=choice.stands, alternative=choice.alternative, worth=worth, worth_then=then,
            meaning=choice.meaning, kind="assumed", source=choice.source,
        )  # fmt: skip
        if choice.key not in told or abs(one.moves) > abs(told[choice.key].moves):
            told[choice.key] = one
    yield from (one for one in told.values() if one.moves)
