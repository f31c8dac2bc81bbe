"""The cheapest way to the next gate: the least work of evidence to gain, over all ways to reach the levels it asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from breakeven.decision.readiness.evidence import Shown, total
from breakeven.decision.readiness.questionnaire import LEVELS, Dimension, Effort, Item, Level, Questionnaire, Route

Key = tuple[str, Level]
Judgements = Mapping[Key, Shown]
"""Every item at each of its levels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """What must be gained for a gate; nothing when it is reached. `months` until the last of it is there."""

    gate: str
    missing: tuple[Shown, ...]
    effort: Effort
    months: float
    start_month: int  # the first month, from 1, in which the gate is open


def needs(route: Route, level: Level, items: Mapping[str, Item]) -> Iterator[Key]:
    """Each item of a route at its bound for a level, and at the easier bounds below."""
    for name in dict.fromkeys(route):
        tier = items[name].tier(level)
        yield from ((name, each) for each in LEVELS[: LEVELS.index(tier) + 1] if each in items[name].bounds)


def level_of(dimension: Dimension, shown: Judgements, items: Mapping[str, Item]) -> Level:
    """The highest level with a route whose items are all shown."""
    for level in reversed(LEVELS[1:]):
        for route in dimension.routes[level]:
            if all(shown[key].held for key in needs(route, level, items)):
                return level
    return "red"


def lacks(dimension: Dimension, target: Level, shown: Judgements, items: Mapping[str, Item]) -> list[dict[Key, Shown]]:
    """For each way to a level or a higher one what is missing; ways that need more than another are left out."""
    ways = []
    for level in LEVELS[LEVELS.index(target) :]:
        for route in dimension.routes.get(level, ()):
            missing = {key: shown[key] for key in needs(route, level, items) if not shown[key].held}
            if all(can_be_gained(each) for each in missing.values()):
                ways.append(missing)
    return [way for way in ways if not any(other.keys() < way.keys() for other in ways)]


def can_be_gained(missing: Shown) -> bool:
    """Whether work can show it: not where the fallback itself is forbidden."""
    return not missing.because.startswith("does not count")


def cheapest(ways: Sequence[Sequence[Mapping[Key, Shown]]], book: Questionnaire) -> dict[Key, Shown] | None:
    """One way a dimension, together the least likely work (then the shortest); what they share is done once."""
    found = [_union(chosen) for chosen in product(*ways)]
    return min(found, key=lambda each: (round(total(each).likely, 9), calendar(each, book)), default=None)


def _union(ways: Iterable[Mapping[Key, Shown]]) -> dict[Key, Shown]:
    return {key: shown for way in ways for key, shown in way.items()}


def calendar(missing: Mapping[Key, Shown], book: Questionnaire) -> float:
    """Months when every dimension is worked on side by side and its steps one after the other."""
    steps = {(each.dimension, each.step) for each in missing.values()}
    by_dimension = [
        sum(step.months for i, step in enumerate(dimension.playbook, 1) if (dimension.id, i) in steps)
        for dimension in book.dimensions
    ]
    return max(by_dimension, default=0.0)


def months_needed(missing: Mapping[Key, Shown], book: Questionnaire, people: float | None) -> float:
    """Months until all of it is there; with a given number of people never less than the work divided by them."""
    busy = total(missing).likely / people if people else 0.0
    return max(calendar(missing, book), busy)
